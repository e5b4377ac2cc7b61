"""Numbers, strings and pint quantities become SI; everything doubtful is refused in a sentence."""

import numpy as np
import pint
import pytest

from coldspin import quantities
from coldspin.constants import HBAR
from coldspin.exceptions import InvalidInputError
from coldspin.quantities import (
    ANGLE,
    COUPLING,
    DENSITY,
    DIFFUSIVITY,
    FIELD,
    GYROMAGNETIC,
    LENGTH,
    RATE,
    TIME,
    si,
    si_axis,
)

ELEMENTARY_CHARGE = 1.602176634e-19


@pytest.mark.parametrize(
    ("text", "tesla"),
    [
        ("150 G", 0.015),
        ("150G", 0.015),
        ("150 gauss", 0.015),
        ("-150 G", -0.015),
        ("1.5 kG", 0.15),
        ("1.5 kilogauss", 0.15),
        ("1500 mG", 1.5e-4),
        ("1500 milligauss", 1.5e-4),
        ("3 µG", 3e-10),
        ("3 μG", 3e-10),
        ("3 uG", 3e-10),
        ("3 nG", 3e-13),
        ("15 mT", 0.015),
        ("15 millitesla", 0.015),
        ("15 µT", 1.5e-5),
        ("15 uT", 1.5e-5),
        ("+.5 T", 0.5),
        ("5. T", 5.0),
        ("1e-3 T", 1e-3),
        ("1E3 mT", 1.0),
        ("  2 T  ", 2.0),
        ("0 G", 0.0),
        ("1 Wb/m^2", 1.0),
        ("150 Oe", 0.015),
        ("1.5 kOe", 0.15),
        ("1.5 kilooersted", 0.15),
        ("20 Oersted", 2e-3),
        ("150 Gs", 0.015),
        ("1.5 kGs", 0.15),
        ("3 mGs", 3e-7),
        ("2 Tesla", 2.0),
        ("15 \u03bcT", 1.5e-5),
    ],
)
def test_fields(text, tesla):
    assert float(si("field", text, FIELD)) == pytest.approx(tesla, rel=1e-15, abs=0)


@pytest.mark.parametrize(
    ("text", "dimension", "value"),
    [
        ("10 ns", TIME, 1e-8),
        ("2 h", TIME, 7200),
        ("3 min", TIME, 180),
        ("30 deg", ANGLE, np.pi / 6),
        ("0.5 rad", ANGLE, 0.5),
        ("10 us", TIME, 1e-5),
        ("10 \u00b5s", TIME, 1e-5),
        ("10 \u03bcs", TIME, 1e-5),
        ("3 sec", TIME, 3),
        ("0.1 s-1", RATE, 0.1),
        ("0.1 1/s", RATE, 0.1),
        ("0.1 ms-1", RATE, 100),
        ("2e15 cm-3", DENSITY, 2e21),
        ("2e15 1/cm3", DENSITY, 2e21),
        ("1e-13 cm2/s", DIFFUSIVITY, 1e-17),
        ("6.44e7 rad s-1 T-1", GYROMAGNETIC, 6.44e7),
        ("5.65 Angstrom", LENGTH, 5.65e-10),
        ("1.5e6 rad/s", COUPLING, 1.5e6),
        ("1.5 rad/µs", COUPLING, 1.5e6),
        ("1 neV", COUPLING, 1e-9 * ELEMENTARY_CHARGE / HBAR),
        ("-1 µeV", COUPLING, -1e-6 * ELEMENTARY_CHARGE / HBAR),
        ("1e-28 J", COUPLING, 1e-28 / HBAR),
        ("1 turn/s", COUPLING, 2 * np.pi),
        ("6.44e7 rad/s/T", GYROMAGNETIC, 6.44e7),
        ("6.44e3 rad/s/G", GYROMAGNETIC, 6.44e7),
        ("64.4 rad/s/µT", GYROMAGNETIC, 6.44e7),
        ("6.44e7 rad/(s T)", GYROMAGNETIC, 6.44e7),
        ("6.44e7 rad s^-1 T^-1", GYROMAGNETIC, 6.44e7),
    ],
)
def test_other_dimensions(text, dimension, value):
    assert float(si("x", text, dimension)) == pytest.approx(value, rel=1e-14, abs=0)


@pytest.mark.parametrize(
    "registry", [pint.UnitRegistry(), pint.UnitRegistry(system="cgs")], ids=["SI", "CGS"]
)
def test_quantities_of_foreign_registries(registry):
    assert float(si("field", registry.Quantity(150, "gauss"), FIELD)) == pytest.approx(
        0.015, rel=1e-15, abs=0
    )
    assert float(si("time", registry.Quantity(3, "minute"), TIME)) == 180
    assert float(si("a", registry.Quantity(1, "neV"), COUPLING)) == pytest.approx(
        1e-9 * ELEMENTARY_CHARGE / HBAR
    )
    assert float(si("γ", registry.Quantity(6e3, "rad/s/gauss"), GYROMAGNETIC)) == pytest.approx(
        6e7, rel=1e-15, abs=0
    )
    np.testing.assert_allclose(
        si("field", registry.Quantity(np.array([1.0, -2.0]), "mT"), FIELD), [1e-3, -2e-3]
    )


