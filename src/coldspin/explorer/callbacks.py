"""The requests of the page. Each callback is a plain function of plain values and knows of no other tab."""

import logging
import re
from collections.abc import Callable
from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from coldspin.exceptions import InvalidInputError
from coldspin.explorer.answers import answer
from coldspin.explorer.background import Background, Cancelled
from coldspin.explorer.curves import is_fast
from coldspin.explorer.messages import describe_problem, refuse_overflow
from coldspin.explorer.security import UPLOAD
from coldspin.explorer.state import check_state, write_query
from coldspin.explorer.uploads import Upload, UploadStore, clean_name

if TYPE_CHECKING:
    from dash import Dash
    from flask import Flask
    from flask.typing import ResponseReturnValue

_log = logging.getLogger(__name__)
TAB = re.compile(r"[0-9a-f]{32}")
"""Name that a tab gives itself."""
BINARY = "application/octet-stream"
"""A page of another site may not send this type without asking first, and it is not allowed to."""
# a tab may have one of each running: curves, maxima, map and stages; its data; a file
_PURPOSE = {"details": "page", "course": "page", "data": "data", "fit": "data", "file": "file"}


def curves(request: Any) -> dict[str, Any]:
    """Curves of a closed form at once; for other methods, that they take long."""
    number = _number(request)
    content = _value(request, "state")
    try:
        state = check_state(content)
        with refuse_overflow():
            fast = is_fast(state)
        if not fast:
            return {"n": number, "slow": True, "query": write_query(state)}
        return {"n": number, **answer("curves", content, None)}
    except InvalidInputError as problem:
        return {"n": number, **describe_problem(problem)}


def rest(request: Any) -> dict[str, Any]:
    """The lower figures, remarks and validity of a closed form."""
    number = _number(request)
    content = _value(request, "state")
    try:
        with refuse_overflow():
            if not is_fast(check_state(content)):
                raise InvalidInputError(
                    "this method takes long", remedy="its curves come with their details"
                )
        return {"n": number, **answer("rest", content, None)}
    except InvalidInputError as problem:
        return {"n": number, **describe_problem(problem)}


def run_task(background: Background, uploads: UploadStore, request: Any) -> dict[str, Any]:
    """Answer to a task that a worker computes.

    {"gone": True} if the tab asked for something newer meanwhile, {"resend": True} if its data
    file is not here any more.
    """
    task = str(_value(request, "task"))
    number = _number(request)
    head: dict[str, Any] = {"n": number, "task": task}
    file = ""
    try:
        if task not in _PURPOSE:
            raise InvalidInputError(f"the page knows no task {task[:40]!r}")
        tab = _tab(request)
        subject = _value(request, "given")
        if task in ("data", "fit"):
            upload = uploads.get(tab, subject)
            if upload is None:
                return {**head, "resend": True}
            file = upload.name
            subject = upload
        message = (task, _value(request, "state"), subject)
        return {**head, **background.run(tab, _PURPOSE[task], message, number)}
    except Cancelled:
        return {**head, "gone": True}
    except InvalidInputError as problem:
        return {**head, **describe_problem(problem, file)}


def progress(background: Background, request: Any) -> dict[str, Any]:
    """Progress of what a tab has running."""
    if not isinstance(_value(request, "tab"), str):
        return {}
    jobs = background.progress(_tab(request))
    return {purpose: list(job) for purpose, job in jobs.items()}


def cancel(background: Background, request: Any) -> dict[str, Any]:
    """Give up what a tab has running for states before one."""
    before = _value(request, "before")
    background.cancel(_tab(request), before if isinstance(before, int) else 0)
    return {"shown": bool(_value(request, "shown"))}


def register(app: "Dash", background: Background, uploads: UploadStore) -> None:
    """Tell dash which function answers which store of the page."""
    from dash import Input, Output

    functions: dict[str, Callable[[Any], dict[str, Any]]] = {"curves": curves, "rest": rest}
    for task in _PURPOSE:
        functions[task] = partial(run_task, background, uploads)
    functions["progress"] = partial(progress, background)
    functions["cancel"] = partial(cancel, background)
    for name, function in functions.items():
        ends = (Output(f"{name}-answer", "data"), Input(f"{name}-request", "data"))
        app.callback(*ends, prevent_initial_call=True)(partial(answer_always, function))


def answer_always(function: Callable[[Any], dict[str, Any]], request: Any) -> dict[str, Any]:
    """Answer of a callback; a sentence, and a line in the log, if it fails for a reason of ours."""
    try:
        return function(request)
    except Exception as problem:  # noqa: BLE001  # no failure of one request may leave a page waiting
        _log.exception("a callback of the page failed")
        return {"n": _number(request), **describe_problem(problem)}


def accept_files(server: "Flask", uploads: UploadStore) -> None:
    """Accept data files of tabs, as bytes; later requests name the SHA-256 of a file.

    The guard has checked that they are from the page and not too large.
    """
    from flask import jsonify, request

    def _accept() -> "ResponseReturnValue":
        tab = request.args.get("tab", "")
        if not TAB.fullmatch(tab) or request.mimetype != BINARY:
            return "this is no file of the page\n", HTTPStatus.BAD_REQUEST
        name = clean_name(request.args.get("name", ""))
        upload = Upload(name, request.get_data(cache=False))
        return jsonify(sha256=uploads.put(tab, upload))

    server.add_url_rule(UPLOAD, view_func=_accept, methods=["POST"])


def _value(request: Any, name: str) -> Any:
    return request.get(name) if isinstance(request, dict) else None


def _number(request: Any) -> int:
    number = _value(request, "n")
    return number if isinstance(number, int) and not isinstance(number, bool) else -1


def _tab(request: Any) -> str:
    tab = _value(request, "tab")
    if not isinstance(tab, str) or not TAB.fullmatch(tab):
        raise InvalidInputError(
            "the request does not say which tab it is from", remedy="load the page again"
        )
    return tab
