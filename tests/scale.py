"""Sizes that need compiled kernels."""

import numba
import pytest

LARGEST_INTERPRETED = 30

needs_compiler = pytest.mark.skipif(
    numba.config.DISABLE_JIT, reason="N > 30 needs compiled kernels, and NUMBA_DISABLE_JIT is set"
)


def compiled(nuclei):
    """Skip a test of so many nuclei where Numba is switched off."""
    if numba.config.DISABLE_JIT and nuclei > LARGEST_INTERPRETED:
        pytest.skip(
            f"N = {nuclei} > {LARGEST_INTERPRETED} needs compiled kernels, and NUMBA_DISABLE_JIT "
            f"is set"
        )
    return nuclei
