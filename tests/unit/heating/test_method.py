"""The base of methods: what a user's own method needs, and what it gets."""

from dataclasses import dataclass

import numpy as np
import pytest

from coldspin.exceptions import InvalidInputError
from coldspin.heating import ClosedForm, Method
from coldspin.heating.method import Groups, as_method


class TwoFunctions:
    """A user's method as a plain object."""

    def heating_coefficient(self, b, k, **groups):
        return 0.5 * ClosedForm().heating_coefficient(b, k, **groups)

    def relaxation_rate(self, b, k, **groups):
        return ClosedForm().relaxation_rate(b, k, **groups)

    def __repr__(self):
        return "TwoFunctions()"


@dataclass(frozen=True)
class Halved(Method):
    """The same on the base."""

    def heating_coefficient(self, b, k, **groups):
        return 0.5 * ClosedForm().heating_coefficient(b, k, **groups)

    def relaxation_rate(self, b, k, **groups):
        return ClosedForm().relaxation_rate(b, k, **groups)


@pytest.mark.parametrize("value", [TwoFunctions(), Halved()])
def test_two_functions_are_a_method(value):
    method = as_method(value)
    arguments = {"nuclei": 100.0, "nuclear_precession": 1e-3}
    b = np.array([0.0, 1.0])
    heating, relaxation = method.estimates(b, 2.0, **arguments)
    np.testing.assert_array_equal(heating.value, value.heating_coefficient(b, 2.0, **arguments))
    np.testing.assert_array_equal(relaxation.value, value.relaxation_rate(b, 2.0, **arguments))
    assert not heating.standard_error.any()
    assert not relaxation.standard_error.any()
    assert method.resolve(b, 2.0, **arguments) is method
    assert repr(method) == repr(value)
    assert not any([method.smooth, method.sampled, method.whole_nuclei])
    with pytest.raises(NotImplementedError):
        method.heating_slope(b, 2.0)


@pytest.mark.parametrize("value", [ClosedForm, "closed", None, object()])
def test_anything_else_is_refused(value):
    with pytest.raises(InvalidInputError) as error:
        as_method(value)
    assert error.value.parameter == "method"
    assert error.value.value is value


def test_groups_have_one_shape_and_the_angles_of_their_equations():
    groups = Groups.read([0.0, 1.0], [[2.0], [np.inf]], 300.0, 1.5, -0.25)
    shapes = {a.shape for a in (groups.b, groups.k, groups.nuclei, groups.nuclear_precession)}
    assert shapes == {(2, 2)}
    np.testing.assert_allclose(groups.effective_nuclei, 4 * 300 * 1.5 * 2.5 / 3)
    np.testing.assert_allclose(groups.rotation_angle[0], 2 / np.sqrt(1500))
    np.testing.assert_allclose(groups.nuclear_phase[0], 0.5)
    assert np.isinf(groups.nuclear_phase[1]).all()
    assert not Groups.read(0.0, np.inf, 1.0, 0.5, 0.0).nuclear_phase
