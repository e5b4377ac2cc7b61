"""Sites from wave functions: arguments, own constants, isotopes left out, errors of one sentence."""

import pytest

from coldspin import Site
from coldspin.constants import HBAR
from coldspin.exceptions import InvalidInputError
from coldspin.materials.catalogue import material
from coldspin.materials.envelopes import Box, Donor, GaussianDot, HardWallBox, Lens
from coldspin.materials.localization import (
    cells,
    cells_from_dephasing_time,
    from_dephasing_time,
    localized_species,
    measured_dephasing_time,
    nuclei_per_cell,
    species_in_cells,
)


def near(value, rel=1e-6):
    """Equal in relative terms: in SI everything is near 0."""
    return pytest.approx(value, rel=rel, abs=0)


MICROELECTRONVOLT = 1.602176634e-25


def test_species_of_a_donor_go_into_a_site():
    gaas = material("GaAs")
    species = localized_species(gaas, Donor("10.2 nm"))
    assert [one.isotope for one in species] == ["69Ga", "71Ga", "75As"]
    number = cells(gaas, Donor("10.2 nm"))
    assert species[0].nuclei == near(0.60108 * number)
    assert species[0].hyperfine_coupling == near(43.1 * MICROELECTRONVOLT / HBAR / number)
    assert (species[0].nuclear_spin, species[0].nuclear_gyromagnetic_ratio) == (
        1.5,
        near(6.434e7, rel=1e-3),
    )
    site = Site(
        species=species, local_field="1.5 G", correlation_time="10 ns", filling=0.1, g_factor=-0.44
    )
    assert site.dephasing_time == near(3.487e-9, rel=1e-3)


def test_isotopes_on_several_sites_are_counted_together():
    bromide = material("CsPbBr3")
    assert nuclei_per_cell(bromide) == near(
        {"133Cs": 1, "207Pb": 0.221, "79Br": 1.5195, "81Br": 1.4805}
    )


def test_lengths_with_and_without_units():
    assert Donor("10.2 nm") == Donor(10.2e-9) == Donor("102 angstrom")
    assert GaussianDot(("1 nm", 2e-9, "3 nm")).radii == near((1e-9, 2e-9, 3e-9))
    assert Lens("10 nm", "2 nm").height == near(2e-9)
    assert hash(Box(("1 nm", "1 nm", "1 nm"))) == hash(Box((1e-9, 1e-9, 1e-9)))


def test_own_constants_go_first_and_zero_uncouples():
    lead = material("MAPbI3")
    zero = localized_species(
        lead, Box(["5 nm"] * 3), "hole", hyperfine={"207Pb": "20 µeV", "127I": 0}
    )
    assert [one.isotope for one in zero] == ["207Pb", "127I"]
    assert zero[0].hyperfine_coupling * zero[0].nuclei == near(
        0.221 * 20 * MICROELECTRONVOLT / HBAR
    )
    assert (zero[1].hyperfine_coupling, zero[1].nuclei / zero[0].nuclei) == (0, near(3 / 0.221))
    for only in (("207Pb",), "207Pb"):
        assert zero == localized_species(
            lead, Box(["5 nm"] * 3), "hole", hyperfine={"207Pb": "20 µeV"}, only=only
        )
    gaas = localized_species(material("GaAs"), Donor("10 nm"), hyperfine={"75As": "46 µeV"})
    default = localized_species(material("GaAs"), Donor("10 nm"))
    assert gaas[:2] == default[:2]
    assert gaas[2].hyperfine_coupling / default[2].hyperfine_coupling == near(46 / 43.5)


def test_from_a_measured_dephasing_time():
    gaas = material("GaAs")
    number = cells_from_dephasing_time(gaas, "3.5 ns")
    species = species_in_cells(gaas, number)
    rate = sum(one.effective_nuclei * one.hyperfine_coupling**2 for one in species)
    assert rate**-0.5 == near(3.5e-9)
    coupling = from_dephasing_time(1e5, 1.5, "3.5 ns")
    assert coupling == near(1 / (3.5e-9 * (5e5) ** 0.5))
    site = Site(
        nuclei=1e5,
        nuclear_spin=1.5,
        hyperfine_coupling=coupling,
        nuclear_gyromagnetic_ratio=6e7,
        local_field=1e-4,
        correlation_time=1e-8,
        filling=1,
        g_factor=1,
    )
    assert site.dephasing_time == near(3.5e-9)


