"""The boundary where units come in: numbers, strings ("150 G") and quantities become SI floats.

No other module knows units. Quantities of pint, astropy, unyt and xarray are converted by the text
of their unit. Gauss is 1e-4 T, and so is oersted: a field in oersted is that in air. A frequency in
hertz, or in 1/s, is refused where rad/s is meant.
"""

import re
from functools import lru_cache
from math import inf
from typing import Any, NamedTuple

import numpy as np

from coldspin.arguments import Array, finite, plain_floats, positive, real_floats, unmasked
from coldspin.carried_units import read_values
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
    """What an argument measures: its SI unit, and examples in units that people use.

    `energy` says whether an energy may stand for it. A value is 0, or its magnitude lies from
    `smallest` to `largest` [SI]; beyond, it is a slip of a prefix or a power of ten, and products of
    several such values overflow.
    """

    unit: str
    examples: str
    energy: bool = False
    smallest: float = 0.0
    largest: float = inf

    @property
    def symbol(self) -> str:
        """The SI unit in symbols, as files of results have it: "1/s", "rad/s/T"."""
        words = self.unit.replace(" / ", "/").replace(" ** ", "^")
        return re.sub("[a-z]+", lambda match: _SYMBOLS[match[0]], words)

    @property
    def angular(self) -> bool:
        """Whether it is an angle per second, which hertz and 1/s would miss by 2π."""
        return "radian" in self.unit and "second" in self.unit


FIELD = Dimension("tesla", '"150 G", "15 mT"', smallest=1e-30, largest=1e5)
TIME = Dimension("second", '"10 ns", "2 h"', smallest=1e-30, largest=1e20)
ANGLE = Dimension("radian", '"30 deg", "0.5 rad"')
COUPLING = Dimension(
    "radian / second", '"1.5e6 rad/s", "1 neV"', energy=True, smallest=1e-20, largest=1e20
)
RATE = Dimension("1 / second", '"0.1 1/s"')
FREQUENCY = Dimension("hertz", '"10 kHz"')
LENGTH = Dimension("meter", '"10 nm", "5.65 angstrom"', smallest=1e-20, largest=1e3)
ENERGY = Dimension("joule", '"46 µeV", "1 neV"')
DENSITY = Dimension("1 / meter ** 3", '"1e15 1/cm^3"')
DIFFUSIVITY = Dimension("meter ** 2 / second", '"1e-13 cm^2/s"')
INVERSE_ENERGY = Dimension("1 / joule", '"1e27 1/J"')
TEMPERATURE = Dimension("kelvin", '"2 µK", "4 K"')
GYROMAGNETIC = Dimension(
    "radian / second / tesla", '"6.44e7 rad/s/T", "6.44e3 rad/s/G"', smallest=1e-10, largest=1e15
)

_LARGEST_COUNT = 10_000_000

_NUMBER = re.compile(r"\s*[-+]?(?:(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?|nan\b|inf\b)", re.IGNORECASE)
_GAUSS = re.compile(
    r"(?<![^\W\d])(?:(?P<prefix>[kmuµμn])?(?P<symbol>Gs?|Oe)|(?P<word>kilo|milli|micro|nano)?(?:[gG]auss|[oO]ersted))"
    r"(?!\w)"
)
_OERSTED = re.compile(r"(?<![^\W\d])(?:[kmuµμn]?Oe|(?:kilo|milli|micro|nano)?[oO]ersted)(?!\w)")
_POWER = re.compile(
    r"(?<![\w.])(?:([^\W\d_]+)(-[1-9][0-9]?)|([cmnuµμ]?m)([23]))(?![\w.])"
)  # s-1, cm-3, m2
_TOWER = re.compile(  # powers of numbers and large powers, which could take for ever to evaluate
    r"[\d⁰¹²³⁴-⁹]\s*(?:\*\*|\^)|(?:\*\*|\^)[-+.\d\s()]+(?:\*\*|\^)|(?:\*\*|\^)[\s(]*[-+]?\d{3}|[⁰¹²³⁴-⁹]{3}"
)
_CAPITAL = re.compile(
    r"(?<![^\W\d])(?:Tesla|Kelvin|Angstrom|Hertz|Seconds?|Minutes?|Hours?|Degrees?)(?!\w)"
)
_SLIP = re.compile(r"(?<![^\W\d])([MP])(T|Gs?|Oe|s|sec|K|m|eV|J)(?![^\W\d])")
_SLIPS = {"M": ("mega", "m", "milli"), "P": ("peta", "p", "pico")}
_RANGE = re.compile(r"\s*([^:\s]+)\s*:\s*([^:\s]+)\s*:\s*([^:\s]+)\s+(\S.*)")


