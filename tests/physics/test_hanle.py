"""Hanle curves with cooled nuclei: literal equations as vectors, motion in time, limits, symmetry, hysteresis."""

import itertools
import math
from dataclasses import replace

import numpy as np
import pytest
from scipy.integrate import solve_ivp
from scipy.optimize import brentq, root

import quadrature
from coldspin import InvalidInputError
from coldspin.experiments.hanle import (
    CooledNuclei,
    OrientedElectron,
    classical_hanle,
    hanle_curve,
    hanle_states,
)
from coldspin.precession import spin_loss
from coldspin.precession.hopping import longitudinal_polarization, spin_along_light
from quick import quick

INF = math.inf
DOT = OrientedElectron(
    gyromagnetic_ratio=-3.9e10,
    dephasing_time=5e-9,
    correlation_time=20e-9,
    spin_lifetime=30e-9,
    initial_spin=0.2,
)
LONG = replace(DOT, dephasing_time=2e-9, correlation_time=1e-7, spin_lifetime=1e-7)
NUCLEI = CooledNuclei(overhauser_field=0.5, knight_field=-4e-3, kinetic_local_field=3e-4)
WEAK = replace(NUCLEI, overhauser_field=0.02)
BISTABLE = CooledNuclei(overhauser_field=3.0, knight_field=0.0, kinetic_local_field=3e-4)
FEW = replace(NUCLEI, effective_nuclei=50.0)
FIELDS = np.array([-0.03, -2e-3, -3e-4, 0.0, 1e-4, 7e-4, 5e-3, 0.2])
ANGLES = (0.0, 0.35, 1.1, math.pi / 2, 2.4, math.pi)
CURVES = pytest.mark.parametrize("curve", [hanle_curve, classical_hanle])


class Literal:
    """The equations in SI with averages by quadrature, H by its naive form, all fields as vectors."""

    def __init__(self, electron, nuclei, angle):
        self.e, self.n, self.light = (
            electron,
            nuclei,
            np.array([math.sin(angle), 0.0, math.cos(angle)]),
        )
        self.tau = 1 / (1 / electron.correlation_time + 1 / electron.spin_lifetime)
        self.k = self.tau / electron.dephasing_time

    def averages(self, field):
        b = self.e.gyromagnetic_ratio * float(np.linalg.norm(field)) * self.e.dephasing_time
        g, loss = quadrature.lorentzian(b, self.k), quadrature.loss(b, self.k)
        turned = self.k * (b * g + quadrature.lorentzian_slope(b, self.k) / 4)
        return float(g), float(loss), float(turned)

    def spin(self, field):
        g, loss, turned = self.averages(field)
        many = [
            self.tau / self.e.spin_lifetime * a / (1 - self.tau / self.e.correlation_time * a)
            for a in (1 - loss, g + loss / 2 + 1j * turned)
        ]
        size = np.linalg.norm(field)
        n = field / size if size else np.array([0, 0, 1.0])
        along = n * (n @ self.light)
        across = (self.light - along) * many[1].real + np.cross(n, self.light) * many[1].imag
        return self.e.initial_spin * (along * many[0] + across)

    def seen(self, external, field):
        return np.array([0, 0, external]) + self.n.knight_field * self.spin(field)

    def ratio(self, external, field):
        """B_N/B_t that the nuclei reach."""
        g, loss, _ = self.averages(field)
        angle = (
            (self.k / math.sqrt(self.n.effective_nuclei)) if self.n.effective_nuclei < INF else 0.0
        )
        slow = 0.4 * (1 / (1 + angle**2) + 1 / (4 + angle**2))
        heating = (g + slow) / loss * self.k**2 * self.n.kinetic_local_field**2 / 3
        seen = self.seen(external, field)
        coming = self.spin(field) / (1 - loss)
        return self.n.overhauser_field * (seen @ coming) / (seen @ seen + heating)

    def rest(self, external, field):
        """F − B − B_N, zero in a state."""
        return field - [0, 0, external] - self.ratio(external, field) * self.seen(external, field)


CASES = list(
    itertools.product(
        (DOT, LONG), (WEAK, NUCLEI, replace(NUCLEI, knight_field=0.01)), (0.35, math.pi / 2, 2.4)
    )
)


