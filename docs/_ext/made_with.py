"""At the foot of every page with code: the version, commit and grid that made its figures and numbers."""

import subprocess
from html import escape
from pathlib import Path
from typing import Any

import grid
from myst_nb.sphinx_ import NbMetadataCollector

import coldspin


def read_commit(folder: Path) -> str:
    """Short commit, marked where files of the repository differ from it; "unknown" outside of a repository."""

    def git(*arguments: str) -> str:
        done = subprocess.run(
            ["git", "-C", folder, *arguments], capture_output=True, text=True, check=True
        )
        return done.stdout.strip()

    try:
        if Path(git("rev-parse", "--show-toplevel")).resolve() != folder.resolve().parent:
            return "unknown"  # the pages of an unpacked archive, in the repository of somebody else
        changed = git("status", "--porcelain", "--untracked-files=no")
        return git("rev-parse", "--short=10", "HEAD") + (", with changes" if changed else "")
    except (OSError, subprocess.CalledProcessError):
        return "unknown"


def format_foot(made_at: str, seconds: float | None) -> str:
    """Foot of a page: version, commit, grid and time."""
    time = "" if seconds is None else f", in {seconds:.0f} s"
    computed = (
        "not computed in this build" if seconds is None else f"on the {grid.chosen()} grid{time}"
    )
    return f"Figures and numbers of this page: coldspin {coldspin.__version__}, commit {made_at}, {computed}."


def add_foot(app: Any, page: str, _template: str, context: dict[str, Any], _tree: Any) -> None:
    """Append the sentence to a page with code."""
    if "body" not in context or "file_format" not in app.env.metadata.get(page, {}):
        return
    ran = NbMetadataCollector.get_doc_data(app.env)[page].get("exec_data") or {}
    text = format_foot(app.coldspin_commit, ran.get("runtime") if ran.get("succeeded") else None)
    context["body"] += f'<p class="made-with">{escape(text)}</p>\n'


def find_commit(app: Any) -> None:
    """Ask once a build."""
    app.coldspin_commit = read_commit(Path(app.srcdir))


def setup(app: Any) -> dict[str, bool]:
    """Connect both."""
    app.connect("builder-inited", find_commit)
    app.connect("html-page-context", add_foot)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