def test_a_foreign_registry_may_print_its_units_as_it_likes():
    registry = pint.UnitRegistry()
    for style in ("~P", "P", "~C", "~D", "H"):
        registry.formatter.default_format = style
        assert float(si("γ", registry.Quantity(6e7, "rad/s/T"), GYROMAGNETIC)) == pytest.approx(
            6e7, rel=1e-15, abs=0
        )


def test_plain_numbers_are_si_already():
    assert float(si("field", 0.015, FIELD)) == 0.015
    np.testing.assert_array_equal(si("field", [1, 2], FIELD), [1.0, 2.0])
    np.testing.assert_array_equal(si("field", np.eye(2), FIELD), np.eye(2))


def test_lists_of_strings():
    np.testing.assert_allclose(si("field", ["1 G", "1 mT"], FIELD), [1e-4, 1e-3])
    np.testing.assert_allclose(si("field", ("1 G", 2.0), FIELD), [1e-4, 2.0])


@pytest.mark.parametrize(
    ("value", "dimension"),
    [
        ("1 Hz", COUPLING),
        ("240 kHz", COUPLING),
        ("5 becquerel", COUPLING),
        ("3 count/s", COUPLING),
        ("1 rad MHz", COUPLING),
        ("10 MHz/T", GYROMAGNETIC),
        ("1 kHz/G", GYROMAGNETIC),
        ("1e6 1/s", COUPLING),
        ("1e6 s^-1", COUPLING),
        ("1e7 1/s/T", GYROMAGNETIC),
        ("1 rad^2/s", COUPLING),
        (pint.UnitRegistry().Quantity(1e6, "1/s"), COUPLING),
        (pint.UnitRegistry().Quantity(240, "kHz"), COUPLING),
        (pint.UnitRegistry().Quantity(10, "MHz/T"), GYROMAGNETIC),
    ],
)
def test_hertz_is_refused_where_rad_per_second_is_meant(value, dimension):
    with pytest.raises(InvalidInputError, match="2π"):
        si("coupling", value, dimension)


def test_a_unit_without_radian_is_told_to_give_one():
    with pytest.raises(
        InvalidInputError, match=r"γ = 1e\+07 1/s/T has no radian .* give rad/s, as in"
    ):
        si("γ", "1e7 1/s/T", GYROMAGNETIC)


@pytest.mark.parametrize(
    ("value", "dimension", "words"),
    [
        ("10 ns", FIELD, "field = 10 ns has the wrong dimension"),
        ("10 G", TIME, "wrong dimension"),
        ("10 Hz", TIME, "wrong dimension"),
        ("1 neV", FIELD, "wrong dimension"),
        ("1 Oe", TIME, "wrong dimension"),
        ("1 Gs", TIME, "wrong dimension"),
        ("1 K", COUPLING, "wrong dimension"),
        ("1 g", FIELD, "wrong dimension"),
        ("150", FIELD, "field needs a unit"),
        ("150 ", FIELD, "needs a unit"),
        ("G", FIELD, "must start with a number"),
        ("", FIELD, "must start with a number"),
        ("nan T", FIELD, "must be finite, not nan"),
        ("inf T", FIELD, "must be finite, not inf"),
        ("1e999 T", FIELD, "must be finite"),
        ("1,5 T", FIELD, "field is '1,5 T': use a decimal point and no comma, as in"),
        ("0:5:3 G", FIELD, "field is '0:5:3 G': give one value, not a range, as in"),
        ("10 flops", FIELD, "unknown unit 'flops'"),
        ("1 T T", FIELD, "wrong dimension"),
        ("1 T" + "**2" * 200, FIELD, "unknown unit"),  # evaluated, these would never end
        ("1 10**10**10*T", FIELD, "unknown unit"),
        ("1 min**(99)**(99)**(99)", TIME, "unknown unit"),
        ("1 min^99999999", TIME, "unknown unit"),
        ("1 min⁹⁹⁹⁹⁹⁹⁹⁹", TIME, "unknown unit"),
        (float("nan"), FIELD, "field must be finite, not nan"),
        ([0.0, float("inf")], FIELD, "not inf at index 1"),
        (True, FIELD, "real number"),
        (None, FIELD, "real number"),
        (1j, FIELD, "real number"),
        (pint.UnitRegistry().Quantity(10, "ns"), FIELD, "wrong dimension"),
        (pint.UnitRegistry().Quantity(float("nan"), "T"), FIELD, "must be finite"),
    ],
)
def test_refused(value, dimension, words):
    with pytest.raises(InvalidInputError) as caught:
        si("field", value, dimension)
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("value", "axis"),
    [
        ("-200:200:401 mT", np.linspace(-0.2, 0.2, 401)),
        ("0 : 1 : 3 T", [0.0, 0.5, 1.0]),
        ("1e-3:2e-3:2 T", [1e-3, 2e-3]),
        ("150 G", [0.015]),
        ("10:0:3 G", [1e-3, 5e-4, 0]),
        (["1 G", "-1 mT"], [1e-4, -1e-3]),
        (0.5, [0.5]),
        ([0.5, 1.0], [0.5, 1.0]),
    ],
)
def test_axes(value, axis):
    np.testing.assert_allclose(si_axis("field", value, FIELD), axis, rtol=1e-14, atol=1e-17)


