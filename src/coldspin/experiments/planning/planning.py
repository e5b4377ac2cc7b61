"""`plan`: where to measure, how well that determines each parameter, how far to trust it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import inf
from typing import TYPE_CHECKING, Any

import numpy as np

from coldspin.arguments import Array, keywords_checked
from coldspin.exceptions import InvalidInputError
from coldspin.experiments.fitting.problem import Progress
from coldspin.experiments.fitting.variables import Variable
from coldspin.experiments.models.model import Model
from coldspin.experiments.models.sample import unverified_constants
from coldspin.experiments.planning.designs import build_criterion, choose_counts, find_shares
from coldspin.experiments.planning.outlook import (
    Candidates,
    Outlook,
    build_outlook,
    check_points,
    find_targets,
    read_places,
    refuse_blind,
)
from coldspin.wording import listed

if TYPE_CHECKING:
    import xarray as xr

_KNOWN = 1.0  # deviation of ln p from which a parameter is not known within a factor of e
_FACTORS = (0.5, 2.0)
_SHARE = 1e-6  # of the points below which a candidate does not belong to the ideal design


@dataclass(frozen=True)
class Shift:
    """What the same points give where one parameter is off by a factor: deviations by key."""

    key: str
    factor: float
    deviations: Mapping[str, float]
    uniform_deviations: Mapping[str, float]


@dataclass(frozen=True)
class Plan:
    """Points to measure and the standard deviations that a fit of them will have.

    `x` in rising order with repeats, `y` and `error` what the curve and its standard error will be
    there [SI, or the unit of measurement]. `deviations` by key, of ln p (the relative error) where
    the fit varies ln p, of p [SI] otherwise, infinite where undetermined; `uniform_deviations`
    those of as many points spread evenly over the candidates, `uniform_x`. `target` are the keys
    for which the points are best. `efficiency` compares with the best of all designs, (det C/det
    C_best)^(1/s): it is at least so large, by the equivalence theorem. `ideal` are places and
    shares of the points, if shares need not be whole. `robustness` evaluates the same points, where
    the plan's expectations, for which alone it is the best, are wrong by a factor of 2.
    """

    variables: tuple[Variable, ...]
    target: tuple[str, ...]
    x: Array
    y: Array
    error: Array
    deviations: Mapping[str, float]
    uniform_x: Array
    uniform_deviations: Mapping[str, float]
    efficiency: float
    ideal: tuple[tuple[float, float], ...]
    robustness: tuple[Shift, ...]

    def table(self) -> tuple[tuple[float, int], ...]:
        """Places and how often to measure at each."""
        places, repeats = np.unique(self.x, return_counts=True)
        return tuple((float(x), int(n)) for x, n in zip(places, repeats, strict=True))

    @property
    def criterion(self) -> str:
        """What the points make best, in words."""
        variables = [v for v in self.variables if v.key in self.target]
        names = listed([f"ln {v.key}" if v.logarithmic else v.key for v in variables])
        if len(self.target) == len(self.variables):
            return f"D-optimal: smallest volume of the confidence region of {names}"
        if len(self.target) == 1:
            return f"smallest variance of {names}, all other free parameters unknown"
        return (
            f"D_s-optimal: smallest volume of the confidence region of {names}, all other free "
            "parameters unknown"
        )

    @property
    def gain(self) -> dict[str, float]:
        """Deviation with even points over that with the plan.

        Its square is how many times more points even ones take. NaN where both leave the parameter undetermined.
        """
        own = np.array(list(self.deviations.values()))
        even = np.array(list(self.uniform_deviations.values()))
        with np.errstate(invalid="ignore"):
            return dict(zip(self.deviations, (even / own).tolist(), strict=True))

    def worst(self, key: str) -> float:
        """Largest deviation of one parameter, as expected or with any one off by the factor."""
        return max([self.deviations[key], *(shift.deviations[key] for shift in self.robustness)])

    def doubts(self) -> tuple[str, ...]:
        """Sentences on what the plan will not tell."""
        sentences = []
        for v in self.variables:
            deviation = self.deviations[v.key]
            if deviation == inf:
                sentences.append(
                    f"{v.key}: the plan leaves it undetermined, being made for "
                    f"{listed(list(self.target))}"
                )
            elif v.key in self.target and v.logarithmic and deviation > _KNOWN:
                sentences.append(
                    f"{v.key}: will not be known within a factor of e (deviation of its logarithm "
                    f"{deviation:.2g}); measure more points, or with smaller errors"
                )
        return tuple(sentences)


@keywords_checked
def plan(
    model: Model,
    candidates: Any,
    points: int,
    free: Mapping[str, Any] | Sequence[str],
    *,
    error: Any,
    fixed: Mapping[str, Any] | None = None,
    target: str | Sequence[str] | None = None,
    existing: Any = None,
    progress: Progress | None = None,
) -> Plan:
    r"""Choose where to measure to determine parameters best, given about what they are.

    The volume of the confidence region of the wanted parameters is made as small as it can be,

    .. math:: \det C^{-1} \to \min,\qquad C^{-1} = \left[\left(M_0+\sum_x \sigma^{-2}(x)\,
              \nabla_z y\,\nabla_z y^T\right)^{-1}\right]_{tt},

    z the coordinates of the fit (ln p for a scale), t those wanted, M_0 what is known already
    (Fedorov 1972). A curve that is not linear in z has its best places where the values p are: the
    plan is as good as they are, and :attr:`Plan.robustness` says what becomes of it where they are
    wrong. Plan, measure some, fit, plan the rest.

    Parameters
    ----------
    model : Model
        The curve that will be measured.
    candidates : array_like, quantity or str
        Abscissae that can be set, in SI or with units; a range as "0:50:201 G".
    points : int
        Measurements to be made; several may be at one place.
    free, fixed : mapping
        What the fit will vary, with the values that are expected, and values of what it will not,
        as in :func:`fit`. Without a value the model's own is expected. Knowledge from elsewhere
        (`Free.expected`) counts.
    error : number, str, quantity, or list of them
        Standard error of a point: absolute, or a share of the curve as in "5 %"; of a list, both in
        quadrature.
    target : str or sequence of str, optional
        Free parameters that are wanted, the others being unknown too but not wanted; all when not
        given.
    existing : Measurement, sequence of Measurement, or array_like, optional
        Data that the fit will contain as well, or abscissae where the same curve has been measured
        with the same error.
    progress : callable, optional
        Called with what is being done and the share of it that is done.

    Returns
    -------
    Plan

    Raises
    ------
    InvalidInputError
        For bad or too few points, unknown names, an error of 0, and where no candidate determines
        what is wanted.

    Examples
    --------
    >>> from coldspin.experiments.models import Decay
    >>> best = plan(Decay(), "0:40:81 s", 4, {"amplitude": 1, "relaxation_time": "10 s"}, error=0.01)
    >>> best.table(), round(best.efficiency, 6)
    (((0.0, 2), (10.0, 2)), 1.0)
    """
    tell = progress or (lambda _what, _share: None)
    places = np.unique(read_places(candidates, model.axes[0]))
    outlook = build_outlook(model, places, free, error=error, fixed=fixed or {}, existing=existing)
    problem = outlook.problem
    wanted = find_targets(target, problem.variables)
    check_points(points, outlook)
    tell("slopes", 0.0)
    slopes = Candidates.of(outlook, places)
    refuse_blind(slopes.undetermined(), problem.variables, wanted, model.axes[0].name)
    criterion = build_criterion(slopes.rows, slopes.known, wanted, points)
    tell("designs", 0.0)
    continuous = find_shares(criterion)
    counts = choose_counts(criterion, continuous)
    index = np.repeat(np.arange(places.size), counts.astype(int))
    even = np.round(np.linspace(0, places.size - 1, index.size)).astype(int)
    x = places[index]
    y = problem.curve(0, problem.start, x)
    ideal = []
    for place, share in zip(places.tolist(), continuous.shares.tolist(), strict=True):
        if share > _SHARE:
            ideal.append((place, share))
    return Plan(
        variables=problem.variables,
        target=tuple(problem.variables[i].key for i in wanted),
        x=x,
        y=y,
        error=outlook.rule.at(x, y, model.axes),
        deviations=slopes.deviations(index),
        uniform_x=places[even],
        uniform_deviations=slopes.deviations(even),
        efficiency=criterion.efficiency(counts, continuous.bound),
        ideal=tuple(ideal),
        robustness=tuple(_shift_values(outlook, x, places[even], tell)),
    )


def _shift_values(outlook: Outlook, x: Array, even: Array, tell: Progress) -> Iterator[Shift]:
    """One shift for each free parameter and factor, where that stays in its domain."""
    problem = outlook.problem
    for i, v in enumerate(problem.variables):
        for n, factor in enumerate(_FACTORS):
            tell("robustness", (i + n / len(_FACTORS)) / len(problem.variables))
            value = v.start * factor
            if v.start and v.low <= value <= v.high:
                coordinates = problem.start.copy()
                coordinates[i] = v.coordinate(value)
                own = _deviations_at(outlook, coordinates, x)
                yield Shift(v.key, factor, own, _deviations_at(outlook, coordinates, even))
    tell("robustness", 1.0)


def _deviations_at(outlook: Outlook, coordinates: Array, x: Array) -> dict[str, float]:
    """Deviations with other values, infinite where the curve has none with them."""
    try:
        rows = np.concatenate([outlook.rows(coordinates, x), outlook.known(coordinates)])
    except InvalidInputError:
        return {v.key: inf for v in outlook.problem.variables}
    return outlook.deviations(coordinates, rows)


def plan_dataset(plan: Plan, model: Model) -> "xr.Dataset":
    """Points, each as often as it is measured, with the expected curve and its error [SI]."""
    import xarray as xr

    along, across = model.axes
    units = [axis.dimension.symbol if axis.dimension else "1" for axis in (along, across)]
    columns = {
        across.name: (
            along.name,
            plan.y,
            {"units": units[1], "long_name": f"expected {across.name}"},
        ),
        "error": (
            along.name,
            plan.error,
            {"units": units[1], "long_name": "standard error of a point"},
        ),
    }
    data = xr.Dataset(
        columns, {along.name: (along.name, plan.x, {"units": units[0], "long_name": along.name})}
    )
    deviations = {f"deviation_{key}": value for key, value in plan.deviations.items()}
    about = {
        "criterion": plan.criterion,
        "efficiency": plan.efficiency,
        "unverified": unverified_constants([model]),
    }
    return data.assign_attrs(about | deviations)
