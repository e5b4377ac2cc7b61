"""What every method of the heating coefficient offers, whatever its theory."""

import warnings
from dataclasses import FrozenInstanceError, fields, is_dataclass

import numpy as np
import pytest

from coldspin.exceptions import InvalidInputError
from methods import METHODS

NUCLEI = 400.0
K = np.array([0.1, 0.9, 4.0])  # Automatic takes one method for all of them

every_method = pytest.mark.parametrize("method", METHODS, ids=repr)
quantity = pytest.mark.parametrize("quantity", ["heating_coefficient", "relaxation_rate"])


def call(method, quantity, *args, **kwargs):
    return getattr(method, quantity)(*args, **{"nuclei": NUCLEI} | kwargs)


@every_method
@quantity
def test_scalar_in_float_out(method, quantity):
    assert type(call(method, quantity, 0.5, 1.0)) is float
    assert type(call(method, quantity, 1, 1, nuclei=400)) is float
    assert type(call(method, quantity, np.float64(0.5), np.array(1.0))) is float


@every_method
@quantity
def test_arrays_broadcast(method, quantity):
    value = call(method, quantity, [[0.0], [2.0]], K)
    assert value.shape == (2, 3)
    assert value.dtype == np.float64
    for i, b in enumerate((0.0, 2.0)):
        for j, k in enumerate(K.tolist()):
            assert value[i, j] == pytest.approx(call(method, quantity, b, k), rel=1e-12, abs=0)
    assert call(method, quantity, [0.5], 1.0).shape == (1,)


@every_method
@quantity
def test_number_of_nuclei_broadcasts(method, quantity):
    value = call(method, quantity, 0.5, 1.0, nuclei=[100.0, 400.0])
    assert value.shape == (2,)
    assert value[1] == pytest.approx(call(method, quantity, 0.5, 1.0), rel=1e-12, abs=0)


@every_method
@pytest.mark.parametrize("quantity", ["heating_coefficient", "relaxation_rate"])
def test_nuclear_precession_broadcasts(method, quantity):
    value = call(method, quantity, 0.5, K, nuclear_precession=np.array([[0.0], [1e-4]]))
    assert np.shape(value) == (2, 3)


@every_method
@quantity
def test_both_fields_reversed_change_nothing(method, quantity):
    b = np.array([0.3, 1.0, 4.0])
    for nuclear in (0.0, 1e-3):
        forward = call(method, quantity, b, 2.0, nuclear_precession=nuclear)
        backward = call(method, quantity, -b, 2.0, nuclear_precession=-nuclear)
        np.testing.assert_allclose(backward, forward, rtol=1e-10)


@every_method
def test_heating_lies_between_nothing_and_three_halves(method):
    value = call(method, "heating_coefficient", [[0.0], [1.0], [10.0]], K)
    assert np.all((value > 0) & (value <= 1.5 * (1 + 1e-12)))


@every_method
@quantity
def test_parameters_of_the_nuclei_are_named(method, quantity):
    with pytest.raises(TypeError):
        getattr(method, quantity)(0.5, 1.0, NUCLEI)
    with pytest.raises(TypeError, match="nuclei"):
        getattr(method, quantity)(0.5, 1.0)


@every_method
@quantity
@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"b": np.nan}, ("b ", "nan")),
        ({"b": np.inf}, ("b ", "inf")),
        ({"k": 0.0}, ("k ", "0")),
        ({"k": -1.0}, ("k ", "-1")),
        ({"k": [1.0, np.nan]}, ("k ", "nan", "index 1")),
        ({"k": "long"}, ("k ", "'long'")),
        ({"nuclei": 0}, ("nuclei ", "0")),
        ({"nuclei": -4.0}, ("nuclei ", "-4")),
        ({"nuclei": np.nan}, ("nuclei ", "nan")),
        ({"nuclei": [10.0, -1.0]}, ("nuclei ", "-1", "index 1")),
        ({"spin": 0.7}, ("spin ", "0.7")),
        ({"spin": 0}, ("spin ", "0")),
        ({"spin": np.nan}, ("spin ", "nan")),
        ({"nuclear_precession": np.nan}, ("nuclear_precession ", "nan")),
        ({"nuclear_precession": np.inf}, ("nuclear_precession ", "inf")),
        ({"nuclear_precession": 1j}, ("nuclear_precession ", "1j")),
    ],
)
def test_invalid_input_is_named(method, quantity, arguments, words):
    arguments = {"b": 0.5, "k": 1.0} | arguments
    with pytest.raises(InvalidInputError) as caught:
        call(method, quantity, arguments.pop("b"), arguments.pop("k"), **arguments)
    message = str(caught.value)
    assert message.startswith(words[0])
    assert all(word in message for word in words)


@every_method
def test_method_is_a_frozen_value(method):
    assert is_dataclass(method)
    assert method == type(method)(**{f.name: getattr(method, f.name) for f in fields(method)})
    assert hash(method) == hash(
        type(method)(**{f.name: getattr(method, f.name) for f in fields(method)})
    )
    with pytest.raises((FrozenInstanceError, AttributeError, TypeError)):
        method.tolerance = 1.0


@every_method
def test_slope_of_a_smooth_method_is_the_derivative(method):
    if not method.smooth:
        pytest.skip("this method offers no slope")
    b, step = np.array([-2.0, 0.01, 0.35, 1.0, 6.0]), 1e-5
    ahead, behind = (call(method, "heating_coefficient", b + d, K[:, None]) for d in (step, -step))
    np.testing.assert_allclose(
        method.heating_slope(b, K[:, None]), (ahead - behind) / (2 * step), rtol=1e-7, atol=1e-9
    )


@every_method
@pytest.mark.parametrize("quantity", ["heating_coefficient", "relaxation_rate"])
def test_without_a_nuclear_precession_there_is_none(method, quantity):
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # a precession that is ignored would be reported
        assert getattr(method, quantity)(0.5, 0.3, nuclei=1e6) == getattr(method, quantity)(
            0.5, 0.3, nuclei=1e6, nuclear_precession=0.0
        )
