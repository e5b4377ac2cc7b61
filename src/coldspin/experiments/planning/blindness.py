"""What no point of a plan can determine, said by the names of the parameters."""

from collections.abc import Sequence

import numpy as np

from coldspin.arguments import Array
from coldspin.exceptions import InvalidInputError
from coldspin.experiments.fitting.directions import blind, echelon, null_space
from coldspin.experiments.fitting.problem import Variable
from coldspin.wording import listed

_PART = 0.05  # share of a direction below which a parameter does not belong to it


def refuse_blind(
    directions: Array, variables: Sequence[Variable], wanted: list[int], axis: str
) -> None:
    """Raise InvalidInputError where a wanted parameter can be changed along undetermined directions."""
    if not len(directions) or not blind(directions)[wanted].any():
        return
    rows = np.array([row for row in echelon(directions) if blind(row[None])[wanted].any()])
    groups = _groups(rows)
    told = " or ".join(_told(group, variables) for group in groups)
    alone = len(groups) == len(rows) == 1 and np.count_nonzero(np.abs(rows) > _PART) == 1
    fix = "it" if alone else f"{len(rows)} of them" if len(rows) > 1 else "one of them"
    raise InvalidInputError(
        f"no {axis} among the candidates determines {told}",
        remedy=f"fix {fix}, or give an expected value",
    )


def _groups(rows: Array) -> list[Array]:
    """Directions together that have parameters in common."""
    groups: list[Array] = []
    for row in rows:
        apart = [g for g in groups if not np.any((np.abs(g) > _PART) & (np.abs(row) > _PART))]
        joined = [g for g in groups if not any(g is other for other in apart)]
        groups = [*apart, np.concatenate([*joined, row[None]])]
    return groups


def _told(rows: Array, variables: Sequence[Variable]) -> str:
    """Name the parameters of some directions, and the products of powers of them that do not change along any."""
    members = [i for i, share in enumerate(np.max(np.abs(rows), axis=0)) if share > _PART]
    names = [variables[i].key for i in members]
    if len(names) == 1:
        return f"{names[0]}, on which the curve does not depend"
    if not all(variables[i].logarithmic for i in members):
        return f"{listed(names)} apart"
    products = [_product(names, powers) for powers in echelon(null_space(rows[:, members]))]
    return f"{listed(names)}, only {listed(products)}"


def _product(names: list[str], powers: Array) -> str:
    return " · ".join(
        name if power == 1 else f"{name}^{power:g}"
        for name, power in zip(names, powers, strict=True)
        if power
    )