@pytest.mark.parametrize(
    ("electron", "nuclei", "angle"),
    quick(
        [*CASES, (LONG, BISTABLE, 1.0), (DOT, NUCLEI, 0.0), (LONG, FEW, 1.1)],
        0,
        4,
        8,
        9,
        13,
        17,
        18,
        19,
        20,
    ),
)
def test_every_state_solves_the_literal_equations(electron, nuclei, angle):
    literal = Literal(electron, nuclei, angle)
    fields = np.append(FIELDS, [-0.23, -0.2])
    states = hanle_states(fields, electron, nuclei, angle=angle)
    assert set(states.index) == set(range(fields.size))
    for i, index in enumerate(states.index):
        field = states.overhauser_field[i] + [0, 0, fields[index]]
        scale = np.linalg.norm(field) + electron.hanle_width
        np.testing.assert_allclose(literal.rest(fields[index], field), 0, atol=1e-8 * scale)
        np.testing.assert_allclose(states.electron_spin[i], literal.spin(field), rtol=0, atol=1e-9)
        assert states.light_spin[i] == pytest.approx(
            float(literal.spin(field) @ literal.light), abs=1e-9
        )


@pytest.mark.parametrize(
    ("nuclei", "angle", "external"),
    quick(
        [
            (BISTABLE, 1.0, -0.23),
            (replace(NUCLEI, overhauser_field=3.0, knight_field=0.05), 0.02, -4e-3),
            (replace(NUCLEI, knight_field=0.01), 1.1, -1e-3),
            (NUCLEI, math.pi / 2, 3e-4),
        ],
        0,
    ),
)
def test_no_other_state_is_found_from_random_starts(nuclei, angle, external):
    literal, rng = Literal(LONG, nuclei, angle), np.random.default_rng(51)
    states = hanle_states(external, LONG, nuclei, angle=angle)
    ours = states.overhauser_field + np.array([0, 0, external])
    found, width = set(), LONG.hanle_width
    for _ in range(60):
        start = rng.normal(size=3) * width * 10 ** rng.uniform(-1.5, 2)
        solved = root(lambda x: literal.rest(external, x * width) / width, start / width, tol=1e-10)
        if solved.success and np.linalg.norm(solved.fun) < 1e-9:
            near = np.linalg.norm(ours - solved.x * width, axis=1)
            assert near.min() < 1e-6 * width * (1 + np.linalg.norm(solved.x)), solved.x * width
            found.add(int(near.argmin()))
    assert found
    assert states.stable.sum() == len(ours) // 2 + 1


def test_a_knight_field_makes_states_of_its_own():
    """Light near the field, opposite Knight field: it is compensated or not, as the electron is polarized or not."""
    nuclei = replace(NUCLEI, overhauser_field=3.0, knight_field=0.05)
    states = hanle_states(-4e-3, LONG, nuclei, angle=0.02)
    assert list(states.stable) == [True, False, True]


def motion(literal, external, rate=20.0):
    """B_N and its ratio to B_t from rest: B_N follows B_t at once, the spin temperature `rate` times more slowly."""

    def velocity(_, x):
        field = x[:3] + np.array([0, 0, external])
        return [
            *(x[3] * literal.seen(external, field) - x[:3]),
            (literal.ratio(external, field) - x[3]) / rate,
        ]

    done = solve_ivp(velocity, (0, 25 * rate), np.zeros(4), method="LSODA", rtol=1e-7, atol=1e-11)
    return done.y[:3, -1]


@pytest.mark.parametrize(
    ("electron", "nuclei", "angle", "external"),
    quick(
        [
            (DOT, replace(NUCLEI, knight_field=0.0), 1.1, 7e-4),
            (DOT, WEAK, 1.1, -3e-4),
            (DOT, WEAK, math.pi / 2, 1e-4),
            (DOT, NUCLEI, 0.35, 2e-3),
            (LONG, BISTABLE, 1.0, -0.23),
        ],
        *(0, 4),
    ),
)
def test_slow_cooling_from_rest_comes_to_the_same_state(electron, nuclei, angle, external):
    literal = Literal(electron, nuclei, angle)
    overhauser = motion(literal, external)
    spin = float(literal.spin(overhauser + np.array([0, 0, external])) @ literal.light)
    assert np.linalg.norm(overhauser) > 1e-5
    assert hanle_curve(external, electron, angle=angle, nuclei=nuclei) == pytest.approx(
        spin, rel=1e-5
    )


