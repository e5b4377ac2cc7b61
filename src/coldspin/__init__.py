"""coldspin."""
