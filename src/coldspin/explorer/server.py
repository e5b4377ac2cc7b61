"""The server of the page: on this machine alone, for as long as it is not interrupted."""

import logging
import socket
import webbrowser
from collections.abc import Callable
from pathlib import Path
from threading import Thread, Timer
from typing import TYPE_CHECKING, Any

from coldspin.exceptions import InvalidInputError
from coldspin.explorer.background import Background
from coldspin.explorer.state import DEFAULT, PageState, read_query, write_query

if TYPE_CHECKING:
    from dash import Dash

HOST = "127.0.0.1"
PORT = 8050
_PATIENCE = 30.0  # seconds


def serve(
    state: PageState = DEFAULT,
    *,
    say: Callable[[str], None],
    port: int | None = None,
    browser: bool = True,
) -> None:
    """Serve the page until Ctrl-C; `say` gets its address.

    `port` None means 8050, or any other that is free; a port that is named must be free.
    """
    from werkzeug.serving import make_server

    handle = bind(port)
    number = handle.getsockname()[1]
    background = Background()
    warming = Thread(target=_warm, daemon=True)
    try:
        app = build_app(background, number)
        logging.getLogger("werkzeug").setLevel(logging.ERROR)  # no line for each request
        warming.start()
        server = make_server(HOST, number, app.server, threaded=True, fd=handle.fileno())
        query = write_query(state)
        address = f"http://{HOST}:{number}/"
        if query:
            address = f"{address}?{query}"
        say(f"coldspin explore is at {address} ; Ctrl-C ends it")
        if browser:
            Timer(0.2, webbrowser.open, (address,)).start()
        server.serve_forever()
    finally:
        background.close()
        handle.close()
        if warming.ident:
            warming.join(_PATIENCE)  # Python must not end in the middle of an import


def _warm() -> None:
    """Load what the first curves need, while the browser starts."""
    from coldspin.explorer.curves import curves

    curves(DEFAULT)


def bind(port: int | None) -> socket.socket:
    """Socket that listens on a port, or for None on 8050 or any that is free."""
    for number in (PORT, 0) if port is None else (port,):
        handle = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        handle.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            handle.bind((HOST, number))
            handle.listen(64)
            return handle
        except (OSError, OverflowError) as problem:
            handle.close()
            if port is not None:
                reason = getattr(problem, "strerror", None) or str(problem)
                raise InvalidInputError(
                    f"port {port} cannot be taken ({reason})",
                    remedy="name another, or none to take one that is free",
                ) from None
    raise InvalidInputError("there is no free port on this machine")


def build_app(background: Background, port: int) -> "Dash":
    """The application: a page for each link, callbacks, and the guard before them."""
    from dash import Dash

    from coldspin.explorer.callbacks import accept_files, register
    from coldspin.explorer.page import build_layout, list_choices, render_page
    from coldspin.explorer.security import guard
    from coldspin.explorer.uploads import UploadStore

    class Page(Dash):
        """Dash with a page of its own around what dash draws."""

        def interpolate_index(self, **parts: Any) -> str:  # type: ignore[override]  # dash calls it by names
            from flask import request

            query = request.query_string.decode("ascii", "replace")
            try:
                state, problem = read_query(query, list_choices())
            except InvalidInputError as error:
                state = DEFAULT
                problem = f"{error}; the page as it opens is shown instead."
            return render_page(state, problem, parts)

    app = Page(
        "coldspin.explorer",
        assets_folder=str(Path(__file__).with_name("assets")),
        serve_locally=True,
        title="coldspin explore",
        update_title="",
        compress=False,
        enable_mcp=False,
        add_log_handler=False,
    )
    app.layout = build_layout()
    uploads = UploadStore()
    register(app, background, uploads)
    guard(app.server, port, app.csp_hashes())
    accept_files(app.server, uploads)
    return app
