"""The fluxes, the balance (2) and what follows from it, each by a second route."""

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.optimize import brentq

from coldspin.constants import HBAR
from coldspin.heating import SmallAngle, high_field_heating, saturated_heating
from coldspin.paper import formulas
from coldspin.paper.reduced import find_roots
from coldspin.precession import (
    effective_nuclei,
    long_correlation_spin_loss,
    lorentzian_average,
    lorentzian_spin_loss,
    nuclear_relaxation_time,
    relaxation_rate,
    spin_loss,
)
from coldspin.thermodynamics import fluxes, validity
from coldspin.thermodynamics.spin_temperature import (
    cooling_drive,
    heat_capacity_square,
    heating_field_squared,
    inverse_spin_temperature,
    mean_nuclear_spin,
    saturated_nuclear_spin,
    surplus,
    warming_rate,
)

GAMMA, SPIN, NUCLEI, COUPLING = -6.1e7, 1.5, 2.0e5, 1.4e6
N_I = 5 * NUCLEI
S = 1 / (COUPLING * np.sqrt(N_I))


def beta_of_6(spin_z, field, square, gamma=1 / HBAR):
    """(6) from S_z, B and B_h²."""
    return inverse_spin_temperature(cooling_drive(spin_z * field, gamma), field**2 + square)


def influx(spin_z, field, arrival_rate):
    """Left side of (2) at high temperature."""
    square = SPIN * (SPIN + 1) / 3
    kind = {"spin": SPIN, "nuclear_gyromagnetic_ratio": GAMMA, "arrival_rate": arrival_rate}
    return fluxes.spin_influx(spin_z * field, square, **kind)


def zeeman_heating(mean, field, arrival_rate):
    kind = {"spin": SPIN, "nuclear_gyromagnetic_ratio": GAMMA, "arrival_rate": arrival_rate}
    return fluxes.zeeman_heating(mean, field, **kind)


def printed_heating(beta, state, b_l, arrival_time):
    """(5) as it is printed."""
    return formulas.printed_spin_spin_heating(
        beta,
        heating_coefficient=state["phi"],
        nuclei=NUCLEI,
        spin=SPIN,
        nuclear_gyromagnetic_ratio=GAMMA,
        local_field=b_l,
        rotation_angle=COUPLING * state["k"] * S,
        arrival_time=arrival_time,
    )


@pytest.fixture(params=[(0.3, 2.0), (-1.7, 0.2), (6.0, 40.0)], ids=str)
def state(request):
    b, k = request.param
    return {
        "b": b,
        "k": k,
        "phi": SmallAngle().heating_coefficient(b, k, nuclei=NUCLEI, spin=SPIN),
        "field": 2e-3,
    }


def test_beta_of_6_solves_the_balance_2(state):
    b_l, filling, spin_z = 1.3e-4, 0.2, -0.04
    rate, k = relaxation_rate(state["b"], state["k"]) / S, state["k"]

    def imbalance(beta):
        mean = SPIN * (SPIN + 1) / 3 * HBAR * GAMMA * state["field"] * beta
        heat = zeeman_heating(mean, state["field"], filling * rate)
        heat += printed_heating(beta, state, b_l, k * S / filling)
        return heat / influx(spin_z, state["field"], filling * rate) - 1

    square = heating_field_squared(state["phi"], spin_loss(state["b"], k), k, np.sqrt(3) * b_l)
    beta = beta_of_6(spin_z, state["field"], square, GAMMA)
    assert beta == pytest.approx(
        brentq(imbalance, 0.1 * beta, 10 * beta, rtol=1e-14), rel=1e-12, abs=0
    )
    printed = 4 * spin_z * state["field"] / (HBAR * GAMMA)
    printed /= state["field"] ** 2 + state["phi"] * (1 / spin_loss(state["b"], k)) * k**2 * b_l**2
    assert beta == pytest.approx(printed, rel=1e-12, abs=0)
    drive = cooling_drive(spin_z * state["field"], GAMMA)
    assert surplus(drive, state["field"] ** 2 + square, beta / 2) == pytest.approx(
        drive / 2, rel=1e-13, abs=0
    )


def test_5_in_terms_of_the_heating_field_is_5_as_printed(state):
    b_l, filling, beta = 1.3e-4, 0.2, 1e27
    loss = spin_loss(state["b"], state["k"])
    square = heating_field_squared(state["phi"], loss, state["k"], np.sqrt(3) * b_l)
    heat = fluxes.spin_spin_heating(
        beta,
        square,
        gyromagnetic_ratio_squared=GAMMA**2,
        arrival_rate=filling * loss / (state["k"] * S),
    )
    printed = printed_heating(beta, state, b_l, state["k"] * S / filling)
    assert heat == pytest.approx(printed, rel=1e-12, abs=0)


