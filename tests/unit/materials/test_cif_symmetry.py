"""Symmetry of CIFs: the operations of the file in any origin, names of space groups, and names that leave doubt."""

import numpy as np
import pytest

from coldspin.exceptions import InvalidInputError, ValidityWarning
from coldspin.materials.cif import read_cif
from coldspin.materials.spin_spin_fields import local_fields

gemmi = pytest.importorskip("gemmi", reason="an extra")

HEAD = """data_crystal
_cell_length_a {0}
_cell_length_b {1}
_cell_length_c {2}
_cell_angle_alpha {3}
_cell_angle_beta {4}
_cell_angle_gamma {5}
"""
ATOMS = "loop_\n_atom_site_label\n_atom_site_fract_x\n_atom_site_fract_y\n_atom_site_fract_z\n"
SILICON = (5.43095, 5.43095, 5.43095, 90, 90, 90)
RHOMBOHEDRAL = "Sb1 0.2336 0.2336 0.2336\n"
ORIGIN_ONE = "Si1 0 0 0\n"
ORIGIN_TWO = "Si1 0.125 0.125 0.125\n"


def cif(cell, symmetry, atoms):
    return HEAD.format(*cell) + symmetry + "\n" + ATOMS + atoms


def read(folder, text):
    path = folder / "it.cif"
    path.write_text(text, encoding="utf-8")
    return read_cif(path)


def local_field(material):
    return local_fields(material).heat_capacity


def loop(operations):
    return "loop_\n_symmetry_equiv_pos_as_xyz\n" + "".join(f"'{text}'\n" for text in operations)


def test_operations_in_a_shifted_origin_are_applied(tmp_path):
    """P 32 2 1 whose twofold axis runs through z = 1/3, not 0: the group in a setting that no table has."""
    operations = (
        "x,y,z",
        "y,x,2/3-z",
        "-y,x-y,2/3+z",
        "-x,-x+y,1/3-z",
        "-x+y,-x,1/3+z",
        "x-y,-y,-z",
    )
    symmetry = "_symmetry_space_group_name_H-M 'P 32 2 1'\n" + loop(operations)
    one = read(tmp_path, cif((5, 5, 5.6, 90, 90, 120), symmetry, "Ga1 0.45 0 0\nP1 0.4 0.3 0.09\n"))
    assert len(one.crystal.sites) == 9
    assert local_field(one) == pytest.approx(4.204e-4, rel=1e-4, abs=0)
    alone = cif((5, 5, 5.6, 90, 90, 120), loop(["x,y,z"]), "Ga1 0.45 0 0\nP1 0.4 0.3 0.09\n")
    assert local_field(read(tmp_path, alone)) == pytest.approx(2.354e-4, rel=1e-3, abs=0)


@pytest.mark.parametrize(
    ("symmetry", "atoms"),
    [
        ("_symmetry_space_group_name_H-M 'F d -3 m :1'", ORIGIN_ONE),
        ("_symmetry_space_group_name_H-M 'F d -3 m S'", ORIGIN_ONE),
        ("_space_group_name_H-M_alt Fd-3m:2", ORIGIN_TWO),
        ("_symmetry_space_group_name_H-M 'F d -3 m Z'", ORIGIN_TWO),
        (
            "_symmetry_space_group_name_H-M 'F d -3 m'\n_space_group_name_Hall '-F 4vw 2vw 3'",
            ORIGIN_TWO,
        ),
        ("_symmetry_space_group_name_Hall 'F 4d 2 3 -1d'", ORIGIN_ONE),
        ("_space_group_IT_number 227\n_space_group_IT_coordinate_system_code 1", ORIGIN_ONE),
        ("_space_group_IT_number 227\n_space_group_IT_coordinate_system_code 2", ORIGIN_TWO),
        (
            "_symmetry_space_group_name_H-M 'F d -3 m'\n_space_group_name_H-M_full 'F d -3 m :2'",
            ORIGIN_TWO,
        ),
    ],
)
def test_silicon_in_every_way_to_name_its_origin(tmp_path, symmetry, atoms):
    one = read(tmp_path, cif(SILICON, symmetry, atoms))
    assert len(one.crystal.sites) == 8
    assert local_field(one) == pytest.approx(0.183e-4, rel=3e-3, abs=0)


@pytest.mark.parametrize("name", ["H-M 'F d -3 m'", "H-M 'Fd3m'"])
def test_two_origins_and_no_word_of_which_is_asked(tmp_path, name):
    with pytest.raises(
        InvalidInputError, match="'F d -3 m :1' or 'F d -3 m :2', whichever"
    ) as raised:
        read(tmp_path, cif(SILICON, f"_symmetry_space_group_name_{name}", ORIGIN_ONE))
    assert "_space_group_name_H-M_alt" in str(raised.value)
    with pytest.raises(InvalidInputError, match="'F d -3 m :1' or 'F d -3 m :2'"):
        read(tmp_path, cif(SILICON, "_symmetry_Int_Tables_number 227", ORIGIN_ONE))


def test_every_group_with_two_origins_is_asked_by_number(tmp_path):
    twofold = {group.number for group in gemmi.spacegroup_table() if group.ext in ("1", "2")}
    assert len(twofold) == 24
    for number in twofold:
        cell = (
            SILICON
            if number > 194
            else (4, 4, 5, 90, 90, 90)
            if number > 74
            else (4, 5, 6, 90, 90, 90)
        )
        with pytest.raises(InvalidInputError, match="is in use with two origins"):
            read(tmp_path, cif(cell, f"_symmetry_Int_Tables_number {number}", ORIGIN_ONE))


