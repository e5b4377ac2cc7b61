"""Isotopes by symbol: what a user reads, the three errors, strict parsing, and the table rebuilt from raw text."""

import re
import runpy
from pathlib import Path

import pytest

from coldspin.constants import HBAR, NUCLEAR_MAGNETON
from coldspin.exceptions import InvalidInputError
from coldspin.materials.isotope_table import read_table
from coldspin.materials.isotopes import (
    TABLE,
    MalformedIsotopeError,
    UnknownIsotopeError,
    UnknownPropertyError,
    isotope,
    isotopes_of,
)

ROOT = Path(__file__).parents[3]
NAMES = """
1H 2H 3He 6Li 7Li 9Be 10B 11B 13C 14N 15N 17O 19F 21Ne 23Na 25Mg 27Al 29Si 31P 33S 35Cl 37Cl 39K 40K
41K 43Ca 45Sc 47Ti 49Ti 50V 51V 53Cr 55Mn 57Fe 59Co 61Ni 63Cu 65Cu 67Zn 69Ga 71Ga 73Ge 75As 77Se
79Br 81Br 83Kr 85Rb 87Rb 87Sr 89Y 91Zr 93Nb 95Mo 97Mo 99Ru 101Ru 103Rh 105Pd 107Ag 109Ag 111Cd 113Cd
113In 115In 115Sn 117Sn 119Sn 121Sb 123Sb 123Te 125Te 127I 129Xe 131Xe 133Cs 135Ba 137Ba 138La 139La
141Pr 143Nd 145Nd 147Sm 149Sm 151Eu 153Eu 155Gd 157Gd 159Tb 161Dy 163Dy 165Ho 167Er 169Tm 171Yb
173Yb 175Lu 176Lu 177Hf 179Hf 181Ta 183W 185Re 187Re 187Os 189Os 191Ir 193Ir 195Pt 197Au 199Hg 201Hg
203Tl 205Tl 207Pb 209Bi 231Pa 235U
"""
WANTED = NAMES.split()


def test_properties_in_si():
    gallium = isotope("71Ga")
    assert (gallium.symbol, gallium.element, gallium.mass_number, gallium.spin) == (
        "71Ga",
        "Ga",
        71,
        1.5,
    )
    assert gallium.magnetic_moment == pytest.approx(2.56033 * 5.0507837393e-27, rel=1e-9, abs=0)
    assert gallium.magnetic_moment_uncertainty == pytest.approx(
        9e-5 * NUCLEAR_MAGNETON, rel=1e-9, abs=0
    )
    assert gallium.gyromagnetic_ratio_bare == pytest.approx(
        gallium.magnetic_moment / (1.5 * HBAR), rel=1e-12, abs=0
    )
    assert (
        gallium.gyromagnetic_ratio_bare_uncertainty / gallium.gyromagnetic_ratio_bare
        == pytest.approx(9e-5 / 2.56033)
    )
    assert gallium.gyromagnetic_ratio_shielded == pytest.approx(8.1582964e7, rel=1e-9, abs=0)
    assert gallium.gyromagnetic_ratio_shielded_uncertainty is None
    assert gallium.reference_compound == "Ga(NO3)3 in D2O"
    assert gallium.quadrupole_moment == pytest.approx(0.107e-28, rel=1e-9, abs=0)
    assert gallium.quadrupole_moment_uncertainty == pytest.approx(0.001e-28, rel=1e-9, abs=0)
    assert gallium.abundance == 0.39892
    assert gallium.abundance_uncertainty == pytest.approx(0.0005)
    assert (
        isotope("111Cd").gyromagnetic_ratio_bare_uncertainty
        > 0
        > isotope("111Cd").gyromagnetic_ratio_bare
    )


def test_every_isotope_that_was_asked_for_is_there_and_no_other():
    elements = dict.fromkeys(re.sub("[0-9]", "", symbol) for symbol in WANTED)
    assert [i.symbol for element in elements for i in isotopes_of(element)] == WANTED
    assert {row.symbol for row in read_table(TABLE).values() if row.spin} == set(WANTED)
    assert isotopes_of("Ar") == isotopes_of("Ce") == isotopes_of("Th") == []
    assert all(isotope(symbol).spin > 0 for symbol in WANTED)


def test_cadmium_is_the_ground_state_not_the_isomer():
    assert isotope("113Cd").spin == 0.5


def test_an_isotope_is_made_once_and_cannot_change():
    gallium = isotope("69Ga")
    assert isotope("69Ga") is gallium
    assert len({gallium, isotope("71Ga")}) == 2
    with pytest.raises(AttributeError):
        gallium.spin = 2.0
    with pytest.raises(TypeError):
        gallium.sources["abundance"] = "me"


def test_each_known_property_has_a_source_and_a_mark():
    assert isotope("27Al").sources["quadrupole_moment"] == "aerts2019"
    assert isotope("109Ag").marks["magnetic_moment"] == "D"
    for symbol in WANTED:
        nucleus = isotope(symbol)
        assert nucleus.sources.keys() == nucleus.marks.keys()
        assert {"magnetic_moment", "abundance"} <= nucleus.sources.keys()


