"""A runner in this process, a runner in a new one, and a sample file to spoil."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from coldspin.cli.app import app
from processes import COLDSPIN
from processes import run as run_process

EXAMPLE = Path(__file__).parents[3] / "examples" / "gaas-dot.toml"


@pytest.fixture
def example():
    return EXAMPLE.read_text(encoding="utf-8")


@pytest.fixture
def folder(tmp_path, monkeypatch, example):
    """An empty folder but for dot.toml, where the commands run."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "dot.toml").write_text(example, encoding="utf-8")
    return tmp_path


@pytest.fixture
def run(folder):
    """`coldspin` in this process."""
    return lambda *arguments: CliRunner().invoke(app, [str(a) for a in arguments])


@pytest.fixture
def process(folder):
    """`coldspin` as a user starts it."""

    def start(*arguments, **environment):
        return run_process([*COLDSPIN, *arguments], environment, cwd=folder)

    return start
