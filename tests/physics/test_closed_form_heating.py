"""Limits, identities and independent averages of the paper's closed forms of the heating coefficient."""

import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import quadrature
from coldspin import precession
from coldspin.exceptions import InvalidInputError, ValidityWarning
from coldspin.heating import (
    ClosedForm,
    SmallAngle,
    high_field_heating,
    saturated_heating,
    slow_heating,
)

CLOSED = (SmallAngle(), ClosedForm())
B = np.array([[0.0], [0.3], [1.0], [-5.0]])
K = np.array([1e-3, 0.1, 1.0, 20.0])

closed = pytest.mark.parametrize("method", CLOSED, ids=repr)


@closed
def test_short_visits_heat_with_three_halves(method):
    assert method.heating_coefficient(0.0, 1e-5, nuclei=1e6) == pytest.approx(1.5, rel=1e-9, abs=0)
    assert method.heating_coefficient(3.0, 1e-5, nuclei=1e6) == pytest.approx(1.5, rel=1e-8, abs=0)


@closed
def test_visits_between_electron_and_nuclear_precession_heat_with_a_half(method):
    assert method.heating_coefficient(0.0, 1e4, nuclei=1e14) == pytest.approx(0.5, rel=1e-6, abs=0)
    assert method.heating_coefficient(100.0, 100.0, nuclei=1e14) == pytest.approx(
        0.5, rel=1e-6, abs=0
    )


@closed
@pytest.mark.parametrize("spin", [0.5, 1.5])
def test_relaxation_rate_is_that_of_the_frozen_field(method, spin):
    rate = method.relaxation_rate(B, K, nuclei=1e6, spin=spin, nuclear_precession=1e-9)
    np.testing.assert_array_equal(rate, precession.relaxation_rate(B, K))


def test_small_angle_is_equation_9():
    value = SmallAngle().heating_coefficient(B, K, nuclei=1e4)
    np.testing.assert_allclose(value, quadrature.lorentzian(B, K) + 0.5, rtol=1e-13)


@pytest.mark.parametrize(("nuclei", "spin"), [(100.0, 0.5), (100.0, 1.5), (1e6, 0.5), (7.0, 4.5)])
def test_closed_form_is_the_lorentzian_mean_and_s37(nuclei, spin):
    value = ClosedForm().heating_coefficient(B, K, nuclei=nuclei, spin=spin)
    x = K / np.sqrt(4 * nuclei * spin * (spin + 1) / 3)
    np.testing.assert_allclose(value, quadrature.lorentzian(B, K) + slow_heating(x), rtol=1e-13)


def test_closed_form_meets_small_angle_for_many_nuclei():
    small, whole = (m.heating_coefficient(B, K, nuclei=1e12) for m in CLOSED)
    np.testing.assert_allclose(whole, small, rtol=1e-9)


def test_long_visits_of_few_nuclei_heat_as_saturated():
    k, nuclei = 1e5, 100.0
    value = ClosedForm().heating_coefficient(50.0, k, nuclei=nuclei)
    assert value == pytest.approx(saturated_heating(k / 10), rel=1e-3, abs=0)


# (S35), (S37)


def test_s37_equals_its_first_form():
    x = np.geomspace(0.03, 1e4, 300)
    first = 2 / (5 * x**2) * (2 - 1 / (1 + x**2) - 4 / (4 + x**2))
    np.testing.assert_allclose(slow_heating(x), first, rtol=1e-12)


def test_s37_joins_one_half_to_s35():
    assert slow_heating(0.0) == pytest.approx(0.5, rel=1e-15, abs=0)
    assert slow_heating(1e-5) == pytest.approx(0.5, rel=1e-9, abs=0)
    x = np.array([1e2, 1e3, 1e6])
    np.testing.assert_allclose(slow_heating(x) / saturated_heating(x), 1 - 2.5 / x**2, rtol=1e-6)
    assert saturated_heating(2.0) == pytest.approx(0.2, rel=1e-15, abs=0)


