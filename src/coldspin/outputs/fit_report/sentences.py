"""What is said of a fit, in sentences: what is determined, what is not, and what is doubtful."""

from math import isnan, sqrt

import numpy as np

from coldspin.experiments.fitting import Combination, Findings, Fit
from coldspin.experiments.models.sample import unverified_constants
from coldspin.outputs.fit_report.wording import shown_probability, typeset, variable_name
from coldspin.outputs.fit_units import (
    axis_display,
    headline,
    number,
    raised,
    si_symbol,
)

_KINDS = {
    "determined": "Determined",
    "lower limit only": "Only a limit",
    "upper limit only": "Only a limit",
    "at its bound": "At a bound",
    "not determined": "Not determined",
    "not converged": "Not converged: the best values so far",
}


def summary(findings: Findings, unit: str | None = None) -> list[tuple[str, list[str]]]:
    """What the data say, in sentences under headings: parameters by verdict, products, the classical theory, χ²."""
    fit = findings.fit
    groups: dict[str, list[str]] = {}
    for variable, verdict in zip(fit.problem.variables, findings.verdicts, strict=True):
        value = headline(fit, variable, unit)
        if verdict.kind == "not determined":
            reason = verdict.reason
            said = f"{variable_name(variable)}: {reason}" + (
                f"; {value}" if value != verdict.kind else ""
            )
        else:
            sign = "" if value.startswith((">", "<")) else "= "
            said = f"{variable_name(variable)} {sign}{value}"
        groups.setdefault(_KINDS.get(verdict.kind, verdict.kind.capitalize()), []).append(said)
    order = [*dict.fromkeys(_KINDS.values()), *groups]
    found = [(heading, groups[heading]) for heading in dict.fromkeys(order) if heading in groups]
    if findings.combinations:
        found.append(
            ("Determined only as products", [product(fit, c) for c in findings.combinations])
        )
    if findings.comparison:
        found.append(("Classical theory", [_on_the_classical(findings)]))
    found.append(("Curve and data", [_agreement(findings, unit)]))
    unverified = unverified_constants(m.model for m in fit.problem.measurements)
    return [*found, ("Recalled, not verified", [unverified])] if unverified else found


def product(fit: Fit, combination: Combination) -> str:
    """A product of powers with its value: "filling · nuclei⁻¹ = 2.3 × 10⁻⁷ ± 2.1%"."""
    known = {v.key: v.parameter.dimension for v in fit.problem.variables}
    powers = " · ".join(
        key if e == 1 else key + raised(e) for key, e in combination.exponents.items()
    )
    total: dict[str, float] = {}
    for key, e in combination.exponents.items():
        symbol = si_symbol(known[key])
        total[symbol] = total.get(symbol, 0.0) + e
    units = [
        symbol if e == 1 else symbol + raised(e) for symbol, e in total.items() if symbol and e
    ]
    value = " ".join([number(combination.value), *(["·".join(units)] if units else [])])
    return f"{powers} = {value} ± {number(100 * combination.relative_error, 2)}%"


def doubts(findings: Findings) -> list[str]:
    """Doubts of the findings, and what the search and the samples say against them."""
    found = [typeset(str(doubt)) for doubt in findings.doubts]
    if findings.posterior and not findings.posterior.converged:
        found.append(findings.posterior.sentence())
    if findings.bootstrap and findings.bootstrap.failures:
        found.append(
            f"{findings.bootstrap.failures} fits of the bootstrap failed, and its intervals may be "
            f"too narrow"
        )
    return found


def lead(fit: Fit) -> str:
    """How much was fitted, and by how much."""
    count, points = len(fit.problem.measurements), sum(m.y.size for m in fit.problem.measurements)
    free = len(fit.problem.variables)
    return (
        f"{points} points in {count} measurement{'s' if count > 1 else ''}, "
        f"{free} free parameter{'s' if free > 1 else ''}."
    )


def _on_the_classical(findings: Findings) -> str:
    comparison = findings.comparison
    if comparison is None or isnan(comparison.delta_aicc):
        return "There are too few points to compare this theory with the classical one."
    text = typeset(comparison.sentence().replace("P = 0)", "P < 1e-300)"))
    return f"{text[0].upper()}{text[1:]}."


def _agreement(findings: Findings, unit: str | None) -> str:
    fit = findings.fit
    if not fit.problem.errors_known:
        m, scatter = fit.problem.measurements[0], sqrt(fit.variance_factor)
        axis = m.model.axes[1]
        shown = axis_display(np.array([scatter]), axis, unit=unit, measured=m.unit).value(
            scatter, 3
        )
        return f"No errors were given: the scatter of the data about the curve, {shown}, counts as that of each point."
    text = f"χ² = {number(fit.chi_square, 4)} for {fit.degrees_of_freedom} degrees of freedom"
    if not fit.degrees_of_freedom:
        return f"{text}: the curve has as many parameters as there are points."
    chance = shown_probability(findings.goodness)
    return f"{text}; if model and errors are right, a larger one has the probability {chance}."
