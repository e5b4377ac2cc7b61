"""The channels of relaxation as values: what they take, what they return, what they refuse."""

import dataclasses

import numpy as np
import pytest

from coldspin import InvalidInputError
from coldspin.thermodynamics.channels import (
    ConstantRelaxation,
    DiffusionLimited,
    QuadrupoleRelaxation,
    diffusion_length,
    diluted_rate,
)

CHANNELS = (
    ConstantRelaxation(0.3),
    QuadrupoleRelaxation(time=0.5, correlation_time=1e-7),
    DiffusionLimited(density=1e21, diffusivity=1e-17, radius=1e-8),
)


@pytest.mark.parametrize("channel", CHANNELS, ids=lambda c: type(c).__name__)
def test_a_channel_is_a_value(channel):
    assert channel == dataclasses.replace(channel)
    assert hash(channel) == hash(dataclasses.replace(channel))
    assert type(channel).__name__ in repr(channel)
    with pytest.raises(dataclasses.FrozenInstanceError):
        channel.time = 1.0


@pytest.mark.parametrize("channel", CHANNELS, ids=lambda c: type(c).__name__)
@pytest.mark.parametrize("shape", [(), (1,), (4,), (2, 3)])
def test_rates_have_the_shape_of_the_field_and_are_even(channel, shape):
    fields = np.random.default_rng(3).normal(size=shape) * 1e-3
    rates = channel.rate(fields, 1e-4, 6e7)
    assert np.shape(rates) == shape
    assert np.all(rates > 0)
    np.testing.assert_array_equal(rates, channel.rate(-fields, 1e-4, 6e7))
    np.testing.assert_array_equal(rates, channel.rate(fields, 1e-4, -6e7))


def test_numbers_of_each():
    assert float(ConstantRelaxation(4).rate(1.0, 1e-4, 6e7)) == 0.25
    assert float(DiffusionLimited(1e20, 1e-17, 1e-8).rate(1.0, 1e-4, 6e7)) == pytest.approx(
        1.2566370614359173e-4
    )
    quadrupole = QuadrupoleRelaxation(time=2.0, correlation_time=1e-3)
    assert float(quadrupole.rate(0.0, 1e-4, 6e7)) == pytest.approx(1.0, rel=1e-14, abs=0)  # 2/T_Q
    # γBτ = 1 at B = B_L: J = (1/5)/2 + (4/5)/5 = 0.26, and (0.26 + 2)/2 of 1/T_Q
    assert float(quadrupole.rate(1e-5, 1e-5, 1e8)) == pytest.approx(2.26 / 2 / 2, rel=1e-14, abs=0)


@pytest.mark.parametrize("bad", [0.0, -1.0, float("nan"), float("inf"), "10 s", None])
@pytest.mark.parametrize(
    ("make", "name"),
    [
        (lambda x: ConstantRelaxation(x), "time"),
        (lambda x: QuadrupoleRelaxation(x, 1e-6), "time"),
        (lambda x: QuadrupoleRelaxation(1.0, x), "correlation_time"),
        (lambda x: DiffusionLimited(x, 1e-17, 1e-8), "density"),
        (lambda x: DiffusionLimited(1e20, x, 1e-8), "diffusivity"),
        (lambda x: DiffusionLimited(1e20, 1e-17, x), "radius"),
        (lambda x: diluted_rate(1.0, density=x, diffusivity=1e-17, radius=1e-8), "density"),
        (lambda x: diluted_rate(1.0, density=1e20, diffusivity=x, radius=1e-8), "diffusivity"),
        (lambda x: diluted_rate(1.0, density=1e20, diffusivity=1e-17, radius=x), "radius"),
        (lambda x: diffusion_length(x, 1.0), "diffusivity"),
        (lambda x: diffusion_length(1e-17, x), "time"),
    ],
)
def test_what_is_no_positive_number_is_refused_by_name(make, name, bad):
    with pytest.raises(InvalidInputError, match=name) as caught:
        make(bad)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "make",
    [
        ConstantRelaxation,
        lambda x: QuadrupoleRelaxation(1.0, x),
        lambda x: DiffusionLimited(x, 1e-17, 1e-8),
        lambda x: diffusion_length(x, 1.0),
    ],
)
def test_one_number_is_not_two(make):
    with pytest.raises(InvalidInputError):
        make([1.0, 2.0])


@pytest.mark.parametrize("bad", [0.0, -1.0, float("nan")])
def test_a_sink_must_take_something(bad):
    with pytest.raises(InvalidInputError, match="rate"):
        diluted_rate(bad, density=1e20, diffusivity=1e-17, radius=1e-8)


@pytest.mark.parametrize("channel", CHANNELS, ids=lambda c: type(c).__name__)
def test_a_field_must_be_finite(channel):
    with pytest.raises(InvalidInputError, match="field"):
        channel.rate(float("nan"), 1e-4, 6e7)


def test_a_local_field_must_be_positive():
    with pytest.raises(InvalidInputError, match="local_field"):
        CHANNELS[1].rate(1.0, 0.0, 6e7)


def test_diluted_rates_broadcast():
    rates = diluted_rate([1.0, 2.0, 3.0], density=1e20, diffusivity=1e-17, radius=1e-8)
    assert rates.shape == (3,)
    assert (np.diff(rates) > 0).all()
