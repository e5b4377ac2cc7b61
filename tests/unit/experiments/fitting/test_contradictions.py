"""What contradicts itself in a fit is refused, not decided."""

import pytest

from coldspin import InvalidInputError
from coldspin.experiments import Decay, Measurement, fit

DATA = ([0.0, 1.0, 2.0, 3.0], [1.0, 0.6, 0.4, 0.2], 0.1)


def test_free_and_fixed_in_one_measurement():
    measured = Measurement("m", Decay(), *DATA, {"offset": 0.0})
    with pytest.raises(
        InvalidInputError, match="offset@m is free, but fixed in that measurement; choose one"
    ):
        fit(measured, ["amplitude", "offset@m"])


def test_private_names_are_a_list():
    with pytest.raises(InvalidInputError, match="m: private must be a list of names, not 'offset'"):
        Measurement("m", Decay(), *DATA, private="offset")
