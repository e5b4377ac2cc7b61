"""Numbers of a fit as a physicist reads them: in a unit of their size, rounded where their uncertainty begins."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from math import exp, floor, inf, isfinite, isnan, log10, nan

import numpy as np

from coldspin.arguments import Array
from coldspin.experiments.fitting import Fit, Interval
from coldspin.experiments.fitting.variables import Variable
from coldspin.experiments.models import Axis
from coldspin.quantities import FIELD, INVERSE_ENERGY, RATE, TEMPERATURE, TIME, Dimension, si

_UNITS: Mapping[
    str, tuple[tuple[str, float, float], ...]
] = {  # symbol, size in SI, size from which it is taken
    TIME.unit: (
        ("h", 3600.0, 7200.0),
        ("min", 60.0, 600.0),
        ("s", 1.0, 1.0),
        ("ms", 1e-3, 1e-3),
        ("µs", 1e-6, 1e-6),
        ("ns", 1e-9, 1e-9),
        ("ps", 1e-12, 0.0),
    ),
    FIELD.unit: (("T", 1.0, 1.0), ("mT", 1e-3, 1e-3), ("G", 1e-4, 0.0)),
    TEMPERATURE.unit: (("K", 1.0, 1.0), ("mK", 1e-3, 1e-3), ("µK", 1e-6, 1e-6), ("nK", 1e-9, 0.0)),
    RATE.unit: (("s⁻¹", 1.0, 0.0),),
    INVERSE_ENERGY.unit: (("J⁻¹", 1.0, 0.0),),
}
_SYMBOLS = {
    "radian": "rad",
    "second": "s",
    "hertz": "Hz",
    "meter": "m",
    "joule": "J",
    "tesla": "T",
    "kelvin": "K",
}
_PLAIN = (1e-3, 1e4)  # sizes that are written without a power of ten
_LOOSE = exp(2.0)  # ratio of the ends of a 68% interval beyond which a scale is not determined
_WIDE = 100.0  # ratio of the ends of an interval beyond which one unit does not suit both
_LINEAR = 0.3  # deviation of ln p up to which it is as good as a relative error
_LARGEST = 1e7  # beyond it, an error is written by a power of ten
_LONG = 4  # power of ten up to which a number is written without it, zeros in place of digits that are not known
_MOST = 8  # digits of a value, however small its error
_RAISED = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")
_LOWERED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")


@dataclass(frozen=True)
class DisplayUnit:
    """A unit, what one of it is in SI, and a power of ten that all numbers in it share.

    >>> time = choose_unit(9.449e-9, TIME)
    >>> time.with_error(9.449e-9, 0.302e-9), time.with_ends(9.449e-9, 9.16e-9, 9.76e-9), time.between(9e-9, inf, 0.95)
    ('9.45 ± 0.30 ns', '9.45 +0.31 −0.29 ns', '> 9 ns (95%)')
    """

    unit: str = ""
    size: float = 1.0
    power: int = 0

    def scaled(self, value: Array) -> Array:
        """Values in SI as numbers of this unit and power, for a figure."""
        result: Array = np.asarray(value, dtype=float) / (self.size * 10.0**self.power)
        return result

    @property
    def heading(self) -> str:
        """Power and unit, for the head of a column; empty for a pure number."""
        return " ".join(
            part
            for part in (f"10{format_exponent(self.power)}" if self.power else "", self.unit)
            if part
        )

    def label(self, name: str) -> str:
        """Name or symbol with the unit, for an axis of a figure, in which raised digits become mathtext."""
        unit = re.sub(
            "[⁰¹²³⁴⁵⁶⁷⁸⁹⁻]+",
            lambda m: f"$^{{{m[0].translate(_LOWERED)}}}$",
            self.unit.replace("$", r"\$"),
        )
        parts = [f"$10^{{{self.power}}}$"] if self.power else []
        shown = " ".join([*parts, *([unit] if unit else [])])
        return f"{name} ({shown})" if shown else name

    def number(self, value: float, digits: int = 4) -> str:
        """A value in SI as a number for a column whose heading has the unit."""
        return format_number(float(self.scaled(np.array(value))), digits)

    def value(self, value: float, digits: int = 4) -> str:
        """Value with its unit, and without an uncertainty."""
        if isnan(value):
            return format_number(value)
        return self._joined(self.number(value, digits), several=False)

    def with_error(self, value: float, error: float) -> str:
        """Value ± standard error, rounded to two digits of the error."""
        return self.with_ends(value, value - error, value + error)

    def with_ends(self, value: float, low: float, high: float) -> str:
        """Value + … − …, rounded to two digits of the smaller of both; ± where they are equal then, ∞ for no end."""
        best, down, up = (
            float(self.scaled(np.array(one))) for one in (value, value - low, high - value)
        )
        if not isfinite(best) or isnan(down) or isnan(up):
            return self.value(value)
        places = _places(best, [max(down, 0.0), max(up, 0.0)])
        below, above = (_rounded(max(size, 0.0), places) for size in (down, up))
        error = f"± {above}" if above == below else f"+{above} −{below}"
        if places is not None and min(down, up) >= _LARGEST:
            places = None
        digits = _MOST if 0 < min(down, up) < inf else 4
        return self._joined(f"{_rounded(best, places, digits)} {error}", several=True)

    def between(
        self,
        low: float,
        high: float,
        level: float | None = None,
        *,
        scale: bool = False,
        best: float | None = None,
    ) -> str:
        """Interval from its ends: "8.9 to 10.1 ns", "> 8.9 ns (95%)", "0 to ∞ ns"; 0 is no end of a scale.

        Each end has digits of its own, so many that it stays on its side of the `best` value.
        """
        tail = f" ({100 * level:g}%)" if level else ""
        below, above = low > (0.0 if scale else -inf), high < inf
        ends = [float(self.scaled(np.array(end))) for end in (low, high)]
        middle = nan if best is None else float(self.scaled(np.array(best)))
        if below and above:
            first, last = (_end(end, [ends[1] - ends[0], abs(end - middle)]) for end in ends)
            return self._joined(f"{first} to {last}", several=True)
        if below or above:
            end = ends[0] if below else ends[1]
            limit = (
                f"{'>' if below else '<'} {format_number(end, _digits(end, abs(end - middle), 3))}"
            )
            return self._joined(limit, several=False) + tail
        return f"{'0' if scale else '−∞'} to ∞"

    def _joined(self, text: str, *, several: bool) -> str:
        if self.power:
            sign, text = (text[:2], text[2:]) if text[:2] in ("> ", "< ") else ("", text)
            text = f"{sign}({text})" if several else sign + text
            text += f" × 10{format_exponent(self.power)}"
        return f"{text} {self.unit}" if self.unit else text


def choose_unit(size: float, dimension: Dimension | None, unit: str | None = None) -> DisplayUnit:
    """Unit for numbers as large as `size` [SI]; fields in `unit` where that is given. 0 and infinity have none.

    Raises InvalidInputError for a `unit` that is none of a field.
    """
    size = abs(size) if isfinite(size) else 0.0
    symbol, one = _unit(size, dimension, unit)
    return DisplayUnit(symbol, one, _power(size / one))


def choose_axis_unit(
    values: Array,
    axis: Axis,
    *,
    unit: str | None = None,
    measured: str = "",
    logarithmic: bool = False,
) -> DisplayUnit:
    """Unit for an axis by the largest of its values; on a logarithmic axis a decimal one, without a power.

    `unit` is that of fields, `measured` that of an axis for whatever was measured.
    """
    largest = float(np.abs(values[np.isfinite(values)]).max(initial=0.0))
    found = (
        DisplayUnit(measured, 1.0, _power(largest))
        if axis.any_unit
        else choose_unit(largest, axis.dimension, unit)
    )
    if not logarithmic:
        return found
    return DisplayUnit("s") if found.unit in ("min", "h") else DisplayUnit(found.unit, found.size)


def choose_parameter_unit(fit: Fit, variable: Variable, unit: str | None = None) -> DisplayUnit:
    """Unit for a free parameter: by its best value, its error if that is larger, or the one limit that there is."""
    size = abs(fit.best[variable.key])
    low, high = open_ends(fit, variable)
    if fit.intervals and low != high:
        outer = fit.intervals[variable.key][-1]
        size = abs(outer.high if low else outer.low)
    elif not variable.logarithmic:
        deviation = float(fit.deviations[fit.problem.variables.index(variable)])
        size = max(size, deviation if isfinite(deviation) else 0.0)
    return choose_unit(size, variable.parameter.dimension, unit)


def open_ends(fit: Fit, variable: Variable) -> tuple[bool, bool]:
    """Whether the widest interval has no lower, and no upper end; so it is where no interval was asked for."""
    if not fit.intervals:
        return True, True
    outer = fit.intervals[variable.key][-1]
    return outer.low <= (0.0 if variable.logarithmic else -inf), outer.high == inf


def format_result(fit: Fit, variable: Variable, unit: str | None = None) -> str:
    """Best value with its 68% interval; the 95% limit where there is one alone; "not determined" where there is none.

    Where the data leave open more than a factor of e to both sides, the 95% interval. Without
    intervals of the profile, the best value with the standard deviation; the best value alone where
    the search did not converge.
    """
    shown, best = choose_parameter_unit(fit, variable, unit), fit.best[variable.key]
    if not fit.converged:
        return f"{format_best_value(fit, variable, unit)}, not converged"
    if not fit.intervals:
        deviation = float(fit.deviations[fit.problem.variables.index(variable)])
        return format_deviation(shown, best, deviation, scale=variable.logarithmic)
    inner, outer = fit.intervals[variable.key][0], fit.intervals[variable.key][-1]
    low, high = open_ends(fit, variable)
    if low and high:
        return "not determined"
    text = f"{format_interval(shown, outer, variable, unit, best=best)} ({100 * outer.level:g}%)"
    if outer.low_is_bound or outer.high_is_bound:
        bound = variable.low if low else variable.high
        end = choose_unit(bound, variable.parameter.dimension, unit).value(bound)
        return f"{text} up to its bound {end}" if high else f"{text} down to its bound {end}"
    if low or high or (variable.logarithmic and inner.high > _LOOSE * inner.low):
        return text
    return shown.with_ends(best, inner.low, inner.high)


def format_interval(
    shown: DisplayUnit,
    interval: Interval,
    variable: Variable,
    unit: str | None = None,
    *,
    best: float | None = None,
) -> str:
    """Interval of a parameter about its `best` value; over many decades each end in a unit of its own."""
    low, high = interval.low, interval.high
    if variable.logarithmic and 0 < low < high < inf and high > _WIDE * low:
        ends = []
        for end in (low, high):
            digits = _digits(end, nan if best is None else abs(end - best), 3)
            ends.append(choose_unit(end, variable.parameter.dimension, unit).value(end, digits))
        return " to ".join(ends)
    return shown.between(low, high, scale=variable.logarithmic, best=best)


def format_best_value(fit: Fit, variable: Variable, unit: str | None = None) -> str:
    """Best value of a parameter, with so many digits that it stays between the ends of its intervals."""
    best = fit.best[variable.key]
    intervals = fit.intervals[variable.key] if fit.intervals else ()
    distances = [abs(end - best) for one in intervals for end in (one.low, one.high) if end != best]
    digits = _digits(best, min(distances, default=nan), 4)
    return choose_unit(best, variable.parameter.dimension, unit).value(best, digits)


def format_bounds(variable: Variable, unit: str | None = None) -> str:
    """Bounds of a parameter in a search, as "0 to 1", "> 0" or "none"."""
    low, high = variable.low, variable.high
    shown = choose_unit(
        max(abs(end) for end in (low, high, 0.0) if isfinite(end)),
        variable.parameter.dimension,
        unit,
    )
    if isfinite(low) and isfinite(high):
        return f"{shown.number(low)} to {shown.value(high)}"
    if isfinite(low) or isfinite(high):
        return f"> {shown.value(low)}" if isfinite(low) else f"< {shown.value(high)}"
    return "none"


def format_deviation(shown: DisplayUnit, value: float, deviation: float, *, scale: bool) -> str:
    """Value with the standard deviation of its coordinate; of ln p as a factor where it is large."""
    if not isfinite(deviation):
        return f"{shown.value(value)}, not determined"
    if not scale:
        return shown.with_error(value, deviation)
    if deviation < _LINEAR:
        return shown.with_error(value, value * deviation)
    return f"{shown.value(value, 3)} ×/÷ {format_number(exp(min(deviation, 700.0)), 2)}"


def format_standard_deviation(shown: DisplayUnit, deviation: float, *, scale: bool) -> str:
    """Standard deviation of a coordinate: with its unit, or of ln p as a share or a factor of p."""
    if not isfinite(deviation):
        return "∞"
    if not scale:
        return shown.value(deviation, 2)
    if deviation < _LINEAR:
        return f"{format_number(100 * deviation, 2)}%"
    return f"factor {format_number(exp(min(deviation, 700.0)), 2)}"


def format_number(value: float, digits: int = 4) -> str:
    """A number with so many digits, large and small ones by a power of ten: "0.0123", "1.2 × 10⁻⁵", "−∞".

    >>> format_number(-1.23456e-5, 3), format_number(19840, 2), format_number(1.984e6), format_number(-inf)
    ('−1.23 × 10⁻⁵', '20000', '1.984 × 10⁶', '−∞')
    """
    if isnan(value):
        return "unknown"
    if not isfinite(value):
        return "∞" if value > 0 else "−∞"
    text = f"{value + 0.0:.{digits}g}"
    exponent = text.partition("e")[2]
    return _exponential(f"{float(text):.0f}" if exponent and 0 < int(exponent) <= _LONG else text)


def format_exponent(power: float) -> str:
    """An exponent in raised digits; after ^ where it is not whole."""
    if power == int(power):
        return f"{int(power)}".translate(_RAISED)
    return f"^{power:g}".replace("-", "−")


def si_symbol(dimension: Dimension | None, power: float = 1.0) -> str:
    """SI unit of a dimension to a power: "rad/s/T", "s", "T⁻²"; nothing for a pure number."""
    if dimension is None or not power:
        return ""
    if dimension.unit.startswith("1 / ") and "*" not in dimension.unit:
        return _to_the(_SYMBOLS.get(dimension.unit[4:], dimension.unit[4:]), -power)
    symbol = re.sub(r" \*\* (\d)", lambda m: format_exponent(int(m[1])), dimension.unit).replace(
        " / ", "/"
    )
    symbol = re.sub("[a-z]+", lambda m: _SYMBOLS.get(m[0], m[0]), symbol)
    return _to_the(symbol if symbol.isalpha() or power == 1 else f"({symbol})", power)


def _to_the(symbol: str, power: float) -> str:
    return symbol if power == 1 else symbol + format_exponent(power)


def _unit(size: float, dimension: Dimension | None, unit: str | None) -> tuple[str, float]:
    if dimension is None:
        return "", 1.0
    if dimension == FIELD and unit is not None:
        symbol = re.sub("^u(?=[TG])", "µ", "G" if unit == "gauss" else unit)
        return symbol, float(si("unit", f"1 {unit}", FIELD))
    if dimension.unit not in _UNITS:
        return si_symbol(dimension), 1.0
    known = _UNITS[dimension.unit]
    if size == 0:
        return next((symbol, one) for symbol, one, _ in known if one == 1.0)
    rounded = float(f"{size:.3e}")
    return next((symbol, one) for symbol, one, least in known if rounded >= least)


def _power(size: float) -> int:
    return 0 if size == 0 or _PLAIN[0] <= size < _PLAIN[1] else floor(log10(size))


def _places(value: float, errors: list[float]) -> int | None:
    """Places after the point of two digits of the smallest error; None where `value` would have too many digits."""
    known = [error for error in errors if 0 < error < inf]
    if not known:
        return None
    places = 1 - _exponent(min(known))
    return None if value and places + _exponent(value) >= _MOST else places


def _exponent(value: float) -> int:
    """Power of ten of a number that is rounded to two digits."""
    return int(f"{value:.1e}".split("e")[1])


def _rounded(value: float, places: int | None, digits: int = 2) -> str:
    """As many places as the error has digits, or a few digits where it has none, or too many."""
    if places is None or not isfinite(value) or abs(value) >= _LARGEST:
        return format_number(value, digits)
    text = f"{value:.{places}f}" if places > 0 else f"{round(value, places):.0f}"
    return (text if float(text) else text.lstrip("-")).replace("-", "−")


def _end(value: float, distances: list[float]) -> str:
    """One end of an interval: two digits of its own, or of its distance from the other or the best value if finer."""
    if value == 0 or not distances[0] > 0:
        return "0.0" if distances[0] > 0 else format_number(value)
    places = max(1 - _exponent(size) for size in (abs(value), *distances) if size > 0)
    if places + _exponent(value) >= _MOST or abs(value) >= _LARGEST:
        return format_number(value, _MOST)
    if places > _MOST:
        return format_number(value, places + _exponent(value) + 1)
    return _rounded(value, places)


def _digits(value: float, distance: float, least: int) -> int:
    """So many digits of a value that its rounding is below a twentieth of a distance; `least` where that is less."""
    if not 0 < distance < inf or not value:
        return least
    return min(_MOST, max(least, _exponent(abs(value)) - _exponent(distance) + 2))


def _exponential(text: str) -> str:
    """Python's notation of a number as people write it."""
    mantissa, _, exponent = text.replace("-", "−").partition("e")
    if mantissa == "−0":
        mantissa = "0"
    return (
        f"{mantissa} × 10{format_exponent(int(exponent.replace('−', '-')))}"
        if exponent
        else mantissa
    )
