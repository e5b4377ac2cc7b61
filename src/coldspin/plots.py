"""Figures of results, ready to print. They consume Datasets and compute nothing."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_STYLE = Path(__file__).with_name("coldspin.mplstyle")


@contextmanager
def style() -> Iterator[None]:
    """Matplotlib with the package's style, for the time of a with-block, on a backend that needs no screen."""
    import matplotlib as mpl

    mpl.use("Agg")
    with mpl.rc_context(fname=_STYLE):
        yield


def save(figure: "Figure", path: Path) -> None:
    """Write `figure` in the format of the suffix of `path`, without the date, so that equal figures are equal files."""
    import matplotlib.pyplot as plt

    metadata = {".pdf": {"CreationDate": None}, ".svg": {"Date": None}}.get(path.suffix.lower())
    figure.savefig(path, metadata=metadata)
    plt.close(figure)
