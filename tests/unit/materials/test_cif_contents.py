"""Formula, Z and density of a CIF against its sites: agreement, contradictions, elements without sites, tolerances."""

import warnings

import pytest

from coldspin.exceptions import InvalidInputError, ValidityWarning
from coldspin.materials.cif import read_cif
from coldspin.materials.cif_contents import parse_formula
from coldspin.materials.localization import nuclei_per_cell
from coldspin.materials.spin_spin_fields import local_fields
from coldspin.materials.user_file import read_material

pytest.importorskip("gemmi", reason="an extra")

CUBE = """data_it
_cell_length_a {0}
_cell_length_b {0}
_cell_length_c {0}
_cell_angle_alpha 90
_cell_angle_beta 90
_cell_angle_gamma 90
_symmetry_space_group_name_H-M '{1}'
"""
ATOMS = """loop_
_atom_site_label
_atom_site_type_symbol
_atom_site_fract_x
_atom_site_fract_y
_atom_site_fract_z
_atom_site_occupancy
"""
GALLIUM_ARSENIDE = "Ga1 Ga 0 0 0 1\nAs1 As 0.25 0.25 0.25 1\n"
ALLOY = "Ga1 Ga 0 0 0 0.7\nAl1 Al 0 0 0 0.3\nAs1 As 0.25 0.25 0.25 1\n"
PEROVSKITE = "Pb1 Pb 0 0 0 1\nI1 I 0.5 0 0 1\n"


def read(folder, atoms, *, tags="", edge=5.6533, group="F -4 3 m"):
    path = folder / "it.cif"
    path.write_text(CUBE.format(edge, group) + tags + "\n" + ATOMS + atoms, encoding="utf-8")
    return read_cif(path)


@pytest.mark.parametrize(
    ("atoms", "tags", "units"),
    [
        (GALLIUM_ARSENIDE, "_chemical_formula_sum 'As Ga'\n_cell_formula_units_Z 4", 4),
        (
            GALLIUM_ARSENIDE,
            "_chemical_formula_sum 'Ga4 As4'\n_cell_formula_units_Z 4",
            4,
        ),  # of the whole cell
        (GALLIUM_ARSENIDE, "_chemical_formula_sum 'Ga4 As4'\n_cell_formula_units_Z 1", 1),
        (GALLIUM_ARSENIDE, "_chemical_formula_sum 'Ga As'", 4),
        (
            GALLIUM_ARSENIDE,
            "_chemical_formula_structural GaAs\n_exptl_crystal_density_diffrn 5.317(2)",
            4,
        ),
        (
            GALLIUM_ARSENIDE,
            "_chemical_formula_sum ?\n_exptl_crystal_density_meas 'not measured'",
            4,
        ),
        (ALLOY, "_chemical_formula_sum 'Al0.3 As Ga0.7'\n_cell_formula_units_Z 4", 4),
        (ALLOY, "_chemical_formula_sum 'Al3 As10 Ga7'", 4),
        (ALLOY, "_cell_formula_units_Z 4", 4),
        ("Ga1 Ga 0 0 0 0.5\nAs1 As 0.25 0.25 0.25 0.5\n", "_cell_formula_units_Z 2", 2),
        ("Ga1 Ga 0 0 0 0.95\nAs1 As 0.25 0.25 0.25 1\n", "_chemical_formula_sum 'Ga0.95 As'", 4),
        (GALLIUM_ARSENIDE.replace("As 0.25", "D 0.25"), "_chemical_formula_sum 'Ga H'", 4),
        (GALLIUM_ARSENIDE.replace("As 0.25", "D 0.25"), "_chemical_formula_sum 'D Ga'", 4),
    ],
)
def test_what_agrees_is_read(tmp_path, atoms, tags, units):
    one = read(tmp_path, atoms, tags=tags)
    assert one.formula_volume == pytest.approx(one.crystal.volume / units, rel=1e-12)
    assert one.facts[0].value == units


def test_places_that_are_half_empty_count_their_atoms(tmp_path):
    """Eight places of As half full beside four of Ga are Ga4 As4: Z = 4 was refused for the eight places."""
    atoms = "Ga1 Ga 0 0 0 1\nAs1 As 0.25 0.25 0.25 0.5\n"
    one = read(
        tmp_path,
        atoms,
        tags="_chemical_formula_sum 'Ga As'\n_cell_formula_units_Z 4",
        group="F m -3 m",
    )
    assert nuclei_per_cell(one)["75As"] == pytest.approx(1)
    assert one.formula_volume == pytest.approx(one.crystal.volume / 4)
    atoms = "Ga1 Ga 0 0 0 1\nAs1 As 0.5 0 0 0.66667\n"  # three places, two atoms
    assert (
        read(tmp_path, atoms, tags="_cell_formula_units_Z 1", group="P m -3 m").facts[0].value == 1
    )