def test_zeeman_heating_4_is_s28_with_the_nuclear_relaxation_time_s27(state):
    rate, filling = relaxation_rate(state["b"], state["k"]) / S, 0.3
    direct = zeeman_heating(0.01, state["field"], filling * rate)
    time = S * nuclear_relaxation_time(state["b"], state["k"], NUCLEI, SPIN, filling)
    through = formulas.zeeman_heating_from_relaxation(
        0.01,
        state["field"],
        nuclei=NUCLEI,
        nuclear_gyromagnetic_ratio=GAMMA,
        nuclear_relaxation_time=time,
    )
    assert direct == pytest.approx(through, rel=1e-13, abs=0)


def test_detailed_balance_without_spin_spin_heating():
    mean = saturated_nuclear_spin(0.05, SPIN)
    assert zeeman_heating(mean, 1e-3, 3e6) == pytest.approx(
        influx(0.05, 1e-3, 3e6), rel=1e-14, abs=0
    )


def test_zeeman_energy_change_s18_times_the_arrival_rate_is_the_influx_s19(state):
    rate, filling, spin_z = relaxation_rate(state["b"], state["k"]) / S, 0.4, 0.03
    lost = spin_z * spin_loss(state["b"], state["k"])
    per_visit = formulas.zeeman_energy_change(-lost, state["field"], GAMMA)
    expected = influx(spin_z, state["field"], filling * rate)
    assert -per_visit * filling / (state["k"] * S) == pytest.approx(expected, rel=1e-13, abs=0)


def test_s31_is_5_with_9(state):
    beta, b_l = 1e27, 1.3e-4
    s31 = formulas.small_angle_energy_change(
        beta,
        lorentzian_average=lorentzian_average(state["b"], state["k"]),
        k=state["k"],
        nuclear_gyromagnetic_ratio=GAMMA,
        kinetic_local_field=np.sqrt(3) * b_l,
    )
    assert printed_heating(beta, state, b_l, 1.0) == pytest.approx(s31, rel=1e-12, abs=0)


def test_short_correlation_time_gives_dyakonov_and_perel():
    square = heating_field_squared(1.5, spin_loss(0, 1e-6), 1e-6, 3e-4)
    assert square == pytest.approx(3e-4**2, rel=1e-10, abs=0)


def test_long_correlation_time_gives_7():
    k = 1e6
    square = heating_field_squared(0.5, long_correlation_spin_loss(0), k, 3e-4)
    felt = formulas.long_correlation_heating_field(k, 3e-4)
    assert square == pytest.approx(felt**2, rel=1e-12, abs=0)


def test_10_is_the_optimum_of_6_with_the_lorentzian_s16():
    k, kinetic, fluctuation = 300.0, 1.0, 50.0

    def beta(field):
        loss = lorentzian_spin_loss(field / fluctuation)
        return beta_of_6(1.0, field, heating_field_squared(0.5, loss, k, kinetic))

    best = formulas.optimal_field(k, kinetic, fluctuation)
    slope = (beta(best * 1.0001) - beta(best * 0.9999)) / (2e-4 * beta(best))
    assert abs(slope) < 1e-7


def test_saturated_optimum_follows_from_s35_at_zero_field():
    nuclei, k = 1e4, 1e7
    phi = saturated_heating(k / np.sqrt(nuclei))
    square = heating_field_squared(phi, long_correlation_spin_loss(0), k, 1.0)
    expected = formulas.saturated_optimal_field(nuclei, 1.0) ** 2
    assert square == pytest.approx(expected, rel=1e-12, abs=0)


def test_two_parameter_curve_is_exact_for_a_constant_heating_field():
    field = np.linspace(-5, 5, 11)
    beta = beta_of_6(0.1, field, 4.0)
    largest = beta_of_6(0.1, 2.0, 4.0)
    np.testing.assert_allclose(formulas.two_parameter_curve(field, 2.0, largest), beta, rtol=1e-14)


def test_classical_maximum_is_beta_at_the_local_field():
    kinetic = np.sqrt(3) * 1e-4
    beta = beta_of_6(0.1, kinetic, kinetic**2, GAMMA)
    assert formulas.classical_maximum(0.1, 1e-4, GAMMA) == pytest.approx(beta, rel=1e-14, abs=0)


