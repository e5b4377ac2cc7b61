"""Cooling in the sum of external and mean Knight field, by vectors and by hand in SI."""

import itertools
import math

import numpy as np
import pytest

import samples
from coldspin import InvalidInputError, Site, cool, optimum
from coldspin.constants import HBAR
from coldspin.cooling.facade import branches
from coldspin.heating import SmallAngle
from coldspin.precession import spin_loss
from coldspin.sample.species import Species
from coldspin.thermodynamics.knight_field import knight_field, nuclear_field
from samples import NEV, close_to

pytestmark = pytest.mark.filterwarnings("ignore::coldspin.exceptions.ValidityWarning")

DOT = samples.DOT.replace(filling=0.3)
METHOD = SmallAngle()


def seen_by_hand(site, field, spin, angle):
    """B + B_e and ⟨S⟩ as vectors (x, z), B along z and the light in the plane."""
    light = np.array([math.sin(angle), math.cos(angle)])
    knight = (
        -site.filling * site.hyperfine_coupling * spin / site.nuclear_gyromagnetic_ratio * light
    )
    return np.array([0.0, field]) + knight, spin * light


def heating_square(site, b):
    """B_h² = Φ (T1e/τ_c) k² B_L²."""
    phi = float(
        METHOD.heating_coefficient(b, site.k, nuclei=site.box.nuclei, spin=site.box.nuclear_spin)
    )
    return phi / float(spin_loss(b, site.k)) * site.k**2 * site.local_field**2


CASES = list(
    itertools.product(
        (1, -1), (1, -1), (-3e-3, -1e-5, 0.0, 2e-4, 0.05), (0.0, 0.8, math.pi / 2, 2.6)
    )
)


@pytest.mark.parametrize(("a", "n", "field", "angle"), CASES)
@pytest.mark.parametrize("spin", [0.2, -0.05])
def test_the_knight_field_adds_to_the_field_as_a_vector(a, n, field, angle, spin):
    site = DOT.replace(hyperfine_coupling=NEV * a, nuclear_gyromagnetic_ratio=6.3e7 * n)
    total, moment = seen_by_hand(site, field, spin, angle)
    b = site.electron_gyromagnetic_ratio * field * site.dephasing_time
    gamma = HBAR * site.nuclear_gyromagnetic_ratio
    beta = 4 * (moment @ total) / gamma / (total @ total + heating_square(site, b))
    options = {"knight_field": True, "optical_axis_angle": angle, "method": METHOD}
    data = cool(site, field, spin, self_consistent=False, **options).isel(field=0)
    assert float(data.inverse_spin_temperature) == close_to(beta, rel=1e-9)
    mean = 1.5 * 2.5 / 3 * gamma * beta * total  # ⟨I⟩ along the sum of both fields
    assert abs(float(data.nuclear_spin)) == close_to(float(np.hypot(*mean)), rel=1e-9)
    influx = 0.3 / float(data.electron_relaxation_time) * gamma * (moment @ total)
    assert float(data.spin_influx) == close_to(influx, rel=1e-9)
    assert float(data.zeeman_heating + data.spin_spin_heating) == close_to(influx, rel=1e-9)
    # with feedback: ⟨Ω_N⟩ = aN⟨I⟩ along B + B_e stands beside γ_e B along z
    with_it = branches(site, field, spin, **options)
    assert with_it.sizes["state"] >= 1
    for ours in with_it.inverse_spin_temperature.values:
        overhauser = site.hyperfine_coupling * site.nuclei * 1.5 * 2.5 / 3 * gamma * ours * total
        electron = np.array([0.0, site.electron_gyromagnetic_ratio * field]) + overhauser
        b = float(np.hypot(*electron)) * site.dephasing_time
        beta = 4 * (moment @ total) / gamma / (total @ total + heating_square(site, b))
        assert ours == close_to(beta, rel=1e-7)


def test_without_a_field_the_nuclei_are_cooled_whichever_the_helicity():
    one, other = (
        float(cool(DOT, 0.0, s, knight_field=True).inverse_spin_temperature[0]) for s in (0.2, -0.2)
    )
    assert one == close_to(other, rel=1e-10)
    assert (
        one < 0
    )  # spin goes over along ⟨S⟩, where the nuclei have the most energy f a⟨S⟩·J for a > 0
    turned = DOT.replace(hyperfine_coupling=-NEV)
    assert float(cool(turned, 0.0, 0.2, knight_field=True).inverse_spin_temperature[0]) > 0
    assert float(cool(DOT, 0.0, 0.2).inverse_spin_temperature[0]) == 0


