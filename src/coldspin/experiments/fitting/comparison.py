"""Whether the classical theory explains the data already."""

from dataclasses import dataclass, replace
from math import inf, isnan, log, nan
from typing import Any

from coldspin.experiments.fitting.fitting import fit
from coldspin.experiments.fitting.measurement import Measurement
from coldspin.experiments.fitting.result import Fit
from coldspin.experiments.fitting.variables import Free
from coldspin.experiments.models.model import Model, Parameter
from coldspin.experiments.models.sample import site_parameters, vary_site
from coldspin.sample.site import Site

_DECIDES = 10.0  # ΔAICc from which one theory has no support (Burnham and Anderson)
_LEAST = 1e-99  # probability below which only its smallness is said
_NOTHING = 2.0  # ΔAICc up to which both are as good


@dataclass(frozen=True)
class Comparison:
    """The fit against that of its classical limit.

    `delta_aicc` > 0 speaks for the full theory. `likelihood_ratio` is the fall of −2 ln L for
    `extra_parameters` more, `probability` that of a larger fall if the classical theory were true:
    by χ², which at the end of a parameter's range (τ_c → 0) is up to twice too large.
    """

    classical: Fit
    delta_aicc: float
    likelihood_ratio: float
    extra_parameters: int
    probability: float

    def sentence(self) -> str:
        """Say what follows."""
        numbers = [] if isnan(self.delta_aicc) else [f"ΔAICc = {self.delta_aicc:.3g}"]
        if self.extra_parameters > 0:
            chance = (
                f"P = {self.probability:.2g}" if self.probability > _LEAST else f"P < {_LEAST:g}"
            )
            numbers.append(
                f"likelihood ratio {self.likelihood_ratio:.3g} for {self.extra_parameters} more, "
                f"{chance}"
            )
        return f"{self._verdict()} ({'; '.join(numbers)})" if numbers else self._verdict()

    def _verdict(self) -> str:
        if self.classical is not None and not self.classical.converged:
            return f"no verdict on the classical theory: in its fit, {self.classical.trouble}"
        if isnan(self.delta_aicc):
            return "too few points to compare with the classical theory"
        if self.delta_aicc > _DECIDES:
            return "the classical theory does not explain the data"
        if self.delta_aicc > _NOTHING:
            return "the data prefer the full theory to the classical one, but do not decide"
        if self.delta_aicc >= -_NOTHING:
            return "the classical theory explains the data as well"
        return "the classical theory explains the data, and with fewer parameters"


def aicc(one: Fit, unseen: int = 0) -> float:
    """Akaike's criterion, corrected for few points.

    −2 ln L + 2p + 2p(p+1)/(n−p−1); infinite for n ≤ p + 1. p counts
    combinations of parameters that the data see, `Fit.rank`: two that enter only as their product
    are one. Where errors are unknown they count as one more. `unseen` points are each met by a
    parameter of its own.
    """
    n = one.problem.data.size + unseen
    count = one.rank + (not one.problem.errors_known) + unseen
    left = n - count - 1
    if left <= 0:
        return inf
    return minus_twice_log_likelihood(one) + 2 * count + 2 * count * (count + 1) / left


def minus_twice_log_likelihood(one: Fit) -> float:
    """χ², or n ln(χ²/n) where the errors are not known; but for a constant."""
    n = one.problem.data.size
    if one.problem.errors_known:
        return one.chi_square
    return n * log(one.chi_square / n) if one.chi_square > 0 else -inf


def compare(full: Fit) -> Comparison | None:
    """Fit the classical limit of every model to the same data.

    None where no model has one, or nothing is free in it. Raises InvalidInputError where that fit
    is not possible.
    """
    models = [_find_limit(full, number) for number in range(len(full.problem.measurements))]
    if all(model is None for model in models):
        return None
    both = zip(full.problem.measurements, models, strict=True)
    measurements = tuple(_replace_model(full, m, model) for m, model in both)
    known = {name: p for m in measurements for name, p in m.model.parameters.items()}
    fixed = {name: value for name, value in full.problem.fixed.items() if name in known}
    free = _free_parameters(full, measurements)
    if not free:
        return None
    null = fit(
        measurements,
        free,
        fixed=fixed,
        profile=False,
        attempts=full.attempts,
        robust=full.robust,
        seed=full.seed,
        time_limit=full.time_limit,
    )
    # expected values of parameters that the classical theory lacks are points of the full fit alone
    unseen = full.problem.data.size - null.problem.data.size
    extra = full.rank - null.rank - unseen
    ratio = minus_twice_log_likelihood(null) - minus_twice_log_likelihood(full)
    criterion = aicc(full)
    null_criterion = aicc(null, unseen)
    delta = nan if inf in (criterion, null_criterion) else null_criterion - criterion
    probability = nan
    if extra > 0:
        from scipy.special import chdtrc

        probability = float(chdtrc(extra, max(ratio, 0.0)))
    return Comparison(null, delta, ratio, extra, probability)


def _find_limit(full: Fit, number: int) -> Model | None:
    """The classical limit of the model of a measurement, its sample that of the best values."""
    model: Any = full.problem.measurements[number].model
    site = getattr(model, "site", None)
    if isinstance(site, Site):
        values = {name: parameter.start for name, parameter in site_parameters(site).items()}
        values |= full.problem.values(number, full.coordinates)
        model = replace(model, site=vary_site(site, values))
    limit: Model | None = model.classical()
    return limit


def _replace_model(full: Fit, m: Measurement, model: Model | None) -> Measurement:
    """The same data with another model, where there is one."""
    if model is None:
        return replace(m, private=())
    known = model.parameters
    fixed = {name: value for name, value in m.fixed.items() if name in known}
    private = []  # of other parameters the keys of `_free_parameters` say it
    for name, parameter in known.items():
        if not parameter.stands_for:
            continue
        role = _find_role(full, m, parameter)
        if role == "known":
            fixed[name] = parameter.start
        elif role == "own":
            private.append(name)
    return replace(m, model=model, fixed=fixed, private=tuple(private))


def _find_role(full: Fit, m: Measurement, parameter: Parameter) -> str:
    """Whether what stands for several parameters is a measurement's own, shared, or known."""
    names = set(parameter.stands_for)
    own = {v.parameter.name for v in full.problem.variables if v.measurement == m.name}
    shared = {v.parameter.name for v in full.problem.variables if not v.measurement}
    if names & own:
        return "own"
    if not names & (shared - m.fixed.keys()):
        return "known"
    return "own" if names & m.fixed.keys() else "shared"


def _free_parameters(full: Fit, measurements: tuple[Measurement, ...]) -> dict[str, Free]:
    """The same parameters where they exist, and those that stand for free ones which do not."""
    known = {name: p for m in measurements for name, p in m.model.parameters.items()}
    names = {v.parameter.name for v in full.problem.variables}
    free = {}
    for v in full.problem.variables:
        if v.parameter.name in known:
            expected, error = v.expected or (None, None)
            low = None if abs(v.low) == inf else v.low
            high = None if abs(v.high) == inf else v.high
            free[v.key] = Free(v.start, low, high, v.logarithmic, expected, error)
    for name, parameter in known.items():
        if names.intersection(parameter.stands_for):
            free[name] = Free()
    return free
