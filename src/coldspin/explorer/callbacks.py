"""What the server is asked by the page. Each callback is a plain function of plain values and knows of no other tab."""

import logging
import re
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from coldspin.exceptions import InvalidInputError
from coldspin.explorer.answers import answer
from coldspin.explorer.background import Background, Cancelled
from coldspin.explorer.curves import is_fast
from coldspin.explorer.problems import of_finite_numbers, placed
from coldspin.explorer.state import query_of, state_of
from coldspin.explorer.uploads import Kept, Upload

if TYPE_CHECKING:
    from dash import Dash

_log = logging.getLogger(__name__)
TAB = re.compile(r"[0-9a-f]{32}")
"""Name that a tab gives itself."""
# what a tab may have running at once, one of each: curves, maxima, map and stages; its data; a file
_PURPOSE = {"details": "page", "course": "page", "data": "data", "fit": "data", "file": "file"}


def curves(request: Any) -> dict[str, Any]:
    """Curves of a closed form at once; of another method, that they take long."""
    number, raw = _number(request), _given(request, "state")
    try:
        state = state_of(raw)
        with of_finite_numbers():
            fast = is_fast(state)
        if not fast:
            return {"n": number, "slow": True, "query": query_of(state)}
        return {"n": number, **answer("curves", raw, None)}
    except InvalidInputError as problem:
        return {"n": number, **placed(problem)}


def rest(request: Any) -> dict[str, Any]:
    """What is drawn below the curves of a closed form, and what there is to say of them."""
    number, raw = _number(request), _given(request, "state")
    try:
        with of_finite_numbers():
            if not is_fast(state_of(raw)):
                raise InvalidInputError(
                    "this method takes long", remedy="its curves come with their details"
                )
        return {"n": number, **answer("rest", raw, None)}
    except InvalidInputError as problem:
        return {"n": number, **placed(problem)}


def aside(background: Background, kept: Kept, request: Any) -> dict[str, Any]:
    """Answer to a task that a worker computes; {"gone": True} when the tab asked for something newer meanwhile.

    {"resend": True} when its data file is not here any more.
    """
    number, task, given = _number(request), str(_given(request, "task")), None
    try:
        if task not in _PURPOSE:
            raise InvalidInputError(f"the page knows no task {task[:40]!r}")
        tab, given = _tab(request), _given(request, "given")
        if task in ("data", "fit") and (given := kept.get(tab, given)) is None:
            return {"n": number, "task": task, "resend": True}
        found = background.run(tab, _PURPOSE[task], (task, _given(request, "state"), given), number)
    except Cancelled:
        return {"n": number, "task": task, "gone": True}
    except InvalidInputError as problem:
        name = given.name if isinstance(given, Upload) else ""
        return {"n": number, "task": task, **placed(problem, name)}
    return {"n": number, "task": task, **found}


def progress(background: Background, request: Any) -> dict[str, Any]:
    """How far what a tab has running is."""
    if not isinstance(_given(request, "tab"), str):
        return {}
    return {name: list(told) for name, told in background.progress(_tab(request)).items()}


def cancel(background: Background, request: Any) -> dict[str, Any]:
    """Give up what a tab has running for states before one."""
    before = _given(request, "before")
    background.cancel(_tab(request), before if isinstance(before, int) else 0)
    return {"shown": bool(_given(request, "shown"))}


def register(app: "Dash", background: Background, kept: Kept) -> None:
    """Tell dash which function answers which store of the page."""
    from dash import Input, Output

    functions = {"curves": curves, "rest": rest} | {
        name: partial(aside, background, kept) for name in _PURPOSE
    }
    functions |= {"progress": partial(progress, background), "cancel": partial(cancel, background)}
    for name, function in functions.items():
        places = Output(f"{name}-answer", "data"), Input(f"{name}-request", "data")
        app.callback(*places, prevent_initial_call=True)(partial(unharmed, function))


def unharmed(function: Callable[[Any], dict[str, Any]], request: Any) -> dict[str, Any]:
    """Answer of a callback; a sentence, and a line in the log, where it fails for a reason that is ours."""
    try:
        return function(request)
    except Exception as problem:  # noqa: BLE001  # no failure of one request may leave a page waiting
        _log.exception("a callback of the page failed")
        return {"n": _number(request), **placed(problem)}


def _given(request: Any, name: str) -> Any:
    return request.get(name) if isinstance(request, dict) else None


def _number(request: Any) -> int:
    number = request.get("n") if isinstance(request, dict) else None
    return number if isinstance(number, int) and not isinstance(number, bool) else -1


def _tab(request: Any) -> str:
    tab = request.get("tab") if isinstance(request, dict) else None
    if not isinstance(tab, str) or not TAB.fullmatch(tab):
        raise InvalidInputError(
            "the request does not say which tab it is from", remedy="load the page again"
        )
    return tab
