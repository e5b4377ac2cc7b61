"""What goes to standard error, and the exit code: 2 for bad input, 1 for a failed run, 130 for Ctrl-C.

The signals SIGTERM and SIGHUP do what Ctrl-C does.
"""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import typer

from coldspin.exceptions import InvalidInputError, ValidityWarning


def say(message: str) -> None:
    """Write a message to standard error."""
    typer.echo(message, err=True)


def note_unverified(constants: str) -> None:
    """Name the constants behind a result that are recalled and not verified, where there are any."""
    if constants:
        say(f"note: recalled, not verified: {constants}")


@contextmanager
def reporting() -> Iterator[None]:
    """Turn what a command raises into one sentence and an exit code, and ValidityWarnings into one line each."""
    try:
        with _validity_warnings():
            yield
    except InvalidInputError as problem:
        say(f"error: {problem}")
        raise typer.Exit(2) from None
    except KeyboardInterrupt:
        say("interrupted; nothing was left half-written")
        raise typer.Exit(130) from None
    except MemoryError:
        say("error: there is not enough memory; ask for fewer points")
        raise typer.Exit(1) from None
    except BrokenPipeError:
        raise
    except OSError as problem:
        say(
            f"error: {problem.filename or 'a file'} cannot be read or written: "
            f"{problem.strerror or problem}"
        )
        raise typer.Exit(1) from None


@contextmanager
def _validity_warnings() -> Iterator[None]:
    said: set[str] = set()
    with warnings.catch_warnings():
        pass_on = warnings.showwarning

        def show(message: Warning | str, category: type[Warning], *place: Any, **more: Any) -> None:
            if not issubclass(category, ValidityWarning):
                pass_on(message, category, *place, **more)
            elif str(message) not in said:
                said.add(str(message))
                say(f"warning: {message}")

        warnings.simplefilter("always", ValidityWarning)
        warnings.showwarning = show
        yield