@pytest.mark.parametrize("angle", ANGLES)
def test_unpolarized_nuclei(angle):
    times = {
        name: getattr(DOT, name) for name in ("correlation_time", "spin_lifetime", "dephasing_time")
    }
    expected = 0.2 * spin_along_light(DOT.gyromagnetic_ratio * FIELDS, angle, **times)
    np.testing.assert_allclose(hanle_curve(FIELDS, DOT, angle=angle), expected, rtol=1e-13)
    none = replace(NUCLEI, overhauser_field=0.0)
    np.testing.assert_allclose(
        hanle_curve(FIELDS, DOT, angle=angle, nuclei=none), expected, rtol=1e-8
    )


@pytest.mark.parametrize("angle", ANGLES)
def test_classical_curve_of_a_bare_electron(angle):
    phase = DOT.gyromagnetic_ratio * FIELDS * DOT.spin_lifetime
    expected = 0.2 * (1 + (phase * math.cos(angle)) ** 2) / (1 + phase**2)
    np.testing.assert_allclose(classical_hanle(FIELDS, DOT, angle=angle), expected, rtol=1e-13)


@pytest.mark.parametrize("knight", [0.0, -4e-3, 4e-3])
@pytest.mark.parametrize("angle", quick([0.35, 1.1, math.pi / 2], 1))
@pytest.mark.parametrize("s", [1e-9, INF])
def test_short_correlation_is_classical(angle, knight, s):
    nuclei, errors = replace(NUCLEI, knight_field=knight), []
    for tau_c in (1e-14, 1e-15):
        electron = replace(DOT, correlation_time=tau_c, dephasing_time=s)
        full, classical = (
            f(FIELDS, electron, angle=angle, nuclei=nuclei) for f in (hanle_curve, classical_hanle)
        )
        errors.append(np.max(np.abs(full / classical - 1)))
    assert errors[1] < 1e-3
    assert errors[0] < 1e-2
    bare = classical_hanle(FIELDS, DOT, angle=angle)
    matter = np.max(np.abs(classical / bare - 1)) > 0.05
    assert matter or (knight == 0 and angle == math.pi / 2)


def test_the_classical_heating_field_grows_with_the_phase_in_one_stay():
    """Without fluctuations but with a long stay, B_h² = B̃_L²(1 + Ω²τ²/3): seen in B_N."""
    electron = replace(DOT, dephasing_time=INF, correlation_time=INF)
    nuclei = replace(NUCLEI, knight_field=0.0, overhauser_field=1e-3)
    fields = np.array([1e-4, 1e-3, 5e-3])
    states = hanle_states(fields, electron, nuclei, angle=0.7)
    made = states.overhauser_field[:, 2]
    phase = electron.gyromagnetic_ratio * (fields + made) * electron.spin_lifetime
    square = fields**2 + nuclei.kinetic_local_field**2 * (1 + phase**2 / 3)
    np.testing.assert_allclose(made, 1e-3 * fields**2 * 0.2 * math.cos(0.7) / square, rtol=1e-9)


@CURVES
@pytest.mark.parametrize("angle", quick([0.0, 1.1, math.pi / 2], 1))
@pytest.mark.parametrize(
    "nuclei", [NUCLEI, replace(NUCLEI, knight_field=0.0)], ids=("with B_e", "without")
)
def test_symmetries(curve, nuclei, angle):
    given = curve(FIELDS, DOT, angle=angle, nuclei=nuclei)
    other_helicity = curve(-FIELDS, replace(DOT, initial_spin=-0.2), angle=angle, nuclei=nuclei)
    np.testing.assert_allclose(other_helicity, -given, rtol=1e-7)
    turned = curve(-FIELDS, DOT, angle=math.pi - angle, nuclei=nuclei)
    np.testing.assert_allclose(turned, given, rtol=1e-7)
    mirrored = curve(FIELDS, replace(DOT, gyromagnetic_ratio=3.9e10), angle=angle, nuclei=nuclei)
    np.testing.assert_allclose(mirrored, given, rtol=1e-7)


def test_helicity_matters_in_oblique_field():
    signs = [
        abs(hanle_curve(5e-4, replace(DOT, initial_spin=s), angle=1.1, nuclei=NUCLEI))
        for s in (0.2, -0.2)
    ]
    assert abs(signs[0] / signs[1] - 1) > 0.05


