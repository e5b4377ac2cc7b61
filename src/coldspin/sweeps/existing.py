"""A store that is there already: whether it is of this study, and whole enough to go on."""

import json
from pathlib import Path
from shutil import rmtree
from typing import Any

from coldspin.exceptions import InvalidInputError
from coldspin.sweeps.chunks import opened, sweep_out
from coldspin.sweeps.coordinates import write_coordinates
from coldspin.sweeps.grid import Grid
from coldspin.sweeps.layout import FORMAT, array_names, versions
from coldspin.sweeps.study import SweepStudy


def existing_grid(study: SweepStudy, store: Path, *, replace: bool) -> Grid | None:
    """Grid of the store that is there, None if there is none, or if it is to make room."""
    if not store.exists():
        return None
    told = _attributes(store)
    if told.get("format") != FORMAT:
        raise InvalidInputError(
            f"output {store} is no store of a sweep", remedy="give another name"
        )
    if replace:
        rmtree(store)
        return None
    if told.get("identity") != study.source.identity:
        raise InvalidInputError(
            f"output {store} holds another study ({told.get('study_name')})",
            remedy="give --force to replace it, or another name",
        )
    if json.loads(str(told["versions"])) != versions():
        raise InvalidInputError(
            f"output {store} was computed with {told['versions']}, not with "
            f"{json.dumps(versions())}, so that not all points would be of one kind",
            remedy="give --force to begin anew, or another name",
        )
    sweep_out(store)
    _check_metadata(study, store)
    chunk: Any = told["chunk"]
    return Grid(study.shape, tuple(int(part) for part in chunk))


def _attributes(store: Path) -> dict[str, Any]:
    try:
        return dict(opened(store, "r").attrs)
    except (OSError, ValueError, KeyError):
        return {}


def _check_metadata(study: SweepStudy, store: Path) -> None:
    """Say that an array is not there, or its description damaged; write anew the coordinates, where these are."""
    try:
        group = opened(store, "r+")
        there = {name for name, _ in group.arrays()}
    except (OSError, ValueError, KeyError):
        there = set()
    lacking = [name for name in array_names(study) if name not in there]
    if lacking:
        what = (
            "is damaged"
            if (store / lacking[0]).exists()
            else "was made by an older version, or is damaged"
        )
        raise InvalidInputError(
            f"output {store} {what}: it has no {lacking[0]}, or that cannot be read",
            remedy="give --force to begin anew, or another name",
        )
    write_coordinates(group, study)
