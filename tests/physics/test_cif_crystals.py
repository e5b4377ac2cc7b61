"""One crystal, told in many ways by a CIF: B_L is that of its atoms written out by hand, and knows no origin."""

import numpy as np
import pytest

from coldspin.materials.catalogue import material
from coldspin.materials.cif import read_cif
from coldspin.materials.isotopes import isotope
from coldspin.materials.spin_spin_fields import local_fields
from coldspin.materials.van_vleck import second_moments

gemmi = pytest.importorskip("gemmi", reason="an extra")

# name of the space group, cell, atoms of the asymmetric unit (element, x, y, z, occupancy), places in the cell
CRYSTALS = {
    "GaAs": (
        "F -4 3 m",
        (5.6533,) * 3 + (90,) * 3,
        [("Ga", 0, 0, 0, 1), ("As", 0.25, 0.25, 0.25, 1)],
        8,
    ),
    "CaF2": (
        "F m -3 m",
        (5.463,) * 3 + (90,) * 3,
        [("Ca", 0, 0, 0, 1), ("F", 0.25, 0.25, 0.25, 1)],
        12,
    ),
    "Si, origin 1": ("F d -3 m :1", (5.43095,) * 3 + (90,) * 3, [("Si", 0, 0, 0, 1)], 8),
    "Si, origin 2": (
        "F d -3 m :2",
        (5.43095,) * 3 + (90,) * 3,
        [("Si", 0.125, 0.125, 0.125, 1)],
        8,
    ),
    "anatase, origin 1": (
        "I 41/a m d :1",
        (3.785, 3.785, 9.514, 90, 90, 90),
        [("Ti", 0, 0, 0, 1), ("O", 0, 0, 0.2081, 1)],
        12,
    ),
    "anatase, origin 2": (
        "I 41/a m d :2",
        (3.785, 3.785, 9.514, 90, 90, 90),
        [("Ti", 0, 0.25, 0.875, 1), ("O", 0, 0.25, 0.0831, 1)],
        12,
    ),
    "quartz, right": (
        "P 32 2 1",
        (4.9137, 4.9137, 5.4047, 90, 90, 120),
        [("Si", 0.4697, 0, 2 / 3, 1), ("O", 0.4133, 0.2672, 2 / 3 + 0.1188, 1)],
        9,
    ),
    "quartz, left": (
        "P 31 2 1",
        (4.9137, 4.9137, 5.4047, 90, 90, 120),
        [("Si", 0.4697, 0, 1 / 3, 1), ("O", 0.4133, 0.2672, 1 / 3 - 0.1188, 1)],
        9,
    ),
    "Sb, hexagonal": (
        "R -3 m :H",
        (4.307, 4.307, 11.273, 90, 90, 120),
        [("Sb", 0, 0, 0.2336, 1)],
        6,
    ),
    "CsPbBr3, orthorhombic": (
        "P b n m",
        (8.202, 8.244, 11.748, 90, 90, 90),
        [
            ("Cs", 0.9894, 0.0332, 0.25, 1),
            ("Pb", 0.5, 0, 0, 1),
            ("Br", 0.0505, 0.4970, 0.25, 1),
            ("Br", 0.7936, 0.2064, 0.0240, 1),
        ],
        20,
    ),
    "an alloy": (
        "F -4 3 m",
        (5.6557,) * 3 + (90,) * 3,
        [("Ga", 0, 0, 0, 0.7), ("Al", 0, 0, 0, 0.3), ("As", 0.25, 0.25, 0.25, 0.9)],
        8,
    ),
    "monoclinic, general": ("P 1 21/c 1", (4, 5, 6, 90, 99, 90), [("Ga", 0.11, 0.23, 0.37, 1)], 4),
}
SAME = [
    ("Si, origin 1", "Si, origin 2"),
    ("anatase, origin 1", "anatase, origin 2"),
    ("quartz, right", "quartz, left"),
]


def write(cell, symmetry, atoms):
    tags = ("length_a", "length_b", "length_c", "angle_alpha", "angle_beta", "angle_gamma")
    lines = [
        "data_it",
        *(f"_cell_{tag} {value}" for tag, value in zip(tags, cell, strict=True)),
        *symmetry,
    ]
    columns = ("label", "type_symbol", "fract_x", "fract_y", "fract_z", "occupancy")
    lines += ["loop_", *(f"_atom_site_{name}" for name in columns)]
    for number, (element, x, y, z, occupancy) in enumerate(atoms):
        lines.append(
            f"{element}{number} {element} {float(x):.15g} {float(y):.15g} {float(z):.15g} "
            f"{occupancy}"
        )
    return "\n".join(lines) + "\n"


def read(folder, text):
    path = folder / "it.cif"
    path.write_text(text, encoding="utf-8")
    return read_cif(path)


def local_field(one):
    return local_fields(one).heat_capacity


def named(name):
    return [f"_symmetry_space_group_name_H-M '{name}'"]


