"""`coldspin explore`: the page, in the browser of this machine."""

from pathlib import Path
from typing import Annotated

import typer

from coldspin.cli.terminal import reporting, say


def explore(
    file: Annotated[
        Path | None,
        typer.Argument(
            metavar="FILE.toml", help="A sample file or protocol file that the page starts from."
        ),
    ] = None,
    port: Annotated[
        int | None,
        typer.Option(help="Port on 127.0.0.1; the default is 8050 or, if taken, a free one."),
    ] = None,
    no_browser: Annotated[
        bool, typer.Option("--no-browser", help="Open no browser; only print the address.")
    ] = False,
) -> None:
    """Open a page in the browser: curves, fits, protocols."""
    with reporting():
        from importlib.util import find_spec

        from coldspin.exceptions import InvalidInputError

        if find_spec("dash") is None:
            raise InvalidInputError(
                "the page needs dash", remedy="install it with pip install 'coldspin[explorer]'"
            )
        if port is not None and not 1 <= port <= 65535:
            raise InvalidInputError(
                "must be a whole number from 1 to 65535",
                parameter="--port",
                value=port,
                shown=f"{port}",
            )

        from coldspin.explorer.samples import read_page_file
        from coldspin.explorer.server import serve
        from coldspin.explorer.state import DEFAULT

        state = DEFAULT if file is None else read_page_file(file)
        serve(state, say=say, port=port, browser=not no_browser)
        say("the page has ended")
