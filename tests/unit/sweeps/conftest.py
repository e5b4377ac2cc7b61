"""A folder with a study, and studies read from it."""

import pytest

from coldspin.sweeps import read_source, study_of
from helpers_of_sweeps import SAMPLE, SWEEP, Inline


@pytest.fixture
def inline():
    return Inline()


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """An empty folder but for grid.toml, where the commands run."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "grid.toml").write_text(SAMPLE + SWEEP, encoding="utf-8")
    return tmp_path


@pytest.fixture
def made(folder):
    """The study of grid.toml, with something in it replaced."""

    def make(*changes, text=SAMPLE + SWEEP):
        for old, new in changes:
            assert old in text
            text = text.replace(old, new, 1)
        (folder / "grid.toml").write_text(text, encoding="utf-8")
        return study_of(read_source(folder / "grid.toml"))

    return make
