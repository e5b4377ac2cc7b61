"""Crystals from CIF files: expansion, occupancies, isotopes, and one sentence for each defect."""

import sys
from pathlib import Path

import pytest

from coldspin.exceptions import InvalidInputError
from coldspin.materials.catalogue import material
from coldspin.materials.cif import read_cif
from coldspin.materials.localization import nuclei_per_cell


def near(value, rel=1e-6):
    """Equal in relative terms: in SI everything is near 0."""
    return pytest.approx(value, rel=rel, abs=0)


CIF = """data_AlGaAs
_cell_length_a 5.6533(2)
_cell_length_b 5.6533
_cell_length_c 5.6533
_cell_angle_alpha 90
_cell_angle_beta 90
_cell_angle_gamma 90
_symmetry_space_group_name_H-M 'F -4 3 m'
loop_
_atom_site_label
_atom_site_type_symbol
_atom_site_fract_x
_atom_site_fract_y
_atom_site_fract_z
_atom_site_occupancy
Ga1 Ga3+ 0 0 0 0.7
Al1 Al 0 0 0 0.3
As1 As 0.25 0.25 0.25 1
"""
OPERATIONS = """loop_
_space_group_symop_operation_xyz
'x, y, z'
'-x, -y, -z'
"""


@pytest.fixture
def gemmi():
    return pytest.importorskip("gemmi", reason="an extra")


def read(folder: Path, text: str, **arguments):
    path = folder / "it.cif"
    path.write_text(text, encoding="utf-8")
    return read_cif(path, **arguments)


def test_the_space_group_fills_the_cell(tmp_path, gemmi):
    one = read(tmp_path, CIF)
    assert one.name == "AlGaAs"
    assert len(one.crystal.sites) == 8
    assert one.crystal.volume == near((5.6533e-10) ** 3)
    assert nuclei_per_cell(one) == near(
        {"69Ga": 0.7 * 0.60108, "71Ga": 0.7 * 0.39892, "27Al": 0.3, "75As": 1}
    )
    assert one.formula_volume == near(one.crystal.volume / 4)
    cation = next(site for site in one.crystal.sites if site.position == (0, 0.5, 0.5))
    assert {o.isotope: o.fraction for o in cation.occupants} == near(
        {"69Ga": 0.7 * 0.60108, "71Ga": 0.7 * 0.39892, "27Al": 0.3}
    )
    assert one.hyperfine_constant("electron", "75As").value is None


def test_a_file_of_a_known_crystal_is_that_crystal(tmp_path, gemmi):
    one = read(tmp_path, CIF.replace("Al1 Al 0 0 0 0.3\n", "").replace("0.7\n", "1\n"))
    known = material("GaAs")
    assert one.formula_volume == near(known.formula_volume)
    assert nuclei_per_cell(one) == near(nuclei_per_cell(known))


def test_an_oblique_cell_keeps_its_lengths(tmp_path, gemmi):
    text = (
        CIF.replace("'F -4 3 m'", "'P 1'")
        .replace("_gamma 90", "_gamma 60")
        .replace("_b 5.6533", "_b 7")
    )
    a, b, c = read(tmp_path, text).crystal.vectors
    assert (a @ a, b @ b, a @ b, c @ a) == pytest.approx(
        (31.9598e-20, 49e-20, 5.6533 * 7 * 0.5e-20, 0), abs=1e-24
    )


def test_symmetry_by_operations_alone(tmp_path, gemmi):
    text = CIF.replace("_symmetry_space_group_name_H-M 'F -4 3 m'\n", OPERATIONS)
    one = read(tmp_path, text)
    assert sorted(site.position for site in one.crystal.sites) == [
        (0, 0, 0),
        (0.25, 0.25, 0.25),
        (0.75, 0.75, 0.75),
    ]


def test_formula_units_of_the_file_come_first(tmp_path, gemmi):
    text = CIF.replace("_cell_angle_alpha", "_cell_formula_units_Z 2\n_cell_angle_alpha")
    one = read(tmp_path, text)
    assert one.formula_volume == near(one.crystal.volume / 2)


