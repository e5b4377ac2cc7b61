"""The second maximum of β(B): nuclear precession suppresses the spin-spin heating."""

import warnings
from collections.abc import Callable, Sequence
from math import sqrt
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import ArrayLike

from coldspin.arguments import Array, nonzero, positive
from coldspin.cooling.facade import cool, optimum
from coldspin.exceptions import ValidityWarning
from coldspin.heating import Method, Semiclassical
from coldspin.sample.site import Site
from coldspin.thermodynamics.spin_temperature import cooling_drive, inverse_spin_temperature

# of γ_e τ_c B_L: above it two maxima exist for x ≪ 1 and separated scales (derivation in the docs)
THRESHOLD = 3.182

# only ratios matter
_DEPHASING_TIME = 1e-9
_LOCAL_FIELD = 1e-4


def reduced_site(
    *, nuclei: float, k: float, zeeman_ratio: float, fluctuation_ratio: float = 100.0
) -> Site:
    """A site of spins 1/2 with given dimensionless groups; its absolute scales mean nothing.

    `nuclei` N = N_I, `k` = τ_c/T2e*, `zeeman_ratio` = |ω_B/Ω_B| = |γ_N/γ_e|, `fluctuation_ratio` =
    Δ_B/B̃_L.
    """
    positive("zeeman_ratio", zeeman_ratio)
    electron = 1 / (
        _DEPHASING_TIME * positive("fluctuation_ratio", fluctuation_ratio) * sqrt(3) * _LOCAL_FIELD
    )
    return Site(
        nuclei=nuclei,
        nuclear_spin=0.5,
        hyperfine_coupling=1 / (_DEPHASING_TIME * sqrt(positive("nuclei", nuclei))),
        nuclear_gyromagnetic_ratio=float(zeeman_ratio * electron),
        local_field=_LOCAL_FIELD,
        correlation_time=float(positive("k", k)) * _DEPHASING_TIME,
        filling=1e-3,
        electron_gyromagnetic_ratio=float(electron),
    )


def maxima(
    site: Site, method: Method, fields: tuple[Any, Any] | None = None
) -> list[tuple[float, float]]:
    """(B [T], β/β_0) of each maximum at B > 0 for ⟨S⟩ → 0, by field; β_0 as in Fig. 2."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ValidityWarning)
        extrema = optimum(site, 1e-9, fields=fields, self_consistent=False, method=method)
    upward = extrema.isel(
        extremum=np.flatnonzero((extrema.field.values > 0) & (extrema.kind.values == "maximum"))
    )
    size = np.abs(upward.inverse_spin_temperature.values) / classical_unit(site, 1e-9)
    return sorted(zip(upward.field.values.tolist(), size.tolist(), strict=True))


def curve(site: Site, field: Any, method: Method) -> Array:
    """β/β_0 along `field` for ⟨S⟩ → 0 by one method."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ValidityWarning)
        beta = cool(
            site, field, 1e-9, self_consistent=False, method=method
        ).inverse_spin_temperature.values
    result: Array = beta / classical_unit(site, 1e-9)
    return result


def without_mixing(site: Site, field: ArrayLike) -> Array:
    """β/β_0 of the Zeeman reservoir alone, ⟨I_z⟩ = I_0 at every field: what remains if the two reservoirs do not mix.

    2B̃_L/B, the common limit of all curves where spin-spin heating is negligible.
    """
    result: Array = 2 * site.kinetic_local_field / nonzero("field", field)
    return result


def asymptotic_position(site: Site) -> float:
    r"""Field of the second maximum for k/√N_I ≪ 1 and separated scales [T].

    .. math:: B_2 = \sqrt{\tfrac25}\,\left|\frac{\gamma_e}{\gamma_N}\right| B_L\sqrt{1 + \tfrac38 c^2},\qquad
              c = \left|\frac{\gamma_N}{\gamma_e}\right|\frac{\tau_c}{T_{2,e}^*}

    It exists for |γ_e|τ_cB_L > 3.182 (derivation: docs, the semiclassical page).
    """
    ratio = abs(site.electron_gyromagnetic_ratio / site.nuclear_gyromagnetic_ratio)
    return float(
        sqrt(0.4)
        * ratio
        * site.kinetic_local_field
        / sqrt(3)
        * sqrt(1 + 0.375 * (site.k / ratio) ** 2)
    )


def criterion(site: Site) -> float:
    """|γ_e|τ_cB_L, to be compared with `THRESHOLD`."""
    return float(
        abs(site.electron_gyromagnetic_ratio)
        * site.correlation_time
        * site.kinetic_local_field
        / sqrt(3)
    )


def maxima_map(
    k: ArrayLike,
    nuclei: ArrayLike,
    zeeman_ratio: ArrayLike,
    *,
    method: Method | None = None,
    fluctuation_ratio: float = 100.0,
    progress: Callable[[float], None] | None = None,
) -> xr.Dataset:
    """Number of maxima of β(B), their fields and heights, over (|ω_B/Ω_B|, N, k) for ⟨S⟩ → 0.

    Returns a Dataset along `zeeman_ratio`, `nuclei`, `k`: `maxima` (count), `first_field`,
    `highest_field` in units of Δ_B, and `height_ratio`, the highest later maximum over the first (1
    where there is one). `progress` is told the share done.
    """
    method = Semiclassical(tolerance=1e-5) if method is None else method
    axes = {
        name: np.atleast_1d(positive(name, v))
        for name, v in (("r", zeeman_ratio), ("n", nuclei), ("k", k))
    }
    shape = tuple(len(axis) for axis in axes.values())
    table = np.full((4, *shape), np.nan)
    for done, index in enumerate(np.ndindex(shape)):
        r, n, time = (axis[i] for axis, i in zip(axes.values(), index, strict=True))
        site = reduced_site(nuclei=n, k=time, zeeman_ratio=r, fluctuation_ratio=fluctuation_ratio)
        points = maxima(site, method)
        table[(slice(None), *index)] = _summary(points, site.fluctuation_field)
        if progress:
            progress((done + 1) / np.prod(shape))
    dims = ("zeeman_ratio", "nuclei", "k")
    columns = {
        "maxima": "number of maxima of β(B) at B > 0",
        "first_field": "field of the first maximum in units of Δ_B",
        "highest_field": "field of the highest maximum in units of Δ_B",
        "height_ratio": "β at the highest later maximum over β at the first",
    }
    data = {
        name: (dims, table[i], {"long_name": text, "units": "1"})
        for i, (name, text) in enumerate(columns.items())
    }
    coordinates = {
        name: (name, axis, {"units": "1"}) for name, axis in zip(dims, axes.values(), strict=True)
    }
    attributes = {"method": repr(method), "fluctuation_ratio": fluctuation_ratio, "rows": "k"}
    return xr.Dataset(data, coordinates, attributes)


def _summary(
    points: Sequence[tuple[float, float]], unit: float
) -> tuple[float, float, float, float]:
    if not points:
        return 0.0, np.nan, np.nan, np.nan
    highest = max(points, key=lambda pair: pair[1])
    first, height = points[0]
    later = max(height for _, height in points[1:] or points)
    return float(len(points)), first / unit, highest[0] / unit, later / height


def classical_unit(site: Site, electron_spin: float) -> float:
    """|β_0| = 2|⟨S_z⟩|/(ħ|γ_N|B̃_L), (6) at B = B_h = B̃_L [1/J]; unit of the curves."""
    field = site.kinetic_local_field
    drive = cooling_drive(electron_spin * field, site.nuclear_gyromagnetic_ratio)
    return abs(float(inverse_spin_temperature(drive, 2 * field**2)))
