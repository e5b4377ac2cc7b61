"""Stages of an experiment against limits, conservation laws by explicit traces, and brute force by other code."""

from itertools import combinations

import numpy as np
import pytest
from scipy.optimize import brentq

import coldspin
from coldspin import Site
from coldspin.constants import HBAR
from coldspin.heating import ClosedForm, Semiclassical
from coldspin.protocols import (
    DarkStage,
    Measure,
    PumpStage,
    Sweep,
    adiabatic_demagnetization,
    cooling_time,
    run,
    three_stage,
)
from coldspin.sample.species import Species
from coldspin.thermodynamics import protocol
from coldspin.thermodynamics.time_of_flight import way_after
from samples import DONOR

pytestmark = pytest.mark.filterwarnings("ignore::coldspin.exceptions.ValidityWarning")

TWO = DONOR.replace(
    **dict.fromkeys(("nuclei", "nuclear_spin", "hyperfine_coupling", "nuclear_gyromagnetic_ratio")),
    species=(
        Species(
            nuclei=6e3,
            nuclear_spin=0.5,
            hyperfine_coupling="-1 neV",
            nuclear_gyromagnetic_ratio=-5.8e7,
        ),
        Species(
            nuclei=3e3,
            nuclear_spin=1.5,
            hyperfine_coupling="1.5 neV",
            nuclear_gyromagnetic_ratio=4.1e7,
        ),
    ),
)
GAUSS = 1e-4


class Cluster:
    """Four spins of two isotopes with random couplings, as matrices; energies in units of ħ rad/s."""

    def __init__(self):
        rng = np.random.default_rng(5)
        self.gamma = np.array([1.0, 1.0, -0.6, -0.6])
        half = np.array([[[0, 1], [1, 0]], [[0, -1j], [1j, 0]], [[1, 0], [0, -1]]]) / 2
        self.spins = [
            [np.kron(np.kron(np.eye(2**j), component), np.eye(2 ** (3 - j))) for component in half]
            for j in range(4)
        ]
        self.spin_spin = sum(
            coupling * self.spins[i][a] @ self.spins[j][b]
            for i, j in combinations(range(4), 2)
            for (a, b), coupling in np.ndenumerate(rng.normal(size=(3, 3)))
        )
        along = sum(g * spin[2] for g, spin in zip(self.gamma, self.spins, strict=True))
        self.local_field = np.sqrt(
            self.trace(self.spin_spin @ self.spin_spin) / self.trace(along @ along)
        )

    def energy(self, *field):
        zeeman = sum(
            g * b * spin[a]
            for g, spin in zip(self.gamma, self.spins, strict=True)
            for a, b in enumerate(field)
        )
        return self.spin_spin - zeeman

    @staticmethod
    def trace(matrix):
        return float(np.trace(matrix).real)


@pytest.fixture(scope="module")
def cluster():
    return Cluster()


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ((0, 0, 3), (0, 0, -2)),
        ((0, 0, 0.3), (0, 0, 0)),
        ((1, 0.5, 2), (0, -1, 1)),
        ((0, 0, 0),) * 2,
    ],
)
def test_a_sudden_step_keeps_the_energy_of_the_density_matrix(cluster, before, after):
    old, new = cluster.energy(*before), cluster.energy(*after)
    state = np.eye(16) - 0.01 * old
    energy = cluster.trace(state @ new) - cluster.trace(new)
    expected = -energy / cluster.trace(new @ new)
    sizes = np.linalg.norm(before), np.linalg.norm(after)
    cosine = np.dot(before, after) / np.prod(sizes) if np.prod(sizes) else 1.0
    found = protocol.sudden(0.01, *sizes, cluster.local_field, cosine=cosine)
    assert found == pytest.approx(expected, rel=1e-12, abs=0)