def test_the_field_that_compensates_leaves_the_nuclei_warm():
    compensating = 0.3 * NEV * 0.2 / 6.3e7
    assert knight_field(0.2, NEV, 6.3e7, 0.3) == close_to(-compensating, rel=1e-12)
    fields = np.array([0.999, 1.0, 1.001]) * compensating
    beta = cool(DOT, fields, 0.2, knight_field=True).inverse_spin_temperature.values
    assert beta[0] < 0 < beta[2]
    assert abs(beta[1]) < 1e-9 * beta[2]


def test_optima_lie_about_the_compensated_field():
    site = DOT.replace(correlation_time="1 fs", g_factor=1e-6)
    found = optimum(site, 0.2, knight_field=True, self_consistent=False)
    compensating = 0.3 * NEV * 0.2 / 6.3e7
    expected = (
        compensating + np.array([-1, 1]) * math.sqrt(3) * 1.5e-4
    )  # B − B_c = ±B̃_L at short times
    fields = np.sort(found.field)
    assert any(abs(fields - expected[0]) < 1e-5 * abs(expected[0]))
    assert any(abs(fields - expected[1]) < 1e-5 * abs(expected[1]))


@pytest.mark.parametrize("angle", [0.0, 0.4, math.pi / 2, 2.0, math.pi])
@pytest.mark.parametrize("knight", [0.0, 1e-3, -2e-3])
def test_the_axis_and_what_lies_along_it(angle, knight):
    fields = np.array([-2e-3, -1e-3, 0.0, 1e-3, 5.0])
    seen = nuclear_field(fields, 0.3, angle, knight)
    light = np.array([math.sin(angle), math.cos(angle)])
    for i, field in enumerate(fields):
        total = np.array([0, field]) + knight * light
        axis = np.array([seen.sine[i], seen.cosine[i]])
        assert np.hypot(*axis) == pytest.approx(1, rel=1e-14, abs=0)
        assert axis[1] >= 0
        np.testing.assert_allclose(seen.field[i] * axis, total, atol=1e-18)
        assert seen.spin_along[i] == pytest.approx(0.3 * float(light @ axis), abs=1e-15)


def test_nothing_changes_where_the_electron_is_seldom_there():
    site = DOT.replace(filling=1e-12)
    with_it, without = (cool(site, [-1e-3, 1e-3], 0.2, knight_field=on) for on in (True, False))
    np.testing.assert_allclose(
        with_it.inverse_spin_temperature, without.inverse_spin_temperature, rtol=1e-9
    )


def two(couplings, gammas):
    species = [
        Species(nuclei=n, nuclear_spin=i, hyperfine_coupling=a, nuclear_gyromagnetic_ratio=g)
        for n, i, a, g in zip((3e4, 2e4), (0.5, 1.5), couplings, gammas, strict=True)
    ]
    return Site(
        species=species, local_field=1e-4, correlation_time=1e-12, filling=0.3, g_factor=-0.44
    )


def several_by_hand(site, field, spin):
    """Each isotope in its own B + B_e,k: what the electrons bring and what the reservoirs take."""
    ensemble = site.ensemble
    weights, gamma = ensemble.weights, ensemble.gyromagnetic_ratio
    own = field - 0.3 * ensemble.coupling * spin / gamma
    square = heating_square(site, site.electron_gyromagnetic_ratio * field * site.dephasing_time)
    brought = spin * np.sum(weights * gamma * own)
    taken = HBAR / 4 * np.sum(weights * gamma**2 * (own**2 + square))
    return brought / taken


@pytest.mark.parametrize("field", [-2e-3, 0.0, 1e-5, 4e-4])
def test_isotopes_that_see_one_knight_field(field):
    site = two((NEV, 1.5 * NEV), (6e7, 9e7))  # a_k ∝ γ_k, as for one orbital density on all
    data = cool(site, field, 0.2, knight_field=True, self_consistent=False, method=METHOD)
    assert float(data.inverse_spin_temperature[0]) == close_to(
        several_by_hand(site, field, 0.2), rel=1e-8
    )


@pytest.mark.parametrize("field", [0.0, 1e-5])
def test_isotopes_that_see_different_knight_fields(field):
    site = two((NEV, 1.5 * NEV), (6e7, 3e7))
    data = cool(site, field, 0.2, knight_field=True, self_consistent=False, method=METHOD)
    assert float(data.inverse_spin_temperature[0]) == close_to(
        several_by_hand(site, field, 0.2), rel=0.02
    )


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((0.1, float("inf"), 6e7, 0.1), "hyperfine_coupling"),
        ((0.1, NEV, 0.0, 0.1), "nuclear_gyromagnetic_ratio"),
        ((0.1, NEV, 6e7, 0.0), "filling"),
        ((0.1, NEV, 6e7, 1.5), "filling"),
        ((float("nan"), NEV, 6e7, 0.1), "electron_spin"),
    ],
)
def test_bad_input(arguments, words):
    with pytest.raises(InvalidInputError, match=words) as caught:
        knight_field(*arguments)
    assert "\n" not in str(caught.value)