def si(name: str, value: Any, dimension: Dimension) -> Array:
    """`value` in SI as finite floats: numbers are SI already, strings and quantities are converted.

    Raises InvalidInputError for a missing or unknown unit, a wrong dimension, hertz or 1/s where
    rad/s is meant, NaN, a number beyond what `dimension` allows, a masked value.
    """
    if isinstance(value, str):
        return _check_size(name, finite(name, _parse_string(name, value, dimension)), dimension)
    return _check_size(name, finite(name, unmasked(name, _read(name, value, dimension))), dimension)


def si_points(name: str, value: Any, dimension: Dimension | None) -> np.ma.MaskedArray[Any, Any]:
    """`value` in SI, or plain numbers without a dimension; masked as `value` is, else finite."""
    values = plain_floats(name, value) if dimension is None else _read(name, value, dimension)
    seen = np.where(np.ma.getmaskarray(values), 0.0, values.data)
    checked = finite(name, seen)
    if dimension is not None:
        _check_size(name, checked, dimension)
    return np.ma.masked_array(checked, np.ma.getmaskarray(values))


def _read(name: str, value: Any, dimension: Dimension) -> np.ma.MaskedArray[Any, Any]:
    def convert(values: Any, unit: str | None) -> Any:
        if isinstance(values, str) and unit is None:
            return _parse_string(name, values, dimension)
        floats = real_floats(name, values)
        return floats if unit is None else _convert(name, floats, unit, dimension)

    return read_values(name, value, convert)


def scalar(name: str, value: Any, dimension: Dimension | None = None) -> float:
    """One finite number in SI, dimensionless when no dimension is given."""
    array = finite(name, value) if dimension is None else si(name, value, dimension)
    if array.ndim:
        raise InvalidInputError(f"must be one value, not an array of {array.size}", parameter=name)
    return float(array)


def positive_scalar(name: str, value: Any, dimension: Dimension | None = None) -> float:
    """One number > 0 in SI."""
    return float(positive(name, scalar(name, value, dimension)))


def nonzero_scalar(name: str, value: Any, dimension: Dimension | None = None) -> float:
    """One number in SI that is not 0."""
    number = scalar(name, value, dimension)
    if number == 0:
        raise InvalidInputError("must not be 0", parameter=name)
    return number


def si_axis(name: str, value: Any, dimension: Dimension) -> Array:
    """`value` in SI as a one-dimensional axis; "START:STOP:COUNT UNIT" spans a range, ends included.

    Masked points are left out.
    """
    match = _RANGE.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        if isinstance(value, str) and ":" in value:
            raise InvalidInputError(
                'must be a range like "-200:200:401 mT"', parameter=name, value=value
            )
        points = np.ma.atleast_1d(si_points(name, value, dimension))
        if points.ndim > 1:
            raise InvalidInputError(
                f"must be one value or a one-dimensional axis, not an array of {points.shape}",
                parameter=name,
            )
        if points.size and points.mask.all():
            raise InvalidInputError("has no point that is not masked", parameter=name)
        return np.asarray(points.compressed())
    start, stop, count, unit = match.groups()
    if not (count.isascii() and count.isdigit() and 2 <= int(count) <= _LARGEST_COUNT):
        raise InvalidInputError(
            f"needs a count of points from 2 to {_LARGEST_COUNT} after the second colon",
            parameter=name,
            value=count,
        )
    first, last = (float(si(name, f"{end} {unit}", dimension)) for end in (start, stop))
    return np.linspace(first, last, int(count))


@lru_cache(maxsize=1024)
def _parse_string(name: str, text: str, dimension: Dimension) -> float:
    """A string in SI; studies say the same strings at every point."""
    return float(_convert(name, *_parse(name, text, dimension), dimension))


def _parse(name: str, text: str, dimension: Dimension) -> tuple[float, str]:
    match = _NUMBER.match(text)
    if match is None:
        raise InvalidInputError(
            f"must start with a number, as in {dimension.examples}", parameter=name, value=text
        )
    unit = text[match.end() :].strip()
    if ":" in unit:
        raise InvalidInputError(
            f"is {text!r}: give one value, not a range, as in {dimension.examples}", parameter=name
        )
    if re.match(r",\d", unit):
        raise InvalidInputError(
            f"is {text!r}: use a decimal point and no comma, as in {dimension.examples}",
            parameter=name,
        )
    if not unit:
        raise InvalidInputError(
            f"needs a unit, as in {dimension.examples}", parameter=name, value=text
        )
    return float(match.group()), unit


