"""What may be given as leakage, to whom, and what is refused."""

import pytest

from coldspin import InvalidInputError, cool, optimum, relax
from coldspin.cooling.pump import leakage_channels
from coldspin.thermodynamics.channels import ConstantRelaxation, QuadrupoleRelaxation
from samples import DOT

pytestmark = pytest.mark.filterwarnings("ignore::coldspin.exceptions.ValidityWarning")

QUADRUPOLE = QuadrupoleRelaxation(1.0, 1e-6)


@pytest.mark.parametrize(
    ("given", "channels", "factor"),
    [
        (None, (), 1.0),
        ("10 s", (ConstantRelaxation(10.0),), 1.0),
        ("2 min", (ConstantRelaxation(120.0),), 1.0),
        (0.25, (), 0.25),
        (1, (), 1.0),
        (QUADRUPOLE, (QUADRUPOLE,), 1.0),
        ([QUADRUPOLE, ConstantRelaxation(3.0)], (QUADRUPOLE, ConstantRelaxation(3.0)), 1.0),
        ((QUADRUPOLE,), (QUADRUPOLE,), 1.0),
        ([], (), 1.0),
    ],
)
def test_every_form_of_leakage(given, channels, factor):
    assert leakage_channels(given) == (channels, factor)


def test_a_quantity_of_time():
    pint = pytest.importorskip("pint")
    assert leakage_channels(2 * pint.UnitRegistry().minute) == ((ConstantRelaxation(120.0),), 1.0)


BAD = [
    (0.0, "factor f_N"),
    (-0.1, "factor f_N"),
    (1.5, "factor f_N"),
    (float("nan"), "factor f_N"),
    (True, "leakage must be a time"),
    ("10", "leakage"),
    ("10 T", "wrong dimension"),
    ("-3 s", "leakage"),
    ("0 s", "leakage"),
    (ConstantRelaxation, "leakage must be a time"),
    ([ConstantRelaxation(1.0), "nothing"], "nothing"),
    (object(), "leakage must be a time"),
    ({"time": 1.0}, "leakage must be a time"),
]


@pytest.mark.parametrize(
    ("given", "words"), BAD, ids=lambda v: type(v).__name__ if not isinstance(v, str) else v
)
@pytest.mark.parametrize("call", [cool, optimum, relax], ids=lambda f: f.__name__)
def test_bad_leakage(given, words, call):
    arguments = {cool: ("1 mT", 0.1), optimum: (0.1,), relax: ("1 mT",)}[call]
    with pytest.raises(InvalidInputError, match=words) as caught:
        call(DOT, *arguments, leakage=given)
    assert "\n" not in str(caught.value)


def test_a_factor_has_no_rate_in_the_dark():
    with pytest.raises(InvalidInputError, match="a factor has no rate"):
        relax(DOT, "1 mT", leakage=0.5)


def test_leakage_is_told_in_the_result():
    data = cool(DOT, "1 mT", 0.1, leakage="10 s")
    assert data.attrs["leakage"] == "ConstantRelaxation(time=10.0)"
    assert data.leakage_heating.attrs["units"] == "W"
    assert cool(DOT, "1 mT", 0.1, leakage=0.5).attrs["leakage"] == 0.5
    assert "leakage_heating" not in cool(DOT, "1 mT", 0.1)
    assert "leakage_rate" in relax(DOT, "1 mT", leakage="10 s")
    assert "leakage_rate" not in relax(DOT, "1 mT")
