"""Studies that go past the paper, each a table computed from the public engines."""
