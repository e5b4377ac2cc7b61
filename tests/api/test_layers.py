"""Layers point one way: the contracts of pyproject.toml hold."""

import sys
from pathlib import Path

import pytest

from processes import run

ROOT = Path(__file__).parents[2]


def test_import_contracts():
    pytest.importorskip("importlinter", reason="a development dependency")
    code = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    done = run([sys.executable, "-c", code, "--no-cache"], cwd=ROOT, text=True)
    assert done.returncode == 0, done.stdout


def test_nothing_but_the_command_line_prints():
    for path in (ROOT / "src" / "coldspin").rglob("*.py"):
        if "cli" not in path.parts:
            assert not [
                line
                for line in path.read_text(encoding="utf-8").splitlines()
                if line.lstrip().startswith("print(")
            ]
