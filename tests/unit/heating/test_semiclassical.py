"""The double average of the semiclassical Φ against its literal form, and the control of its error."""

import math
import warnings

import mpmath
import numpy as np
import pytest
from numba import config

from coldspin.exceptions import InvalidInputError, ValidityWarning
from coldspin.heating import Semiclassical
from coldspin.heating.double_rotation import direction_average, slow_heating_average
from coldspin.precession import relaxation_rate
from quick import quick

heavy = pytest.mark.skipif(config.DISABLE_JIT, reason="too slow without the compiler")

# (b, ω_eτ_c, ω_Bτ_c): no Zeeman phase, off resonance, on it, between the resonances of m' = ±2, small and large angles
ORDINARY = [
    (1.0, 0.5, 0.0),
    (0.4, 3.0, 1.0),
    (1.3, 4.0, 4.0),
    (2.5, 5.0, 9.0),
    (0.8, 0.1, 2.0),
    (0.05, 2.0, 2.0),
]
NARROW = [
    (0.7, 1.0, 300.0, 200.0),
    (1.001, 1.0, 1e4, 3e3),
    (2.0, 0.5, 50.0, 48.0),
    (1.0, 1.000001, 1e3, 1e-3),
]


def wigner(theta):
    """d²(θ) with its indices last, from the matrix of J_y."""
    m = np.arange(-2, 3)
    raising = np.diag(np.sqrt(6.0 - m[:-1] * m[1:]), -1)
    values, vectors = np.linalg.eigh((raising - raising.T) / 2j)
    phases = np.exp(-1j * theta[..., None] * values)
    return ((vectors * phases[..., None, :]) @ vectors.conj().T).real


def literal_slow_heating(b, half_x, phase, panels=12, order=26):
    """The formula of the docstring as it stands, by Gauss rules in Ω_N and Ω_e graded towards Ω_N = Ω_B."""
    nodes, gauss = np.polynomial.legendre.leggauss(order)
    graded = np.concatenate([[0.0], 0.5 ** np.arange(panels)[::-1]])
    cuts = np.unique(
        np.concatenate([b * (1 - graded), b * (1 + graded), 2 * b + np.linspace(0, 6, 7)])
    )
    half = np.diff(cuts)[:, None] / 2
    radii, radial = (cuts[:-1, None] + half * (1 + nodes)).ravel(), (half * gauss).ravel()
    steps = np.linspace(0, 1, 9) ** 2
    half = np.diff(steps)[:, None] / 2
    unit, weights = (steps[:-1, None] + half * (1 + nodes)).ravel(), (half * gauss).ravel()
    m = np.arange(-2, 3)
    total = 0.0
    for r, weight in zip(radii, radial, strict=True):
        r_e = abs(b - r) + 2 * min(r, b) * unit
        matrix = wigner(np.arccos(np.clip((r_e**2 - b**2 - r**2) / (2 * b * r), -1, 1)))
        torque = (b * m + r * m[:, None]) / r_e[:, None, None]
        both = sum(1 / (1 + (half_x * torque + sign * m * phase) ** 2) for sign in (-1, 1)) / 2
        value = np.sum(torque**2 * matrix**2 * both, axis=(1, 2)) / 20
        density = 8 * np.sqrt(2 / np.pi) * r**2 * np.exp(-2 * r**2)
        total += weight * density * np.sum(value * weights * r_e * min(r, b) / (b * r))
    return total


@pytest.mark.parametrize(("b", "half_x", "phase"), ORDINARY)
def test_literal_double_average(b, half_x, phase):
    value, error, _ = slow_heating_average(b, half_x, phase, 0.0, 1e-10)
    assert error <= 1e-10 * value
    assert value == pytest.approx(literal_slow_heating(b, half_x, phase), rel=2e-8, abs=0)


