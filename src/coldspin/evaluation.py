"""Φ and 1/T1e of a site along a field axis, by any method: the step that takes the time."""

import warnings
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from coldspin.arguments import Array
from coldspin.exceptions import InvalidInputError, ValidityWarning
from coldspin.heating import Method, SmoothMethod
from coldspin.site import Site

Progress = Callable[[float], None]

_SHARES = 50  # of the work, after which progress is told


class Heating(NamedTuple):
    """What a method says of a site: Φ, 1/T1e [1/s], what it warned of, and the name of the method that was used."""

    coefficient: Array
    electron_relaxation_rate: Array
    messages: list[str]
    method: str


def site_heating(site: Site, field: Array, method: Method, progress: Progress | None = None) -> Heating:
    """Evaluate `method` at each field [T]; N is rounded for a method that needs a whole one, and a message says so."""
    _check(site, method)
    nuclei, messages = site.nuclei, []
    if getattr(method, "whole_nuclei", False) and nuclei != round(nuclei):
        nuclei = float(round(nuclei))
        messages.append(f"nuclei = {site.nuclei:.10g} was rounded to {nuclei:.10g} for {type(method).__name__}")
    chosen = resolved(site, field, method, nuclei)
    pieces = [field]
    if progress and not isinstance(chosen, SmoothMethod) and field.size:
        pieces = np.array_split(field, min(_SHARES, field.size))
    values = []
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", ValidityWarning)
        for done, piece in enumerate(pieces, start=1):
            values.append(_both(site, piece, chosen, nuclei))
            if progress:
                progress(done / len(pieces))
    if chosen is method:  # a choice by regime has weighed them already
        messages += dict.fromkeys(str(entry.message) for entry in caught)
    coefficient, rate = (np.concatenate([np.atleast_1d(value[i]) for value in values]) for i in (0, 1))
    return Heating(coefficient, rate / site.dephasing_time, messages, method_name(method, chosen))


def _check(site: Site, method: Method) -> None:
    if not isinstance(site, Site):
        raise InvalidInputError(f"site must be a Site, not {type(site).__name__}; make one with Site(nuclei=..., ...)")
    if isinstance(method, type) or not callable(getattr(method, "heating_coefficient", None)):
        raise InvalidInputError(f"method must be a value such as ClosedForm() or Semiclassical(), not {method!r}")


def _both(site: Site, field: Array, method: Method, nuclei: float) -> tuple[Array, Array]:
    groups = _groups(site, field, nuclei)
    b, k = site.electron_precession(field), site.k
    return np.asarray(method.heating_coefficient(b, k, **groups)), np.asarray(method.relaxation_rate(b, k, **groups))


def _groups(site: Site, field: Array, nuclei: float) -> dict[str, Any]:
    return {"nuclei": nuclei, "spin": site.nuclear_spin, "nuclear_precession": site.nuclear_precession(field)}


def resolved(site: Site, field: Array, method: Method, nuclei: float | None = None) -> Method:
    """The method itself, or the one that a choice by regime comes to at these fields."""
    resolve = getattr(method, "resolve", None)
    if resolve is None or not field.size:
        return method
    whole = float(round(site.nuclei)) if nuclei is None else nuclei
    chosen: Method = resolve(site.electron_precession(field), site.k, **_groups(site, field, whole))
    return chosen


def method_name(method: Method, chosen: Method) -> str:
    """Name of the method in a result: what was asked for, and what it came to."""
    return repr(method) if chosen is method else f"{method!r}: {chosen!r}"