def _check_size(name: str, values: Array, dimension: Dimension) -> Array:
    """`values`, refused if one is larger or smaller than the dimension allows."""
    size = np.abs(values)
    for beyond, rule in (
        (size > dimension.largest, f"at most {dimension.largest:g}"),
        ((size > 0) & (size < dimension.smallest), f"0 or at least {dimension.smallest:g}"),
    ):
        if beyond.any():
            worst = values[beyond].flat[0] if values.ndim else values
            raise InvalidInputError(
                f"must be {rule} {dimension.symbol} in magnitude",
                parameter=name,
                value=worst,
                shown=f"{worst:g} {dimension.symbol}",
                remedy=f"numbers without a unit are in {dimension.symbol}, others are written as "
                f"in {dimension.examples}",
            )
    return values


def has_oersted(unit: str) -> bool:
    """Whether a unit is of the field H, which is read as B in air: 1 Oe is 1 G."""
    return _OERSTED.search(unit) is not None


def refuse_large_prefix(called: str, unit: str) -> None:
    """Refuse MT, Ms, PeV and the like, which are slips of milli and pico."""
    slip = _SLIP.search(unit)
    if slip is not None:
        word, small, meant = _SLIPS[slip[1]]
        raise InvalidInputError(
            f"has the prefix {slip[1]}, {word}",
            parameter=called,
            remedy=f"write {small}{slip[2]} for {meant}, or a power of ten with {slip[2]} if "
            f"{word} is meant",
        )


def _convert(name: str, magnitude: Any, unit: str, dimension: Dimension) -> Any:
    registry = _registry()
    shown = f"{magnitude:g} {unit}" if np.ndim(magnitude) == 0 else f"a quantity in {unit}"
    refuse_large_prefix(f"{name} = {shown}", unit)
    try:
        if _TOWER.search(unit):
            raise ValueError(unit)
        quantity = registry.Quantity(np.asarray(magnitude, dtype=float), unit)
    except Exception as problem:
        raise InvalidInputError(
            f"has the unknown unit {unit!r}",
            parameter=name,
            remedy=f"give it as in {dimension.examples}",
        ) from problem
    if dimension.angular and _counts_cycles(quantity):
        raise InvalidInputError(
            f"= {shown} is in hertz, but an angular frequency is meant: multiply by 2π and give it "
            f"as in {dimension.examples}",
            parameter=name,
        )
    if dimension.unit == "hertz" and "radian" in f"{quantity.units:C}":
        raise InvalidInputError(
            f"= {shown} is an angular frequency, but cycles per second are meant: divide by 2π, as "
            f"in {dimension.examples}",
            parameter=name,
        )
    if dimension.energy and quantity.check("[energy]"):
        return quantity.to("joule").magnitude / HBAR
    if not quantity.check(registry.Quantity(1, dimension.unit).dimensionality):
        raise InvalidInputError(
            f"= {shown} has the wrong dimension",
            parameter=name,
            remedy=f"give it as in {dimension.examples}",
        )
    if dimension.angular and not _counts_radians(quantity):
        raise InvalidInputError(
            f"= {shown} has no radian and may be in hertz: multiply by 2π if it is, and give "
            f"rad/s, as in {dimension.examples}",
            parameter=name,
        )
    return quantity.to(dimension.unit).magnitude


def _counts_cycles(quantity: Any) -> bool:
    """Whether a unit counts events or cycles per second: pint takes them as rad/s and loses 2π."""
    units = f"{quantity.units:C}"
    return not quantity.check("[energy]") and any(
        unit in units for unit in ("hertz", "count", "becquerel", "curie")
    )


def _counts_radians(quantity: Any) -> bool:
    """Whether a unit has one angle in it, such as radian or turn; 1/s has none."""
    root = quantity.to_root_units().unit_items()
    return dict(root).get("radian") == 1


@lru_cache
def _registry() -> Any:
    """Our own registry, built at the first unit: pint is slower to import than a calculation."""
    import pint

    registry: Any = pint.UnitRegistry(preprocessors=[_spell])
    registry.define("laboratory_gauss = 1e-4 * tesla = lab_G")
    return registry


def _spell(unit: str) -> str:
    """Spell a unit as pint does: s-1, and gauss as 1e-4 T, for pint's gauss is the CGS unit."""
    unit = _POWER.sub(lambda m: f"{m[1] or m[3]}**{m[2] or m[4]}", unit)
    unit = _CAPITAL.sub(lambda m: m[0].lower(), unit)
    return _GAUSS.sub(
        lambda m: (
            f"{m['prefix'] or ''}lab_G" if m["symbol"] else f"{m['word'] or ''}laboratory_gauss"
        ),
        unit,
    )
