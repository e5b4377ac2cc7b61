"""The boundary where quantities with units come in: numbers, strings ("150 G") and pint quantities become SI floats.

No other module knows units. Gauss is 1e-4 T. A frequency in hertz, or in 1/s, is refused where rad/s is meant.
"""

import re
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np

from coldspin.arguments import Array, finite, positive
from coldspin.constants import HBAR
from coldspin.exceptions import InvalidInputError

_SYMBOLS = {
    "tesla": "T",
    "second": "s",
    "radian": "rad",
    "hertz": "Hz",
    "meter": "m",
    "joule": "J",
    "kelvin": "K",
}


class Dimension(NamedTuple):
    """What an argument measures: its SI unit, units in which people give it, and the factor from an energy, if any."""

    unit: str
    examples: str
    energy: bool = False

    @property
    def symbol(self) -> str:
        """The SI unit in symbols, as files of results have it: "1/s", "rad/s/T"."""
        words = self.unit.replace(" / ", "/").replace(" ** ", "^")
        return re.sub("[a-z]+", lambda match: _SYMBOLS[match[0]], words)

    @property
    def angular(self) -> bool:
        """Whether it is an angle per second, which hertz and 1/s would miss by 2π."""
        return "radian" in self.unit and "second" in self.unit


FIELD = Dimension("tesla", '"150 G", "15 mT"')
TIME = Dimension("second", '"10 ns", "2 h"')
ANGLE = Dimension("radian", '"30 deg", "0.5 rad"')
COUPLING = Dimension("radian / second", '"1.5e6 rad/s", "1 neV"', energy=True)
RATE = Dimension("1 / second", '"0.1 1/s"')
FREQUENCY = Dimension("hertz", '"10 kHz"')
LENGTH = Dimension("meter", '"10 nm", "5.65 angstrom"')
ENERGY = Dimension("joule", '"46 µeV", "1 neV"')
DENSITY = Dimension("1 / meter ** 3", '"1e15 1/cm^3"')
DIFFUSIVITY = Dimension("meter ** 2 / second", '"1e-13 cm^2/s"')
INVERSE_ENERGY = Dimension("1 / joule", '"1e27 1/J"')
TEMPERATURE = Dimension("kelvin", '"2 µK", "4 K"')
GYROMAGNETIC = Dimension("radian / second / tesla", '"6.44e7 rad/s/T", "6.44e3 rad/s/G"')

_LARGEST_COUNT = 10_000_000

_NUMBER = re.compile(r"\s*[-+]?(?:(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?|nan\b|inf\b)", re.IGNORECASE)
_GAUSS = re.compile(
    r"(?<![^\W\d])(?:(?P<prefix>[kmuµμn])?(?P<symbol>G)|(?P<word>kilo|milli|micro|nano)?[gG]auss)(?!\w)"
)
_RANGE = re.compile(r"\s*([^:\s]+)\s*:\s*([^:\s]+)\s*:\s*([^:\s]+)\s+(\S.*)")


def si(name: str, value: Any, dimension: Dimension) -> Array:
    """`value` in SI as floats: plain numbers are SI already, strings and quantities are converted, all must be finite.

    Raises InvalidInputError for a missing or unknown unit, a wrong dimension, hertz or 1/s where rad/s is meant, NaN.
    """
    if isinstance(value, str):
        return finite(name, _written(name, value, dimension))
    if hasattr(value, "magnitude") and hasattr(value, "units"):
        return finite(name, _convert(name, value.magnitude, f"{value.units:C}", dimension))
    if isinstance(value, list | tuple) and any(isinstance(entry, str) for entry in value):
        return np.array([si(name, entry, dimension) for entry in value])
    return finite(name, value)


def scalar(name: str, value: Any, dimension: Dimension | None = None) -> float:
    """One finite number in SI, dimensionless when no dimension is given."""
    array = finite(name, value) if dimension is None else si(name, value, dimension)
    if array.ndim:
        raise InvalidInputError(f"{name} must be one value, not an array of {array.size}")
    return float(array)


def positive_scalar(name: str, value: Any, dimension: Dimension | None = None) -> float:
    """One number > 0 in SI."""
    return float(positive(name, scalar(name, value, dimension)))


def nonzero_scalar(name: str, value: Any, dimension: Dimension | None = None) -> float:
    """One number in SI that is not 0."""
    number = scalar(name, value, dimension)
    if number == 0:
        raise InvalidInputError(f"{name} must not be 0")
    return number


