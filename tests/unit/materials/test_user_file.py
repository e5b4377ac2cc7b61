"""A user's own material: the example, every lattice, and errors that name the file and the key."""

from pathlib import Path

import numpy as np
import pytest

from coldspin.exceptions import InvalidInputError
from coldspin.materials.catalogue import material
from coldspin.materials.localization import nuclei_per_cell
from coldspin.materials.user_file import read_material


def near(value, rel=1e-6):
    """Equal in relative terms: in SI everything is near 0."""
    return pytest.approx(value, rel=rel, abs=0)


EXAMPLES = Path(__file__).parents[3] / "examples" / "materials"
TRICLINIC = 'lattice = "triclinic"\na = "0.5 nm"\nb = "0.6 nm"\nc = "0.8 nm"\n'
VECTORS = """formula_units = 4
vectors = [["0 nm", "2 nm", "0 nm"], ["1 nm", "0 nm", "0 nm"], ["0 nm", "0 nm", "3 nm"]]"""
TEXT = (EXAMPLES / "my-gaas.toml").read_text(encoding="utf-8")
MINIMAL = """
name = "mine"
[crystal]
{cell}
[[site]]
position = [0, 0, 0]
composition = {{ 71Ga = 1 }}
"""


def read(folder, text):
    path = folder / "mine.toml"
    path.write_text(text, encoding="utf-8")
    return read_material(path)


def test_the_example():
    own, library = read_material(EXAMPLES / "my-gaas.toml"), material("GaAs")
    assert own.crystal.vectors == near(library.crystal.vectors)
    assert own.formula_volume == near(library.formula_volume)
    assert nuclei_per_cell(own) == near({"69Ga": 0.1, "71Ga": 0.9, "75As": 1})
    fact = own.hyperfine_constant("electron", "71Ga")
    assert fact.value == near(library.hyperfine_constant("electron", "71Ga").value)
    assert (fact.mark, fact.source) == ("user", str(EXAMPLES / "my-gaas.toml"))
    assert own.g_factor("electron").known() == -0.44
    with pytest.raises(InvalidInputError, match=r"hole g-factor of .* is unknown"):
        own.g_factor("hole").known()


def test_the_example_with_a_cif():
    pytest.importorskip("gemmi", reason="an extra")
    own, library = read_material(EXAMPLES / "cspbbr3.toml"), material("CsPbBr3")
    assert own.crystal.volume == near(library.crystal.volume)
    assert nuclei_per_cell(own) == near(nuclei_per_cell(library))
    assert own.hyperfine_constant("hole", "207Pb").value is None
    assert own.g_factor("hole").known() == 0.75


@pytest.mark.parametrize(
    ("cell", "volume"),
    [
        ('lattice = "cubic"\na = "0.5 nm"', 0.125),
        ('lattice = "fcc"\na = "0.5 nm"', 0.125 / 4),
        ('lattice = "bcc"\na = "0.5 nm"', 0.125 / 2),
        ('lattice = "tetragonal"\na = "0.5 nm"\nc = "0.8 nm"', 0.2),
        ('lattice = "hexagonal"\na = "0.5 nm"\nc = "0.8 nm"', 0.2 * np.sqrt(3) / 2),
        ('lattice = "orthorhombic"\na = "0.5 nm"\nb = "6 angstrom"\nc = "0.8 nm"', 0.24),
        (
            'lattice = "monoclinic"\na = "0.5 nm"\nb = "0.6 nm"\nc = "0.8 nm"\nbeta = "120 deg"',
            0.24 * np.sqrt(3) / 2,
        ),
        (
            TRICLINIC + 'alpha = "60 deg"\nbeta = "60 deg"\ngamma = "60 deg"',
            0.24 / np.sqrt(2),
        ),
        (
            VECTORS,
            6.0,
        ),
    ],
)
def test_lattices(tmp_path, cell, volume):
    own = read(tmp_path, MINIMAL.format(cell=cell))
    assert own.crystal.volume == near(volume * 1e-27)
    assert own.formula_volume == near(volume * 1e-27 / (4 if "units" in cell else 1))


