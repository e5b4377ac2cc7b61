"""Site converts once, checks each argument, and knows its dimensionless groups."""

import math
from dataclasses import FrozenInstanceError

import pytest

from coldspin import InvalidInputError, Site
from coldspin.constants import BOHR_MAGNETON, HBAR

DOT = {
    "nuclei": 1e5,
    "nuclear_spin": 1.5,
    "hyperfine_coupling": 1.5e6,
    "nuclear_gyromagnetic_ratio": 6e7,
    "local_field": 1.5e-4,
    "correlation_time": 1e-8,
    "filling": 0.1,
    "g_factor": -0.44,
}


def test_strings_and_numbers_give_the_same_site():
    text = DOT | {
        "hyperfine_coupling": "1.5e6 rad/s",
        "nuclear_gyromagnetic_ratio": "6e3 rad/s/G",
        "local_field": "1.5 G",
        "correlation_time": "10 ns",
    }
    for name, value in Site(**text).parameters().items():
        assert value == pytest.approx(Site(**DOT).parameters()[name], rel=1e-14, abs=0)


def test_dimensionless_groups():
    site = Site(**DOT)
    effective = 4 * 1e5 * 1.5 * 2.5 / 3
    time = 1 / (1.5e6 * math.sqrt(effective))
    gamma = -0.44 * BOHR_MAGNETON / HBAR
    assert site.effective_nuclei == pytest.approx(effective)
    assert site.dephasing_time == pytest.approx(time)
    assert site.k == pytest.approx(1e-8 / time)
    assert site.electron_gyromagnetic_ratio == pytest.approx(gamma)
    assert site.fluctuation_field == pytest.approx(1 / (-gamma * time))
    assert site.electron_precession(0.01) == pytest.approx(gamma * 0.01 * time)
    assert site.electron_precession("100 G") == pytest.approx(gamma * 0.01 * time)
    assert site.nuclear_precession(0.01) == pytest.approx(-6e7 * 0.01 * time)


def test_the_sign_of_g_is_the_sign_of_the_precession():
    assert Site(**DOT).electron_precession(1e-3) < 0 < Site(**DOT | {"g_factor": 0.44}).electron_precession(1e-3)


def test_groups_do_not_depend_on_the_sign_of_the_coupling():
    negative = Site(**DOT | {"hyperfine_coupling": -1.5e6})
    assert (negative.dephasing_time, negative.k) == (Site(**DOT).dephasing_time, Site(**DOT).k)


def test_the_gyromagnetic_ratio_may_stand_for_g():
    without = {name: value for name, value in DOT.items() if name != "g_factor"}
    site = Site(**without, electron_gyromagnetic_ratio="-3.87e10 rad/s/T")
    assert site.g_factor == pytest.approx(-3.87e10 * HBAR / BOHR_MAGNETON)
    both = Site(**without, g_factor=site.g_factor, electron_gyromagnetic_ratio=site.electron_gyromagnetic_ratio)
    assert both == site


def test_the_kinetic_local_field_is_that_of_dipoles_unless_given():
    assert Site(**DOT).kinetic_local_field == pytest.approx(math.sqrt(3) * 1.5e-4)
    assert Site(**DOT, kinetic_local_field="2 G").kinetic_local_field == pytest.approx(2e-4)


def test_a_site_is_frozen_and_takes_names_only():
    with pytest.raises(FrozenInstanceError):
        Site(**DOT).nuclei = 3
    with pytest.raises(TypeError):
        Site(1e5, 1.5)


def test_replace():
    site = Site(**DOT)
    assert site.replace(correlation_time="20 ns").k == pytest.approx(2 * site.k)
    assert site.replace(g_factor=2).electron_gyromagnetic_ratio == pytest.approx(2 * BOHR_MAGNETON / HBAR)
    assert site.replace(electron_gyromagnetic_ratio=1e10).g_factor == pytest.approx(1e10 * HBAR / BOHR_MAGNETON)
    assert site.replace() == site
    assert site.replace(local_field="3 G").kinetic_local_field == pytest.approx(3**0.5 * 3e-4)
    own = site.replace(kinetic_local_field="4 G")
    assert own.replace(local_field="3 G").kinetic_local_field == own.kinetic_local_field
    with pytest.raises(InvalidInputError, match="filling"):
        site.replace(filling=2)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"nuclei": 0}, "nuclei must be greater than zero"),
        ({"nuclei": -5}, "not -5"),
        ({"nuclei": float("nan")}, "nuclei must be finite, not nan"),
        ({"nuclei": float("inf")}, "nuclei must be finite"),
        ({"nuclei": [1, 2]}, "nuclei must be one value"),
        ({"nuclei": "many"}, "nuclei"),
        ({"nuclear_spin": 0}, "nuclear_spin must be a positive multiple of 1/2"),
        ({"nuclear_spin": 1.3}, "not 1.3"),
        ({"nuclear_spin": -0.5}, "not -0.5"),
        ({"nuclear_spin": float("nan")}, "not nan"),
        ({"hyperfine_coupling": 0}, "hyperfine_coupling must not be 0"),
        ({"hyperfine_coupling": "240 kHz"}, "2π"),
        ({"hyperfine_coupling": "1 G"}, "wrong dimension"),
        ({"nuclear_gyromagnetic_ratio": 0}, "nuclear_gyromagnetic_ratio must not be 0"),
        ({"nuclear_gyromagnetic_ratio": "10 MHz/T"}, "2π"),
        ({"local_field": 0}, "local_field must be greater than zero"),
        ({"local_field": "-1 G"}, "local_field must be greater than zero"),
        ({"local_field": "10 ns"}, "wrong dimension"),
        ({"local_field": "1.5"}, "local_field needs a unit"),
        ({"kinetic_local_field": 0}, "kinetic_local_field must be greater than zero"),
        ({"correlation_time": 0}, "correlation_time must be greater than zero"),
        ({"correlation_time": "-1 ns"}, "correlation_time must be greater than zero"),
        ({"correlation_time": float("inf")}, "correlation_time must be finite"),
        ({"correlation_time": "1 G"}, "wrong dimension"),
        ({"filling": 0}, r"filling must lie in \(0, 1\], not 0"),
        ({"filling": 1.01}, "not 1.01"),
        ({"filling": float("nan")}, "filling"),
        ({"g_factor": None}, "g_factor or electron_gyromagnetic_ratio"),
        ({"g_factor": 0}, "g_factor must not be 0"),
        ({"g_factor": float("nan")}, "g_factor"),
        ({"electron_gyromagnetic_ratio": 1e10}, "disagree"),
        ({"g_factor": None, "electron_gyromagnetic_ratio": 0}, "must not be 0"),
        ({"g_factor": None, "electron_gyromagnetic_ratio": "6 GHz/T"}, "2π"),
    ],
)
def test_refused(change, words):
    with pytest.raises(InvalidInputError, match=words):
        Site(**DOT | change)


@pytest.mark.parametrize("filling", [1, 1e-12])
def test_the_ends_of_the_filling(filling):
    assert Site(**DOT | {"filling": filling}).filling == filling