def test_a_fast_sweep_of_a_quantum_cluster_is_sudden_and_a_slow_one_is_not(cluster):
    """ρ(t) of four spins while the field goes evenly through 0; the energy at the end tells β."""

    def final_beta(duration, steps):
        first, last = 3.0, -2.0
        state = np.eye(16) - 0.01 * cluster.energy(0, 0, first)
        for step in range(steps):
            field = first + (last - first) * (step + 0.5) / steps
            levels, vectors = np.linalg.eigh(cluster.energy(0, 0, field))
            turn = vectors * np.exp(-1j * levels * duration / steps) @ vectors.conj().T
            state = turn @ state @ turn.conj().T
        new = cluster.energy(0, 0, last)
        return -cluster.trace(state @ new) / cluster.trace(new @ new)

    local = cluster.local_field
    for duration in (1e-4, 1e-2):
        path = (3.0, -2.0, duration)
        assert protocol.sweep_speed(path, local, spin_spin_time=1 / local) > 100
        found = protocol.sweep(
            0.01, path, [duration], local, lambda b, _: 0 * b, spin_spin_time=1 / local
        )[0]
        assert found == pytest.approx(final_beta(duration, 50), rel=2e-3, abs=0)
        assert found < 0
    slow = (3.0, -2.0, 300.0)
    found = protocol.sweep(
        0.01, slow, [300.0], local, lambda b, _: 0 * b, spin_spin_time=1 / local
    )[0]
    assert found == pytest.approx(protocol.adiabatic(0.01, 3.0, -2.0, local), rel=1e-12, abs=0)
    assert (
        final_beta(300.0, 3000) > 0.3 * found
    )  # a few levels keep their populations, not an entropy


@pytest.mark.parametrize(("before", "after"), [(3.0, 0.0), (0.0, 1.0), (2.0, -5.0)])
def test_an_adiabatic_change_keeps_the_entropy_of_the_density_matrix(cluster, before, after):
    def entropy(beta, field):
        levels = np.linalg.eigvalsh(cluster.energy(0, 0, field))
        weights = np.exp(-beta * levels)
        weights /= weights.sum()
        return float(-weights @ np.log(weights))

    for beta in (1e-3, -1e-3):
        kept = entropy(beta, before)
        exact = brentq(
            lambda b, kept=kept: entropy(b, after) - kept,
            1e-2 * beta,
            30 * beta,
            xtol=1e-18,
            rtol=1e-14,
        )
        found = protocol.adiabatic(beta, before, after, cluster.local_field)
        assert found == pytest.approx(exact, rel=5e-3, abs=0)
    there = protocol.adiabatic(1.0, before, after, cluster.local_field)
    assert protocol.adiabatic(there, after, before, cluster.local_field) == pytest.approx(
        1, rel=1e-15, abs=0
    )


def test_demagnetization_from_the_local_field_gains_root_two_and_a_sudden_step_does_not():
    assert protocol.adiabatic(1.0, 3.0, 0.0, 3.0) == pytest.approx(np.sqrt(2), rel=1e-15, abs=0)
    assert protocol.sudden(1.0, 3.0, 0.0, 3.0) == 1
    b = np.linspace(-5, 5, 41)
    loss = protocol.sudden(protocol.sudden(1.0, b, 1.0, 0.7), 1.0, b, 0.7)
    assert np.all(loss <= 1 + 1e-15)  # two sudden steps make no entropy less
    cold = protocol.sudden(1.0, b, 1.0, 0.7)
    assert np.all(np.abs(cold) <= protocol.adiabatic(1.0, b, 1.0, 0.7) + 1e-15)
    data = adiabatic_demagnetization(
        DONOR, pump_field="0.5 G", electron_spin=1e-3, final_field="0 G"
    )
    gain = float(data.inverse_spin_temperature[0]) / data.attrs["pumped_inverse_spin_temperature"]
    assert gain == pytest.approx(np.sqrt(2), rel=1e-14, abs=0)