def test_a_triclinic_cell_has_the_angles_it_was_given(tmp_path):
    cell = TRICLINIC + 'alpha = "70 deg"\nbeta = "80 deg"\ngamma = "100 deg"'
    a, b, c = read(tmp_path, MINIMAL.format(cell=cell)).crystal.vectors

    def angle(u, v):
        return np.degrees(np.arccos(u @ v / np.linalg.norm(u) / np.linalg.norm(v)))

    assert (angle(b, c), angle(a, c), angle(a, b)) == near((70, 80, 100))
    assert [np.linalg.norm(v) for v in (a, b, c)] == near([5e-10, 6e-10, 8e-10])


def test_indirect_couplings(tmp_path):
    text = TEXT + '\n[[indirect]]\nisotopes = ["71Ga", "75As"]\npseudo_dipolar = "-300 rad/s"\n'
    (pair,) = read(tmp_path, text).indirect
    assert pair.isotopes == ("71Ga", "75As")
    assert (pair.scalar.value, pair.pseudo_dipolar.value) == (0, -300)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            'a = "5.6533 angstrom"',
            'a = "-5.6533 angstrom"',
            "crystal.a must be greater than zero and finite",
        ),
        ('a = "5.6533 angstrom"', "a = 5.6533", "crystal.a needs a unit"),
        ('a = "5.6533 angstrom"', 'a = "5.6533 T"', "crystal.a = 5.6533 T has the wrong dimension"),
        ('a = "5.6533 angstrom"', "", "crystal.a is missing: a fcc lattice has a"),
        (
            'a = "5.6533 angstrom"',
            'a = "5 angstrom"\nc = "5 nm"',
            "crystal.c does not belong there",
        ),
        ('lattice = "fcc"', 'lattice = "orthorombic"', "did you mean orthorhombic?"),
        ('lattice = "fcc"', 'latice = "fcc"', "crystal.latice is unknown; did you mean lattice?"),
        ('lattice = "fcc"', "", "crystal.lattice is missing"),
        ("formula_units = 1", "formula_units = 0", "crystal.formula_units"),
        ("{ Ga = 1 }", "{ Gb = 1 }", "no element 'Gb'"),
        ("{ As = 1 }", "{ 76As = 1 }", r"site\[2\].composition: 76As .* 75As"),
        (
            "{ As = 1 }",
            "{ As = 0.7, P = 0.5 }",
            r"site\[2\].composition: fractions on a site \(As 0.7, P 0.5\) sum to 1.2",
        ),
        (
            "{ As = 1 }",
            "{ As = -0.1 }",
            r"site\[2\].composition: fraction of As must lie in \[0, 1\]",
        ),
        ("{ As = 1 }", '{ As = "all" }', r"site\[2\].composition.As must be a number, not 'all'"),
        ("[0.25, 0.25, 0.25]", "[0, 1, 0]", r"site\[2\].position is that of site\[1\]; join"),
        ("[0.25, 0.25, 0.25]", "[0.25, 0.25]", r"site\[2\].position must have 3 entries"),
        ("position = [0.25, 0.25, 0.25]", "", r"site\[2\].position is missing"),
        (
            "position = [0.25, 0.25, 0.25]",
            "positon = [0, 0, 0]",
            r"\[2\].positon is unknown; did you mean position?",
        ),
        (
            "71Ga = 0.9",
            "71Ga = 0.8",
            r"isotopes: abundances of Ga \(69Ga 0.1, 71Ga 0.8\) sum to 0.9, not to 1",
        ),
        ("71Ga = 0.9", "71Ga = 0.95", "sum to 1.05, more than 1"),
        ("71Ga = 0.9", "72Ga = 0.9", "72Ga does not occur|72Ga"),
        ("[isotopes.Ga]", "[isotopes.In]", "isotopes: the crystal has no element 'In'"),
        (
            '75As = "43.5 µeV"',
            '77As = "43.5 µeV"',
            "hyperfine.electron: the crystal has no isotope '77As'; did you mean",
        ),
        ('75As = "43.5 µeV"', "75As = 43.5", "hyperfine.electron.75As needs a unit"),
        (
            '75As = "43.5 µeV"',
            '75As = "10 GHz"',
            "hyperfine.electron.75As = 10 GHz has the wrong dimension",
        ),
        ("electron = -0.44", "electron = 0", "g_factor.electron must not be 0"),
        ("electron = -0.44", "positron = 2", "g_factor.positron is unknown"),
        ('name = "GaAs, 90% 71Ga"', "", "name is missing"),
        (
            'lattice = "fcc"',
            'cif = "x.cif"',
            "crystal.cif has the cell and the sites; leave crystal.a out",
        ),
        ("name =", "name = =", "is not valid TOML"),
    ],
)
def test_errors_name_the_file_and_the_key(tmp_path, old, new, message):
    assert TEXT.count(old) >= 1
    with pytest.raises(InvalidInputError, match=message) as raised:
        read(tmp_path, TEXT.replace(old, new, 1))
    text = str(raised.value)
    assert text.startswith(str(tmp_path / "mine.toml"))
    assert "\n" not in text
    assert text.count(str(tmp_path)) == 1