def exact_direction_average(r, b, half_x, phase):
    """25 terms in 30 digits, with the place of every resonance given to the quadrature."""
    r, b, h, w = (mpmath.mpf(v) for v in (r, b, half_x, phase))
    total = mpmath.mpf(0)
    for m, body in [(m, body) for m in range(-2, 3) for body in range(-2, 3)]:
        torque = b * m + r * body
        for zeeman in (m * w, -m * w):
            pole = -h * torque / mpmath.mpc(zeeman, 1)
            total += _one_term(r, b, torque, zeeman, pole, h, m, body)
    return float(total / 40)


def _one_term(r, b, torque, zeeman, pole, h, m, body):
    ends = [abs(b - r), b + r]
    places = [pole.real + f * abs(pole.imag) for f in (-100, -10, -1, 0, 1, 10, 100)]
    cuts = sorted({ends[0], *[u for u in places if ends[0] < u < ends[1]], ends[1]})

    def integrand(u):
        cosine = (u * u - b * b - r * r) / (2 * b * r)
        matrix = _wigner_polynomial(body, m, cosine)
        return u / (2 * b * r) * matrix**2 * torque**2 / (u * u + (h * torque + zeeman * u) ** 2)

    return mpmath.quad(integrand, cuts)


def _wigner_polynomial(body, m, cosine):
    """Wigner's sum for d²_{m'm}."""
    half_cos, half_sin = mpmath.sqrt((1 + cosine) / 2), mpmath.sqrt((1 - cosine) / 2)
    f = math.factorial
    total = mpmath.mpf(0)
    for s in range(max(0, m - body), min(2 + m, 2 - body) + 1):
        bottom = f(2 + m - s) * f(s) * f(body - m + s) * f(2 - body - s)
        total += (
            (-1) ** (body - m + s)
            * half_cos ** (4 + m - body - 2 * s)
            * half_sin ** (body - m + 2 * s)
            / bottom
        )
    return total * mpmath.sqrt(f(2 + body) * f(2 - body) * f(2 + m) * f(2 - m))


@pytest.mark.parametrize(("r", "b", "half_x", "phase"), quick(NARROW, -1))
def test_narrow_resonances_in_thirty_digits(r, b, half_x, phase):
    with mpmath.workdps(30):
        expected = exact_direction_average(r, b, half_x, phase)
    assert direction_average(r, b, half_x, phase) == pytest.approx(expected, rel=1e-11, abs=0)


def random_points(count, seed, largest_angle, largest_phase):
    rng = np.random.default_rng(seed)
    for _ in range(count):
        half_x = 10 ** rng.uniform(-3, np.log10(largest_angle))
        near = half_x * (1 + rng.choice([-1, 1]) * 10 ** rng.uniform(-6, 0))
        anywhere = 10 ** rng.uniform(-3, np.log10(largest_phase))
        yield (
            10 ** rng.uniform(-2, 1.5),
            half_x,
            min(rng.choice([0.0, anywhere, near, half_x]), largest_phase),
        )


@heavy
@pytest.mark.parametrize("tolerance", [1e-2, 1e-4, 1e-6, 1e-9])
def test_error_stays_below_the_tolerance(tolerance):
    """Nothing else in Φ, so that the smallest slow part counts; ω_Bτ_c and ω_eτ_c up to 1e5, on and off resonance."""
    for point in random_points(300, 3, 1e5, 1e5):
        loose, estimate, _ = slow_heating_average(*point, 0.0, tolerance)
        tight = slow_heating_average(*point, 0.0, 1e-11)[0]
        assert estimate <= tolerance * loose
        assert loose == pytest.approx(tight, rel=tolerance), point


@heavy
def test_adaptive_radii_miss_nothing():
    """Against 30 000 radii that know nothing of where the integrand changes."""
    nodes, gauss = np.polynomial.legendre.leggauss(10)
    half = 6.5 / 3000 / 2
    radii = np.ravel(half * (1 + nodes) + 2 * half * np.arange(3000)[:, None])
    weights = (
        np.tile(half * gauss, 3000) * 8 * np.sqrt(2 / np.pi) * radii**2 * np.exp(-2 * radii**2)
    )
    for point in random_points(12, 5, 100.0, 100.0):
        brute = np.dot(weights, [direction_average(r, *point) for r in radii])
        assert slow_heating_average(*point, 0.0, 1e-8)[0] == pytest.approx(
            brute, rel=2e-7, abs=0
        ), point


