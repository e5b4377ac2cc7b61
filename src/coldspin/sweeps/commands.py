"""What each command of a study gives at one point: columns of one length, as plain numbers."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from coldspin.arguments import Array
from coldspin.exceptions import InvalidInputError
from coldspin.run_files import Sample

if TYPE_CHECKING:
    import xarray as xr

_PUMPED = (
    "inverse_spin_temperature",
    "spin_temperature",
    "nuclear_spin",
    "nuclear_polarization",
    "overhauser_field",
    "heating_coefficient",
    "electron_relaxation_time",
    "mean_overhauser_precession",
    "spin_influx",
    "zeeman_heating",
    "spin_spin_heating",
    "leakage_heating",
)
_DARK = (
    "relaxation_rate",
    "relaxation_time",
    "zeeman_relaxation_rate",
    "spin_spin_relaxation_rate",
    "leakage_rate",
    "heating_coefficient",
    "electron_relaxation_time",
)
_KINDS = {"maximum": 1.0, "minimum": -1.0}


class Command(NamedTuple):
    """A command: its columns, the dimension along them, and how it is computed from a sample and fields."""

    columns: tuple[str, ...]
    along: str
    compute: Callable[[Sample, Array | None], "xr.Dataset"]


def _cool(sample: Sample, field: Array | None) -> "xr.Dataset":
    from coldspin.cooling import cool

    start = sample.start()
    if start == "all":
        raise InvalidInputError('cool.start = "all" gives as many rows as there are states; a sweep takes "rest"')
    return cool(sample.site, field, sample.electron_spin(), start=start, **_pump(sample))


def _optimum(sample: Sample, _field: Array | None) -> "xr.Dataset":
    from coldspin.cooling import optimum

    fields, _ = sample.search_range()
    return optimum(sample.site, sample.electron_spin(), fields=fields, **_pump(sample))


def _relax(sample: Sample, field: Array | None) -> "xr.Dataset":
    from coldspin.cooling import relax

    options: dict[str, Any] = {"leakage": sample.dark_leakage(), **sample.effects("effective_isotope")}
    return relax(sample.site, field, method=sample.method(), **options)


def _pump(sample: Sample) -> dict[str, Any]:
    return sample.pump_options(no_feedback=False, knight_field=False, leakage=None) | {"method": sample.method()}


COMMANDS: dict[str, Command] = {
    "cool": Command((*_PUMPED, "stable_states"), "field", _cool),
    "relax": Command(_DARK, "field", _relax),
    "optimum": Command(("field", "kind", "from_rest", *_PUMPED), "extremum", _optimum),
}


def columns_of(data: "xr.Dataset", names: tuple[str, ...], length: int) -> dict[str, Array]:
    """Columns of a result as floats of one length; what it does not have is NaN, and so are rows that there are not."""
    found = {}
    for name in names:
        column = np.full(length, np.nan)
        if name in data.variables:
            values = data[name].values
            numbers = [_KINDS[kind] for kind in values.tolist()] if values.dtype.kind == "U" else values
            kept = np.asarray(numbers, dtype=np.float64)[:length]
            column[: kept.size] = kept
        found[name] = column
    return found
