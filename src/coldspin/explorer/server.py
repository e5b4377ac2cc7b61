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
from coldspin.explorer.state import DEFAULT, State, opened, query_of

if TYPE_CHECKING:
    from dash import Dash

HOST = "127.0.0.1"
PORT = 8050
_PATIENCE = 30.0  # seconds
_ASSETS = Path(__file__).with_name("assets")


def serve(
    state: State = DEFAULT,
    *,
    say: Callable[[str], None],
    port: int | None = None,
    browser: bool = True,
) -> None:
    """Serve the page until Ctrl-C; `say` is told its address.

    `port` None takes 8050, or any other that is free; a port that is named must be free.
    """
    from werkzeug.serving import make_server

    handle = bound(port)
    chosen = handle.getsockname()[1]
    background, warming = Background(), Thread(target=_warmed, daemon=True)
    try:
        app = made_app(background, chosen)
        logging.getLogger("werkzeug").setLevel(
            logging.ERROR
        )  # of each request, nobody wants to read
        warming.start()
        server = make_server(HOST, chosen, app.server, threaded=True, fd=handle.fileno())
        query = query_of(state)
        address = f"http://{HOST}:{chosen}/{'?' if query else ''}{query}"
        say(f"coldspin explore is at {address} ; Ctrl-C ends it")
        if browser:
            Timer(0.2, webbrowser.open, (address,)).start()
        server.serve_forever()
    finally:
        background.close()
        handle.close()
        if warming.ident:
            warming.join(_PATIENCE)  # Python is not to end in the middle of an import


def _warmed() -> None:
    """Load what the first curves need, while the browser starts."""
    from coldspin.explorer.curves import curves

    curves(DEFAULT)


def bound(port: int | None) -> socket.socket:
    """Socket that listens on the port that is asked for, or on any that is free; InvalidInputError if it is taken."""
    for wanted in (port,) if port is not None else (PORT, 0):
        handle = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        handle.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            handle.bind((HOST, wanted or 0))
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


def made_app(background: Background, port: int) -> "Dash":
    """The application: a page for each link, callbacks, and the guard before them."""
    from dash import Dash

    from coldspin.explorer.callbacks import register
    from coldspin.explorer.layout import layout
    from coldspin.explorer.page import choices, page
    from coldspin.explorer.receiving import accept_files
    from coldspin.explorer.security import guard
    from coldspin.explorer.uploads import Kept

    class Page(Dash):
        """Dash with a page of its own around what dash draws."""

        def interpolate_index(self, **parts: Any) -> str:  # type: ignore[override]  # dash calls it by names
            from flask import request

            try:
                state, problem = opened(request.query_string.decode("ascii", "replace"), choices())
            except InvalidInputError as refused:
                state, problem = DEFAULT, f"{refused}; the page as it opens is shown instead."
            return page(state, problem, parts)

    app = Page(
        "coldspin.explorer",
        assets_folder=str(_ASSETS),
        serve_locally=True,
        title="coldspin explore",
        update_title="",
        compress=False,
        enable_mcp=False,
        add_log_handler=False,
    )
    app.layout = layout()
    kept = Kept()
    register(app, background, kept)
    guard(app.server, port, app.csp_hashes())
    accept_files(app.server, kept)
    return app
