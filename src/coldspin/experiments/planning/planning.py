"""`plan`: a model and what is expected of its parameters in, the places to measure and how well they will do out."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from math import inf
from typing import Any

import numpy as np

from coldspin.arguments import Array, keywords_checked
from coldspin.exceptions import InvalidInputError
from coldspin.experiments.fitting.problem import Progress
from coldspin.experiments.models.model import Model
from coldspin.experiments.planning.blindness import refuse_blind
from coldspin.experiments.planning.criterion import criterion
from coldspin.experiments.planning.exchange import best_counts
from coldspin.experiments.planning.ideal import Ideal, ideal
from coldspin.experiments.planning.local import Candidates, Outlook
from coldspin.experiments.planning.plans import Plan, Shift
from coldspin.experiments.planning.setting import axis_of, checked_points, outlook_of, wanted_of

_FACTORS = (0.5, 2.0)
_SHARE = 1e-6  # of the points below which a candidate does not belong to the ideal design


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
    r"""Choose the places of measurements that will determine parameters best, if these are about as expected.

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
        Told what is being done and the share of it that is.

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
    places = np.unique(axis_of(candidates, model.axes[0]))
    outlook = outlook_of(model, places, free, (error, fixed or {}, existing))
    wanted = wanted_of(target, outlook.put.variables)
    checked_points(points, outlook)
    tell("slopes", 0.0)
    seen = Candidates.of(outlook, places)
    refuse_blind(seen.undetermined(), outlook.put.variables, wanted, model.axes[0].name)
    measure = criterion(seen.rows, seen.known, wanted, points)
    tell("designs", 0.0)
    continuous = ideal(measure)
    counts = best_counts(measure, continuous)
    found = _described(
        seen, counts, wanted, continuous, measure.efficiency(counts, continuous.bound)
    )
    return replace(found, robustness=tuple(_shifts(outlook, found.x, found.uniform_x, tell)))


def _described(
    seen: Candidates, counts: Array, wanted: list[int], continuous: Ideal, efficiency: float
) -> Plan:
    """What follows from the counts, but for the robustness."""
    put, places = seen.outlook.put, seen.x
    chosen = np.repeat(np.arange(places.size), counts.astype(int))
    even = np.round(np.linspace(0, places.size - 1, chosen.size)).astype(int)
    y = put.curve(0, put.start, places[chosen])
    return Plan(
        variables=put.variables,
        target=tuple(put.variables[i].key for i in wanted),
        x=places[chosen],
        y=y,
        error=seen.outlook.rule.at(places[chosen], y, put.measurements[0].model.axes),
        deviations=seen.deviations(chosen),
        uniform_x=places[even],
        uniform_deviations=seen.deviations(even),
        efficiency=efficiency,
        ideal=tuple(
            (float(x), float(share))
            for x, share in zip(places, continuous.shares, strict=True)
            if share > _SHARE
        ),
        robustness=(),
    )


def _shifts(outlook: Outlook, x: Array, even: Array, tell: Progress) -> Iterator[Shift]:
    """One for each free parameter and factor, but where that leads out of its domain."""
    put = outlook.put
    for i, v in enumerate(put.variables):
        for n, factor in enumerate(_FACTORS):
            tell("robustness", (i + n / len(_FACTORS)) / len(put.variables))
            value = v.start * factor
            if v.start and v.low <= value <= v.high:
                moved = put.start.copy()
                moved[i] = v.coordinate(value)
                yield Shift(
                    v.key, factor, *(_elsewhere(outlook, moved, places) for places in (x, even))
                )
    tell("robustness", 1.0)


def _elsewhere(outlook: Outlook, coordinates: Array, x: Array) -> dict[str, float]:
    """Deviations with other values, infinite where the curve has none with them."""
    try:
        rows = np.concatenate([outlook.rows(coordinates, x), outlook.known(coordinates)])
    except InvalidInputError:
        return {v.key: inf for v in outlook.put.variables}
    return outlook.deviations(coordinates, rows)
