"""Checks of each request before anything reads it: from this machine, from this page, not too large."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from coldspin.explorer.uploads import LARGEST

if TYPE_CHECKING:
    from flask import Flask, Response

LARGEST_REQUEST = 2**20
"""Bytes of a question of the page; only a data file may be larger."""

UPLOAD = "/_upload"
_CALLBACK = "/_dash-update-component"
_ALLOWED = (
    *("/", UPLOAD, _CALLBACK, "/_dash-layout", "/_dash-dependencies", "/_favicon.ico"),
    *("/assets/controls.js", "/assets/elements.js", "/assets/explorer.js", "/assets/explorer.css"),
)
_ALLOWED_BELOW = "/_dash-component-suites/"


def guard(server: "Flask", port: int, script_hashes: Sequence[str]) -> None:
    """Refuse requests from elsewhere, and send headers that let the browser refuse the rest."""
    from dash.exceptions import DependencyException
    from flask import abort, request
    from werkzeug.exceptions import RequestEntityTooLarge

    hosts = {f"127.0.0.1:{port}", f"localhost:{port}"}
    origins = {f"http://{host}" for host in hosts}
    server.config["MAX_CONTENT_LENGTH"] = LARGEST  # of what does not say its length, too

    @server.before_request
    def _check() -> "Response | None":
        if request.headers.get("Host") not in hosts:
            return _refusal(
                HTTPStatus.FORBIDDEN, "this page answers to 127.0.0.1 and localhost alone"
            )
        for header in ("Origin", "Referer"):
            address = request.headers.get(header)
            if address is not None and _origin(address) not in origins:
                return _refusal(
                    HTTPStatus.FORBIDDEN, f"requests of other pages are refused, by their {header}"
                )
        if request.headers.get("Sec-Fetch-Site") == "cross-site" and request.path != "/":
            return _refusal(HTTPStatus.FORBIDDEN, "requests of other pages are refused")
        if request.path not in _ALLOWED and not request.path.startswith(_ALLOWED_BELOW):
            return _refusal(HTTPStatus.NOT_FOUND, "there is nothing here")
        most = LARGEST if request.path == UPLOAD else LARGEST_REQUEST
        if (request.content_length or 0) > most:
            return _refusal(
                HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"more than {most // 2**20} MiB are refused"
            )
        if request.path == _CALLBACK:
            try:
                if not _is_callback(request.get_json(silent=True)):
                    return _refusal(HTTPStatus.BAD_REQUEST, "this is no request of the page")
            except RequestEntityTooLarge:
                abort(413)
            except RecursionError:
                return _refusal(HTTPStatus.BAD_REQUEST, "the request is nested too deeply")
        return None

    @server.errorhandler(DependencyException)
    def _no_script(_: Exception) -> "Response":
        return _refusal(HTTPStatus.NOT_FOUND, "there is nothing here")

    @server.after_request
    def _headers(response: "Response") -> "Response":
        response.headers.update(headers(script_hashes))
        return response


def headers(script_hashes: Sequence[str]) -> dict[str, str]:
    """Headers of every answer; styles may stand inline, for plotly sets them so."""
    policy = {
        "default-src": "'none'",
        "script-src": " ".join(["'self'", *script_hashes]),
        "style-src": "'self' 'unsafe-inline'",
        "img-src": "'self' data: blob:",
        "font-src": "'self' data:",
        "connect-src": "'self'",
        "base-uri": "'none'",
        "form-action": "'none'",
        "frame-ancestors": "'none'",
    }
    return {
        "Content-Security-Policy": "; ".join(f"{name} {value}" for name, value in policy.items()),
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Referrer-Policy": "same-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    }


def _refusal(status: HTTPStatus, sentence: str) -> "Response":
    from flask import Response

    return Response(f"{sentence}\n", status, content_type="text/plain; charset=utf-8")


def _origin(address: str) -> str:
    try:
        parts = urlsplit(address)
        return f"{parts.scheme}://{parts.netloc}"
    except ValueError:
        return ""


def _is_callback(content: Any) -> bool:
    """Whether content has the shape of what dash's own code in the browser sends."""
    if not isinstance(content, dict) or not isinstance(content.get("output"), str):
        return False
    lists = (content.get("inputs"), content.get("state", []), content.get("changedPropIds", []))
    if not all(isinstance(entry, list) for entry in lists):
        return False
    outputs = content.get("outputs")
    entries = outputs if isinstance(outputs, list) else [outputs]
    props = [*content["inputs"], *content.get("state", []), *entries]
    return all(
        isinstance(one, dict) and all(isinstance(one.get(key), str) for key in ("id", "property"))
        for one in props
    )