def test_isotopes_and_elements_without_spin(tmp_path, gemmi):
    text = CIF.replace("Al1 Al", "Ar1 Ar").replace("As1 As", "D1 D")
    assert nuclei_per_cell(read(tmp_path, text, isotopes={"Ga": {"71Ga": 1}})) == near(
        {"71Ga": 0.7, "2H": 1}
    )


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("_cell_length_b 5.6533\n", "", "the cell is incomplete, _cell_length_b missing"),
        (
            "_cell_length_b 5.6533\n",
            "_cell_length_b -5\n",
            "_cell_length_b must be a number above 0, not -5",
        ),
        (
            "_cell_length_b 5.6533\n",
            "_cell_length_b five\n",
            "_cell_length_b must be a number above 0, not five",
        ),
        ("_cell_angle_beta 90\n", "_cell_angle_beta ?\n", "_cell_angle_beta missing"),
        (
            "_cell_angle_beta 90\n",
            "_cell_angle_beta 200\n",
            "_cell_angle_beta must lie between 0 and 180 .* not 200",
        ),
        (
            "_alpha 90\n_cell_angle_beta 90\n",
            "_alpha 150\n_cell_angle_beta 10\n",
            "no cell has the angles 150, 10, 90",
        ),
        (
            "_cell_length_b 5.6533\n",
            "_cell_length_b 7\n",
            "does not have the symmetry of the space group F -4 3 m",
        ),
        (
            "_cell_length_b 5.6533\n",
            "_cell_length_b 5.67\n",
            "does not have the symmetry of the space group F -4 3 m",
        ),
        (
            "loop_\n",
            "_cell_formula_units_Z 3\nloop_\n",
            "sites hold Ga 2.8, Al 1.2, As 4 .* contradicts _cell_formula_units_Z = 3",
        ),
        (
            "loop_\n",
            "_cell_formula_units_Z 2.5\nloop_\n",
            "_cell_formula_units_Z must be a whole number, not 2.5",
        ),
        (
            "loop_\n",
            "_cell_formula_units_Z -4\nloop_\n",
            "_cell_formula_units_Z must be a number above 0, not -4",
        ),
        ("_symmetry_space_group_name_H-M 'F -4 3 m'\n", "", "no symmetry is given"),
        ("'F -4 3 m'", "'Q 9'", "the space group Q 9 is not known"),
        ("_atom_site_fract_x", "_atom_site_cartn_x", "has no atoms"),
        ("Al 0 0 0 0.3", "Al 0 0 0 0.4", r"occupancies at Al1 \(Ga 0.7, Al 0.4\) sum to 1.1"),
        ("Al 0 0 0 0.3", "Al 0.02 0 0 0.3", "Al1 stands .* angstrom from another one"),
        ("As1 As 0.25 0.25 0.25", "As1 As 0.25 ? 0.25", "atom As1 has no position"),
        ("Al 0 0 0 0.3", "Al 0 0 0 third", "_atom_site_occupancy third is no number; correct it"),
        ("As1 As ", "Q1 Qq ", "atom Q1 is of the unknown element 'Qq'"),
        ("As1 As ", "Pm1 Pm ", "no element 'Pm' in the table of isotopes"),
        ("loop_", "loop_ loop_", "is not a valid CIF"),
    ],
)
def test_defects_in_one_sentence(tmp_path, gemmi, old, new, message):
    assert old in CIF
    with pytest.raises(InvalidInputError, match=message) as raised:
        read(tmp_path, CIF.replace(old, new))
    assert "\n" not in str(raised.value)
    assert str(tmp_path / "it.cif") in str(raised.value)


def test_two_crystals_in_a_file(tmp_path, gemmi):
    with pytest.raises(InvalidInputError, match="holds 2 crystals"):
        read(tmp_path, CIF + CIF.replace("data_AlGaAs", "data_other"))


def test_a_file_that_is_not_there(tmp_path, gemmi):
    with pytest.raises(InvalidInputError, match="does not exist"):
        read_cif(tmp_path / "none.cif")


def test_without_gemmi(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "gemmi", None)
    with pytest.raises(
        InvalidInputError,
        match=r"gemmi is needed to read a CIF; install it with: pip install 'coldspin",
    ):
        read(tmp_path, CIF)


def test_rounded_cells_keep_the_symmetry_of_operations(tmp_path, gemmi):
    cyclic = OPERATIONS.replace("'-x, -y, -z'", "'z, x, y'\n'y, z, x'")
    text = CIF.replace("_symmetry_space_group_name_H-M 'F -4 3 m'\n", cyclic)
    assert read(
        tmp_path, text.replace("_cell_length_b 5.6533\n", "_cell_length_b 5.6534\n")
    ).crystal.sites
    with pytest.raises(
        InvalidInputError, match="does not have the symmetry of the operations of the file"
    ):
        read(tmp_path, text.replace("_cell_length_b 5.6533\n", "_cell_length_b 5.67\n"))


def test_a_rhombohedral_cell_has_its_symmetry(tmp_path, gemmi):
    text = CIF.replace("'F -4 3 m'", "'R 3 m'")
    for name in ("alpha", "beta", "gamma"):
        text = text.replace(f"{name} 90", f"{name} 80")
    assert len(read(tmp_path, text).crystal.sites) == 2


def test_what_is_no_path():
    with pytest.raises(InvalidInputError, match="CIF must be the name of a file, not None"):
        read_cif(None)
