"""The pages, built once for all tests: without their code, which test_pages.py runs."""

import os
import sys
import time
from pathlib import Path

import pytest

from processes import run

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT / "docs" / "_ext"), str(ROOT / "docs"), str(ROOT / "tools")]


def _build(folder):
    quick = ["-D", "nb_execution_mode=off", "-D", "suppress_warnings=myst-nb.lexer"]
    command = [
        sys.executable,
        "-m",
        "sphinx",
        "-W",
        "--keep-going",
        "-q",
        *quick,
        "-b",
        "html",
        "docs",
        str(folder),
    ]
    done = run(command, patience=540, cwd=ROOT, text=True)
    (folder.parent / "warnings.txt").write_text(done.stderr, encoding="utf-8")


@pytest.fixture(scope="session")
def built(tmp_path_factory):
    """Folder of the built pages, and what the build complained of; of several test processes the first one builds."""
    pytest.importorskip("sphinx")
    base = tmp_path_factory.getbasetemp()
    shared = (base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base) / "docs-built"
    try:
        shared.mkdir()
    except FileExistsError:
        for _ in range(1200):
            if (shared / "warnings.txt").exists():
                break
            time.sleep(0.5)
    else:
        _build(shared / "html")
    return shared / "html", (shared / "warnings.txt").read_text(encoding="utf-8")