@heavy
def test_tolerance_counts_for_the_whole_coefficient():
    args = {"nuclei": 1e5, "spin": 1.5, "nuclear_precession": 2e-3}
    b = np.array([0.01, 0.5, 1.0, 3.0])[:, None]
    k = np.array([1e-3, 1.0, 30.0, 1e3, 1e5])
    assert Semiclassical(1e-3).heating_coefficient(b, k, **args) == pytest.approx(
        Semiclassical(1e-10).heating_coefficient(b, k, **args), rel=1e-3
    )


def test_shapes_and_rate():
    b, k = np.array([[0.1], [1.0]]), np.array([0.1, 1.0])
    method = Semiclassical(tolerance=1e-2)
    heating = method.heating_coefficient(b, k, nuclei=1e6, nuclear_precession=1e-3)
    assert heating.shape == (2, 2)
    single = method.heating_coefficient(1.0, 0.1, nuclei=1e6, nuclear_precession=1e-3)
    assert isinstance(single, float)
    assert single == heating[1, 0]
    assert np.array_equal(method.relaxation_rate(b, k, nuclei=1e6), relaxation_rate(b, k))
    assert method.relaxation_rate(b, 1.0, nuclei=[[1e4, 1e5, 1e6]]).shape == (2, 3)
    assert method.heating_coefficient(np.empty(0), 1.0, nuclei=1e4).shape == (0,)


def test_extreme_arguments_stay_in_bounds():
    b, k = (
        np.array([0.0, 1e-100, 1.0, 1e100])[:, None, None],
        np.array([1e-100, 1.0, 1e100])[:, None],
    )
    precession = np.array([0.0, 1e-100, 1.0, 1e100])
    heating = Semiclassical(1e-4).heating_coefficient(
        b, k, nuclei=1e6, nuclear_precession=precession
    )
    assert np.all(heating >= 0)
    assert np.all(heating <= 1.5 + 1e-12)


@heavy
def test_says_when_the_tolerance_is_out_of_reach():
    """On the resonance at ω_eτ_c = 1e7, the rounding of the arguments alone moves Φ by more than 1e-12."""
    with pytest.warns(ValidityWarning, match="trust no more digits"):
        Semiclassical(1e-12).heating_coefficient(0.5, 2e13, nuclei=1e12, nuclear_precession=5e-7)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        Semiclassical(1e-8).heating_coefficient(0.5, 2e13, nuclei=1e12, nuclear_precession=5e-7)


@pytest.mark.parametrize(
    "tolerance", [0.0, 1e-13, 0.1, -1e-6, np.nan, np.inf, "fine", None, [1e-6, 1e-6]]
)
def test_bad_tolerance(tolerance):
    with pytest.raises(InvalidInputError, match="tolerance"):
        Semiclassical(tolerance)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"b": np.nan}, "b must be finite"),
        ({"k": 0.0}, "k must be greater than zero and finite, not 0"),
        ({"k": [1.0, -1.0]}, "k must be greater than zero and finite, not -1 at index 1"),
        ({"k": np.inf}, "k must be greater than zero and finite, not inf"),
        ({"k": 1e101}, "k must lie in"),
        ({"nuclei": 0}, "nuclei must be greater than zero"),
        ({"nuclei": [1e4, -1]}, "nuclei .* at index 1"),
        ({"spin": 0.7}, "spin must be a positive multiple"),
        ({"nuclear_precession": np.nan}, "nuclear_precession must lie in .* not nan"),
        ({"nuclear_precession": -1e101}, "nuclear_precession must lie in"),
        ({"nuclear_precession": "5 T"}, "nuclear_precession must be a real number"),
    ],
)
def test_bad_input(arguments, message):
    good = {"b": 1.0, "k": 1.0, "nuclei": 1e4, "spin": 0.5, "nuclear_precession": 0.0}
    for function in (Semiclassical().heating_coefficient, Semiclassical().relaxation_rate):
        with pytest.raises(InvalidInputError, match=message):
            function(**(good | arguments))
