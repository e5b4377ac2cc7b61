"""Cells of the crystal structures in the library, and of lattices with given parameters."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from coldspin.exceptions import InvalidInputError
from coldspin.materials.records import Crystal, CrystalSite, Occupant

Vector = tuple[float, float, float]
Cell = tuple[Vector, Vector, Vector]


@dataclass(frozen=True)
class Structure:
    """Cell vectors in lattice constants, the places of each kind of site, formula volumes v0."""

    cell: Cell
    places: tuple[tuple[Vector, ...], ...]
    formula_units: int


_FCC: Cell = ((0, 0.5, 0.5), (0.5, 0, 0.5), (0.5, 0.5, 0))
_CUBIC: Cell = ((1, 0, 0), (0, 1, 0), (0, 0, 1))
_QUARTER = (0.25, 0.25, 0.25)
_FACES = ((0.5, 0.0, 0.0), (0.0, 0.5, 0.0), (0.0, 0.0, 0.5))

STRUCTURES: Mapping[str, Structure] = MappingProxyType(
    {
        "zinc blende": Structure(_FCC, (((0, 0, 0),), (_QUARTER,)), 1),
        "fluorite": Structure(_FCC, (((0, 0, 0),), (_QUARTER, (0.75, 0.75, 0.75))), 1),
        "diamond": Structure(_FCC, (((0, 0, 0), _QUARTER),), 2),
        "perovskite": Structure(_CUBIC, (((0.5, 0.5, 0.5),), ((0, 0, 0),), _FACES), 1),
    }
)


def crystal(
    structure: Structure, lattice_constant: float, occupants: Sequence[tuple[Occupant, ...]]
) -> Crystal:
    """Crystal of a structure: its lattice constant [m], and what stands on each kind of site."""
    sites = []
    for places, inhabitants in zip(structure.places, occupants, strict=True):
        sites += [CrystalSite(place, inhabitants) for place in places]
    cell = as_cell(lattice_constant * np.array(structure.cell, dtype=np.float64))
    return Crystal(cell, tuple(sites))


def cell_from_parameters(lengths: Sequence[float], angles: Sequence[float]) -> Cell:
    """Vectors from a, b, c [m] and α, β, γ [rad]: a along x, b in the xy plane.

    InvalidInputError if no cell has these angles.
    """
    a, b, c = lengths
    for name, angle in zip(("alpha", "beta", "gamma"), angles, strict=True):
        if not 0 < angle < np.pi:
            raise InvalidInputError(
                "must lie between 0 and 180 degrees", parameter=name, value=np.degrees(angle)
            )
    cos_a, cos_b, cos_c = (np.cos(angle) for angle in angles)
    sin_c = np.sin(angles[2])
    across = (cos_a - cos_b * cos_c) / sin_c
    height = 1 - cos_b**2 - across**2
    if not height > 1e-9:
        degrees = ", ".join(f"{np.degrees(angle):g}" for angle in angles)
        raise InvalidInputError(
            f"no cell has the angles {degrees} degrees", remedy="check alpha, beta and gamma"
        )
    first = [a, 0, 0]
    second = [b * cos_c, b * sin_c, 0]
    third = [c * cos_b, c * across, c * np.sqrt(height)]
    return as_cell(np.array([first, second, third]))


def as_cell(vectors: object) -> Cell:
    """Three vectors as tuples of floats; InvalidInputError for those that span no volume."""
    rows = np.asarray(vectors, dtype=np.float64)
    longest = np.prod(np.linalg.norm(rows, axis=1))
    if not abs(np.linalg.det(rows)) > 1e-9 * longest:
        raise InvalidInputError(
            "the three cell vectors lie in one plane", remedy="they must span a volume"
        )
    first, second, third = ((float(row[0]), float(row[1]), float(row[2])) for row in rows)
    return first, second, third
