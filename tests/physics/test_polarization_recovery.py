"""Recovery of the polarization: limits, scaling, simulated electrons, and the gradient."""

import math

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from coldspin import InvalidInputError
from coldspin.experiments.recovery import (
    RECOVERY_PARAMETERS,
    polarization_recovery,
    polarization_recovery_gradient,
    short_correlation_recovery,
)
from coldspin.precession.hopping import longitudinal_polarization, transverse_polarization

GAMMA = -4e10
FIELDS = np.array([0.0, 1e-4, -3e-3, 0.02, 0.1, -2.0])


def parameters(tau_c, t_s, s=1e-9, gamma=GAMMA):
    return dict(zip(RECOVERY_PARAMETERS, (tau_c, t_s, s, gamma), strict=True))


def mean_spin(
    precession, light, *, correlation_time, spin_lifetime, dephasing_time, electrons, seed
):
    """⟨S⟩/S_0 and its standard error, of electrons created along `light` that precess about `precession` + Ω_N.

    A stay ends by a hop or by the end of the spin's life, after an exponential time of the mean τ.
    The spin integrated over it is, on average, τ times the spin at its end.
    """
    rng = np.random.default_rng(seed)
    tau = 1 / (1 / correlation_time + 1 / spin_lifetime)
    spin = np.tile(np.asarray(light, dtype=float), (electrons, 1))
    alive = np.arange(electrons)
    total = np.zeros((electrons, 3))
    while alive.size:
        omega = precession + rng.normal(size=(alive.size, 3)) / (2 * dephasing_time)
        turn = Rotation.from_rotvec(omega * rng.exponential(tau, alive.size)[:, None])
        spin = turn.apply(spin)
        total[alive] += tau / spin_lifetime * spin
        hops = rng.random(alive.size) < tau / correlation_time
        alive, spin = alive[hops], spin[hops]
    return total.mean(axis=0), total.std(axis=0) / np.sqrt(electrons)


def test_a_third_is_left_in_frozen_fields():
    assert polarization_recovery(0.0, **parameters(1e3, 1.0)) == pytest.approx(1 / 3, rel=2e-3)
    assert polarization_recovery(0.0, **parameters(math.inf, 1.0)) == pytest.approx(1 / 3, rel=1e-8)


@pytest.mark.parametrize("ratio", [0.1, 3.0, 50.0])
def test_each_hop_takes_two_thirds_where_spins_turn_fully(ratio):
    tau_c = 1e-3
    expected = (1 / 3) / (1 + 2 / 3 * ratio)
    assert polarization_recovery(0.0, **parameters(tau_c, ratio * tau_c)) == pytest.approx(
        expected, rel=1e-5
    )


@pytest.mark.parametrize("strength", [0.1, 1.0, 30.0])
def test_motional_narrowing_for_a_short_correlation_time(strength):
    errors = []
    for tau_c in (1e-13, 1e-14):
        t_s = strength * 2 * 1e-18 / tau_c  # T_s/T1e = `strength` at B = 0
        fields = np.array([0.0, 0.3, 1.0, 5.0]) / (abs(GAMMA) * tau_c)
        curves = (polarization_recovery, short_correlation_recovery)
        full, narrowed = (curve(fields, **parameters(tau_c, t_s)) for curve in curves)
        errors.append(np.max(np.abs(full / narrowed - 1)))
        assert narrowed[0] == pytest.approx(1 / (1 + strength), rel=1e-12)
        assert narrowed[2] == pytest.approx(1 / (1 + strength / 2), rel=1e-12)
    assert errors[0] < 1e-3
    assert errors[1] < errors[0] / 5


def test_long_correlation_is_not_motional_narrowing():
    long = parameters(1e-7, 1e-8)
    assert polarization_recovery(0.0, **long) > 5 * short_correlation_recovery(0.0, **long)


@pytest.mark.parametrize(("tau_c", "t_s"), [(1e-8, 1e-7), (1e-6, 1e-8), (1e-10, 1e-8)])
def test_rises_with_the_field_to_one(tau_c, t_s):
    curve = polarization_recovery(np.geomspace(1e-5, 1e5, 200), **parameters(tau_c, t_s))
    assert (np.diff(curve) >= 0).all()
    assert (curve > 0).all()
    assert curve[-1] == pytest.approx(1, abs=1e-6)


