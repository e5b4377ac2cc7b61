"""A progress bar with rate and remaining time, on standard error, for work that takes longer than two seconds."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

PATIENCE = 2.0  # seconds without a bar

Report = Callable[[str, float], None]


@contextmanager
def progress_bar(patience: float = PATIENCE) -> Iterator[Report]:
    """Give a function to call with a label and the finished share, 0 to 1.

    On a terminal it draws once `patience` has passed. Into a file it writes nothing, not even the
    empty line that the bar would leave.
    """
    from rich.progress import (
        BarColumn,
        Progress,
        TaskProgressColumn,
        TextColumn,
        TimeRemainingColumn,
    )

    from coldspin.cli.tabular import console

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TimeRemainingColumn(),
    )
    bar = Progress(*columns, console=console(stderr=True), transient=True)
    task, begun, drawn = bar.add_task("", total=1.0), time.monotonic(), False

    def report(label: str, share: float) -> None:
        nonlocal drawn
        if not drawn and bar.console.is_terminal and time.monotonic() - begun >= patience:
            bar.start()
            drawn = True
        bar.update(task, description=label, completed=share)

    try:
        yield report
    finally:
        if drawn:
            bar.stop()