@pytest.mark.parametrize(
    ("atoms", "tags", "numbers"),
    [
        (
            GALLIUM_ARSENIDE,
            "_chemical_formula_sum 'Ga As'\n_cell_formula_units_Z 8",
            "contradicts .*'Ga As', .*_Z = 8;",
        ),
        (
            GALLIUM_ARSENIDE,
            "_chemical_formula_sum 'Ga2 As'",
            "hold Ga 4, As 4 .* contradicts .* 'Ga2 As';",
        ),
        (
            GALLIUM_ARSENIDE,
            "_chemical_formula_sum 'Ga P'",
            "hold Ga 4, As 4 .* contradicts .* 'Ga P';",
        ),
        (
            GALLIUM_ARSENIDE,
            "_chemical_formula_sum 'Ga8 As8'",
            "hold Ga 4, As 4 .* contradicts .* 'Ga8 As8';",
        ),
        (
            ALLOY,
            "_chemical_formula_sum 'Al0.2 As Ga0.8'",
            "hold Ga 2.8, Al 1.2, As 4 .* 'Al0.2 As Ga0.8';",
        ),
        (
            GALLIUM_ARSENIDE,
            "_exptl_crystal_density_diffrn 2.66",
            "180.678 .*, 5.317 g/cm³, .*_diffrn = 2.66 g/cm³;",
        ),
        (GALLIUM_ARSENIDE, "_exptl_crystal_density_meas 4.5", "5.317 g/cm³, .*_meas = 4.5 g/cm³;"),
        (GALLIUM_ARSENIDE, "_cell_formula_units_Z 3", "hold Ga 4, As 4 .*_Z = 3;"),
        (ALLOY, "_cell_formula_units_Z 3", "hold Ga 2.8, Al 1.2, As 4 .*_Z = 3;"),
        (GALLIUM_ARSENIDE, "_cell_formula_units_Z 2.5", "_Z must be a whole number, not 2.5"),
        (GALLIUM_ARSENIDE, "_chemical_formula_sum 'Ga x'", "is no formula like"),
    ],
)
def test_contradictions_say_all_numbers(tmp_path, atoms, tags, numbers):
    with pytest.raises(InvalidInputError, match=numbers) as raised:
        read(tmp_path, atoms, tags=tags)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize(
    ("tags", "declared"),
    [
        (
            "_chemical_formula_sum Si8\n_cell_formula_units_Z 1",
            "_chemical_formula 'Si8', _cell_formula_units_Z = 1",
        ),
        (
            "_chemical_formula_sum Si\n_cell_formula_units_Z 8",
            "_chemical_formula 'Si', _cell_formula_units_Z = 8",
        ),
        ("_exptl_crystal_density_diffrn 2.329", "_exptl_crystal_density_diffrn = 2.329 g/cm³"),
        (
            "_chemical_formula_sum Si\n_cell_formula_units_Z 8\n_exptl_crystal_density_diffrn 2.329",
            (
                "_chemical_formula 'Si', _cell_formula_units_Z = 8, _exptl_crystal_density_diffrn = "
                "2.329 g/cm³"
            ),
        ),
    ],
)
def test_silicon_in_the_wrong_origin_contradicts_its_formula_and_its_density(
    tmp_path, tags, declared
):
    """0 0 0 is a place of 8 atoms in origin 1, of 16 in origin 2."""
    with pytest.raises(
        InvalidInputError, match=r"hold Si 16 in a cell of 160\.187 .* 4\.658 g/cm³"
    ) as said:
        read(tmp_path, "Si1 Si 0 0 0 1\n", tags=tags, edge=5.43095, group="F d -3 m :2")
    assert f"which contradicts {declared};" in str(said.value)
    right = read(tmp_path, "Si1 Si 0 0 0 1\n", tags=tags, edge=5.43095, group="F d -3 m :1")
    assert len(right.crystal.sites) == 8


def test_elements_of_the_formula_without_sites_are_named_with_what_is_lacking(tmp_path):
    tags = "_chemical_formula_sum 'C H6 I3 N Pb'\n_cell_formula_units_Z 1\n_exptl_crystal_density_diffrn 4.159"
    with pytest.warns(
        ValidityWarning, match=r"\(C 1, H 6, N 1 in the cell\): B_L lacks .* 13C, 1H, 2H, 14N, 15N"
    ) as said:
        one = read(tmp_path, PEROVSKITE, tags=tags, edge=6.28, group="P m -3 m")
    assert said[0].filename == __file__
    fact = one.facts[-1]
    assert fact.what == "the share of C, H, N in the local field of it [T]"
    assert fact.value is None
    assert "B_L lacks the couplings of 13C, 1H, 2H" in fact.note
    (tmp_path / "mine.toml").write_text(
        'name = "mine"\n[crystal]\ncif = "it.cif"\n', encoding="utf-8"
    )
    with pytest.warns(ValidityWarning, match="without sites"):
        own = read_material(tmp_path / "mine.toml")
    assert own.facts[-1].note == fact.note


