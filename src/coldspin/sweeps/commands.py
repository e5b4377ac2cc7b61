"""What each command of a study gives at one point: its columns, and how they are computed."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from coldspin.arguments import Array
from coldspin.cooling import labels
from coldspin.exceptions import InvalidInputError
from coldspin.inputs.protocol_files import Protocol, build_protocol
from coldspin.inputs.sample_files import Sample, build_sample
from coldspin.sample.site import Site

if TYPE_CHECKING:
    import xarray as xr

ISOTOPE = "isotope"
# What is kept of the end of a stage; `run` gives these as columns along the time.
_STAGE_ENDS = (
    "time",
    "field",
    "inverse_spin_temperature",
    "spin_temperature",
    "nuclear_polarization",
    "overhauser_field",
)
_KINDS = {"maximum": 1.0, "minimum": -1.0}


class Command(NamedTuple):
    """A command: its columns, the dimensions along them, how it is computed; columns of single isotopes apart.

    `errors` are the standard errors that it gives besides where the method draws samples. `read`
    makes a sample, or a protocol, of the tables of a file.
    """

    columns: tuple[str, ...]
    along: tuple[str, ...]
    compute: Callable[[Any, Array | None], "xr.Dataset"]
    isotopes: tuple[str, ...] = tuple(labels.ISOTOPES)
    errors: tuple[str, ...] = tuple(labels.METHOD_ERRORS)
    read: Callable[[dict[str, Any], Path], Sample | Protocol] = build_sample


def list_isotopes(site: Site) -> tuple[str, ...]:
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

    def place(column: "xr.DataArray") -> tuple[tuple[str, ...], Array]:
        values = column.transpose("state", ...).values
        full = np.full(shape + values.shape[1:], np.nan)
        full[at, number] = values
        return ("field", "state", *(str(name) for name in column.dims if name != "state")), full

    return xr.Dataset(
        {name: place(column) for name, column in data.data_vars.items() if name != "field"}
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
    "cool": Command((*labels.PUMPED, *labels.STABLE_STATES), ("field",), _cool),
    "relax": Command(
        tuple(labels.DARK), ("field",), _relax, isotopes=(), errors=tuple(labels.DARK_ERRORS)
    ),
    "optimum": Command((*labels.EXTREMA, *labels.PUMPED), ("extremum",), _optimum),
    "run": Command(_STAGE_ENDS, ("stage",), _run, isotopes=(), errors=(), read=build_protocol),
}
EVERY_STATE = Command((*labels.PUMPED, *labels.STABILITY), ("field", "state"), _every_state)


def arrange_column(
    data: "xr.Dataset",
    name: str,
    dimensions: tuple[str, ...],
    shape: tuple[int, ...],
    isotopes: list[int],
) -> Array:
    """A column of a result as floats of the shape that the store has, NaN where there is nothing.

    Extrema beyond the shape are left out; states beyond it raise InvalidInputError. `isotopes` are
    the places of the isotopes of the result among those of the study.
    """
    result = np.full(shape, np.nan)
    if name not in data.variables:
        return result
    column = data[name]
    values = column.transpose(..., ISOTOPE).values if ISOTOPE in column.dims else column.values
    if values.dtype.kind == "U":
        values = np.array([_KINDS[kind] for kind in values.tolist()])
    values = np.asarray(values, dtype=np.float64)
    if values.ndim > len(dimensions):  # one field for each point
        values = values[0]
    places = []
    parts = []
    for dimension, size, room in zip(dimensions, values.shape, shape, strict=True):
        if dimension == ISOTOPE:
            places.append(np.array(isotopes, dtype=np.intp))
            parts.append(slice(None))
            continue
        if dimension == "state" and size > room:
            raise InvalidInputError(
                f"there are {size} states at one field", remedy=f"give states = {size} in [sweep]"
            )
        places.append(np.arange(min(size, room)))
        parts.append(slice(min(size, room)))
    result[np.ix_(*places)] = values[tuple(parts)]
    return result
