"""What each command of a study gives at one point: its columns, and how they are computed."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from coldspin.arguments import Array
from coldspin.exceptions import InvalidInputError
from coldspin.inputs.protocol_files import Protocol, build_protocol
from coldspin.inputs.sample_files import Sample, build_sample
from coldspin.sample.site import Site

if TYPE_CHECKING:
    import xarray as xr

ISOTOPE = "isotope"
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
_STAGES = (
    "time",
    "field",
    "inverse_spin_temperature",
    "spin_temperature",
    "nuclear_polarization",
    "overhauser_field",
)
_ERRORS = ("heating_coefficient_error", "electron_relaxation_time_error")
_ISOTOPES = ("isotope_nuclear_spin", "isotope_overhauser_field")


class Command(NamedTuple):
    """A command: its columns, the dimensions along them, how it is computed; columns of single isotopes apart.

    `errors` are the standard errors that it gives besides where the method draws samples. `read`
    makes a sample, or a protocol, of the tables of a file.
    """

    columns: tuple[str, ...]
    along: tuple[str, ...]
    compute: Callable[[Any, Array | None], "xr.Dataset"]
    isotopes: tuple[str, ...] = _ISOTOPES
    errors: tuple[str, ...] = _ERRORS
    read: Callable[[dict[str, Any], Path], Sample | Protocol] = build_sample


def isotopes_of(site: Site) -> tuple[str, ...]:
    """Names of the isotopes of a site; none where it is of one isotope that is given by its own values."""
    return tuple(species.isotope for species in site.species or ())


def _cool(sample: Sample, field: Array | None) -> "xr.Dataset":
    from coldspin.cooling.facade import cool

    return cool(sample.site, field, sample.electron_spin(), start=sample.start(), **_pump(sample))


def _every_state(sample: Sample, field: Array | None) -> "xr.Dataset":
    """All states of each field as an array along `field` and `state`."""
    import xarray as xr

    from coldspin.cooling.facade import branches

    assert field is not None  # noqa: S101  # the command is one along fields
    if np.unique(field).size != field.size:
        raise InvalidInputError("has a field twice", parameter="cool.field", remedy="leave one out")
    options = _pump(sample)
    if not options.pop("self_consistent"):
        raise InvalidInputError(
            "without the mean Overhauser field there is one state",
            remedy='leave out cool.start = "all"',
        )
    data = branches(sample.site, field, sample.electron_spin(), **options)
    rank = {value: at for at, value in enumerate(field.tolist())}
    at = np.array([rank[value] for value in data["field"].values.tolist()], dtype=np.intp)
    number = np.arange(at.size) - np.searchsorted(at, at)
    shape = (field.size, int(number.max(initial=0)) + 1)

    def placed(column: "xr.DataArray") -> tuple[tuple[str, ...], Array]:
        values = column.transpose("state", ...).values
        full = np.full(shape + values.shape[1:], np.nan)
        full[at, number] = values
        return ("field", "state", *(str(name) for name in column.dims if name != "state")), full

    return xr.Dataset(
        {name: placed(column) for name, column in data.data_vars.items() if name != "field"}
    )


def _optimum(sample: Sample, _field: Array | None) -> "xr.Dataset":
    from coldspin.cooling.facade import optimum

    fields, _ = sample.search_range()
    return optimum(sample.site, sample.electron_spin(), fields=fields, **_pump(sample))


def _relax(sample: Sample, field: Array | None) -> "xr.Dataset":
    from coldspin.cooling.facade import relax

    options: dict[str, Any] = {
        "leakage": sample.dark_leakage(),
        **sample.effects("effective_isotope"),
    }
    return relax(sample.site, field, method=sample.method(), **options)


def _run(protocol: Protocol, _field: Array | None) -> "xr.Dataset":
    from coldspin.protocols import run
    from coldspin.protocols.results import stage_ends

    sample = protocol.sample
    data = run(sample.site, protocol.stages, method=sample.method(), **protocol.options())
    return stage_ends(data)


def _pump(sample: Sample) -> dict[str, Any]:
    return sample.pump_options(no_feedback=False, knight_field=False, leakage=None) | {
        "method": sample.method()
    }


COMMANDS: dict[str, Command] = {
    "cool": Command((*_PUMPED, "stable_states"), ("field",), _cool),
    "relax": Command(
        _DARK, ("field",), _relax, isotopes=(), errors=(*_ERRORS, "relaxation_rate_error")
    ),
    "optimum": Command(("field", "kind", "from_rest", *_PUMPED), ("extremum",), _optimum),
    "run": Command(_STAGES, ("stage",), _run, isotopes=(), errors=(), read=build_protocol),
}
EVERY_STATE = Command((*_PUMPED, "stable"), ("field", "state"), _every_state)
