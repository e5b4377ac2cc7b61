"""Convergence of (S38) and the semiclassical Φ to the exact Φ with N; Fig. S1 exactly."""

import warnings
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import ArrayLike

from coldspin.arguments import Array, finite, positive
from coldspin.exceptions import InvalidInputError, ValidityWarning
from coldspin.heating import ClosedForm, Method, Multiplets, Semiclassical
from coldspin.precession import effective_nuclei, lorentzian_average
from coldspin.thermodynamics.spin_temperature import heating_field_squared, inverse_spin_temperature

_FIELDS = np.geomspace(0.5, 300.0, 40)  # B/B̃_L, six a factor e, for Fig. S1
_FINER = 64  # points between two of them


def deviation(
    b: ArrayLike,
    nuclei: ArrayLike,
    *,
    angle: float | None = None,
    k: float | None = None,
    zeeman_share: ArrayLike = 0.0,
    tolerance: float = 1e-9,
) -> xr.Dataset:
    r"""Φ by three methods against the number of nuclei N of spin 1/2, at fixed x or at fixed k.

    .. math:: x = a\tau_c/\hbar = k/\sqrt N,\qquad b = \Omega_BT_{2,e}^*,\qquad \omega_B = \pm|\text{share}|\,\omega_e,
              \qquad \omega_e = a/2\hbar

    Give either `angle` = x or `k` = τ_c/T2e*. `b`, `nuclei` and `zeeman_share` = ω_B/ω_e (signed)
    become dimensions. `exact` is by Multiplets(BalancedLattice()), `semiclassical` by
    Semiclassical, both to the relative `tolerance`; `closed_form` is (S38), which ignores ω_B.
    `semiclassical_error` and `closed_form_error` are exact/method − 1. Raises InvalidInputError
    unless one of `angle` and `k` is given.
    """
    if (angle is None) == (k is None):
        raise InvalidInputError(f"give either angle or k, not angle = {angle!r} and k = {k!r}")
    groups = {"b": b, "nuclei": nuclei, "zeeman_share": zeeman_share}
    fields, number, share = (np.atleast_1d(finite(name, values)) for name, values in groups.items())
    root = np.sqrt(effective_nuclei(number, 0.5))
    time = np.full(number.shape, k, dtype=np.float64) if angle is None else angle * root
    frequency = share[:, None, None] / (2 * root)
    dims = ("zeeman_share", "b", "nuclei")
    methods: dict[str, Method] = {
        "exact": Multiplets(tolerance=tolerance),
        "semiclassical": Semiclassical(max(tolerance, 1e-12)),
        "closed_form": ClosedForm(),
    }
    values = {
        name: _heating(m, fields[:, None], time, number, frequency) for name, m in methods.items()
    }
    errors = {
        f"{name}_error": values["exact"] / values[name] - 1
        for name in ("semiclassical", "closed_form")
    }
    names = {
        **dict.fromkeys(values, "heating coefficient"),
        **dict.fromkeys(errors, "exact heating coefficient over this one, minus 1"),
    }
    data = {
        name: (dims, v, {"long_name": names[name], "units": "1"})
        for name, v in (values | errors).items()
    }
    axes = {"zeeman_share": share, "b": fields, "nuclei": number}
    return xr.Dataset(data, {**axes, "k": ("nuclei", time), "angle": ("nuclei", time / root)})


def measured_exponent(data: xr.Dataset) -> xr.DataArray:
    """p of |exact/semiclassical − 1| ∝ N^−p, a straight line through the logarithms of :func:`deviation`."""
    error = np.log(np.abs(data.semiclassical_error))
    number = np.log(data.nuclei)
    slope: xr.DataArray = xr.cov(error, number, "nuclei") / number.var("nuclei", ddof=1)
    return (-slope).rename("exponent").assign_attrs(long_name="exponent of 1/N", units="1")


def two_powers(data: xr.Dataset) -> xr.Dataset:
    """The coefficients A and C of Φ_exact − Φ_semiclassical = A/N + C/N^(3/4), by least squares in N times that.

    The second term belongs to ω_B = 0, fixed x and fields b ~ 1; see the page on convergence for
    what causes it.
    """
    scaled = ((data.exact - data.semiclassical) * data.nuclei).transpose(..., "nuclei")
    root = data.nuclei.values**0.25
    design = np.stack([np.ones_like(root), root], axis=1)
    values = scaled.values
    fit = np.linalg.lstsq(design, values.reshape(-1, root.size).T, rcond=None)[0]
    shape = values.shape[:-1]
    dims = scaled.dims[:-1]
    return xr.Dataset(
        {name: (dims, row.reshape(shape)) for name, row in zip("AC", fit, strict=True)}
    ).assign_coords({name: data[name] for name in dims})