def test_every_source_key_is_in_the_bibliography():
    keys = set(
        re.findall(
            r"^@\w+\{([^,]+),",
            (TABLE.parent / "sources.bib").read_text("utf-8"),
            flags=re.MULTILINE,
        )
    )
    used = {fact.source for row in read_table(TABLE).values() for fact in row.measured.values()}
    assert used <= keys


@pytest.mark.parametrize(
    "text", ["As75", "75as", "foo", "", "75", "As", "075As", "75 As", "113mCd", "75As\n", 75, None]
)
def test_a_malformed_symbol_says_how_symbols_look(text):
    with pytest.raises(MalformedIsotopeError, match='like "75As"'):
        isotope(text)


@pytest.mark.parametrize(
    ("symbol", "says"),
    [
        ("28Si", "28Si has no nuclear spin"),
        ("76As", "76As has no natural abundance; the isotopes of As with a spin are 75As"),
        (
            "117In",
            "117In has no natural abundance; the isotopes of In with a spin are 113In, 115In",
        ),
        ("75Ar", "no isotope 75Ar in the table; nearest: 75As"),
        ("999Xx", "no isotope 999Xx in the table"),
    ],
)
def test_an_unknown_isotope_says_why_and_what_is_near(symbol, says):
    with pytest.raises(UnknownIsotopeError, match=f"^{says}"):
        isotope(symbol)


def test_an_unknown_element_is_refused():
    with pytest.raises(
        UnknownIsotopeError, match=r"no element 'Xx'.* did you mean Xe[?].* material file may add"
    ):
        isotopes_of("Xx")


@pytest.mark.parametrize(
    ("symbol", "name", "says"),
    [
        (
            "13C",
            "quadrupole_moment",
            "the quadrupole moment of 13C is not known: a spin of 1/2 has none",
        ),
        ("13C", "quadrupole_moment_uncertainty", "of 13C is not known"),
        (
            "197Au",
            "gyromagnetic_ratio_shielded",
            "the shielded gyromagnetic ratio of 197Au is not known: it is not in the table",
        ),
    ],
)
def test_an_unknown_property_raises(symbol, name, says):
    with pytest.raises(UnknownPropertyError, match=says):
        getattr(isotope(symbol), name)


def test_the_three_errors_are_different_and_all_of_them_invalid_input():
    errors = {MalformedIsotopeError, UnknownIsotopeError, UnknownPropertyError}
    assert all(issubclass(error, InvalidInputError) for error in errors)
    assert not any(issubclass(a, b) for a in errors for b in errors - {a})


def spoiled(tmp_path, column, text):
    """The header and the line of 69Ga, with one cell replaced."""
    lines = [
        line
        for line in TABLE.read_text("utf-8").splitlines()
        if line.startswith(("symbol", "69Ga"))
    ]
    header, cells = (line.split(",") for line in lines)
    cells[header.index(column)] = text
    path = tmp_path / "spoiled.csv"
    path.write_text(f"# a comment\n{lines[0]}\n{','.join(cells)}\n", encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("column", "text", "says"),
    [
        ("symbol", "69", "is not the mass number 69 and an element"),
        ("A", "6.9", "is not a whole number"),
        ("Z", "70", "more protons"),
        ("spin", "three halves", "is not a spin"),
        ("spin", "1/3", "is not a multiple of 1/2"),
        ("quadrupole_moment", "0,171", "cells under"),
        ("quadrupole_moment", "O.171", "is not a number"),
        ("magnetic_moment", "nan", "is not finite"),
        ("magnetic_moment_uncertainty", "", "is not a number"),
        ("magnetic_moment_uncertainty", "-0.1", "is negative"),
        ("magnetic_moment_source", "", "must name where"),
        ("magnetic_moment_mark", "X", "is none of S, D, R"),
        ("gyromagnetic_ratio_shielded", "", "stands beside no value"),
        ("abundance", "101", r"is not in \(0, 100\]"),
        ("reference_compound", "", "must be given with the shielded ratio"),
    ],
)
def test_a_bad_cell_raises_with_file_line_and_column(tmp_path, column, text, says):
    with pytest.raises(InvalidInputError, match=f"spoiled.csv, line 3.*{says}") as raised:
        read_table(spoiled(tmp_path, column, text))
    if "," not in text:
        assert column in str(raised.value)


def test_a_quadrupole_moment_of_a_spin_one_half_is_refused(tmp_path):
    with pytest.raises(
        InvalidInputError,
        match=r"line 3, column quadrupole_moment: .* cannot belong to a spin of 0\.5",
    ):
        read_table(spoiled(tmp_path, "spin", "1/2"))


def test_a_row_that_stands_twice_and_a_missing_column_are_refused(tmp_path):
    path = spoiled(tmp_path, "A", "69")
    path.write_text(
        path.read_text("utf-8") + path.read_text("utf-8").splitlines()[-1] + "\n", encoding="utf-8"
    )
    with pytest.raises(
        InvalidInputError, match="line 4, column symbol: '69Ga' stands in the table twice"
    ):
        read_table(path)
    path.write_text("symbol,Z\n", encoding="utf-8")
    with pytest.raises(InvalidInputError, match="line 1: the columns must be"):
        read_table(path)


def test_the_table_is_what_the_script_makes_from_the_raw_text():
    build = runpy.run_path(str(ROOT / "tools" / "isotopes" / "build.py"))["build"]
    assert build().encode() == TABLE.read_bytes()
