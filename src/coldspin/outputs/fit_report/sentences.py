"""What a fit says, in sentences: what is determined, what is not, and what is doubtful."""

import re
from math import isnan, sqrt

import numpy as np

from coldspin.experiments.fitting import Combination, Findings, Fit
from coldspin.experiments.fitting.variables import Variable
from coldspin.experiments.models.sample import unverified_constants
from coldspin.outputs.fit_units import (
    choose_axis_unit,
    format_exponent,
    format_number,
    format_result,
    si_symbol,
)

_HEADINGS = {
    "determined": "Determined",
    "lower limit only": "Only a limit",
    "upper limit only": "Only a limit",
    "at its bound": "At a bound",
    "not determined": "Not determined",
    "not converged": "Not converged: the best values so far",
}


def lead(fit: Fit) -> str:
    """How many points, measurements and free parameters a fit has."""
    count = len(fit.problem.measurements)
    points = sum(m.y.size for m in fit.problem.measurements)
    free = len(fit.problem.variables)
    return (
        f"{points} points in {count} measurement{'s' if count > 1 else ''}, "
        f"{free} free parameter{'s' if free > 1 else ''}."
    )


def summary(findings: Findings, unit: str | None = None) -> list[tuple[str, list[str]]]:
    """What the data say, under headings.

    Parameters by verdict come first, then products of parameters, the classical theory, χ².
    """
    fit = findings.fit
    verdicts: dict[str, list[str]] = {heading: [] for heading in _HEADINGS.values()}
    for variable, verdict in zip(fit.problem.variables, findings.verdicts, strict=True):
        value = format_result(fit, variable, unit)
        name = variable_name(variable)
        if verdict.kind == "not determined":
            sentence = f"{name}: {verdict.reason}"
            if value != verdict.kind:
                sentence += f"; {value}"
        else:
            sign = "" if value.startswith((">", "<")) else "= "
            sentence = f"{name} {sign}{value}"
        heading = _HEADINGS.get(verdict.kind, verdict.kind.capitalize())
        verdicts.setdefault(heading, []).append(sentence)
    sections = [(heading, lines) for heading, lines in verdicts.items() if lines]
    if findings.combinations:
        products = [product(fit, combination) for combination in findings.combinations]
        sections.append(("Determined only as products", products))
    if findings.comparison:
        sections.append(("Classical theory", [_compare_with_classical(findings)]))
    sections.append(("Curve and data", [_judge_scatter(findings, unit)]))
    unverified = unverified_constants(m.model for m in fit.problem.measurements)
    if unverified:
        sections.append(("Recalled, not verified", [unverified]))
    return sections


def summary_lines(findings: Findings) -> list[str]:
    """What the data say in lines for a terminal, without the values of the parameters."""
    fit = findings.fit
    scatter = f"χ² = {fit.chi_square:.4g} for {fit.degrees_of_freedom} degrees of freedom"
    if not fit.problem.errors_known:
        scatter += "; the errors are unknown and taken from the scatter"
    lines = [f"{scatter}; {fit.agreeing} of {fit.attempts} starts came to this minimum."]
    lines += [f"{v.key}: {v.sentence}." for v in findings.verdicts if v.kind != "determined"]
    lines += [f"Determined together: {product(fit, c)}." for c in findings.combinations]
    if findings.comparison:
        lines.append(f"{findings.comparison.sentence()}.")
    if findings.bootstrap:
        samples = len(findings.bootstrap.samples)
        lines.append(f"bootstrap: {samples} samples, {findings.bootstrap.failures} failed.")
    if findings.posterior:
        lines.append(f"{findings.posterior.sentence()}.")
    lines += [f"Doubtful: {doubt}." for doubt in findings.doubts]
    return lines


def doubts(findings: Findings) -> list[str]:
    """Doubts of the findings, and of the samples of posterior and bootstrap."""
    sentences = [format_numbers(str(doubt)) for doubt in findings.doubts]
    if findings.posterior and not findings.posterior.converged:
        sentences.append(findings.posterior.sentence())
    if findings.bootstrap and findings.bootstrap.failures:
        sentences.append(
            f"{findings.bootstrap.failures} fits of the bootstrap failed, and its intervals may be "
            "too narrow"
        )
    return sentences


def product(fit: Fit, combination: Combination) -> str:
    """A product of powers with its value: "filling · nuclei⁻¹ = 2.3 × 10⁻⁷ ± 2.1%"."""
    dimensions = {v.key: v.parameter.dimension for v in fit.problem.variables}
    factors = []
    exponents: dict[str, float] = {}  # of each unit
    for key, exponent in combination.exponents.items():
        factors.append(_power(key, exponent))
        symbol = si_symbol(dimensions[key])
        exponents[symbol] = exponents.get(symbol, 0.0) + exponent
    units = [_power(symbol, e) for symbol, e in exponents.items() if symbol and e]
    value = format_number(combination.value)
    if units:
        value = f"{value} {'·'.join(units)}"
    error = format_number(100 * combination.relative_error, 2)
    return f"{' · '.join(factors)} = {value} ± {error}%"


def _power(base: str, exponent: float) -> str:
    return base if exponent == 1 else base + format_exponent(exponent)


def _compare_with_classical(findings: Findings) -> str:
    comparison = findings.comparison
    if comparison is None or isnan(comparison.delta_aicc):
        return "There are too few points to compare this theory with the classical one."
    text = format_numbers(comparison.sentence())
    return f"{text[0].upper()}{text[1:]}."


def _judge_scatter(findings: Findings, unit: str | None) -> str:
    fit = findings.fit
    if not fit.problem.errors_known:
        measurement = fit.problem.measurements[0]
        scatter = sqrt(fit.variance_factor)
        axis = measurement.model.axes[1]
        display = choose_axis_unit(np.array([scatter]), axis, unit=unit, measured=measurement.unit)
        return (
            f"No errors were given: the scatter of the data about the curve, "
            f"{display.value(scatter, 3)}, counts as that of each point."
        )
    text = (
        f"χ² = {format_number(fit.chi_square, 4)} for {fit.degrees_of_freedom} degrees of freedom"
    )
    if not fit.degrees_of_freedom:
        return f"{text}: the curve has as many parameters as there are points."
    chance = format_probability(findings.goodness)
    return f"{text}; if model and errors are right, a larger one has the probability {chance}."


def variable_name(variable: Variable) -> str:
    """Meaning of a parameter, with the measurement that it belongs to."""
    meaning = variable.parameter.meaning
    return f"{meaning} of {variable.measurement}" if variable.measurement else meaning


def format_heading(name: str, unit: str) -> str:
    """Heading of a column with its unit."""
    return f"{name} ({unit})" if unit else name


def format_probability(value: float) -> str:
    """A probability, however small."""
    return "below 10⁻³⁰⁰" if value < 1e-300 else format_number(value, 2)


def format_numbers(text: str) -> str:
    """Numbers in a sentence as people write them: "1.2e-05" becomes "1.2 × 10⁻⁵"."""
    pattern = r"(?<![\w.-])\d+(?:\.\d+)?e[+-]\d+\b"
    return re.sub(pattern, lambda match: format_number(float(match[0]), 3), text)


def split_subscripts(text: str) -> list[str]:
    """Split "correlation time τ_c" at its subscripts: every second part is a subscript.

    Powers of ten stay on one line with their number.
    """
    text = text.replace(" × 10", "\u00a0×\u00a010")
    # A subscript is one character after "_" behind one letter, or behind a letter with a tilde.
    return re.split(r"(?:(?<=(?<!\w)\w)|(?<=\u0303))_(\w)\b", text)