def test_elements_without_sites_and_without_spin_lack_nothing(tmp_path):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        one = read(tmp_path, GALLIUM_ARSENIDE, tags="_chemical_formula_sum 'Ga As Ar'")
    assert "B_L lacks nothing" in one.facts[-1].note


def test_hydrogen_raises_the_local_field(tmp_path):
    """What was said to be lacking is much: protons in the cage of a perovskite."""
    cage = "".join(
        f"H{i} H {0.5 + 0.1 * x:.2f} {0.5 + 0.1 * y:.2f} 0.5 1\n"
        for i, (x, y) in enumerate(((1, 1), (-1, -1)))
    )
    without = read(tmp_path, PEROVSKITE, edge=6.28, group="P 1")
    whole = read(
        tmp_path, PEROVSKITE + cage, edge=6.28, group="P 1", tags="_chemical_formula_sum 'H2 I Pb'"
    )
    assert local_fields(whole).heat_capacity > 5 * local_fields(without).heat_capacity


@pytest.mark.parametrize("occupancies", [(1.00002,), (0.50001, 0.50001), (0.7, 0.30005)])
def test_occupancies_that_exceed_one_by_rounding_are_one(tmp_path, occupancies):
    atoms = (
        "".join(f"Ga{i} Ga 0 0 0 {value}\n" for i, value in enumerate(occupancies))
        + "As1 As 0.25 0.25 0.25 1\n"
    )
    one = read(tmp_path, atoms)
    assert sum(o.fraction for o in one.crystal.sites[0].occupants) == pytest.approx(1, rel=1e-12)
    assert (
        local_fields(one).heat_capacity
        == local_fields(read(tmp_path, GALLIUM_ARSENIDE)).heat_capacity
    )
    composition = ", ".join(
        f"{name} = {value}" for name, value in zip(("71Ga", "69Ga"), occupancies, strict=False)
    )
    text = 'name = "it"\n[crystal]\nlattice = "fcc"\na = "5.6 angstrom"\n[[site]]\nposition = [0, 0, 0]\n'
    (tmp_path / "mine.toml").write_text(
        f"{text}composition = {{ {composition} }}\n", encoding="utf-8"
    )
    own = read_material(tmp_path / "mine.toml")
    assert sum(o.fraction for o in own.crystal.sites[0].occupants) == pytest.approx(1, rel=1e-12)


@pytest.mark.parametrize("occupancies", [(1.0002,), (0.5002, 0.5001)])
def test_occupancies_that_exceed_one_by_more_are_refused(tmp_path, occupancies):
    atoms = (
        "".join(f"Ga{i} Ga 0 0 0 {value}\n" for i, value in enumerate(occupancies))
        + "As1 As 0.25 0.25 0.25 1\n"
    )
    with pytest.raises(InvalidInputError, match=r"must lie in \[0, 1\]|more than 1"):
        read(tmp_path, atoms)


@pytest.mark.parametrize(
    ("text", "atoms"),
    [
        ("C H6 I3 N Pb", {"C": 1, "H": 6, "I": 3, "N": 1, "Pb": 1}),
        ("CH3NH3PbI3", {"C": 1, "H": 6, "N": 1, "Pb": 1, "I": 3}),
        ("(CH3NH3)PbI3", {"C": 1, "H": 6, "N": 1, "Pb": 1, "I": 3}),
        ("2(C H6 N 1+), Pb I4 2-", {"C": 2, "H": 12, "N": 2, "Pb": 1, "I": 4}),
        ("Ca (O H)2", {"Ca": 1, "O": 2, "H": 2}),
        ("Al0.30 Ga0.7 As", {"Al": 0.3, "Ga": 0.7, "As": 1}),
        ("0.5(H2 O)", {"H": 1, "O": 0.5}),
    ],
)
def test_formulas(text, atoms):
    assert parse_formula(text).atoms == pytest.approx(atoms)


@pytest.mark.parametrize("text", ["MAPbI3", "Ga x", "(Ga", "Ga)", "", "Xx2", "3"])
def test_what_is_no_formula(text):
    assert parse_formula(text) is None
