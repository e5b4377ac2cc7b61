"""One fit from one start, by lmfit."""

from collections.abc import Sequence
from inspect import Parameter, Signature
from typing import TYPE_CHECKING, Any

import numpy as np

from coldspin.arguments import Array
from coldspin.experiments.fitting.problem import Problem
from coldspin.experiments.fitting.variables import Variable

if TYPE_CHECKING:
    from lmfit.model import ModelResult

_TOLERANCE = 1e-14
_PROFILE_TOLERANCE = 1e-8  # of χ²: its square root enters
_FAR = 1e50  # standard errors off, where the model has no value
_NO_SLOPE = 1e-100  # in place of zero for all, of which the search would make a step of 0/0


def local_fit(problem: Problem, start: Array, *, robust: bool = False, evaluations: int | None = None) -> "ModelResult":
    """Least squares from `start` within the bounds, by trust regions; with a soft L1 loss if `robust`.

    The parameters of the result are the coordinates of the fit, ln p where `logarithmic`. Its covariance is that of
    the given errors, or scaled by the scatter of the data where there are none. After `evaluations` of the curves it is
    left where it is.
    """
    import lmfit

    names = [v.identifier for v in problem.variables]
    model = lmfit.Model(_curve(problem, names), independent_vars=["index"], name="coldspin")
    parameters = lmfit.Parameters()
    low, high = problem.bounds
    for name, z, least, most in zip(names, problem.departure(start), low, high, strict=True):
        parameters.add(name, value=float(z), min=float(least), max=float(most))
    options = _options(problem.variables, _TOLERANCE) | {"loss": "soft_l1" if robust else "linear"}
    options["Dfun"] = _derivative(problem, names, sign=-1)  # lmfit's residuals of a Model are data − curve
    with np.errstate(all="ignore"):
        return model.fit(
            problem.data,
            parameters,
            index=np.arange(problem.data.size),
            weights=problem.weights,
            method="least_squares",
            scale_covar=not problem.errors_known,
            nan_policy="raise",
            max_nfev=evaluations,
            fit_kws=options,
        )


def minimizer(problem: Problem, parameters: Any) -> Any:
    """Return what minimises the same sum over those of `parameters` that vary, without errors."""
    import lmfit

    names = [v.identifier for v in problem.variables]

    def residuals(parameters: Any) -> Array:
        found = problem.residuals(np.array([parameters[name].value for name in names]))
        return np.where(np.isfinite(found), found, _FAR)

    return lmfit.Minimizer(
        residuals,
        parameters,
        calc_covar=False,
        Dfun=_derivative(problem, names),
        **_options([v for v in problem.variables if parameters[v.identifier].vary], _PROFILE_TOLERANCE),
    )


def _options(variables: Sequence[Variable], tolerance: float) -> dict[str, Any]:
    """Of SciPy's least squares; its test of the gradient is left out, which depends on the unit of the data."""
    sizes = [v.size for v in variables]
    return {"xtol": _TOLERANCE, "ftol": tolerance, "gtol": None, "x_scale": sizes or 1.0}


def coordinates(problem: Problem, parameters: Any) -> Array:
    """Coordinates in the order of the variables."""
    return np.array([parameters[v.identifier].value for v in problem.variables])


def _curve(problem: Problem, names: list[str]) -> Any:
    def curve(index: Array, **values: float) -> Array:  # noqa: ARG001  # lmfit hands it over
        found = problem.predicted(np.array([values[name] for name in names]))
        return np.where(np.isfinite(found), found, problem.data + _FAR / problem.weights)

    arguments = [Parameter(name, Parameter.POSITIONAL_OR_KEYWORD) for name in ("index", *names)]
    curve.__signature__ = Signature(arguments)  # type: ignore[attr-defined]  # by which lmfit knows the parameters
    return curve


def _derivative(problem: Problem, names: list[str], *, sign: int = 1) -> Any:
    def derivative(parameters: Any, *_data: Any, **_index: Any) -> Array:
        varied = [i for i, name in enumerate(names) if parameters[name].vary]
        jacobian = problem.jacobian(np.array([parameters[name].value for name in names]))[:, varied]
        finite = np.where(np.isfinite(jacobian), jacobian, 0.0)
        return sign * (finite if finite.any() else np.full_like(finite, _NO_SLOPE))

    return derivative
