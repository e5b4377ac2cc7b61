"""One fit from one start, by lmfit."""

from collections.abc import Callable, Sequence
from inspect import Parameter, Signature
from typing import TYPE_CHECKING, Any

import numpy as np

from coldspin.arguments import Array
from coldspin.experiments.fitting.problem import Problem
from coldspin.experiments.fitting.variables import Variable
from coldspin.experiments.fitting.watch import Watch

if TYPE_CHECKING:
    from lmfit.model import ModelResult

_TOLERANCE = 1e-14
_PROFILE_TOLERANCE = 1e-8  # of χ²: its square root enters
_FAR = 1e50  # standard errors off, where the model has no value or a larger one
_STEEP = 1e75  # of a derivative: products of two are numbers
_NO_SLOPE = 1e-100  # in place of zero for all, of which the search would make a step of 0/0
_LONGEST = 200  # evaluations a variable after which a search ends
_STILL = 1e-6  # share of χ² by which it fell in the second half of them, where such a search has converged
_PROFILE_LONGEST = 40  # likewise at each step of a profile


def local_fit(
    problem: Problem,
    start: Array,
    *,
    robust: bool = False,
    evaluations: int | None = None,
    watch: Watch | None = None,
) -> "ModelResult":
    """Least squares from `start` within the bounds, by trust regions; with a soft L1 loss if `robust`.

    The parameters of the result are the coordinates of the fit, ln p where `logarithmic`. Its
    covariance is that of the given errors, or scaled by the scatter of the data where there are
    none. After `evaluations` of the curves it is left at the best place it has seen, `aborted` and
    without `success`. When not given, that is after 200 a variable, and with `success` if χ² did
    not fall any more in the second half of these, as where a parameter runs away.
    """
    import lmfit

    names = [v.identifier for v in problem.variables]
    own = Watch(robust=robust)
    watches = (own,) if watch is None else (own, watch)
    model = lmfit.Model(
        _curve(problem, names, watches), independent_vars=["index"], name="coldspin"
    )
    parameters = lmfit.Parameters()
    low, high = problem.bounds
    for name, z, least, most in zip(names, problem.departure(start), low, high, strict=True):
        parameters.add(name, value=float(z), min=float(least), max=float(most))
    options = _options(problem.variables, _TOLERANCE) | {"loss": "soft_l1" if robust else "linear"}
    options["Dfun"] = _derivative(
        problem, names, sign=-1
    )  # lmfit's residuals of a Model are data − curve
    with np.errstate(all="ignore"):
        result = model.fit(
            problem.data,
            parameters,
            index=np.arange(problem.data.size),
            weights=problem.weights,
            method="least_squares",
            scale_covar=not problem.errors_known,
            nan_policy="raise",
            max_nfev=_LONGEST * (1 + len(names)) if evaluations is None else evaluations,
            fit_kws=options,
        )
    if not result.success and own.coordinates is not None:
        whole = (
            evaluations is None or not result.aborted
        )  # SciPy gives up steps of length 0 without `aborted`
        _place(result, problem, own.coordinates)
        if whole:
            scale = max(own.loss, 1.0) if problem.errors_known else own.loss
            result.success = own.losses[len(own.losses) // 2] - own.loss <= _STILL * scale
            result.aborted = not result.success
    return result


def unfinished(problem: Problem, place: Array, *, robust: bool) -> "ModelResult":
    """A result without `success` at a place, for a search that was ended before it came to a minimum."""
    result = local_fit(problem, place, robust=robust, evaluations=1)
    _place(result, problem, place)
    return result


def _place(result: "ModelResult", problem: Problem, place: Array) -> None:
    """Move a result that is no minimum to a place, with its residuals there."""
    for variable, z in zip(problem.variables, place, strict=True):
        result.params[variable.identifier].value = float(z)
    result.residual = -_limited(problem, place)
    result.chisqr = float(np.sum(result.residual**2))
    result.success = False


def searcher(problem: Problem, parameters: Any, watch: Watch) -> Callable[[Any], Array]:
    """Return what minimises the same sum, without errors, over those of `parameters` that vary: to coordinates."""
    import lmfit

    names = [v.identifier for v in problem.variables]
    own = Watch()

    def residuals(parameters: Any) -> Array:
        z = np.array([parameters[name].value for name in names])
        watch.check()
        limited = _limited(problem, z)
        own.see(z, limited)
        watch.see(z, limited)
        return limited

    varied = [v for v in problem.variables if parameters[v.identifier].vary]
    least = lmfit.Minimizer(
        residuals,
        parameters,
        calc_covar=False,
        Dfun=_derivative(problem, names),
        max_nfev=_PROFILE_LONGEST * (1 + len(varied)),
        **_options(varied, _PROFILE_TOLERANCE),
    )

    def search(parameters: Any) -> Array:
        own.loss, own.coordinates = np.inf, None
        try:
            result = least.least_squares(parameters)
        except ValueError:  # arithmetic beyond double precision on the way
            result = None
        if result is None or result.aborted:
            start = coordinates(problem, parameters)
            return start if own.coordinates is None else own.coordinates
        return coordinates(problem, result.params)

    return search


def _options(variables: Sequence[Variable], tolerance: float) -> dict[str, Any]:
    """Of SciPy's least squares; its test of the gradient is left out, which depends on the unit of the data."""
    sizes = [v.size for v in variables]
    return {"xtol": _TOLERANCE, "ftol": tolerance, "gtol": None, "x_scale": sizes or 1.0}


def coordinates(problem: Problem, parameters: Any) -> Array:
    """Coordinates in the order of the variables."""
    return np.array([parameters[v.identifier].value for v in problem.variables])


def _limited(problem: Problem, place: Array) -> Array:
    """Residuals of which no square overflows, far off where the model has no value."""
    residuals = problem.residuals(place)
    return np.where(np.abs(residuals) <= _FAR, residuals, np.where(residuals < 0, -_FAR, _FAR))


def _curve(problem: Problem, names: list[str], watches: Sequence[Watch]) -> Any:
    def curve(index: Array, **values: float) -> Array:  # noqa: ARG001  # lmfit hands it over
        z = np.array([values[name] for name in names])
        for watch in watches:
            watch.check()
        found = problem.predicted(z)
        residuals = (found - problem.data) * problem.weights
        far = ~(np.abs(residuals) <= _FAR)
        residuals[far] = np.where(residuals[far] < 0, -_FAR, _FAR)
        for watch in watches:
            watch.see(z, residuals)
        return np.where(far, problem.data + residuals / problem.weights, found)

    arguments = [Parameter(name, Parameter.POSITIONAL_OR_KEYWORD) for name in ("index", *names)]
    curve.__signature__ = Signature(arguments)  # type: ignore[attr-defined]  # by which lmfit knows the parameters
    return curve


def _derivative(problem: Problem, names: list[str], *, sign: int = 1) -> Any:
    def derivative(parameters: Any, *_data: Any, **_index: Any) -> Array:
        varied = [i for i, name in enumerate(names) if parameters[name].vary]
        jacobian = problem.jacobian(np.array([parameters[name].value for name in names]))[:, varied]
        finite = np.where(np.isfinite(jacobian), np.clip(jacobian, -_STEEP, _STEEP), 0.0)
        return sign * (finite if finite.any() else np.full_like(finite, _NO_SLOPE))

    return derivative
