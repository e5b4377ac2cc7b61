"""What nuclear physics says of every isotope in the table, whatever its source."""

from itertools import combinations, groupby
from math import hypot

import pytest

from coldspin.constants import NUCLEAR_MAGNETON
from coldspin.materials.isotope_table import read_table
from coldspin.materials.isotopes import TABLE, isotope

ROWS = list(read_table(TABLE).values())
ISOTOPES = [isotope(row.symbol) for row in ROWS if row.spin]
SHIELDED = [i for i in ISOTOPES if "gyromagnetic_ratio_shielded" in i.sources]
OPEN_D_SHELLS = {"59Co", "99Ru", "101Ru", "103Rh"}
PROTONS = {
    line.split(",")[0]: int(line.split(",")[1])
    for line in TABLE.read_text("utf-8").splitlines()[11:]
}


def shielding(nucleus):
    return 1 - nucleus.gyromagnetic_ratio_shielded / nucleus.gyromagnetic_ratio_bare


def relative_uncertainty(nucleus):
    return nucleus.magnetic_moment_uncertainty / abs(nucleus.magnetic_moment)


def test_abundances_of_an_element_sum_to_one_hundred():
    """Middles of ranges: sulfur is off by 0.006. The rest of tantalum is an isomer, 180m, which is not in the table."""
    for element, rows in groupby(ROWS, key=lambda row: row.element):
        total = sum(row.measured["abundance"].value for row in rows)
        assert total == pytest.approx({"Ta": 99.988}.get(element, 100), abs=0.01), element


def test_every_element_of_nature_is_there():
    """Up to uranium, without those that have no isotope of a natural abundance: Tc, Pm, Po to Ac, Np."""
    protons = {PROTONS[row.symbol] for row in ROWS}
    assert protons == set(range(1, 93)) - {43, 61, *range(84, 90)}
    assert {row.element for row in ROWS} - {i.element for i in ISOTOPES} == {"Ar", "Ce", "Th"}


def test_long_lived_isotopes_are_there():
    """Their half-lives exceed the age of the earth, or they are found on it."""
    primordial = [
        "40K",
        "50V",
        "87Rb",
        "113Cd",
        "115In",
        "138La",
        "147Sm",
        "176Lu",
        "187Re",
        "235U",
    ]
    assert set(primordial) <= {i.symbol for i in ISOTOPES}
    assert "123Te" in {i.symbol for i in ISOTOPES}


def test_spin_is_half_integer_for_odd_mass_numbers_and_integer_for_even_ones():
    assert all(2 * row.spin % 2 == row.mass_number % 2 for row in ROWS)


def test_even_even_nuclei_have_no_spin_and_odd_odd_ones_do():
    for row in ROWS:
        if row.mass_number % 2 == 0:
            assert (row.spin == 0) == (PROTONS[row.symbol] % 2 == 0), row.symbol


def test_spin_one_half_has_no_quadrupole_moment_and_larger_spins_do():
    assert all(("quadrupole_moment" in i.sources) == (i.spin >= 1) for i in ISOTOPES)


def test_bare_and_shielded_ratios_have_one_sign():
    assert all(i.gyromagnetic_ratio_bare * i.gyromagnetic_ratio_shielded > 0 for i in SHIELDED)


def test_shielding_is_below_two_percent_and_below_that_of_a_free_atom():
    """Lamb's shielding of a Thomas-Fermi atom is 3.19e-5 Z^(4/3); relativity adds up to a third; bonds take away."""
    for i in SHIELDED:
        atom = 3.19e-5 * PROTONS[i.symbol] ** (4 / 3)
        assert shielding(i) < min(0.02, 1.33 * atom), i.symbol


def test_electrons_shield_all_nuclei_but_nitrogen_and_open_d_shells():
    """A bare ratio under the shielded name fails here.

    Paramagnetic bonds deshield nitromethane, by about 136 ppm, and low-lying d-d excitations
    deshield Co, Ru and Rh, by thousands of ppm: their chemical shifts range over 10000 ppm and
    more.
    """
    deshielded = {i.symbol for i in SHIELDED if shielding(i) < 0}
    assert deshielded == {"14N", "15N", *OPEN_D_SHELLS}


def test_shielding_grows_with_the_atomic_number_as_in_free_atoms():
    """From Na on the reference compounds keep 0.2 to 1.33 of the shielding of the free atom, open d shells apart."""
    for i in SHIELDED:
        if PROTONS[i.symbol] >= 11 and i.symbol not in OPEN_D_SHELLS:
            assert shielding(i) > 0.2 * 3.19e-5 * PROTONS[i.symbol] ** (
                4 / 3
            ) - 3 * relative_uncertainty(i), i.symbol


def test_isotopes_of_an_element_are_shielded_alike():
    """The same electrons: ratios of γ agree, bare or shielded, within the uncertainty of the moments."""
    for a, b in combinations(SHIELDED, 2):
        if a.element == b.element:
            assert (
                abs(shielding(a) - shielding(b))
                < 3 * hypot(relative_uncertainty(a), relative_uncertainty(b)) + 1e-6
            )


def test_odd_mass_moments_lie_between_the_schmidt_lines():
    """One unpaired nucleon whose spin is along or against its orbital momentum; 15 % of a magneton to spare.

    Of all nuclei in the table 3He alone lies outside, by mesons that its three nucleons exchange.
    """
    for i in ISOTOPES:
        against = i.spin / (i.spin + 1)
        proton = (against * (i.spin - 1.293), i.spin + 2.293)
        neutron = (-1.913, against * 1.913)
        low, high = proton if PROTONS[i.symbol] % 2 else neutron
        if i.mass_number % 2 and i.symbol != "3He":
            assert low - 0.15 < i.magnetic_moment / NUCLEAR_MAGNETON < high + 0.15, i.symbol


def test_quadrupole_moments_are_those_of_a_slightly_deformed_charge():
    """|Q| below (3/5) Z R² with R = 1.2 fm A^(1/3); above 5e-3 of it but for four that are nearly spheres."""
    for i in ISOTOPES:
        if "quadrupole_moment" in i.sources:
            scale = 0.6 * PROTONS[i.symbol] * (1.2e-15 * i.mass_number ** (1 / 3)) ** 2
            assert abs(i.quadrupole_moment) < scale, i.symbol
            assert (
                i.symbol in {"6Li", "95Mo", "133Cs", "149Sm"}
                or abs(i.quadrupole_moment) > 5e-3 * scale
            ), i.symbol


def test_uncertainties_are_small_against_their_values():
    """The exceptions are those of the source: moments that were not measured by NMR of a liquid, small or hard Q."""
    poor_moments = {
        "59Co",
        "99Ru",
        "101Ru",
        "105Pd",
        "143Nd",
        "145Nd",
        "161Dy",
        "163Dy",
        "165Ho",
        "169Tm",
        "179Hf",
    }
    poor_moments |= {"191Ir", "193Ir", "231Pa", "235U"}
    poor_quadrupoles = {"50V", "51V", "53Cr", "147Sm", "149Sm"}
    assert {i.symbol for i in ISOTOPES if not 0 < relative_uncertainty(i) < 2e-3} == poor_moments
    assert all(0 < relative_uncertainty(i) < 2e-2 for i in ISOTOPES if i.symbol != "235U")
    for i in ISOTOPES:
        if "quadrupole_moment" in i.sources and i.symbol not in poor_quadrupoles:
            assert 0 < i.quadrupole_moment_uncertainty < 0.1 * abs(i.quadrupole_moment), i.symbol