@pytest.mark.parametrize(
    ("cell", "message"),
    [
        ('lattice = "cubic"\na = "1 nm"\nvectors = [["1 nm"]]', "has both lattice and vectors"),
        ('vectors = [["1 nm", "0 nm", "0 nm"]]', "must be three rows of three lengths"),
        (
            (
                'vectors = [["1 nm", "0 nm", "0 nm"], ["2 nm", "0 nm", "0 nm"], ["0 nm", "0 nm", "1 '
                'nm"]]'
            ),
            "lie in one plane",
        ),
        (
            TRICLINIC + 'alpha = "10 deg"\nbeta = "10 deg"\ngamma = "90 deg"',
            "crystal: no cell has the angles 10, 10, 90 degrees",
        ),
    ],
)
def test_cells_that_are_none(tmp_path, cell, message):
    with pytest.raises(InvalidInputError, match=message):
        read(tmp_path, MINIMAL.format(cell=cell))


def test_a_crystal_without_sites_or_without_spins(tmp_path):
    head = 'name = "mine"\n[crystal]\nlattice = "cubic"\na = "1 nm"\n'
    with pytest.raises(InvalidInputError, match="site is missing; give at least one"):
        read(tmp_path, head)
    with pytest.raises(InvalidInputError, match="nothing in the crystal has a spin"):
        read(tmp_path, head + "[[site]]\nposition = [0, 0, 0]\ncomposition = { Ar = 1 }\n")


def test_files_that_cannot_be_read(tmp_path):
    with pytest.raises(InvalidInputError, match="does not exist"):
        read_material(tmp_path / "none.toml")
    with pytest.raises(InvalidInputError, match="is a folder"):
        read_material(tmp_path)
    (tmp_path / "latin.toml").write_bytes(b'name = "\xe4"')
    with pytest.raises(InvalidInputError, match="is not UTF-8"):
        read_material(tmp_path / "latin.toml")


def test_entries_of_lists_count_from_one(tmp_path):
    with pytest.raises(
        InvalidInputError, match=r": indirect\[1\].isotopes: the crystal has no isotope '1H'"
    ):
        read(tmp_path, TEXT + '\n[[indirect]]\nisotopes = ["71Ga", "1H"]\n')
    with pytest.raises(InvalidInputError, match=r": site\[2\].position\[3\] must be a number"):
        read(tmp_path, TEXT.replace("[0.25, 0.25, 0.25]", '[0.25, 0.25, "z"]'))


@pytest.mark.parametrize("angle", [0, -90, 180, 200])
def test_an_angle_of_a_cell_lies_below_180_degrees(tmp_path, angle):
    cell = f'lattice = "monoclinic"\na = "5 angstrom"\nb = "6 angstrom"\nc = "7 angstrom"\nbeta = "{angle} deg"'
    message = f"crystal.beta must lie between 0 and 180 degrees, not {angle}"
    with pytest.raises(InvalidInputError, match=message):
        read(tmp_path, MINIMAL.format(cell=cell))


def test_what_is_no_path():
    with pytest.raises(
        InvalidInputError, match="material file must be the name of a file, not None"
    ):
        read_material(None)


TECHNETIUM = """
name = "technetium"
[crystal]
lattice = "hexagonal"
a = "2.74 angstrom"
c = "4.39 angstrom"
[[isotope]]
symbol = "99Tc"
spin = 4.5
gyromagnetic_ratio = "6.0503e7 rad/s/T"
[[site]]
position = [0.333333, 0.666667, 0.25]
composition = {composition}
"""


