"""Every page runs, heavy ones on the reduced grid and by `make test-slow`. A warning of a page is an error."""

import pytest

from documentation import DOCS, cells, execute, pages_with_code

pytest.importorskip("myst_nb")


@pytest.fixture(autouse=True)
def reduced(monkeypatch):
    """As the build runs them, in the folder of the pages."""
    import matplotlib.pyplot as plt

    plt.switch_backend("agg")
    monkeypatch.chdir(DOCS)
    monkeypatch.syspath_prepend(str(DOCS))
    monkeypatch.setenv("COLDSPIN_DOCS_GRID", "reduced")
    yield
    plt.close("all")


LIGHT = (
    "differences",
    "materials",
    "sharp-bits",
    "start",
    "tutorial-gaas-dot",
    "tutorial-t1",
    "validity",
)


@pytest.mark.parametrize(
    "name",
    [
        name if name in LIGHT else pytest.param(name, marks=pytest.mark.slow)
        for name in pages_with_code()
    ],
)
def test_page(name):
    assert cells(name)
    execute(name)


def test_a_cell_that_fails_is_told_with_its_page(monkeypatch):
    monkeypatch.setattr("documentation.cells", lambda _name: ["a = 1", "a / 0"])
    with pytest.raises(ZeroDivisionError) as failed:
        execute("start")
    assert any(str(entry.path) == "docs/start.md, cell 2" for entry in failed.traceback)


def test_the_grid_has_two_names(monkeypatch):
    import grid

    assert grid.grid(40, 8) == 8
    monkeypatch.delenv("COLDSPIN_DOCS_GRID")
    assert grid.grid(40, 8) == 40
    monkeypatch.setenv("COLDSPIN_DOCS_GRID", "coarse")
    with pytest.raises(
        ValueError, match="COLDSPIN_DOCS_GRID is 'coarse'; it must be 'full' or 'reduced'"
    ):
        grid.grid(40, 8)
