"""Conventions of the fluctuation: each against its own definition, worked out by quadrature from the Gaussian."""

from itertools import product

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.optimize import brentq

from coldspin.exceptions import InvalidInputError
from coldspin.precession import dephasing_time
from coldspin.precession.conventions import CONVENTIONS, convention, convert


def near(value, rel=1e-6):
    """Equal in relative terms: in SI everything is near 0."""
    return pytest.approx(value, rel=rel, abs=0)


SIGMA = 1.7
RATIO = -2.5


def one_component(omega):
    """Distribution of one component of Ω_N with the standard deviation SIGMA."""
    return np.exp(-(omega**2) / (2 * SIGMA**2)) / (np.sqrt(2 * np.pi) * SIGMA)


def full_width(density, peak):
    half = density(peak) / 2
    return 2 * brentq(lambda u: density(peak + u) - half, 0, 10 * SIGMA)


def transverse_spin(time):
    """⟨cos Ωt⟩ of a spin across a strong field, which feels one component only."""
    return quad(
        lambda u: one_component(u) * np.cos(u * time), -12 * SIGMA, 12 * SIGMA, epsabs=1e-12
    )[0]


def merkulov_field():
    """Δ_B of the distribution exp(−B²/Δ_B²) whose components precess with SIGMA."""
    spread = (
        quad(lambda u: u**2 * np.exp(-(u**2)), -10, 10)[0]
        / quad(lambda u: np.exp(-(u**2)), -10, 10)[0]
    )
    return SIGMA / abs(RATIO) / np.sqrt(spread)


def rms():
    return np.sqrt(
        quad(lambda u: u**4 * np.exp(-(u**2) / (2 * SIGMA**2)), 0, 12 * SIGMA)[0]
        / quad(lambda u: u**2 * np.exp(-(u**2) / (2 * SIGMA**2)), 0, 12 * SIGMA)[0]
    )


def peak():
    grid = np.linspace(0, 5 * SIGMA, 400_001)
    return grid[np.argmax(grid**2 * np.exp(-(grid**2) / (2 * SIGMA**2)))]


DEFINITIONS = {
    "dephasing_time": lambda: 1 / np.sqrt(4 * SIGMA**2),
    "merkulov_time": lambda: 1 / (abs(RATIO) * merkulov_field()),
    "gaussian_decay_time": lambda: brentq(
        lambda t: transverse_spin(t) - np.exp(-1), 0.01 / SIGMA, 5 / SIGMA
    ),
    "precession_deviation": lambda: SIGMA,
    "precession_rms": rms,
    "precession_peak": peak,
    "precession_fwhm": lambda: full_width(one_component, 0.0),
    "fluctuation_field": lambda: 2 * SIGMA / abs(RATIO),
    "merkulov_field": merkulov_field,
    "field_deviation": lambda: SIGMA / abs(RATIO),
    "field_rms": lambda: rms() / abs(RATIO),
    "field_fwhm": lambda: full_width(lambda b: one_component(abs(RATIO) * b), 0.0),
}


def test_every_convention_is_defined_here():
    assert set(DEFINITIONS) == set(CONVENTIONS)


@pytest.mark.parametrize(("given", "wanted"), list(product(CONVENTIONS, repeat=2)))
def test_conversion_against_the_definitions(given, wanted):
    found = convert(DEFINITIONS[given](), given, wanted, electron_gyromagnetic_ratio=RATIO)
    assert found == near(DEFINITIONS[wanted](), rel=2e-5)


def test_the_names_of_this_package():
    assert convert(1.0, "dephasing_time", "merkulov_time") == near(np.sqrt(2))
    time = dephasing_time(1e4, 0.5, 1e7)
    assert convert(time, "dephasing_time", "precession_deviation") == near(1e7 * np.sqrt(1e4) / 2)


def test_arrays_broadcast_and_scalars_stay_scalars():
    times = convert(np.array([1e-9, 2e-9]), "dephasing_time", "merkulov_time")
    assert times == near([np.sqrt(2) * 1e-9, np.sqrt(8) * 1e-9])
    assert isinstance(convert(1e-9, "dephasing_time", "merkulov_time"), float)
    table = convert(
        np.ones((3, 1)), "dephasing_time", "field_rms", electron_gyromagnetic_ratio=np.ones(2)
    )
    assert table.shape == (3, 2)


def test_units():
    assert {convention(name).unit for name in CONVENTIONS} == {"s", "rad/s", "T"}
    assert [convention(name).kind for name in ("merkulov_time", "precession_rms", "field_rms")] == [
        "time",
        "angular frequency",
        "field",
    ]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            (1.0, "merkulov", "dephasing_time"),
            "convention 'merkulov' is unknown; did you mean merkulov_",
        ),
        ((1.0, "dephasing_time", "Merkulov time"), "did you mean merkulov_time?"),
        ((1.0, "dephasing_time", "xyz"), "known are dephasing_time, merkulov_time"),
        ((1.0, None, "dephasing_time"), "convention None is unknown"),
        ((0.0, "dephasing_time", "merkulov_time"), "dephasing_time must be greater than zero"),
        ((-1.0, "merkulov_field", "field_rms"), "merkulov_field must be greater than zero"),
        (
            (1.0, "merkulov_field", "dephasing_time"),
            "electron_gyromagnetic_ratio must be given to turn merkulov_field",
        ),
    ],
)
def test_bad_input_in_one_sentence(arguments, message):
    with pytest.raises(InvalidInputError, match=message):
        convert(*arguments)


def test_a_field_without_precession():
    with pytest.raises(InvalidInputError, match="electron_gyromagnetic_ratio"):
        convert(1.0, "field_rms", "dephasing_time", electron_gyromagnetic_ratio=0.0)
    assert convert(2.0, "field_rms", "field_deviation") == near(2 / np.sqrt(3))
