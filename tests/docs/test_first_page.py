"""The README and the first page: short, with the picture that their example draws."""

import re
import sys

import numpy as np
import pytest

from documentation import DOCS

ROOT = DOCS.parent


def test_the_readme_has_at_most_400_words():
    assert len((ROOT / "README.md").read_text(encoding="utf-8").split()) <= 400


def test_the_picture_is_what_the_example_draws(tmp_path, monkeypatch):
    import matplotlib.pyplot as plt

    monkeypatch.syspath_prepend(str(DOCS / "images"))
    first_example = pytest.importorskip("first_example")
    plt.switch_backend("agg")
    first_example.draw(tmp_path / "again.png")
    sys.modules.pop("first_example")
    drawn = plt.imread(tmp_path / "again.png")
    committed = plt.imread(first_example.PICTURE)
    assert drawn.shape == committed.shape
    # other versions of Matplotlib move text a little
    assert np.abs(drawn - committed).mean() < 0.02


def test_the_first_page_shows_the_example_and_four_doors():
    text = (DOCS / "index.md").read_text(encoding="utf-8")
    assert "images/first-example.png" in text
    assert "{literalinclude} ../README.md" in text
    assert text.count("{container} door\n") == 4


def test_every_path_that_contributing_names_exists():
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    named = re.findall(r"`((?:src|docs|tests|tools)/[\w./-]+)`", text)
    assert len(named) > 20
    assert [path for path in named if not (ROOT / path).exists()] == []
    layout = text.split("## Layout")[1].split("    tests/")[0]
    folders = re.findall(r"^      (\w+)/ ", layout, flags=re.MULTILINE)
    packages = {path.parent.name for path in ROOT.glob("src/coldspin/*/__init__.py")}
    assert set(folders) == packages


def test_every_decision_is_in_the_index_and_numbers_are_unique():
    index = (DOCS / "decisions" / "index.md").read_text(encoding="utf-8")
    pages = sorted(path.stem for path in (DOCS / "decisions").glob("0*.md"))
    assert [page for page in pages if f"\n{page}\n" not in index] == []
    assert len({page[:4] for page in pages}) == len(pages)