def test_13_is_11_with_4_5_and_12(state):
    k, filling, b_l, beta = state["k"], 0.1, 1.2e-4, 3e26
    rate, field = relaxation_rate(state["b"], k) / S, state["field"]
    mean = mean_nuclear_spin(beta, field, SPIN, GAMMA)
    heat = zeeman_heating(mean, field, filling * rate)
    heat += printed_heating(beta, state, b_l, k * S / filling)
    capacity = formulas.heat_capacity(field, N_I, GAMMA, b_l)
    square = heating_field_squared(state["phi"], spin_loss(state["b"], k), k, np.sqrt(3) * b_l)
    thirteen = warming_rate(
        filling * rate / N_I, field**2 + square, heat_capacity_square(field**2, b_l)
    )
    assert thirteen == pytest.approx(heat / capacity / beta, rel=1e-12)


def test_energy_is_minus_heat_capacity_times_beta():
    beta, field, b_l = 1e26, 3e-4, 1.2e-4
    mean = mean_nuclear_spin(beta, field, SPIN, GAMMA)
    zeeman = -NUCLEI * mean * HBAR * GAMMA * field
    capacity = formulas.heat_capacity(field, effective_nuclei(NUCLEI, SPIN), GAMMA, b_l)
    assert zeeman == pytest.approx(
        -beta * capacity * field**2 / (field**2 + b_l**2), rel=1e-12, abs=0
    )


def test_dark_rate_at_zero_field_falls_from_three_to_one_units():
    def rate(k):
        phi = SmallAngle().heating_coefficient(0, k, nuclei=1e16)
        square = heating_field_squared(phi, spin_loss(0, k), k, np.sqrt(3) * 1e-4)
        relaxation = 0.1 * relaxation_rate(0, k) / S / 1e6
        warming = warming_rate(relaxation, square, heat_capacity_square(0.0, 1e-4))
        return warming / formulas.dark_rate_unit(k, k * S, 1e6, 0.1)

    assert rate(1e-5) == pytest.approx(3, rel=1e-8, abs=0)
    assert rate(1e6) == pytest.approx(1, rel=1e-8, abs=0)


@pytest.mark.parametrize(("spin", "c"), [(0.5, 4.024), (1.5, 4.9)])
def test_thermalization_threshold_is_where_the_shortest_t1n_equals_t2n(spin, c):
    energy, t2n, filling = 1.6e-23, 1e-4, 0.01
    threshold = validity.thermalization_threshold(t2n, energy, relaxation_minimum=c, spin=spin)
    nuclei = (threshold * filling) ** (2 / 3)
    n_i = effective_nuclei(nuclei, spin)
    s = HBAR / (energy / nuclei * np.sqrt(n_i))
    assert c * n_i * s / filling == pytest.approx(t2n, rel=1e-12, abs=0)
    assert validity.largest_filling(nuclei, threshold) == pytest.approx(filling, rel=1e-12, abs=0)
    assert validity.largest_filling(1e9, threshold) == 1.0


def test_stationarity_is_the_logarithmic_derivative_of_beta():
    k, kinetic, per_field = 20.0, 1.0, 0.02

    def parts(field):
        b = per_field * field
        phi = SmallAngle().heating_coefficient(b, k, nuclei=1e8)
        return b, phi, heating_field_squared(phi, spin_loss(b, k), k, kinetic)

    for field in (0.5, 7.0, 60.0, 400.0):
        b, phi, square = parts(field)
        slope = SmallAngle().heating_slope(b, k)
        got = formulas.stationarity(
            np.array(field), np.array(b), k, (np.array(phi), np.array(slope)), kinetic
        )
        h = 1e-5 * field
        logs = [np.log(beta_of_6(1.0, x, parts(x)[2])) for x in (field - h, field + h)]
        expected = (logs[1] - logs[0]) / (2 * h) * (field**2 + square) / field
        assert got == pytest.approx(expected, rel=1e-6, abs=1e-6)


def test_roots_finds_every_simple_root():
    roots = find_roots(lambda x: (x - 0.3) * (x - 2.0) * (x - 50.0), 0.01, 1000)
    np.testing.assert_allclose(roots, [0.3, 2.0, 50.0], rtol=1e-13)


def test_high_field_heating_is_the_time_average_of_s36():
    x, phase = 3.0, 1.1

    def energy(t):
        total = 0.0
        for sign in (1, -1):
            rate = x / 2 + sign * phase
            kept = (1 + 2 * np.cos(rate * t) + 2 * np.cos(2 * rate * t)) / 5
            total += 0.5 * (x / 2 / rate) ** 2 * (1 - kept)
        return total * np.exp(-t)

    assert high_field_heating(x, phase) == pytest.approx(
        quad(energy, 0, 60, limit=400)[0] / x**2, rel=1e-7, abs=0
    )