@pytest.mark.parametrize(
    ("number", "places"), [(216, 4), (225, 4), (62, 4), (154, 6), (14, 4), (2, 2), (1, 1)]
)
def test_the_number_alone_stands_for_the_standard_setting(tmp_path, number, places):
    cells = {
        154: (5, 5, 6, 90, 90, 120),
        62: (4, 5, 6, 90, 90, 90),
        14: (4, 5, 6, 90, 99, 90),
        2: (4, 5, 6, 80, 85, 99),
    }
    atoms = "Ga1 0.1 0.25 0.3\n" if number == 62 else "Ga1 0.1 0.2 0.3\n"
    atoms = ORIGIN_ONE.replace("Si", "Ga") if number > 200 else atoms
    one = read(
        tmp_path,
        cif(
            cells.get(number, (5, 5, 5, 90, 90, 90)), f"_symmetry_Int_Tables_number {number}", atoms
        ),
    )
    assert len(one.crystal.sites) == places
    assert f"{number} (_symmetry_Int_Tables_number)" in one.facts[1].note


def test_rhombohedral_and_hexagonal_axes_are_one_crystal(tmp_path):
    """Antimony: a_r² = a²/3 + c²/9, sin(α/2) = a/2a_r; the axes follow from the cell, named or not."""
    a, c = 4.307, 11.273
    edge = np.sqrt(a**2 / 3 + c**2 / 9)
    angle = 2 * np.degrees(np.arcsin(a / (2 * edge)))
    hexagonal = (a, a, c, 90, 90, 120), "Sb1 0 0 0.2336\n"
    primitive = (edge, edge, edge, angle, angle, angle), RHOMBOHEDRAL
    fields = []
    for (cell, atoms), suffix, count in ((hexagonal, "H", 6), (primitive, "R", 2)):
        for symmetry in (
            "_symmetry_Int_Tables_number 166",
            "_symmetry_space_group_name_H-M 'R -3 m'",
        ):
            one = read(tmp_path, cif(cell, symmetry, atoms))
            assert len(one.crystal.sites) == count
            fields.append(local_field(one))
        named = read(
            tmp_path, cif(cell, f"_symmetry_space_group_name_H-M 'R -3 m {suffix}'", atoms)
        )
        fields.append(local_field(named))
    assert fields == pytest.approx([fields[0]] * 6, rel=1e-9, abs=0)
    with pytest.raises(
        InvalidInputError, match="does not have the symmetry of the space group R -3 m :R"
    ):
        read(
            tmp_path, cif(hexagonal[0], "_symmetry_space_group_name_H-M 'R -3 m :R'", hexagonal[1])
        )


@pytest.mark.parametrize(
    ("symmetry", "message"),
    [
        (
            loop(["x,y,z", "y,z,x"]),
            "operations of the file are no group: 'y,z,x' after 'y,z,x' is not among them",
        ),
        (loop(["x,y,z", "-x,-y,-w"]), "operation '-x,-y,-w' is not written like"),
        (loop(["x,y,z", "-x,-y"]), "operation '-x,-y' is not written like"),
        (loop(["x,y,z", "x,x,z"]), "operation 'x,x,z' is not written like"),
        (loop(["x,y,z", "xy,y,z"]), "operation 'xy,y,z' is not written like"),
        (loop(["x,y,z", "x+1/0,y,z"]), r"operation 'x\+1/0,y,z' is not written like"),
        (
            "_symmetry_space_group_name_H-M 'F -4 3 m'\n_symmetry_Int_Tables_number 225",
            "names two space groups",
        ),
        ("_space_group_name_Hall 'nonsense'", "the Hall symbol 'nonsense' is not known"),
        ("_symmetry_Int_Tables_number 231", "the space group 231 is not known"),
        (
            "_symmetry_space_group_name_H-M 'Q 9'\n_symmetry_Int_Tables_number 225",
            "the space group Q 9 is not known",
        ),
        ("", "no symmetry is given"),
    ],
)
def test_defects_in_one_sentence(tmp_path, symmetry, message):
    with pytest.raises(InvalidInputError, match=message):
        read(tmp_path, cif(SILICON, symmetry, ORIGIN_ONE))


def test_operations_come_before_a_name_that_contradicts_them_with_a_warning(tmp_path):
    symmetry = "_symmetry_space_group_name_H-M 'F m -3 m'\n" + loop(["x,y,z"])
    with pytest.warns(
        ValidityWarning,
        match="lists 1 symmetry operations, but F m -3 m .* has 192; the operations are",
    ):
        one = read(tmp_path, cif(SILICON, symmetry, ORIGIN_ONE))
    assert len(one.crystal.sites) == 1


def test_operations_typed_with_few_digits_make_the_special_position(tmp_path):
    """0.3333 for 1/3: the images that nearly coincide are one atom, at their mean."""
    operations = ["x,y,z", "-y,x-y,0.3333+z", "-x+y,-x,z+.6667"]
    one = read(
        tmp_path,
        cif((5, 5, 6, 90, 90, 120), loop(operations), "Ga1 0.3334 0.6666 0\nP1 0.1 0.2 0.3\n"),
    )
    assert len(one.crystal.sites) == 6
    threefold = loop(["x,y,z", "-y,x-y,z", "-x+y,-x,z"])
    one = read(tmp_path, cif((5, 5, 6, 90, 90, 120), threefold, "Ga1 0.3334 0.6666 0\n"))
    assert np.array(one.crystal.sites[0].position) == pytest.approx([1 / 3, 2 / 3, 0], abs=1e-12)
