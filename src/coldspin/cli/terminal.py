"""What a command says: messages and progress on standard error, tables, exit codes.

Exit codes are 2 for bad input, 1 for a failed run, 130 for Ctrl-C. The signals SIGTERM and SIGHUP
do what Ctrl-C does.
"""

import time
import warnings
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import typer

from coldspin.exceptions import InvalidInputError, ValidityWarning

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

PATIENCE = 2.0  # seconds without a progress bar
WIDTH_OF_A_FILE = 160

Report = Callable[[str, float], None]


def say(message: str) -> None:
    """Write a message to standard error."""
    typer.echo(message, err=True)


def note_unverified(constants: str) -> None:
    """Name the constants behind a result that are recalled and not verified, if there are any."""
    if constants:
        say(f"note: recalled, not verified: {constants}")


@contextmanager
def reporting() -> Iterator[None]:
    """Turn errors into one sentence and an exit code, and ValidityWarnings into one line each."""
    try:
        with _print_validity_warnings():
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
        file = problem.filename or "a file"
        say(f"error: {file} cannot be read or written: {problem.strerror or problem}")
        raise typer.Exit(1) from None


@contextmanager
def _print_validity_warnings() -> Iterator[None]:
    """Print each ValidityWarning once; leave other warnings to Python."""
    sentences: set[str] = set()
    with warnings.catch_warnings():
        show_others = warnings.showwarning

        def show(message: Warning | str, category: type[Warning], *place: Any, **more: Any) -> None:
            if not issubclass(category, ValidityWarning):
                show_others(message, category, *place, **more)
            elif str(message) not in sentences:
                sentences.add(str(message))
                say(f"warning: {message}")

        warnings.simplefilter("always", ValidityWarning)
        warnings.showwarning = show
        yield


@contextmanager
def progress_bar(patience: float = PATIENCE) -> Iterator[Report]:
    """Give a function to call with a label and the finished share, 0 to 1.

    The bar on a terminal shows the remaining time and comes after `patience` seconds. In a file
    there is nothing, not even the empty line that the bar would leave.
    """
    from rich.progress import (
        BarColumn,
        Progress,
        TaskProgressColumn,
        TextColumn,
        TimeRemainingColumn,
    )

    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TimeRemainingColumn(),
        console=console(stderr=True),
        transient=True,
    )
    task = bar.add_task("", total=1.0)
    start = time.monotonic()
    drawn = False

    def report(label: str, share: float) -> None:
        nonlocal drawn
        if not drawn and bar.console.is_terminal and time.monotonic() - start >= patience:
            bar.start()
            drawn = True
        bar.update(task, description=label, completed=share)

    try:
        yield report
    finally:
        if drawn:
            bar.stop()


def console(*, stderr: bool = False) -> "Console":
    """Return a console as wide as the terminal; in a file, wide enough for every column."""
    from rich.console import Console

    terminal = Console(stderr=stderr, highlight=False)
    if terminal.is_terminal:
        return terminal
    return Console(stderr=stderr, highlight=False, width=WIDTH_OF_A_FILE)


def build_table(
    headings: Sequence[str],
    rows: "Iterable[Iterable[str | Text]]",
    *,
    right: Collection[str] = (),
    narrow: Collection[str] = (),
    title: str | None = None,
) -> "Table":
    """Return a table to print; columns `right` are aligned right, `narrow` ones never wrap."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    table = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False)
    for heading in headings:
        table.add_column(
            Text(heading),
            justify="right" if heading in right else "left",
            no_wrap=heading in narrow,
            overflow="ellipsis" if heading in narrow else "fold",
        )
    for row in rows:
        table.add_row(*(Text(cell) if isinstance(cell, str) else cell for cell in row))
    return table