def operations_of(name):
    """R, t of a tabulated group, from its triplets."""
    group = gemmi.find_spacegroup_by_name(name)
    return [
        (np.array(one.rot) // one.DEN, np.array(one.tran) / one.DEN) for one in group.operations()
    ]


def listed(operations):
    """The loop of a file, with translations as decimals."""
    lines = ["loop_", "_space_group_symop_operation_xyz"]
    for rotation, translation in operations:
        parts = []
        for row, shift in zip(rotation, translation, strict=True):
            axes = "".join(
                f"{'+' if n > 0 else '-'}{axis}" for n, axis in zip(row, "xyz", strict=True) if n
            )
            parts.append(f"{shift % 1:.15f}{axes}")
        lines.append(f"'{','.join(parts)}'")
    return lines


def written_out(operations, atoms):
    """Every atom of the cell: each image once, occupancies kept; nothing of the reader is used."""
    places = []
    for element, x, y, z, occupancy in atoms:
        seen = []
        for rotation, translation in operations:
            image = (rotation @ np.array([x, y, z], dtype=float) + translation) % 1
            if not any(np.allclose((image - other + 0.5) % 1, 0.5, atol=1e-6) for other in seen):
                seen.append(image)
                places.append((element, *image, occupancy))
    return places


@pytest.mark.parametrize("crystal", CRYSTALS)
def test_a_named_group_a_list_of_operations_and_atoms_written_out_agree(tmp_path, crystal):
    name, cell, atoms, count = CRYSTALS[crystal]
    operations = operations_of(name)
    symmetric = read(tmp_path, write(cell, named(name), atoms))
    assert len(symmetric.crystal.sites) == count
    by_list = read(tmp_path, write(cell, listed(operations), atoms))
    by_hand = read(tmp_path, write(cell, named("P 1"), written_out(operations, atoms)))
    expected = local_field(by_hand)
    assert local_field(symmetric) == pytest.approx(expected, rel=1e-10, abs=0)
    assert local_field(by_list) == pytest.approx(expected, rel=1e-10, abs=0)
    assert symmetric.formula_volume == by_list.formula_volume == by_hand.formula_volume


@pytest.mark.parametrize("crystal", CRYSTALS)
def test_an_origin_anywhere_changes_nothing(tmp_path, crystal):
    """x' = x + s turns x → R x + t into x' → R x' + t + s − R s, typed with decimals that no table has."""
    name, cell, atoms, count = CRYSTALS[crystal]
    expected = local_field(read(tmp_path, write(cell, named(name), atoms)))
    generator = np.random.default_rng(sum(map(ord, crystal)))
    for shift in generator.uniform(0, 1, (3, 3)):
        moved = [
            (element, *(np.array([x, y, z]) + shift), occupancy)
            for element, x, y, z, occupancy in atoms
        ]
        operations = [(r, t + shift - r @ shift) for r, t in operations_of(name)]
        one = read(
            tmp_path,
            write(cell, named(name.split(" :", maxsplit=1)[0]) + listed(operations), moved),
        )
        assert len(one.crystal.sites) == count
        assert local_field(one) == pytest.approx(expected, rel=1e-9, abs=0)


@pytest.mark.parametrize(("one", "other"), SAME)
def test_two_origins_and_two_hands_of_one_crystal_have_one_local_field(tmp_path, one, other):
    fields = [
        local_field(read(tmp_path, write(CRYSTALS[k][1], named(CRYSTALS[k][0]), CRYSTALS[k][2])))
        for k in (one, other)
    ]
    assert fields[0] == pytest.approx(fields[1], rel=1e-9, abs=0)


def test_fluorite_has_the_textbook_moments_of_a_simple_cubic_lattice(tmp_path):
    """19F in CaF2 is a simple cubic lattice with d = a/2: Σ r⁻⁶ = 8.40192 d⁻⁶.

    B_L² = I(I+1)(µ0γħ/4π)² Σ r⁻⁶ for one kind of spins; 43Ca, 0.135 %, adds less than 1e-3. Van
    Vleck's second moment, M2 = (3/4) I(I+1) (µ0γ²ħ/4π)² Σ (1 − 3cos²θ)² r⁻⁶, is summed here shell
    by shell.
    """
    one = read(tmp_path, write(CRYSTALS["CaF2"][1], named("F m -3 m"), CRYSTALS["CaF2"][2]))
    library = material("CaF2")
    assert local_field(one) == pytest.approx(local_field(library), rel=1e-10, abs=0)
    dipole = (
        1e-7 * isotope("19F").gyromagnetic_ratio_bare * 1.054571817e-34 / (5.463e-10 / 2) ** 3
    )  # T
    assert local_field(library) == pytest.approx(np.sqrt(0.75 * 8.40192) * dipole, rel=1e-3, abs=0)
    reach = np.arange(-30, 31)
    points = np.stack(np.meshgrid(reach, reach, reach), axis=-1).reshape(-1, 3)
    distance = np.linalg.norm(points, axis=1)
    inside = (distance > 0) & (distance <= 30)
    frequency = isotope("19F").gyromagnetic_ratio_bare * dipole
    for direction in ([1, 0, 0], [1, 1, 0], [1, 1, 1]):
        axis = np.array(direction) / np.linalg.norm(direction)
        cosine = points[inside] @ axis / distance[inside]
        total = np.sum((1 - 3 * cosine**2) ** 2 / distance[inside] ** 6)
        total += 4 / 5 * 4 * np.pi / (3 * 30**3)  # farther nuclei as a continuum
        computed = second_moments(library, direction=direction).isotopes["19F"].like
        assert computed == pytest.approx(9 / 16 * frequency**2 * total, rel=2e-6, abs=0)