def test_hysteresis():
    fields = np.linspace(-0.3, 0.0, 61)
    states = hanle_states(fields, LONG, BISTABLE, angle=1.0)
    several = np.bincount(states.index) > 1
    up = hanle_curve(fields, LONG, angle=1.0, nuclei=BISTABLE, start="sweep")
    down = hanle_curve(fields[::-1], LONG, angle=1.0, nuclei=BISTABLE, start="sweep")[::-1]
    rest = hanle_curve(fields, LONG, angle=1.0, nuclei=BISTABLE)
    differs = np.abs(up - down) > 1e-6
    np.testing.assert_array_equal(differs, several)
    assert 5 < differs.sum() < 40
    for i, values in enumerate(zip(up, down, rest, strict=True)):
        stable = states.light_spin[(states.index == i) & states.stable]
        assert all(np.min(np.abs(stable - value)) < 1e-9 for value in values)
        assert values[2] == pytest.approx(values[0], rel=1e-9) or values[2] == pytest.approx(
            values[1], rel=1e-9
        )


def test_hysteresis_by_the_knight_field():
    nuclei = replace(NUCLEI, overhauser_field=3.0, knight_field=0.05)
    fields = np.linspace(-0.014, 2e-3, 33)
    up = hanle_curve(fields, LONG, angle=0.02, nuclei=nuclei, start="sweep")
    down = hanle_curve(fields[::-1], LONG, angle=0.02, nuclei=nuclei, start="sweep")[::-1]
    several = np.bincount(hanle_states(fields, LONG, nuclei, angle=0.02).index) > 1
    np.testing.assert_array_equal(np.abs(up - down) > 1e-6, several)
    assert 3 < several.sum() < 30


@CURVES
@pytest.mark.parametrize("angle", [0.5, 1.2, 2.0])
def test_nuclei_are_warm_where_what_they_see_is_across_the_spin(curve, angle):
    """(B + B_e)·⟨S⟩ = 0: the curve touches that of a bare electron, at B = −B_e/cosθ where B hardly turns the spin."""
    electron = (
        DOT if curve is hanle_curve else replace(DOT, spin_lifetime=1e-9, dephasing_time=1e-3)
    )
    literal = Literal(electron, WEAK, angle)

    def product(external):
        field = np.array([0, 0, external])
        return literal.seen(external, field) @ literal.spin(field)

    limit = -WEAK.knight_field * 0.2 / math.cos(angle)
    touching = brentq(product, 0.01 * limit, 3 * limit, xtol=1e-15)
    fields = touching * np.array([0.7, 1.0, 1.4])
    change = (
        curve(fields, electron, angle=angle, nuclei=WEAK) / curve(fields, electron, angle=angle) - 1
    )
    assert abs(change[1]) < 1e-6
    assert np.min(np.abs(change[::2])) > 3e-4
    stiff = replace(DOT, gyromagnetic_ratio=-1e5, dephasing_time=INF)
    states = hanle_states(limit * np.array([0.999, 1.001]), stiff, WEAK, angle=angle)
    assert np.prod(states.overhauser_field[:, 2]) < 0


@CURVES
def test_w_shape(curve):
    """B_N along B + B_e in the light of a transverse field: narrow minima beside a maximum at B = 0, and wide wings."""
    nuclei = replace(NUCLEI, knight_field=4e-3)
    fields = np.linspace(0, 0.02, 161)
    side = curve(fields, DOT, nuclei=nuclei)
    bare = curve(fields, DOT)
    np.testing.assert_allclose(curve(-fields, DOT, nuclei=nuclei), side, rtol=1e-7)
    turns = np.flatnonzero(np.diff(np.sign(np.diff(side)))) + 1
    assert len(turns) == 2  # a minimum and a maximum on each side
    assert side[0] >= bare[0]
    assert side[turns[0]] < min(0.5 * bare[turns[0]], 0.9 * side[turns[1]])
    np.testing.assert_allclose(curve(2.0, DOT, nuclei=nuclei), curve(2.0, DOT), rtol=1e-3)
    without = replace(nuclei, knight_field=0.0)
    np.testing.assert_allclose(curve(fields, DOT, nuclei=without), bare, rtol=1e-9)