def by_hand(site, field, spin, beta, *, extra=0.0, own_field=True):
    """dβ/dt from (2), (11) and (S38) in SI, literally, for one isotope."""
    n = 4 * site.nuclei * site.nuclear_spin * (site.nuclear_spin + 1) / 3
    s = 1 / (abs(site.hyperfine_coupling) * np.sqrt(n))
    k, gamma = site.correlation_time / s, site.nuclear_gyromagnetic_ratio
    mean = site.nuclear_spin * (site.nuclear_spin + 1) / 3 * beta * HBAR * gamma * field
    overhauser = site.nuclei * site.hyperfine_coupling * mean if own_field else 0.0
    b = (site.electron_gyromagnetic_ratio * field + overhauser) * s
    phi = float(ClosedForm().heating_coefficient(b, k, nuclei=site.nuclei, spin=site.nuclear_spin))
    rate = float(ClosedForm().relaxation_rate(b, k, nuclei=site.nuclei, spin=site.nuclear_spin)) / s
    squares, local = field**2 + site.local_field**2, site.kinetic_local_field**2 / 3
    zeeman = rate * field * (4 * spin / (HBAR * gamma) - beta * field)
    spin_spin = -beta * phi * site.correlation_time / s**2 * local
    return site.filling / (n * squares) * (zeeman + spin_spin) - extra * beta


def extrapolated(slope, beta, time, steps):
    """β at the end of `time`, from `steps` and twice as many."""
    coarse, fine = (runge_kutta(slope, beta, time, n) for n in (steps, 2 * steps))
    return fine + (fine - coarse) / 15


def runge_kutta(slope, beta, time, steps):
    """β at the end of `time`, by the classical method with equal steps."""
    h = time / steps
    for i in range(steps):
        t = i * h
        k1 = slope(t, beta)
        k2 = slope(t + h / 2, beta + h / 2 * k1)
        k3 = slope(t + h / 2, beta + h / 2 * k2)
        k4 = slope(t + h, beta + h * k3)
        beta += h / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
    return beta


def final(data):
    return float(data.inverse_spin_temperature[-1])


@pytest.mark.parametrize(
    ("spin", "own_field"), [(0.1, True), (-0.1, True), (0.1, False), (1e-3, True)]
)
def test_pump_and_dark_are_those_of_brute_force(spin, own_field):
    stages = [PumpStage("3 G", "0.2 s", spin), DarkStage("3 G", "0.3 s")]
    lit = run(DONOR, stages[:1], self_consistent=own_field)
    both = run(DONOR, stages, self_consistent=own_field)

    def slope(s):
        return lambda _, beta: by_hand(DONOR, 3 * GAUSS, s, beta, own_field=own_field)

    pumped = extrapolated(slope(spin), 0.0, 0.2, 40)
    dark = extrapolated(slope(0.0), pumped, 0.3, 40)
    assert final(lit) == pytest.approx(pumped, rel=1e-9, abs=0)
    assert final(both) == pytest.approx(dark, rel=1e-9, abs=0)


@pytest.mark.parametrize("path", [(5.0, -3.0), (5.0, 0.2), (-0.1, 4.0)])
def test_a_sweep_with_relaxation_is_that_of_brute_force(path):
    first, last = (b * GAUSS for b in path)
    beta, duration = 5e28, 0.2
    data = run(
        DONOR,
        [Measure(first), Sweep(last, duration=duration)],
        inverse_spin_temperature=beta,
        leakage="2 s",
    )

    def slope(t, value):
        field, pace = first + (last - first) * t / duration, (last - first) / duration
        geometry = -value * field * pace / (field**2 + DONOR.local_field**2)
        return geometry + by_hand(DONOR, field, 0.0, value, extra=0.5)

    assert final(data) == pytest.approx(extrapolated(slope, beta, duration, 250), rel=1e-8, abs=0)


