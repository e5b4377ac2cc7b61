"""A few cases of a test that has many, for `make test`; the rest are marked slow."""

import pytest


def quick(cases, *places):
    """Cases of a parametrized test: those at `places` stay as they are, the others run by `make test-slow`."""
    cases = list(cases)
    kept = {range(len(cases))[place] for place in places}
    return [case if number in kept else _slow(case) for number, case in enumerate(cases)]


def _slow(case):
    values = case if isinstance(case, tuple) else (case,)
    return pytest.param(*values, marks=pytest.mark.slow)