def test_nuclei_take_up_what_electrons_come_with():
    """Mean torque on frozen fields in steady hopping, by matrices: (L/τ) S/(1 − L), in (2) the rate L/τ times ⟨S_z⟩."""
    b, tau_c, t_s = 0.6, 3.0, 2.0
    tau = 1 / (1 / tau_c + 1 / t_s)
    spin = longitudinal_polarization(
        b, correlation_time=tau_c, spin_lifetime=t_s, dephasing_time=1.0
    )
    coming = tau * (spin / tau_c + 1 / t_s)
    vectors, volume = quadrature.cylinder(b, 0.3)
    weight = volume * (2 / math.pi) ** 1.5 * np.exp(-2 * np.sum(vectors**2, axis=-1))
    r, z = vectors[..., 0], vectors[..., 2] + b
    zero = np.zeros_like(r)
    cross = np.moveaxis(
        np.stack([[zero, -z, zero], [z, zero, -r], [zero, r, zero]]), (0, 1), (-2, -1)
    )
    here = np.linalg.solve(np.eye(3) - tau * cross, np.array([0, 0, coming])[:, None])[..., 0]
    assert np.sum(weight * here[..., 2]) == pytest.approx(spin, abs=1e-10)
    torque = -np.sum(weight * np.cross(vectors, here)[..., 2])
    loss = float(spin_loss(b, tau))
    assert torque == pytest.approx(loss / tau * spin / (1 - loss), abs=1e-10)
    assert coming > 1.1 * spin


def test_many_nuclei_are_the_default():
    curves = [
        hanle_curve(FIELDS, LONG, angle=1.1, nuclei=replace(NUCLEI, effective_nuclei=n))
        for n in (1e12, INF)
    ]
    np.testing.assert_allclose(*curves, rtol=1e-8)
    few = hanle_curve(FIELDS, LONG, angle=1.1, nuclei=replace(NUCLEI, effective_nuclei=100.0))
    assert np.max(np.abs(few / curves[0] - 1)) > 1e-3


@CURVES
def test_shapes_and_starts(curve):
    assert type(curve(1e-3, DOT, nuclei=NUCLEI)) is float
    table = curve(FIELDS.reshape(2, 4), DOT, angle=1.1, nuclei=NUCLEI)
    np.testing.assert_allclose(
        table.ravel(), curve(FIELDS, DOT, angle=1.1, nuclei=NUCLEI), rtol=1e-9
    )
    assert curve(1e-3, replace(DOT, initial_spin=0.0), nuclei=NUCLEI) == 0
    swept = curve(FIELDS, DOT, angle=1.1, nuclei=WEAK, start="sweep")
    np.testing.assert_allclose(swept, curve(FIELDS, DOT, angle=1.1, nuclei=WEAK), rtol=1e-7)


@pytest.mark.parametrize(
    ("record", "change", "words"),
    [
        (DOT, {"gyromagnetic_ratio": 0.0}, "gyromagnetic_ratio"),
        (DOT, {"dephasing_time": 0.0}, "dephasing_time"),
        (DOT, {"correlation_time": -1.0}, "correlation_time"),
        (DOT, {"spin_lifetime": INF}, "spin_lifetime"),
        (DOT, {"initial_spin": 0.6}, "initial_spin"),
        (DOT, {"spin_lifetime": [1e-9, 2e-9]}, "spin_lifetime"),
        (NUCLEI, {"overhauser_field": math.nan}, "overhauser_field"),
        (NUCLEI, {"knight_field": INF}, "knight_field"),
        (NUCLEI, {"kinetic_local_field": 0.0}, "kinetic_local_field"),
        (NUCLEI, {"effective_nuclei": 0.0}, "effective_nuclei"),
    ],
)
def test_bad_records(record, change, words):
    with pytest.raises(InvalidInputError, match=words) as caught:
        replace(record, **change)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"angle": -0.1}, "angle"),
        ({"angle": 3.2}, "angle"),
        ({"start": "hot"}, "start"),
        ({"field": []}, "field"),
    ],
)
def test_bad_arguments(change, words):
    with pytest.raises(InvalidInputError, match=words):
        hanle_curve(**({"field": 0.1, "electron": DOT, "nuclei": NUCLEI} | change))
