"""A disk that takes no more, for the time of a block."""

import resource
from contextlib import contextmanager


@contextmanager
def full_disk(most=2048):
    """Files may have `most` bytes, and then give OSError, as on a full disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
