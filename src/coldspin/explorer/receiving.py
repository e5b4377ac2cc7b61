"""A data file from the page to the server, as its bytes and once; what the page asks later names its SHA-256."""

from http import HTTPStatus
from typing import TYPE_CHECKING

from coldspin.explorer.callbacks import TAB
from coldspin.explorer.security import UPLOAD
from coldspin.explorer.uploads import Kept, Upload, shown_name

if TYPE_CHECKING:
    from flask import Flask
    from flask.typing import ResponseReturnValue

BINARY = "application/octet-stream"
"""A page of another site may send no such content without asking first, and it is not let."""


def accept_files(server: "Flask", kept: Kept) -> None:
    """Take files of tabs; the guard has seen to it that they are from the page and not too large."""
    from flask import jsonify, request

    def _take() -> "ResponseReturnValue":
        tab, name = request.args.get("tab", ""), request.args.get("name", "")
        if not TAB.fullmatch(tab) or request.mimetype != BINARY:
            return "this is no file of the page\n", HTTPStatus.BAD_REQUEST
        return jsonify(
            sha256=kept.put(tab, Upload(shown_name(name), request.get_data(cache=False)))
        )

    server.add_url_rule(UPLOAD, view_func=_take, methods=["POST"])