def test_an_isotope_of_ones_own(tmp_path):
    one = read(tmp_path, TECHNETIUM.format(composition="{ 99Tc = 1 }"))
    (occupant,) = one.crystal.sites[0].occupants
    assert (occupant.isotope, occupant.fraction, occupant.spin) == ("99Tc", 1, 4.5)
    assert occupant.gyromagnetic_ratio == near(6.0503e7)
    fact = one.facts[-1]
    assert (fact.what, fact.mark) == ("the gyromagnetic ratio of 99Tc [rad/s/T]", "user")
    assert fact.value == near(6.0503e7)
    of_element = TECHNETIUM.format(composition="{ Tc = 0.5 }") + "[isotopes.Tc]\n99Tc = 1\n"
    assert nuclei_per_cell(read(tmp_path, of_element)) == near({"99Tc": 0.5})


def test_an_isotope_of_ones_own_replaces_that_of_the_library(tmp_path):
    holmium = TECHNETIUM.replace("99Tc", "165Ho").replace("4.5", "3.5")
    one = read(tmp_path, holmium.format(composition="{ Ho = 1 }"))
    (occupant,) = one.crystal.sites[0].occupants
    assert (occupant.isotope, occupant.gyromagnetic_ratio) == ("165Ho", near(6.0503e7))
    assert read(tmp_path, MINIMAL.format(cell='lattice = "cubic"\na = "0.5 nm"')).facts == ()


def test_an_isotope_of_ones_own_stands_in_a_cif(tmp_path):
    pytest.importorskip("gemmi", reason="an extra")
    cif = (EXAMPLES / "cspbbr3.cif").read_text(encoding="utf-8").replace("Cs1 Cs+", "Tc1 Tc")
    (tmp_path / "it.cif").write_text(cif, encoding="utf-8")
    text = TECHNETIUM.split("[[site]]", maxsplit=1)[0] + "[isotopes.Tc]\n99Tc = 1\n"
    lattice = 'lattice = "hexagonal"\na = "2.74 angstrom"\nc = "4.39 angstrom"\n'
    one = read(tmp_path, text.replace(lattice, 'cif = "it.cif"\n'))
    assert nuclei_per_cell(one)["99Tc"] == 1
    with pytest.raises(
        InvalidInputError, match=r"no element 'Tc' .* may add an isotope, as \[\[isotope\]\]"
    ):
        read(tmp_path, 'name = "it"\n[crystal]\ncif = "it.cif"\n')


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            '"99Tc"\nspin',
            '"Tc99"\nspin',
            r"isotope\[1\].symbol must be mass number, then element, like .*, not 'Tc99'",
        ),
        (
            "spin = 4.5",
            "spin = 4",
            r"isotope\[1\].spin of 99Tc must be half of an odd number, not 4",
        ),
        ("spin = 4.5", "spin = 0.7", r"isotope\[1\].spin must be a positive multiple of 1/2"),
        ("spin = 4.5\n", "", r"isotope\[1\].spin is missing"),
        ("spin = 4.5", "spn = 4.5", r"isotope\[1\].spn is unknown; did you mean spin"),
        ('"6.0503e7 rad/s/T"', "6.0503e7", r"isotope\[1\].gyromagnetic_ratio needs a unit"),
        ('"6.0503e7 rad/s/T"', '"0 rad/s/T"', r"isotope\[1\].gyromagnetic_ratio must not be 0"),
        (
            '"6.0503e7 rad/s/T"',
            '"3 mT"',
            r"isotope\[1\].gyromagnetic_ratio = 3 mT has the wrong dimension",
        ),
        (
            "[[site]]",
            TECHNETIUM[TECHNETIUM.index("[[isotope]]") :].split("[[site]]")[0] + "[[site]]",
            "stands in the file",
        ),
        (
            "[[site]]",
            "[isotopes.Tc]\n99Tc = 0.5\n[[site]]",
            r"abundances of Tc \(99Tc 0.5\) sum to 0.5, not to 1",
        ),
    ],
)
def test_isotopes_that_are_none(tmp_path, old, new, message):
    text = TECHNETIUM.format(composition="{ Tc = 1 }" if "isotopes.Tc" in new else "{ 99Tc = 1 }")
    assert old in text
    with pytest.raises(InvalidInputError, match=message) as raised:
        read(tmp_path, text.replace(old, new, 1))
    assert str(tmp_path / "mine.toml") in str(raised.value)
