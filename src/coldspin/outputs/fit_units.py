"""Numbers of a fit: in a unit of their size, rounded where their uncertainty begins."""

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

# Of each dimension: symbol, size in SI, size from which the unit is taken.
_UNITS: Mapping[str, tuple[tuple[str, float, float], ...]] = {
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
_LONG = 4  # power of ten up to which zeros stand in place of unknown digits: "20000"
_MOST = 8  # digits of a value, however small its error
_RAISED = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")
_LOWERED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")


@dataclass(frozen=True)
class DisplayUnit:
    """A unit, its size in SI, and a power of ten that all numbers in it share.

    >>> time = choose_unit(9.449e-9, TIME)
    >>> time.with_error(9.449e-9, 0.302e-9), time.with_ends(9.449e-9, 9.16e-9, 9.76e-9)
    ('9.45 ± 0.30 ns', '9.45 +0.31 −0.29 ns')
    >>> time.between(9e-9, inf, 0.95)
    '> 9 ns (95%)'
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
        """Power and unit, for the heading of a column; empty for a pure number."""
        power = f"10{format_exponent(self.power)}" if self.power else ""
        return f"{power} {self.unit}".strip()

    def label(self, name: str) -> str:
        """Name or symbol with the unit, for an axis of a figure; exponents become mathtext."""
        unit = re.sub(
            "[⁰¹²³⁴⁵⁶⁷⁸⁹⁻]+",
            lambda match: f"$^{{{match[0].translate(_LOWERED)}}}$",
            self.unit.replace("$", r"\$"),
        )
        power = f"$10^{{{self.power}}}$" if self.power else ""
        heading = f"{power} {unit}".strip()
        return f"{name} ({heading})" if heading else name

    def number(self, value: float, digits: int = 4) -> str:
        """A value in SI as a number for a column whose heading has the unit."""
        return format_number(float(self.scaled(np.array(value))), digits)

    def value(self, value: float, digits: int = 4) -> str:
        """Value with its unit, and without an uncertainty."""
        if isnan(value):
            return format_number(value)
        return self._join(self.number(value, digits), several=False)

    def with_error(self, value: float, error: float) -> str:
        """Value ± standard error, rounded to two digits of the error."""
        return self.with_ends(value, value - error, value + error)

    def with_ends(self, value: float, low: float, high: float) -> str:
        """Value + … − …, rounded to two digits of the smaller error.

        ± where both are equal then, ∞ for no end.
        """
        best = float(self.scaled(np.array(value)))
        down = float(self.scaled(np.array(value - low)))
        up = float(self.scaled(np.array(high - value)))
        if not isfinite(best) or isnan(down) or isnan(up):
            return self.value(value)
        down = max(down, 0.0)
        up = max(up, 0.0)
        places = _decimal_places(best, [down, up])
        below = _round(down, places)
        above = _round(up, places)
        error = f"± {above}" if above == below else f"+{above} −{below}"
        if min(down, up) >= _LARGEST:
            places = None
        digits = _MOST if 0 < min(down, up) < inf else 4
        return self._join(f"{_round(best, places, digits)} {error}", several=True)

    def between(
        self,
        low: float,
        high: float,
        level: float | None = None,
        *,
        scale: bool = False,
        best: float | None = None,
    ) -> str:
        """Interval from its ends: "8.9 to 10.1 ns", "> 8.9 ns (95%)", "0 to ∞ ns".

        0 is no end of a scale. Each end has digits of its own, so many that it stays on its side of
        the `best` value.
        """
        has_low = low > (0.0 if scale else -inf)
        has_high = high < inf
        start = float(self.scaled(np.array(low)))
        end = float(self.scaled(np.array(high)))
        middle = nan if best is None else float(self.scaled(np.array(best)))
        if has_low and has_high:
            first = _format_end(start, [end - start, abs(start - middle)])
            last = _format_end(end, [end - start, abs(end - middle)])
            return self._join(f"{first} to {last}", several=True)
        if not has_low and not has_high:
            return f"{'0' if scale else '−∞'} to ∞"
        limit = start if has_low else end
        digits = _count_digits(limit, abs(limit - middle), 3)
        text = f"{'>' if has_low else '<'} {format_number(limit, digits)}"
        tail = f" ({100 * level:g}%)" if level else ""
        return self._join(text, several=False) + tail

    def _join(self, text: str, *, several: bool) -> str:
        """Text of one or `several` numbers with power and unit."""
        if self.power:
            sign = text[:2] if text.startswith(("> ", "< ")) else ""
            text = text.removeprefix(sign)
            text = f"{sign}({text})" if several else sign + text
            text += f" × 10{format_exponent(self.power)}"
        return f"{text} {self.unit}" if self.unit else text


def choose_unit(size: float, dimension: Dimension | None, unit: str | None = None) -> DisplayUnit:
    """Unit for numbers as large as `size` [SI]; fields in `unit` where that is given.

    0 and infinity have no size. Raises InvalidInputError for a `unit` that is none of a field.
    """
    size = abs(size) if isfinite(size) else 0.0
    symbol, one = _choose_symbol(size, dimension, unit)
    return DisplayUnit(symbol, one, _choose_power(size / one))


def choose_axis_unit(
    values: Array,
    axis: Axis,
    *,
    unit: str | None = None,
    measured: str = "",
    logarithmic: bool = False,
) -> DisplayUnit:
    """Unit for an axis by its largest value; on a logarithmic axis decimal, without a power.

    `unit` is that of fields, `measured` that of an axis for whatever was measured.
    """
    largest = float(np.abs(values[np.isfinite(values)]).max(initial=0.0))
    if axis.any_unit:
        display = DisplayUnit(measured, 1.0, _choose_power(largest))
    else:
        display = choose_unit(largest, axis.dimension, unit)
    if not logarithmic:
        return display
    return (
        DisplayUnit("s")
        if display.unit in ("min", "h")
        else DisplayUnit(display.unit, display.size)
    )


def choose_parameter_unit(fit: Fit, variable: Variable, unit: str | None = None) -> DisplayUnit:
    """Unit for a free parameter: by its best value, a larger error, or its only limit."""
    size = abs(fit.best[variable.key])
    open_below, open_above = open_ends(fit, variable)
    if fit.intervals and open_below != open_above:
        widest = fit.intervals[variable.key][-1]
        size = abs(widest.high if open_below else widest.low)
    elif not variable.logarithmic:
        deviation = float(fit.deviations[fit.problem.variables.index(variable)])
        if isfinite(deviation):
            size = max(size, deviation)
    return choose_unit(size, variable.parameter.dimension, unit)


def open_ends(fit: Fit, variable: Variable) -> tuple[bool, bool]:
    """Whether the widest interval lacks a lower, and an upper end; both without an interval."""
    if not fit.intervals:
        return True, True
    widest = fit.intervals[variable.key][-1]
    return widest.low <= (0.0 if variable.logarithmic else -inf), widest.high == inf


def format_result(fit: Fit, variable: Variable, unit: str | None = None) -> str:
    """Best value with its 68% interval, or what there is of it.

    A 95% limit where there is one alone, "not determined" where there is none; the 95% interval
    where the data leave open more than a factor of e to both sides. Without intervals of the
    profile, the best value with the standard deviation; the best value alone where the search did
    not converge.
    """
    display = choose_parameter_unit(fit, variable, unit)
    best = fit.best[variable.key]
    if not fit.converged:
        return f"{format_best_value(fit, variable, unit)}, not converged"
    if not fit.intervals:
        deviation = float(fit.deviations[fit.problem.variables.index(variable)])
        return format_deviation(display, best, deviation, scale=variable.logarithmic)
    inner = fit.intervals[variable.key][0]
    outer = fit.intervals[variable.key][-1]
    open_below, open_above = open_ends(fit, variable)
    if open_below and open_above:
        return "not determined"
    interval = format_interval(display, outer, variable, unit, best=best)
    text = f"{interval} ({100 * outer.level:g}%)"
    if outer.low_is_bound or outer.high_is_bound:
        bound = variable.low if open_below else variable.high
        end = choose_unit(bound, variable.parameter.dimension, unit).value(bound)
        return f"{text} {'up' if open_above else 'down'} to its bound {end}"
    loose = variable.logarithmic and inner.high > _LOOSE * inner.low
    if open_below or open_above or loose:
        return text
    return display.with_ends(best, inner.low, inner.high)


def format_interval(
    display: DisplayUnit,
    interval: Interval,
    variable: Variable,
    unit: str | None = None,
    *,
    best: float | None = None,
) -> str:
    """Interval about the `best` value; over many decades each end in a unit of its own."""
    low = interval.low
    high = interval.high
    if variable.logarithmic and 0 < low < high < inf and high > _WIDE * low:
        ends = []
        for end in (low, high):
            digits = _count_digits(end, nan if best is None else abs(end - best), 3)
            ends.append(choose_unit(end, variable.parameter.dimension, unit).value(end, digits))
        return " to ".join(ends)
    return display.between(low, high, scale=variable.logarithmic, best=best)


def format_best_value(fit: Fit, variable: Variable, unit: str | None = None) -> str:
    """Best value, with so many digits that it stays between the ends of its intervals."""
    best = fit.best[variable.key]
    distances = []
    for interval in fit.intervals[variable.key] if fit.intervals else ():
        distances += [abs(end - best) for end in (interval.low, interval.high) if end != best]
    digits = _count_digits(best, min(distances, default=nan), 4)
    return choose_unit(best, variable.parameter.dimension, unit).value(best, digits)


def format_bounds(variable: Variable, unit: str | None = None) -> str:
    """Bounds of a parameter in a search, as "0 to 1", "> 0" or "none"."""
    low = variable.low
    high = variable.high
    size = max(abs(end) for end in (low, high, 0.0) if isfinite(end))
    display = choose_unit(size, variable.parameter.dimension, unit)
    if isfinite(low) and isfinite(high):
        return f"{display.number(low)} to {display.value(high)}"
    if isfinite(low):
        return f"> {display.value(low)}"
    return f"< {display.value(high)}" if isfinite(high) else "none"


def format_deviation(display: DisplayUnit, value: float, deviation: float, *, scale: bool) -> str:
    """Value with the standard deviation of its coordinate; a large one of ln p as a factor."""
    if not isfinite(deviation):
        return f"{display.value(value)}, not determined"
    if not scale:
        return display.with_error(value, deviation)
    if deviation < _LINEAR:
        return display.with_error(value, value * deviation)
    return f"{display.value(value, 3)} ×/÷ {format_number(exp(min(deviation, 700.0)), 2)}"


def format_standard_deviation(display: DisplayUnit, deviation: float, *, scale: bool) -> str:
    """Standard deviation of a coordinate: with its unit, or of ln p as a share or a factor of p."""
    if not isfinite(deviation):
        return "∞"
    if not scale:
        return display.value(deviation, 2)
    if deviation < _LINEAR:
        return f"{format_number(100 * deviation, 2)}%"
    return f"factor {format_number(exp(min(deviation, 700.0)), 2)}"


def format_number(value: float, digits: int = 4) -> str:
    """A number as people write it, large and small ones by a power of ten.

    >>> format_number(-1.23456e-5, 3), format_number(19840, 2), format_number(1.984e6)
    ('−1.23 × 10⁻⁵', '20000', '1.984 × 10⁶')
    >>> format_number(-inf)
    '−∞'
    """
    if isnan(value):
        return "unknown"
    if not isfinite(value):
        return "∞" if value > 0 else "−∞"
    text = f"{value + 0.0:.{digits}g}"
    mantissa, _, exponent = text.partition("e")
    if exponent and 0 < int(exponent) <= _LONG:
        mantissa = f"{float(text):.0f}"
        exponent = ""
    mantissa = "0" if mantissa == "-0" else mantissa.replace("-", "−")
    return f"{mantissa} × 10{format_exponent(int(exponent))}" if exponent else mantissa


def format_exponent(power: float) -> str:
    """An exponent in raised digits; after ^ where it is not whole."""
    if power == int(power):
        return f"{int(power)}".translate(_RAISED)
    return f"^{power:g}".replace("-", "−")


def si_symbol(dimension: Dimension | None, power: float = 1.0) -> str:
    """SI unit of a dimension to a power: "rad/s/T", "s", "T⁻²"; nothing for a pure number."""
    if dimension is None or not power:
        return ""
    unit = dimension.unit
    if unit.startswith("1 / ") and "*" not in unit:
        symbol = _SYMBOLS.get(unit[4:], unit[4:])
        power = -power
    else:
        symbol = re.sub(r" \*\* (\d)", lambda match: format_exponent(int(match[1])), unit)
        symbol = symbol.replace(" / ", "/")
        symbol = re.sub("[a-z]+", lambda match: _SYMBOLS.get(match[0], match[0]), symbol)
        if power != 1 and not symbol.isalpha():
            symbol = f"({symbol})"
    return symbol if power == 1 else symbol + format_exponent(power)


def _choose_symbol(size: float, dimension: Dimension | None, unit: str | None) -> tuple[str, float]:
    """Symbol and size in SI of the unit for numbers as large as `size`."""
    if dimension is None:
        return "", 1.0
    if dimension == FIELD and unit is not None:
        symbol = re.sub("^u(?=[TG])", "µ", "G" if unit == "gauss" else unit)
        return symbol, float(si("unit", f"1 {unit}", FIELD))
    if dimension.unit not in _UNITS:
        return si_symbol(dimension), 1.0
    units = _UNITS[dimension.unit]
    if size == 0:
        return next((symbol, one) for symbol, one, _ in units if one == 1.0)
    rounded = float(f"{size:.3e}")
    return next((symbol, one) for symbol, one, least in units if rounded >= least)


def _choose_power(size: float) -> int:
    return 0 if size == 0 or _PLAIN[0] <= size < _PLAIN[1] else floor(log10(size))


def _decimal_places(value: float, errors: list[float]) -> int | None:
    """Places after the point of two digits of the smallest error; None for too many digits."""
    finite = [error for error in errors if 0 < error < inf]
    if not finite:
        return None
    places = 1 - _exponent(min(finite))
    return None if value and places + _exponent(value) >= _MOST else places


def _exponent(value: float) -> int:
    """Power of ten of a number that is rounded to two digits."""
    return int(f"{value:.1e}".split("e")[1])


def _round(value: float, places: int | None, digits: int = 2) -> str:
    """As many places as the error has digits, or a few digits where it has none, or too many."""
    if places is None or not isfinite(value) or abs(value) >= _LARGEST:
        return format_number(value, digits)
    text = f"{value:.{places}f}" if places > 0 else f"{round(value, places):.0f}"
    return (text if float(text) else text.lstrip("-")).replace("-", "−")


def _format_end(value: float, distances: list[float]) -> str:
    """One end of an interval, to two digits of the smallest of itself and its distances.

    The distances are those to the other end and to the best value.
    """
    if value == 0 or not distances[0] > 0:
        return "0.0" if distances[0] > 0 else format_number(value)
    places = max(1 - _exponent(size) for size in (abs(value), *distances) if size > 0)
    if places + _exponent(value) >= _MOST or abs(value) >= _LARGEST:
        return format_number(value, _MOST)
    if places > _MOST:
        return format_number(value, places + _exponent(value) + 1)
    return _round(value, places)


def _count_digits(value: float, distance: float, least: int) -> int:
    """Digits, `least` or more, that keep the rounding below a twentieth of a distance."""
    if not 0 < distance < inf or not value:
        return least
    return min(_MOST, max(least, _exponent(abs(value)) - _exponent(distance) + 2))
