"""How finely pages compute. Heavy pages write ``grid(40, 8)``: 40 points in full, 8 in the reduced run of the tests.

``COLDSPIN_DOCS_GRID=reduced`` chooses the second. Every page with code says at its foot which one it was made with.
"""

import os
from typing import TypeVar

T = TypeVar("T")

NAMES = ("full", "reduced")


def chosen() -> str:
    """Name of the grid in use."""
    name = os.environ.get("COLDSPIN_DOCS_GRID", "full")
    if name not in NAMES:
        raise ValueError(f"COLDSPIN_DOCS_GRID is {name!r}; it must be 'full' or 'reduced'")
    return name


def grid(full: T, reduced: T) -> T:
    """Return the first in a full run, the second in a reduced one."""
    return full if chosen() == "full" else reduced