def test_slow_heating_is_the_mean_of_s34_over_the_visits():
    """(S34) with φ = at/2ħ: the energy given is (2/5)(2 − cos φ − cos 2φ) of β Tr H_SS²."""
    u, w = quadrature.panels(np.linspace(0, 40, 201))
    for x in (0.3, 1.0, 5.0, 20.0):
        angle = x * u / 2
        given = np.sum(w * np.exp(-u) * (4 / 5) * (np.sin(angle / 2) ** 2 + np.sin(angle) ** 2))
        assert slow_heating(x) == pytest.approx(given / x**2, rel=1e-12, abs=0)


# (S36)


def dipole_pair(axis):
    """H_SS of two spins 1/2 along `axis`, and J_z."""
    half = np.array([[[0, 1], [1, 0]], [[0, -1j], [1j, 0]], [[1, 0], [0, -1]]]) / 2
    one, two = (
        np.stack([np.kron(s, np.eye(2)) for s in half]),
        np.stack([np.kron(np.eye(2), s) for s in half]),
    )
    along = np.tensordot(axis, one, 1) @ np.tensordot(axis, two, 1)
    return sum(a @ b for a, b in zip(one, two, strict=True)) - 3 * along, one[2] + two[2]


def test_trace_of_a_turned_dipole_interaction():
    """Tr[H e^{iθJ_z} H e^{−iθJ_z}]/Tr H² = (1 + 2cos θ + 2cos 2θ)/5 over the six axes of an icosahedron."""
    golden = (1 + 5**0.5) / 2
    axes = [
        np.roll([0, 1, sign * golden], turn) / np.hypot(1, golden)
        for sign in (1, -1)
        for turn in range(3)
    ]
    for angle in (0.0, 0.4, 1.3, 2.5, np.pi):
        turned = square = 0
        for axis in axes:
            hamiltonian, jz = dipole_pair(axis)
            turn = np.diag(np.exp(1j * angle * np.diag(jz)))
            turned += np.trace(hamiltonian @ turn @ hamiltonian @ turn.conj()).real
            square += np.trace(hamiltonian @ hamiltonian).real
        assert turned / square == pytest.approx(
            (1 + 2 * np.cos(angle) + 2 * np.cos(2 * angle)) / 5, abs=1e-14
        )


def mean_of_s36(x, phase):
    """Time average of (S36): ½ Σ± (ω_e/ω_±)² (1 − trace ratio at ω_± t)/x², ω_±τ_c = x/2 ± ω_Bτ_c.

    1 − (1 + 2cos θ + 2cos 2θ)/5 = (4/5)[sin²(θ/2) + sin² θ] and (ω_e/ω_±)² sin² stays finite at ω_± = 0, as a sinc.
    """
    u, w = quadrature.panels(np.linspace(0, 42, 601))
    total = 0.0
    for rate in (x / 2 + phase, x / 2 - phase):
        share = (np.sinc(rate * u / (2 * np.pi)) / 2) ** 2 + np.sinc(rate * u / np.pi) ** 2
        total += 0.5 * np.sum(w * np.exp(-u) * u**2 * (4 / 5) * share) * (x / 2) ** 2 / x**2
    return total


@pytest.mark.parametrize("x", [1e-3, 0.5, 2.0, 10.0, 40.0])
@pytest.mark.parametrize("ratio", [0.0, 0.5, 0.999, 1.0, 1.001, -1.0, 1.5, 4.0, -0.3])
def test_high_field_heating_is_the_time_average_of_s36(x, ratio):
    phase = ratio * x / 2  # ω_B = ratio · ω_e
    assert high_field_heating(x, phase) == pytest.approx(mean_of_s36(x, phase), rel=1e-11, abs=0)


def test_high_field_heating_without_nuclear_precession_is_s37():
    x = np.geomspace(1e-4, 1e6, 200)
    np.testing.assert_allclose(high_field_heating(x, 0.0), slow_heating(x), rtol=1e-14)


def test_compensated_knight_field_heats_with_a_quarter_for_ever():
    assert high_field_heating(1e5, 0.5e5) == pytest.approx(0.25, rel=1e-8, abs=0)
    assert high_field_heating(1e5, -0.5e5) == pytest.approx(0.25, rel=1e-8, abs=0)