@pytest.mark.slow
def test_a_sweep_sees_where_the_electron_stands_still_in_both_fields():
    """γ_e B + ⟨Ω_N⟩ = 0 within the sweep, in forty times the fluctuation: fast relaxation in a narrow place."""
    cold = DONOR.replace(local_field="0.05 G", correlation_time="1 us", filling=0.3)
    slope = cold.nuclei * cold.hyperfine_coupling / 4 * HBAR * cold.nuclear_gyromagnetic_ratio
    high, low, duration = 0.2, 0.02, 0.2
    beta = abs(0.05 * cold.electron_gyromagnetic_ratio / slope) / high  # they cancel at 0.05 T
    stages = [Measure(high), Sweep(low, duration=duration)]
    data = run(cold, stages, inverse_spin_temperature=beta, points=5)
    still = run(cold, stages, inverse_spin_temperature=beta, points=5, self_consistent=False)

    def brute(time, value):
        field, pace = high + (low - high) * time / duration, (low - high) / duration
        return -value * field * pace / (field**2 + cold.local_field**2) + by_hand(
            cold, field, 0.0, value
        )

    assert abs(cold.electron_precession(0.05)) > 40
    assert final(data) == pytest.approx(extrapolated(brute, beta, duration, 500), rel=1e-7, abs=0)
    lost = 1 - final(data) / protocol.adiabatic(beta, high, low, cold.local_field)
    assert lost > 20 * (1 - final(still) / protocol.adiabatic(beta, high, low, cold.local_field))


def test_a_sweep_without_relaxation_and_relaxation_without_a_sweep():
    lone = DONOR.replace(filling=1e-12)
    slow = run(lone, [Measure("5 G"), Sweep("-2 G", duration="1 s")], inverse_spin_temperature=1e28)
    assert final(slow) == pytest.approx(
        protocol.adiabatic(1e28, 5 * GAUSS, 2 * GAUSS, DONOR.local_field), rel=1e-8, abs=0
    )
    quick = run(
        DONOR, [Measure("5 G"), Sweep("-2 G", duration="1 ps")], inverse_spin_temperature=1e28
    )
    step = run(DONOR, [Measure("5 G"), Sweep("-2 G", "sudden")], inverse_spin_temperature=1e28)
    assert final(quick) == pytest.approx(final(step), rel=1e-12, abs=0)
    none = run(
        DONOR,
        [Measure("5 G"), Sweep(5.0000001e-4, duration="0.5 s")],
        inverse_spin_temperature=1e28,
    )
    dark = run(DONOR, [DarkStage("5 G", "0.5 s")], inverse_spin_temperature=1e28)
    same = run(
        DONOR, [Measure("5 G"), Sweep("5 G", duration="0.5 s")], inverse_spin_temperature=1e28
    )
    assert final(none) == pytest.approx(final(dark), rel=1e-6, abs=0)
    assert final(same) == pytest.approx(final(dark), rel=1e-14, abs=0)


@pytest.mark.parametrize("site", [DONOR, TWO])
def test_without_feedback_every_stage_is_an_exponential_and_with_little_spin_it_becomes_one(site):
    stages = [PumpStage("2 G", "0.3 s", 1e-7), DarkStage("2 G", "0.2 s")]
    plain, own = (
        run(site, stages, self_consistent=feedback, leakage="3 s") for feedback in (False, True)
    )
    rate = float(coldspin.relax(site, "2 G", leakage="3 s").relaxation_rate[0])
    beta = float(
        coldspin.cool(
            site, "2 G", 1e-7, self_consistent=False, leakage="3 s"
        ).inverse_spin_temperature[0]
    )
    time = plain.time.values
    expected = np.where(
        plain.stage == 1,
        -beta * np.expm1(-rate * time),
        -beta * np.expm1(-0.3 * rate) * np.exp(-rate * (time - 0.3)),
    )
    assert plain.inverse_spin_temperature.values == pytest.approx(expected, rel=1e-12, abs=0)
    assert own.inverse_spin_temperature.values == pytest.approx(expected, rel=2e-6, abs=0)


@pytest.mark.parametrize("site", [DONOR, TWO])
@pytest.mark.parametrize(("field", "spin"), [("1 G", 0.1), ("-3 G", 0.1), ("10 G", -0.3)])
@pytest.mark.parametrize("knight", [False, True])
def test_pumping_starts_with_the_rate_of_the_dark_and_ends_where_cool_says(
    site, field, spin, knight
):
    effects = {"knight_field": knight, "leakage": "20 s"}
    goal = coldspin.cool(site, field, spin, **effects).inverse_spin_temperature.values
    long = run(site, [PumpStage(field, "1000 s", spin)], **effects)
    assert final(long) == pytest.approx(goal[0], rel=1e-10, abs=0)
    short = run(site, [PumpStage(field, "10 us", spin)], **effects)
    first = coldspin.cool(
        site, field, spin, self_consistent=False, **effects
    ).inverse_spin_temperature.values[0]
    once = run(site, [PumpStage(field, "10 us", spin)], self_consistent=False, **effects)
    assert final(short) == pytest.approx(final(once), rel=1e-3, abs=0)
    if not knight:
        rate = float(coldspin.relax(site, field, leakage="20 s").relaxation_rate[0])
        assert final(once) == pytest.approx(first * rate * 1e-5, rel=1e-3, abs=0)


