"""The report of the second maximum on a small grid: what it writes, what it refuses, what it says."""

import csv

import numpy as np
import pytest

from coldspin import InvalidInputError
from coldspin.studies import second_maximum_report as report
from scale import needs_compiler

pytestmark = needs_compiler


@pytest.fixture(scope="module")
def computed():
    """Two numbers of nuclei, three methods, a map of four points."""
    lines = report.curves(nuclei=(1e3, 1e4), points=3)
    return lines, report.maxima_map([30.0, 1000.0], [1e3, 1e4], [1.5e-3])


@pytest.fixture
def small(computed, monkeypatch):
    lines, table = computed
    monkeypatch.setattr(
        report, "maxima", lambda site, _method, _limits: [(site.fluctuation_field, 0.5)]
    )
    monkeypatch.setattr(report, "curves", lambda **_: lines)
    monkeypatch.setattr(report, "maxima_map", lambda *_, **__: table)
    return lines


@pytest.mark.slow
def test_all_files_and_no_others(small, tmp_path):
    told = []
    text = report.write_second_maximum(
        tmp_path / "out", force=False, progress=lambda *told_of: told.append(told_of)
    )
    assert {path.name for path in (tmp_path / "out").iterdir()} == set(report.FILES)
    assert told[-1] == ("done", 1.0)
    assert (tmp_path / "out" / "summary.md").read_text(encoding="utf-8") == text
    assert "one spin temperature" in text
    assert "⟨I_z⟩ = I_0" in text
    with pytest.raises(InvalidInputError, match="--force"):
        report.write_second_maximum(tmp_path / "out", force=False)


@pytest.mark.slow
def test_the_summary_lists_the_maxima_of_each_method(computed):
    rows = [
        line.split(" | ")
        for line in report.summary(*computed).splitlines()
        if line.startswith("| 1e+04")
    ]
    places = {
        row[1]: [float(entry.split(":")[0]) for entry in row[3].strip(" |").split(";")]
        for row in rows
    }
    assert set(places) == set(report.methods())
    np.testing.assert_allclose(places["exact"], places["semiclassical"], rtol=0.02)


@pytest.fixture
def no_figures(monkeypatch):
    for name in ("draw_curves", "draw_map"):
        monkeypatch.setattr(report, name, lambda data: data)
    monkeypatch.setattr(report, "save", lambda _figure, path: path.write_bytes(b"figure"))


def test_csv_holds_the_curves(small, no_figures, tmp_path):
    report.write_second_maximum(tmp_path, force=True)
    with (tmp_path / "curves.csv").open(encoding="utf-8", newline="") as stream:
        header, *rows = csv.reader(stream)
    column = header.index("exact nuclei=10000 (β_0)")
    np.testing.assert_allclose(
        [float(row[column]) for row in rows], small.exact.sel(nuclei=1e4), rtol=1e-9
    )


def test_three_methods_agree_where_they_should(small):
    far = small.isel(field=-1)
    np.testing.assert_allclose(far.exact, far.semiclassical, rtol=1e-2)
    np.testing.assert_allclose(far.semiclassical, far.without_mixing, rtol=1e-2)
    near = small.isel(field=0)
    np.testing.assert_allclose(near.exact, near.closed, rtol=0.15)


def test_nothing_half_written(small, no_figures, tmp_path, monkeypatch):
    def broken(_data):
        raise KeyboardInterrupt

    monkeypatch.setattr(report, "draw_map", broken)
    with pytest.raises(KeyboardInterrupt):
        report.write_second_maximum(tmp_path, force=True)
    assert list(tmp_path.iterdir()) == []