def test_strong_nuclear_precession_suppresses_heating_by_the_square_of_the_frequencies():
    """ω_B ≫ ω_e, both turns complete: (S35) times (ω_e/ω_B)²."""
    x, ratio = 1e4, 1e3
    assert high_field_heating(x, ratio * x / 2) * ratio**2 == pytest.approx(
        saturated_heating(x), rel=1e-5, abs=0
    )


@settings(max_examples=200, deadline=None, derandomize=True)
@given(st.floats(0, 1e6), st.floats(-1e6, 1e6))
def test_high_field_heating_is_even_in_both_and_at_most_a_half(x, phase):
    value = high_field_heating(x, phase)
    assert 0 < value <= 0.5 * (1 + 1e-15)
    assert high_field_heating(-x, phase) == pytest.approx(value, rel=1e-13, abs=0)
    assert high_field_heating(x, -phase) == pytest.approx(value, rel=1e-13, abs=0)


def test_functions_of_the_angle_keep_scalars_and_shapes():
    for function in (slow_heating, saturated_heating, lambda x: high_field_heating(x, 0.3)):
        assert type(function(2)) is float
        assert function([1.0, 2.0]).shape == (2,)
        assert function(np.array([[3.0]])) == function(-3.0)
    assert high_field_heating([1.0, 2.0], [[0.0], [1.0], [2.0]]).shape == (3, 2)


@pytest.mark.parametrize("bad", [np.nan, np.inf, "a", 1j])
def test_functions_of_the_angle_refuse(bad):
    for call in (
        lambda: slow_heating(bad),
        lambda: saturated_heating(bad),
        lambda: high_field_heating(bad, 0.0),
    ):
        with pytest.raises(InvalidInputError, match=r"^x must be"):
            call()
    with pytest.raises(InvalidInputError, match=r"^nuclear_phase must be"):
        high_field_heating(1.0, bad)


# Warnings at the edge of validity; inside it every call above is silent, since warnings are errors here


def test_small_angle_warns_of_large_rotation_where_it_was_called():
    with pytest.warns(ValidityWarning, match=r"k << √N_I.*reaches 3(?!\d)") as caught:
        value = SmallAngle().heating_coefficient(1.0, [1.0, 30.0], nuclei=100)
    assert [w.filename for w in caught] == [__file__]
    np.testing.assert_allclose(value, quadrature.lorentzian(1.0, [1.0, 30.0]) + 0.5, rtol=1e-13)


def test_rotation_is_judged_by_the_effective_number_of_nuclei():
    SmallAngle().heating_coefficient(1.0, 9.99, nuclei=100)
    SmallAngle().heating_coefficient(1.0, 22.3, nuclei=100, spin=1.5)
    with pytest.warns(ValidityWarning, match="SmallAngle"):
        SmallAngle().heating_coefficient(1.0, 22.4, nuclei=100, spin=1.5)
    ClosedForm().heating_coefficient(1.0, 1e3, nuclei=100)


@closed
@pytest.mark.parametrize("sign", [1, -1])
def test_nuclear_precession_during_a_visit_is_warned_of(method, sign):
    """x = 0.1: 0.16 x² + 4 (ω_Bτ_c)² = 5% at ω_Bτ_c = 0.1100, where ω_B = 2.2 ω_e."""
    method.heating_coefficient(1.0, 1.0, nuclei=100, nuclear_precession=sign * 0.1099)
    with pytest.warns(
        ValidityWarning, match=f"{type(method).__name__} ignores.*reaches 0.12, .*up to 6%"
    ) as caught:
        value = method.heating_coefficient(
            [1.0, 1.0], 1.0, nuclei=100, nuclear_precession=[0.0, sign * 0.12]
        )
    assert [w.filename for w in caught] == [__file__]
    assert caught[0].message.size == pytest.approx(0.16 * 0.01 + 4 * 0.0144, rel=1e-12)
    np.testing.assert_array_equal(value, method.heating_coefficient([1.0, 1.0], 1.0, nuclei=100))


@closed
def test_rate_of_relaxation_does_not_warn(method):
    """Electrons do not feel ω_B in (S12)."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        rate = method.relaxation_rate(1.0, 1e3, nuclei=100, nuclear_precession=1.0)
    assert caught == []
    assert rate == method.relaxation_rate(1.0, 1e3, nuclei=100)
