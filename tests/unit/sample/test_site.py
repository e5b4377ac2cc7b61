"""Site converts once, checks each argument, and knows its dimensionless groups."""

import math
from dataclasses import FrozenInstanceError

import pytest

from coldspin import InvalidInputError, Site, Species
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
    assert (
        Site(**DOT).electron_precession(1e-3)
        < 0
        < Site(**DOT | {"g_factor": 0.44}).electron_precession(1e-3)
    )


def test_groups_do_not_depend_on_the_sign_of_the_coupling():
    negative = Site(**DOT | {"hyperfine_coupling": -1.5e6})
    assert (negative.dephasing_time, negative.k) == (Site(**DOT).dephasing_time, Site(**DOT).k)


def test_the_gyromagnetic_ratio_may_stand_for_g():
    without = {name: value for name, value in DOT.items() if name != "g_factor"}
    site = Site(**without, electron_gyromagnetic_ratio="-3.87e10 rad/s/T")
    assert site.g_factor == pytest.approx(-3.87e10 * HBAR / BOHR_MAGNETON)
    both = Site(
        **without,
        g_factor=site.g_factor,
        electron_gyromagnetic_ratio=site.electron_gyromagnetic_ratio,
    )
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
    assert site.replace(g_factor=2).electron_gyromagnetic_ratio == pytest.approx(
        2 * BOHR_MAGNETON / HBAR
    )
    assert site.replace(electron_gyromagnetic_ratio=1e10).g_factor == pytest.approx(
        1e10 * HBAR / BOHR_MAGNETON
    )
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
        ({"g_factor": None}, "g_factor is missing; give it or electron_gyromagnetic_ratio"),
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


def test_other_nuclei_change_the_dephasing_time_unless_it_is_kept():
    site = Site(**DOT)
    more = site.replace(nuclei=4e5)
    assert more.hyperfine_coupling == site.hyperfine_coupling
    assert more.dephasing_time == pytest.approx(site.dephasing_time / 2, rel=1e-14)
    kept = site.replace(nuclei=4e5, keep="dephasing_time")
    assert kept.hyperfine_coupling == pytest.approx(site.hyperfine_coupling / 2, rel=1e-14)
    assert (kept.dephasing_time, kept.k) == pytest.approx((site.dephasing_time, site.k), rel=1e-14)
    spin = site.replace(nuclear_spin=0.5, correlation_time="20 ns", keep="dephasing_time")
    assert spin.dephasing_time == pytest.approx(site.dephasing_time, rel=1e-14)
    assert spin.hyperfine_coupling == pytest.approx(
        site.hyperfine_coupling * math.sqrt(5), rel=1e-14
    )
    assert site.replace(filling=0.2, keep="dephasing_time") == site.replace(filling=0.2)
    for changes, words in (
        ({"hyperfine_coupling": 1e6, "keep": "dephasing_time"}, "leave one out"),
        ({"keep": "a"}, "keep must be"),
    ):
        with pytest.raises(InvalidInputError, match=words):
            site.replace(nuclei=2e5, **changes)


def test_the_dephasing_time_of_several_isotopes_is_kept_by_one_factor():
    common = {
        name: DOT[name] for name in ("local_field", "correlation_time", "filling", "g_factor")
    }
    gallium = Species(
        nuclei=5e4, nuclear_spin=1.5, hyperfine_coupling=1e6, nuclear_gyromagnetic_ratio=6.4e7
    )
    arsenic = Species(
        nuclei=7e4, nuclear_spin=2.5, hyperfine_coupling=-2e6, nuclear_gyromagnetic_ratio=4.6e7
    )
    site = Site(**common, species=(gallium, arsenic))
    doubled = [one.scaled(nuclei=2, hyperfine_coupling=1) for one in site.species]
    kept = site.replace(species=doubled, keep="dephasing_time")
    assert kept.dephasing_time == pytest.approx(site.dephasing_time, rel=1e-14)
    for before, after in zip(site.species, kept.species, strict=True):
        assert after.nuclei == 2 * before.nuclei
        assert after.hyperfine_coupling == pytest.approx(
            before.hyperfine_coupling / math.sqrt(2), rel=1e-14
        )


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        (
            "nuclei",
            0.5,
            "nuclei must be at least 1 in the orbit, of all isotopes together, not 0.5",
        ),
        ("nuclei", 1e300, "nuclei must be at most 1e[+]30"),
        ("nuclear_spin", 1e300, "nuclear_spin must be at most 20"),
        ("filling", 1e-300, "filling must be at least 1e-20"),
        ("local_field", 1e-29, "local_field must be at least 1e-20"),
        ("local_field", "1e300 T", "local_field must be at most 100000 T"),
        ("correlation_time", "1e300 s", "correlation_time must be at most 1e[+]20 s"),
        (
            "nuclear_gyromagnetic_ratio",
            1e300,
            "nuclear_gyromagnetic_ratio must be at most 1e[+]15 rad/s/T",
        ),
        ("hyperfine_coupling", 1e300, "hyperfine_coupling must be at most 1e[+]20 rad/s"),
        ("g_factor", 1e300, "g_factor"),
        ("g_factor", 1e-300, "g_factor"),
    ],
)
def test_absurd_sizes_are_refused_in_one_sentence(name, value, words):
    with pytest.raises(InvalidInputError, match=words) as caught:
        Site(**DOT | {name: value})
    assert "\n" not in str(caught.value)


def test_a_rare_isotope_may_have_less_than_one_nucleus():
    common = {
        name: DOT[name] for name in ("local_field", "correlation_time", "filling", "g_factor")
    }
    rare = Species(
        nuclei=0.3, nuclear_spin=0.5, hyperfine_coupling=1e6, nuclear_gyromagnetic_ratio=6e7
    )
    site = Site(**common, species=(rare, rare.scaled(nuclei=10, hyperfine_coupling=1)))
    assert site.ensemble.nuclei.sum() == pytest.approx(3.3)
    with pytest.raises(InvalidInputError, match="nuclei must be at least 1"):
        Site(**common, species=(rare, rare))
