"""Folders with a study and its data."""

from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parents[4] / "examples" / "fits"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """An empty folder but for the study and the data of the example of T1."""
    monkeypatch.chdir(tmp_path)
    for name in ("t1.toml", "t1.csv", "plan.toml", "recovery.toml", "recovery.dat"):
        (tmp_path / name).write_bytes((EXAMPLES / name).read_bytes())
    return tmp_path


@pytest.fixture
def spoil(folder):
    """Replace something in a file of the folder."""

    def change(old, new, name="t1.toml"):
        text = (folder / name).read_text(encoding="utf-8")
        assert old in text
        (folder / name).write_text(text.replace(old, new, 1), encoding="utf-8")

    return change