@pytest.mark.parametrize(
    ("value", "convention", "g"),
    [
        ("3.5 ns", "dephasing_time", None),
        ("4.9497 ns", "merkulov_time", None),
        ("1.4286e8 rad/s", "precession_deviation", None),
        ("94.03 neV", "precession_deviation", None),
        ("52.2 G", "merkulov_field", -0.44),
        ("7.384 mT", "fluctuation_field", 0.44),
    ],
)
def test_measured_under_any_convention(value, convention, g):
    assert measured_dephasing_time(value, convention, g_factor=g) == near(3.5e-9, rel=1e-3)


BULK, DONOR = "GaAs", Donor("10 nm")


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: Donor("-1 nm"), "bohr_radius must be greater than zero"),
        (lambda: Donor("1 T"), "bohr_radius = 1 T has the wrong dimension"),
        (lambda: Donor("1"), "bohr_radius needs a unit"),
        (
            lambda: Donor(10),
            'bohr_radius = 10 m is no size of an orbit; give it with a unit, as in "10 nm"',
        ),
        (lambda: Box((5, 5, 5)), r"lengths\[0\] = 5 m is no size of an orbit"),
        (lambda: Lens("5 nm", 2), "height = 2 m is no size of an orbit"),
        (
            lambda: cells(material(BULK), "donor"),
            "envelope must be a wave function such as .*, not 'donor'",
        ),
        (
            lambda: localized_species(material(BULK), Donor),
            "envelope must be a wave function such as",
        ),
        (
            lambda: localized_species(material(BULK), DONOR, only=3),
            r"only must be isotopes, .* not 3",
        ),
        (
            lambda: localized_species(material(BULK), DONOR, hyperfine=["75As"]),
            r"hyperfine must be a mapping like .*, not \['75As'\]",
        ),
        (lambda: GaussianDot("5 nm"), "radii must be three lengths"),
        (lambda: GaussianDot(("5 nm", "5 nm")), "radii must be three lengths"),
        (lambda: Box(("5 nm", "0 nm", "1 nm")), r"lengths\[1\] must be greater than zero"),
        (lambda: HardWallBox(3), "lengths must be three lengths"),
        (lambda: Lens("5 nm", "6 nm"), "height of a lens must be at most its radius"),
        (lambda: DONOR.density([1.0, 2.0]), "positions must end in the three coordinates"),
        (lambda: DONOR.density([1.0, 2.0, float("nan")]), "positions must be finite"),
        (
            lambda: cells(material(BULK), Donor("0.05 nm")),
            "covers 0.07 cells of GaAs; it must cover many",
        ),
        (
            lambda: localized_species(material(BULK), DONOR, "positron"),
            "carrier must be electron or hole",
        ),
        (
            lambda: localized_species(material(BULK), DONOR, "hole"),
            "hole hyperfine constant of 69Ga in GaAs .* unknown",
        ),
        (
            lambda: localized_species(material("MAPbI3"), DONOR, "hole"),
            "is unknown .*; give your own in hyperfine",
        ),
        (
            lambda: localized_species(material(BULK), DONOR, hyperfine={"76As": 1}),
            "GaAs has no isotope '76As'; did you",
        ),
        (
            lambda: localized_species(material(BULK), DONOR, only=("1H",)),
            "GaAs has no isotope '1H'",
        ),
        (
            lambda: localized_species(material(BULK), DONOR, hyperfine={"75As": "4 mT"}),
            "hyperfine.75As = 4 mT has the wrong",
        ),
        (lambda: localized_species(material(BULK), DONOR, only=()), "no isotope of GaAs is left"),
        (
            lambda: localized_species(material("Si", isotopes={"Si": {}}), DONOR),
            "Si has no nuclei with a spin",
        ),
        (lambda: species_in_cells(material(BULK), 0), "cells must be greater than zero"),
        (lambda: from_dephasing_time(0, 0.5, "1 ns"), "nuclei must be greater than zero"),
        (lambda: from_dephasing_time(10, 0.7, "1 ns"), "spin must be a positive multiple of 1/2"),
        (
            lambda: from_dephasing_time(10, 0.5, "1 nm"),
            "dephasing_time = 1 nm has the wrong dimension",
        ),
        (lambda: measured_dephasing_time("1 ns", "merkulow_time"), "did you mean merkulov_time?"),
        (lambda: measured_dephasing_time("5 mT", "merkulov_field"), "g_factor must be given"),
        (
            lambda: measured_dephasing_time("5 MHz", "precession_fwhm"),
            "is in hertz, but an angular frequency is meant",
        ),
        (
            lambda: measured_dephasing_time("5 mT", "merkulov_field", g_factor=0),
            "g_factor must not be 0",
        ),
    ],
)
def test_bad_input_in_one_sentence(call, message):
    with pytest.raises(InvalidInputError, match=message) as raised:
        call()
    assert "\n" not in str(raised.value)