def test_even_in_field_and_gyromagnetic_ratio():
    curve = polarization_recovery(FIELDS, **parameters(1e-8, 1e-7))
    np.testing.assert_array_equal(polarization_recovery(-FIELDS, **parameters(1e-8, 1e-7)), curve)
    np.testing.assert_array_equal(
        polarization_recovery(FIELDS, **parameters(1e-8, 1e-7, gamma=-GAMMA)), curve
    )


@pytest.mark.parametrize(
    ("tau_c", "t_s"), [(1e-9, 4e-9), (1e9, 5e-9), (0.2e-9, 2e-9)], ids=("hops", "stays", "fast")
)
def test_electrons_one_by_one(tau_c, t_s):
    """Light at 50° to the mean precession: the whole vector, H_∥ along and H_+ across."""
    omega, light = 0.8e9, np.array([math.sin(0.87), 0.0, math.cos(0.87)])
    times = {"correlation_time": tau_c, "spin_lifetime": t_s, "dephasing_time": 1e-9}
    mean, error = mean_spin(np.array([0, 0, omega]), light, **times, electrons=100_000, seed=41)
    along, across = (
        longitudinal_polarization(omega, **times),
        transverse_polarization(omega, **times),
    )
    expected = np.array([light[0] * across.real, light[0] * across.imag, light[2] * along])
    assert (error < 3e-3).all()
    assert (np.abs(mean - expected) < 4 * error).all(), (mean, expected, error)


@pytest.mark.parametrize("tau_c", [1e-12, 3e-10, 5e-9, 1e-5])
@pytest.mark.parametrize("t_s", [1e-9, 2e-8, 1e-5])
def test_gradient_against_differences(tau_c, t_s):
    given = parameters(tau_c, t_s)
    gradient = polarization_recovery_gradient(FIELDS, **given)
    assert gradient.shape == (4, FIELDS.size)
    for row, name in zip(gradient, RECOVERY_PARAMETERS, strict=True):
        ends = [
            polarization_recovery(FIELDS, **{**given, name: given[name] * math.exp(h)})
            for h in (-1e-4, 1e-4)
        ]
        np.testing.assert_allclose(row, (ends[1] - ends[0]) / 2e-4, rtol=1e-6, atol=1e-11)


def test_curve_depends_on_ratios_alone():
    """All times larger and γ_e smaller by one factor: the same curve."""
    rng = np.random.default_rng(42)
    for tau_c, t_s, s in 10 ** rng.uniform([-12, -10, -10], [-6, -6, -8], (20, 3)):
        gradient = polarization_recovery_gradient(FIELDS, **parameters(tau_c, t_s, s))
        np.testing.assert_allclose(gradient[:3].sum(axis=0), gradient[3], rtol=1e-7, atol=1e-10)


def test_gradient_in_the_limits():
    gradient = polarization_recovery_gradient(FIELDS, **parameters(math.inf, 1e-8))
    long = polarization_recovery_gradient(FIELDS, **parameters(1e6, 1e-8))
    np.testing.assert_allclose(gradient, long, atol=1e-10)
    np.testing.assert_array_equal(gradient[0], 0)
    still = parameters(1e-8, 1e-8, math.inf)
    np.testing.assert_array_equal(
        polarization_recovery_gradient(FIELDS, **still), np.zeros((4, FIELDS.size))
    )
    np.testing.assert_array_equal(polarization_recovery(FIELDS, **still), 1)


def test_scalars():
    assert type(polarization_recovery(0.1, **parameters(1e-8, 1e-8))) is float
    assert type(short_correlation_recovery(0.1, **parameters(1e-8, 1e-8))) is float
    assert polarization_recovery_gradient(0.1, **parameters(1e-8, 1e-8)).shape == (4,)


@pytest.mark.parametrize(
    "curve", [polarization_recovery, short_correlation_recovery, polarization_recovery_gradient]
)
@pytest.mark.parametrize("name", [*RECOVERY_PARAMETERS, "field"])
def test_bad_input(curve, name):
    bad = math.nan if name == "field" else 0.0
    with pytest.raises(InvalidInputError, match=name):
        curve(**({"field": 0.1} | parameters(1e-8, 1e-8) | {name: bad}))


def test_the_classical_limit_needs_a_finite_correlation_time():
    with pytest.raises(InvalidInputError, match="correlation_time"):
        short_correlation_recovery(0.1, **parameters(math.inf, 1e-8))