def test_the_past_decides_between_two_stable_states_of_one_field():
    """On either side of the unstable state the nuclei go away from it, each to the stable one of `branches`."""
    from coldspin.cooling.facade import branches

    dot = Site(
        nuclei=1e5,
        nuclear_spin=1.5,
        hyperfine_coupling="1 neV",
        nuclear_gyromagnetic_ratio=6.3e7,
        local_field="1.5 G",
        correlation_time="1 us",
        filling=0.05,
        g_factor=-0.44,
    )
    beta = branches(dot, "1.5 T", 0.1).inverse_spin_temperature.values
    assert beta.size == 3
    low, between, high = sorted(beta, key=abs)
    for start, expected in (
        (0.0, low),
        (between * (1 - 1e-6), low),
        (between * (1 + 1e-6), high),
        (3 * high, high),
        (-high, low),
    ):
        stage = PumpStage("1.5 T", "1 year", 0.1)
        end = final(run(dot, [stage], inverse_spin_temperature=float(start), points=3))
        assert end == pytest.approx(expected, rel=1e-9, abs=0)


def test_the_cooling_time_is_when_the_course_is_there():
    fields = np.array([0.5, 3.0, -10.0]) * GAUSS
    for spin, share in ((0.1, 1 - np.exp(-1)), (-0.3, 0.9)):
        found = cooling_time(DONOR, fields, spin, share=share)
        for field, time, goal in zip(
            fields, found.cooling_time.values, found.inverse_spin_temperature.values, strict=True
        ):
            assert final(run(DONOR, [PumpStage(field, time, spin)])) == pytest.approx(
                share * goal, rel=1e-9, abs=0
            )
    plain = cooling_time(DONOR, fields, 0.1, self_consistent=False).cooling_time.values
    assert plain == pytest.approx(
        coldspin.relax(DONOR, fields).relaxation_time.values, rel=1e-12, abs=0
    )
    assert cooling_time(DONOR, fields, 1e-8).cooling_time.values == pytest.approx(
        plain, rel=1e-6, abs=0
    )


def test_light_goes_on_and_off_suddenly_in_the_knight_field():
    """B = 0, light across: the nuclei cool in the Knight field alone, and warm to B_L²/(B_e² + B_L²) backwards."""
    near = DONOR.replace(filling=0.01)
    knight = near.filling * near.hyperfine_coupling * 0.4 / near.nuclear_gyromagnetic_ratio
    pump = PumpStage(0.0, "1 s", 0.4, "1 rad")
    off = run(near, [pump, Measure(0.0)], knight_field=True)
    lit = float(off.inverse_spin_temperature[-2])
    assert knight > 0.5 * near.local_field
    assert lit != 0
    assert final(off) == pytest.approx(
        lit, rel=1e-14, abs=0
    )  # −β Tr H_SS(H_SS + H_Z): nothing is lost on the way off
    again = run(
        near, [pump, Measure(0.0), PumpStage(0.0, 1e-18, 0.4, "1 rad")], knight_field=True, points=2
    )
    share = near.local_field**2 / (near.local_field**2 + knight**2)
    assert final(again) == pytest.approx(lit * share, rel=1e-9, abs=0)
    along = near.local_field / 2
    both = run(near, [PumpStage(along, "1 s", 0.4), Measure(along)], knight_field=True)
    total = along - knight  # ⟨S⟩ > 0 makes B_e < 0 here
    expected = (total * along + near.local_field**2) / (along**2 + near.local_field**2)
    assert final(both) == pytest.approx(
        float(both.inverse_spin_temperature[-2]) * expected, rel=1e-12, abs=0
    )
    on = run(near, [pump, PumpStage(0.0, 1e-18, 0.4, "1 rad")], knight_field=True, points=2)
    assert final(on) == pytest.approx(lit, rel=1e-9, abs=0)  # light that stays on is not switched