def test_the_ends_of_a_range_are_the_numbers_typed():
    axis = si_axis("field", "-200:200:401 mT", FIELD)
    assert (axis[0], axis[-1], len(axis)) == (-0.2, 0.2, 401)


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("0:1:3", "must be a range like"),
        ("0:1 T", "must be a range like"),
        ("0:1,5:3 T", "use a decimal point"),
        ("0:1:3:4 T", "must be a range like"),
        ("0:1:1 T", "count of points from 2 to 10000000"),
        ("0:1:-5 T", "count of points"),
        ("0:1:² T", "count of points"),
        ("0:1:1000000000000 T", "count of points"),
        ("0:1:2.5 T", "count of points"),
        ("a:1:3 T", "must start with a number"),
        ("0:1:3 ns", "wrong dimension"),
    ],
)
def test_ranges_refused(value, words):
    with pytest.raises(InvalidInputError, match=words):
        si_axis("field", value, FIELD)


def test_capital_gauss_and_a_foreign_default_format():
    assert si("field", "2 Gauss", FIELD) == pytest.approx(2e-4)
    registry = pint.UnitRegistry()
    registry.formatter.default_format = "Lx"
    assert si("field", registry.Quantity(3.0, "mT"), FIELD) == pytest.approx(3e-3)


@pytest.mark.parametrize(
    ("text", "dimension", "words"),
    [
        ("1.5 MT", FIELD, "1.5 MT has the prefix M, mega; write mT for milli"),
        ("1.5 MG", FIELD, "write mG for milli"),
        ("1.5 MGs", FIELD, "write mGs for milli"),
        ("1.5 MOe", FIELD, "write mOe"),
        ("10 Ms", TIME, "write ms for milli"),
        ("10 Ps", TIME, "prefix P, peta; write ps for pico"),
        ("1 PeV", COUPLING, "write peV for pico"),
        ("1 MeV", COUPLING, "write meV for milli"),
        ("6e7 rad/Ms/T", GYROMAGNETIC, "write ms for milli"),
        ("5 Mm", LENGTH, "write mm"),
        (
            pint.UnitRegistry().Quantity(1.5, "megatesla"),
            FIELD,
            "at most 100000 T in magnitude, not 1.5e+06 T",
        ),
        ("1.5 megatesla", FIELD, "at most 100000 T"),
        (150000, FIELD, 'numbers without a unit are in T, others are written as in "150 G"'),
        ([0.0, -1e300], FIELD, "not -1e+300 T"),
        ("1e300 s", TIME, "at most 1e+20 s"),
        ("1e-300 s", TIME, "0 or at least 1e-30 s"),
        (1e300, COUPLING, "at most 1e+20 rad/s"),
        (1e-300, COUPLING, "0 or at least 1e-20 rad/s"),
        (1e300, GYROMAGNETIC, "at most 1e+15 rad/s/T"),
    ],
)
def test_implausible_sizes_are_refused_with_a_remedy(text, dimension, words):
    with pytest.raises(InvalidInputError) as caught:
        si("value", text, dimension)
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("text", ["5 MHz", "5 Mrad/s", "40 MHz/T"])
def test_mega_stays_where_it_is_usual(text):
    dimension = {"5 MHz": quantities.FREQUENCY, "5 Mrad/s": COUPLING}.get(
        text, quantities.Dimension("hertz/tesla", "")
    )
    assert float(si("value", text, dimension)) in (5e6, 4e7)


def test_units_in_symbols():
    names = (
        "FIELD",
        "TIME",
        "RATE",
        "INVERSE_ENERGY",
        "DIFFUSIVITY",
        "DENSITY",
        "GYROMAGNETIC",
        "FREQUENCY",
    )
    symbols = [getattr(quantities, name).symbol for name in names]
    assert symbols == ["T", "s", "1/s", "1/J", "m^2/s", "1/m^3", "rad/s/T", "Hz"]