def si_axis(name: str, value: Any, dimension: Dimension) -> Array:
    """`value` in SI as a one-dimensional axis; "START:STOP:COUNT UNIT" spans a range, ends included."""
    match = _RANGE.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        if isinstance(value, str) and ":" in value:
            raise InvalidInputError(f'{name} must be a range like "-200:200:401 mT", not {value!r}')
        axis = np.atleast_1d(si(name, value, dimension))
        if axis.ndim > 1:
            raise InvalidInputError(f"{name} must be one value or a one-dimensional axis, not an array of {axis.shape}")
        return axis
    start, stop, count, unit = match.groups()
    if not (count.isascii() and count.isdigit() and 2 <= int(count) <= _LARGEST_COUNT):
        raise InvalidInputError(
            f"{name} needs a count of points from 2 to {_LARGEST_COUNT} after the second colon, not {count!r}"
        )
    first, last = (float(si(name, f"{end} {unit}", dimension)) for end in (start, stop))
    return np.linspace(first, last, int(count))


@lru_cache(maxsize=1024)
def _written(name: str, text: str, dimension: Dimension) -> float:
    """A string in SI; studies say the same strings at every point."""
    return float(_convert(name, *_parse(name, text, dimension), dimension))


def _parse(name: str, text: str, dimension: Dimension) -> tuple[float, str]:
    match = _NUMBER.match(text)
    if match is None:
        raise InvalidInputError(f"{name} must start with a number, as in {dimension.examples}, not {text!r}")
    unit = text[match.end() :].strip()
    if ":" in unit:
        raise InvalidInputError(f"{name} is {text!r}: give one value, not a range, as in {dimension.examples}")
    if re.match(r",\d", unit):
        raise InvalidInputError(f"{name} is {text!r}: use a decimal point and no comma, as in {dimension.examples}")
    if not unit:
        raise InvalidInputError(f"{name} needs a unit, as in {dimension.examples}, not {text!r}")
    return float(match.group()), unit


def _convert(name: str, magnitude: Any, unit: str, dimension: Dimension) -> Any:
    registry = _registry()
    shown = f"{magnitude:g} {unit}" if isinstance(magnitude, float | int) else f"a quantity in {unit}"
    try:
        quantity = registry.Quantity(np.asarray(magnitude, dtype=float), unit)
    except Exception as problem:
        raise InvalidInputError(
            f"{name} has the unknown unit {unit!r}; give it as in {dimension.examples}"
        ) from problem
    if dimension.angular and _counts_cycles(quantity):
        raise InvalidInputError(
            f"{name} = {shown} is in hertz, but an angular frequency is meant: multiply by 2π and give it as in "
            f"{dimension.examples}"
        )
    if dimension.unit == "hertz" and "radian" in f"{quantity.units:C}":
        raise InvalidInputError(
            f"{name} = {shown} is an angular frequency, but cycles per second are meant: divide by 2π, as in "
            f"{dimension.examples}"
        )
    if dimension.energy and quantity.check("[energy]"):
        return quantity.to("joule").magnitude / HBAR
    if not quantity.check(registry.Quantity(1, dimension.unit).dimensionality):
        raise InvalidInputError(f"{name} = {shown} has the wrong dimension; give it as in {dimension.examples}")
    if dimension.angular and not _counts_radians(quantity):
        raise InvalidInputError(
            f"{name} = {shown} has no radian and may be in hertz: multiply by 2π if it is, and give rad/s, as in "
            f"{dimension.examples}"
        )
    return quantity.to(dimension.unit).magnitude


def _counts_cycles(quantity: Any) -> bool:
    """Whether a unit counts events or cycles per second, which pint equates with rad/s, losing 2π."""
    units = f"{quantity.units:C}"
    return not quantity.check("[energy]") and any(unit in units for unit in ("hertz", "count", "becquerel", "curie"))


def _counts_radians(quantity: Any) -> bool:
    """Whether a unit has one angle in it: radian, or another that is some radians, such as turn; 1/s has none."""
    root = quantity.to_root_units().unit_items()
    return dict(root).get("radian") == 1


@lru_cache
def _registry() -> Any:
    """Our own registry, made when the first unit is met: pint takes longer to import than a calculation takes."""
    import pint

    registry: Any = pint.UnitRegistry(preprocessors=[_laboratory_gauss])
    registry.define("laboratory_gauss = 1e-4 * tesla = lab_G")
    return registry


def _laboratory_gauss(unit: str) -> str:
    """Point gauss at 1e-4 T: pint's own is the CGS unit, which no factor turns into tesla."""
    return _GAUSS.sub(
        lambda m: f"{m['prefix'] or ''}lab_G" if m["symbol"] else f"{m['word'] or ''}laboratory_gauss", unit
    )