def test_the_fitted_time_is_the_exact_one_while_the_overhauser_field_is_small():
    data = three_stage(
        DONOR,
        pump_field="5 G",
        electron_spin=1e-5,
        dark_field="0:10:5 G",
        dark_times="0:1:11 s",
        measure_field="-4 G",
        leakage="1 s",
    )
    exact = coldspin.relax(DONOR, "0:10:5 G", leakage="1 s").relaxation_time.values
    assert data.relaxation_time.values == pytest.approx(exact, rel=1e-12, abs=0)
    assert data.fitted_relaxation_time.values == pytest.approx(exact, rel=1e-3, abs=0)
    assert np.ptp(data.signal.values[:, 0]) < 1e-12 * abs(
        data.signal.values[0, 0]
    )  # the steps are reversible
    cold = three_stage(
        DONOR,
        pump_field="5 G",
        electron_spin=0.1,
        dark_field="3 G",
        dark_times="0:1:11 s",
        measure_field="5 G",
    )
    assert (
        cold.fitted_relaxation_time[0] > 2 * cold.relaxation_time[0]
    )  # the electron precesses in ⟨Ω_N⟩, and heats less


def test_engines_follow_the_closed_form():
    stages = [
        PumpStage("2 G", "0.2 s", 0.05),
        Sweep("1 G", duration="10 ms"),
        DarkStage("1 G", "0.1 s"),
    ]
    closed, engine = (
        run(DONOR, stages, method=method, points=5) for method in (ClosedForm(), Semiclassical())
    )
    assert engine.inverse_spin_temperature.values == pytest.approx(
        closed.inverse_spin_temperature.values, rel=1e-4, abs=0
    )


def test_the_way_is_the_inverse_of_the_integral():
    def cubic(s):
        return 1 + 3 * s**2, np.full(s.shape, 1e-14)

    way = np.array([0.0, 1e-9, 0.3, 2.0, 2.5])
    assert way_after(way + way**3, cubic, end=3.0) == pytest.approx(way, rel=1e-13, abs=2e-16)

    beyond = np.array([1.0, 1.5, 40.0])  # from the end on the pace is that of the end, 1 + 3
    assert way_after(2 + 4 * (beyond - 1), cubic, end=1.0) == pytest.approx(beyond, rel=1e-12)
    assert way_after(beyond, cubic, end=0.0) == pytest.approx(
        beyond, rel=1e-15
    )  # the pace at 0 from the start

    def fading(s):
        return 2 + np.exp(-s), np.full(s.shape, 1e-12)

    way_there = np.array(
        [0.5, 3.0, 35.0, 500.0]
    )  # the pace settles, and the way goes on with that of infinity
    assert way_after(2 * way_there - np.expm1(-way_there), fading) == pytest.approx(
        way_there, rel=1e-12
    )

    def narrow(s):
        return 1 + 100 / (1 + 1e8 * (s - 1.37) ** 2), np.full(s.shape, 1e-12)

    time = way + 1e-2 * (np.arctan(1e4 * (way - 1.37)) - np.arctan(-1.37e4))
    assert way_after(time, narrow, end=3.0) == pytest.approx(way, rel=1e-9, abs=2e-15)

    def noisy(s):
        return 1 + 1e-4 * np.sin(1e9 * s), np.full(s.shape, 1e-12)

    assert way_after(way, noisy, end=3.0) == pytest.approx(
        way, abs=1e-3
    )  # and does not split panels for ever

    def constant(s):
        return np.full(s.shape, 2.0), np.full(s.shape, 1e-14)

    assert way_after(np.array([0.0, 5.0]), constant)[1] == pytest.approx(
        2.5, rel=1e-14
    )  # each BLAS rounds in its way
