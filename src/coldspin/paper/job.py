"""The main job: all figures, tables, captions and claims of the paper in one folder."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from coldspin.outputs import sample_figures as plots
from coldspin.outputs.files import check_folder, whole_files
from coldspin.outputs.tables import write_curves
from coldspin.paper import figure2, figure3, figure_s1, report
from coldspin.paper.claims import CLAIMS, Claim

if TYPE_CHECKING:
    from matplotlib.figure import Figure

FILES = (
    *("fig2.png", "fig2.pdf", "fig2ab.csv", "fig2cd.csv"),
    *("fig3.png", "fig3.pdf", "fig3.csv"),
    *("figS1.png", "figS1.pdf", "figS1.csv"),
    *("captions.md", "claims.md", "claims.csv"),
)

# share of the time
_DONE_WITH_DATA = 0.35
_DONE_WITH_CLAIMS = 0.85

Progress = Callable[[str, float], None]
Writer = Callable[[Path], None]


def write_paper(output: Path, *, force: bool, progress: Progress | None = None) -> list[Claim]:
    """Compute the paper's figures and claims and write FILES into the folder `output`; return the claims.

    The folder is made if it is not there, with its parents. Whether it can be written is checked
    before anything is computed, and files already there are refused unless `force` is true:
    InvalidInputError, one sentence. Everything is computed before the first file is put in place,
    so an interrupted run leaves no part of a result. `progress` is called with a label and the
    finished share, from 0 to 1.
    """
    say = progress or _silent
    check_folder(output, FILES, force=force)
    say("figures", 0.0)
    writers = _figures(say)
    claims = []
    for i, claim in enumerate(CLAIMS):
        say("claims", _DONE_WITH_DATA + (_DONE_WITH_CLAIMS - _DONE_WITH_DATA) * i / len(CLAIMS))
        claims.append(claim())
    writers |= {
        "captions.md": report.write_captions,
        "claims.md": partial(report.write_claims_markdown, claims),
        "claims.csv": partial(report.write_claims_csv, claims),
    }
    say("files", _DONE_WITH_CLAIMS)
    with whole_files(output, FILES, replace=force) as paths:
        for i, name in enumerate(FILES):
            writers[name](paths[name])
            say("files", _DONE_WITH_CLAIMS + (1 - _DONE_WITH_CLAIMS) * (i + 1) / len(FILES))
    return claims


def _figures(say: Progress) -> dict[str, Writer]:
    """Compute the figures' data; what writes each of their files."""
    fields = figure2.field_dependence()
    optima = figure2.optimum_dependence()
    say("figures", 0.1)
    warming = figure3.warming_rates()
    say("figures", 0.12)
    rotation = figure_s1.compare(optima)
    say("figures", _DONE_WITH_DATA)
    drawings = {
        "fig2": partial(figure2.plot, fields, optima),
        "fig3": partial(figure3.plot, warming),
        "figS1": partial(figure_s1.plot, rotation),
    }
    tables = {"fig2ab": fields, "fig2cd": optima, "fig3": warming, "figS1": rotation}
    pictures: dict[str, Writer] = {
        f"{name}.{kind}": partial(_draw, draw)
        for name, draw in drawings.items()
        for kind in ("png", "pdf")
    }
    return pictures | {
        f"{name}.csv": partial(write_curves, table) for name, table in tables.items()
    }


def _draw(draw: Callable[[], "Figure"], path: Path) -> None:
    with plots.style():
        plots.save(draw(), path)


def _silent(_label: str, _share: float) -> None:
    pass
