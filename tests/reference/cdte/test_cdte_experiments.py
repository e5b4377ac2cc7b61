"""Two experiments on CdTe against the package; README.md says what was published and how it was read."""

import csv
from dataclasses import replace
from decimal import Decimal
from math import pi
from pathlib import Path

import numpy as np
import pytest

from coldspin import Site, optimum, relax
from coldspin.materials import Donor, local_fields, material
from coldspin.materials.records import Fact
from quick import quick

GAUSS = 1e-4
LOCAL, DEPHASING, ELECTRON = 0.4 * GAUSS, 7.5e-9, 1.6 * 9.2740100783e-24 / 1.054571817e-34

pytestmark = pytest.mark.filterwarnings("ignore::coldspin.ValidityWarning")


def one_isotope_table():
    """(k, B [G], T_E(B)/T_E(0) as printed)."""
    with Path(__file__).with_name("one_isotope.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            yield from (
                (float(row["k"]), float(field), text) for field, text in row.items() if field != "k"
            )


ONE_ISOTOPE = list(one_isotope_table())


def half_a_digit(text):
    """Half of the last digit written."""
    return 0.5 * 10.0 ** Decimal(text).as_tuple().exponent


@pytest.fixture(scope="module")
def bare():
    """A donor in the CdTe of the library."""
    return Site.from_material("CdTe", envelope=Donor("5.2 nm"), correlation_time="1 ns", filling=1)


@pytest.fixture(scope="module")
def fitted(bare):
    """The same with the pseudo-dipolar coupling that makes B_KL = 0.7 G."""
    cdte = material("CdTe")
    coupling = Fact("pseudo-dipolar coupling", 2 * pi * 285.58, "user", "this test")
    fields = local_fields(
        replace(cdte, indirect=(replace(cdte.indirect[0], pseudo_dipolar=coupling),))
    )
    assert fields.kinetic == pytest.approx(0.7 * GAUSS, rel=1e-4)
    return bare.replace(local_field=fields.heat_capacity, kinetic_local_field=fields.kinetic)


def ratio(site, k, gauss):
    found = relax(site.replace(correlation_time=k * site.dephasing_time), [0, gauss * GAUSS])
    first, last = found.relaxation_time.values
    return last / first


def best_field(site, k, spin):
    """B_0 [G] of the largest |β|."""
    found = optimum(site.replace(correlation_time=k * site.dephasing_time), spin)
    return abs(found.field.values[0]) / GAUSS


def ratio_by_hand(k, gauss):
    """T_E(B)/T_E(0) from (13), in units of T2e*: averages over Ω = b z + Gaussian of variance 1/4 per axis."""
    z, r = np.linspace(-5, 5, 2001)[:, None], np.linspace(0, 5, 1001)[None, :]
    weight = np.exp(-2 * (z**2 + r**2)) * r
    weight = weight / weight.sum()

    def time(field):
        square = (ELECTRON * field * DEPHASING + z) ** 2 + r**2
        lorentzian = weight / (1 + square * k**2)
        loss, heat = (r**2 * k**2 * lorentzian).sum(), 0.5 + lorentzian.sum()
        warming = loss * field**2 + heat * k**2 * LOCAL**2  # B̃_L²/3 = B_L²
        return (field**2 + LOCAL**2) / warming

    return time(gauss * GAUSS) / time(0.0)


@pytest.mark.parametrize(
    ("k", "gauss", "printed"), quick(ONE_ISOTOPE, *range(0, len(ONE_ISOTOPE), 3))
)
def test_one_isotope_by_hand(k, gauss, printed):
    assert ratio_by_hand(k, gauss) == pytest.approx(
        float(printed), abs=1.05 * half_a_digit(printed)
    )


@pytest.mark.parametrize(
    ("k", "gauss", "printed"), quick(ONE_ISOTOPE, *range(0, len(ONE_ISOTOPE), 3))
)
def test_one_isotope_by_the_package(k, gauss, printed):
    nuclei = 1.7e4
    site = Site(
        nuclei=nuclei,
        nuclear_spin=0.5,
        hyperfine_coupling=-1 / (DEPHASING * nuclei**0.5),
        nuclear_gyromagnetic_ratio=-6.4e7,
        local_field=LOCAL,
        correlation_time="1 ns",
        filling=1,
        g_factor=-1.6,
    )
    assert ratio(site, k, gauss) == pytest.approx(float(printed), abs=1.05 * half_a_digit(printed))
    assert ratio(site, k, gauss) == pytest.approx(ratio_by_hand(k, gauss), rel=3e-3)


@pytest.mark.parametrize("k", [0.5, 1, 1.75])
def test_warming_in_the_dark(fitted, k):
    assert 5 < ratio(fitted, k, 25) < 30


def test_a_shorter_and_a_longer_stay_miss_the_ratio(fitted):
    assert ratio(fitted, 0.35, 25) < 5
    assert ratio(fitted, 2.5, 25) > 30


@pytest.mark.parametrize("spin", [1e-4, 0.05])
@pytest.mark.parametrize("k", quick([0.5, 1, 1.75], 1))
def test_best_field_for_cooling(fitted, k, spin):
    assert 0.6 < best_field(fitted, k, spin) < 1.4


def test_a_much_longer_stay_misses_the_best_field(fitted):
    assert best_field(fitted, 4, 1e-4) > 1.4


def test_the_bare_material_meets_them_for_no_stay(bare):
    assert ratio(bare, 2.5, 25) > 30  # and more beyond
    assert all(best_field(bare, k, 0.05) < 0.6 for k in (0.5, 1, 1.5, 2, 2.5))


def test_no_stay_makes_the_time_independent_of_the_field(bare, fitted):
    for site in (bare, fitted):
        assert min(ratio(site, k, 70) for k in np.geomspace(0.005, 8, 17)) > 1.4


def test_the_absolute_time_is_far_from_the_observed_one(fitted):
    for k in (0.5, 1, 1.75):
        site = fitted.replace(correlation_time=k * fitted.dephasing_time)
        time = relax(site, [0.0]).relaxation_time.item()
        assert 2e-5 < time / 3 < 1e-4