def complete_rotation(
    b: ArrayLike, angle: ArrayLike, nuclei: int, *, tolerance: float = 1e-8
) -> xr.Dataset:
    """The slow part of Φ, Φ − ⟨1/(1+Ω_e²τ_c²)⟩, times x², along x = `angle` and `b`, at ω_B = 0, by three methods.

    4/5 by (S35); 24/25 for x → ∞ where the nuclei turn about two axes. With it `closed_form_error`,
    exact/(S38) − 1.
    """
    fields = np.atleast_1d(finite("b", b))
    x = np.atleast_1d(positive("angle", angle))
    k = x * np.sqrt(effective_nuclei(nuclei, 0.5))
    methods: dict[str, Method] = {
        "exact": Multiplets(tolerance=tolerance),
        "semiclassical": Semiclassical(tolerance),
        "closed_form": ClosedForm(),
    }
    total = {
        name: _heating(m, fields[:, None], k, float(nuclei), 0.0) for name, m in methods.items()
    }
    fast = np.asarray(lorentzian_average(fields[:, None], k))
    data: dict[str, Any] = {
        name: (("b", "angle"), (value - fast) * x**2) for name, value in total.items()
    }
    data["closed_form_error"] = (("b", "angle"), total["exact"] / total["closed_form"] - 1)
    return xr.Dataset(data, {"b": fields, "angle": x})


def exact_optimum(
    k: ArrayLike, nuclei: int, *, fluctuation_ratio: float = 100.0, method: Method | None = None
) -> xr.Dataset:
    """B_0/B̃_L and β_max/β_0 of (6) against τ_c/T2e* at ω_B = 0, Φ and T1e both by `method`: Fig. S1 exactly.

    `method` is Multiplets(tolerance=1e-6) unless given; `fluctuation_ratio` = Δ_B/B̃_L. ln β is
    computed on 40 fields from 0.5 to 300 B̃_L, all correlation times of a field at once, and its
    largest value is that of the cubic spline in ln B through them (errors 1e-4 in B_0, 5e-6 in
    β_max).
    """
    from scipy.interpolate import CubicSpline

    method = Multiplets(tolerance=1e-6) if method is None else method
    times = np.atleast_1d(positive("k", k))
    b = _FIELDS[:, None] / positive("fluctuation_ratio", fluctuation_ratio)
    heating = _heating(method, b, times, nuclei, 0.0)
    loss = times * method.relaxation_rate(b, times, nuclei=nuclei)
    # (6) in units of β_0 and B̃_L
    squares = _FIELDS[:, None] ** 2 + heating_field_squared(heating, loss, times, 1.0)
    beta = inverse_spin_temperature(2 * _FIELDS[:, None], squares)
    grid = np.log(_FIELDS)
    fine = np.linspace(grid[0], grid[-1], _FINER * (grid.size - 1) + 1)
    logarithm = CubicSpline(grid, np.log(beta))
    best = np.argmax(logarithm(fine), axis=0)
    place, height = _vertex(fine, logarithm(fine), best)
    return xr.Dataset(
        {
            "optimal_field": (
                "k",
                np.exp(place),
                {"long_name": "field of the largest β", "units": "B̃_L"},
            ),
            "largest_inverse_spin_temperature": (
                "k",
                np.exp(height),
                {"long_name": "largest β", "units": "β_0"},
            ),
        },
        {"k": ("k", times, {"long_name": "correlation time", "units": "T2e*"})},
        {"nuclei": nuclei, "method": repr(method)},
    )


def _heating(method: Method, b: Array, k: Array, nuclei: ArrayLike, frequency: ArrayLike) -> Array:
    """Φ; a method that ignores ω_B is meant to, and does not warn."""
    b, k, nuclei, frequency = (np.array(v) for v in np.broadcast_arrays(b, k, nuclei, frequency))
    with warnings.catch_warnings():
        if method.ignores_nuclear_precession:
            warnings.simplefilter("ignore", ValidityWarning)
        return np.asarray(
            method.heating_coefficient(b, k, nuclei=nuclei, nuclear_precession=frequency)
        )


def _vertex(grid: Array, values: Array, best: Any) -> tuple[Array, Array]:
    """Top of the parabola through the largest of `values` and its neighbours, for each column."""
    column = np.arange(values.shape[1])
    best = np.clip(best, 1, grid.size - 2)
    low, top, high = (values[best + i, column] for i in (-1, 0, 1))
    shift = (low - high) / (2 * (low - 2 * top + high))
    return grid[best] + shift * (grid[1] - grid[0]), top - (low - high) * shift / 4
