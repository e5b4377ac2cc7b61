"""The four averages against table.csv, and table.csv against the script that made it."""

import csv
import importlib.util
from pathlib import Path

import numpy as np
import pytest

from coldspin import precession
from quadrature import assert_relative

HERE = Path(__file__).parent
QUANTITIES = ("lorentzian_average", "transverse_average", "spin_loss", "relaxation_rate")


@pytest.fixture(scope="module")
def rows():
    with (HERE / "table.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def script():
    spec = importlib.util.spec_from_file_location("closed_forms_make_table", HERE / "make_table.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize("name", QUANTITIES)
def test_average_has_twelve_digits_of_the_table(rows, name, sign):
    b, k, expected = (np.array([float(row[column]) for row in rows]) for column in ("b", "k", name))
    assert_relative(getattr(precession, name)(sign * b, k), expected, 1e-12)


@pytest.mark.parametrize("name", QUANTITIES)
def test_one_point_at_a_time_gives_the_same_as_the_array(rows, name):
    average = getattr(precession, name)
    b, k = (np.array([float(row[column]) for row in rows]) for column in ("b", "k"))
    assert [average(float(x), float(y)) for x, y in zip(b, k, strict=True)] == average(
        b, k
    ).tolist()


def test_table_spans_what_its_readme_says(rows):
    b, k = ({float(row[column]) for row in rows} for column in ("b", "k"))
    assert len(rows) == 285
    assert (min(b), max(b), min(k), max(k)) == (0, 1e8, 1e-12, np.inf)
    assert all(
        len(row[name].split("e")[0]) == 26 or row[name] == "0"
        for row in rows
        for name in QUANTITIES
    )


def test_points_of_the_script_are_those_of_the_table(rows, script):
    assert [(repr(b), repr(k)) for b, k in script.points()] == [
        (row["b"], row["k"]) for row in rows
    ]


def test_script_remakes_rows_of_the_table_to_the_last_digit(script):
    lines = (HERE / "table.csv").read_text(encoding="utf-8").splitlines()
    points = script.points()
    chosen = np.random.default_rng(7).choice(len(points), 12, replace=False)
    assert [script.row(*points[i]) for i in chosen] == [lines[1 + i] for i in chosen]


def test_script_stops_when_its_two_routes_differ(script, monkeypatch):
    honest = script.by_quadrature
    monkeypatch.setattr(
        script, "by_quadrature", lambda b, k: tuple(v * (1 + 1e-28) for v in honest(b, k))
    )
    with pytest.raises(ArithmeticError, match=r"routes differ at b = 1.0, k = 1.0"):
        script.row(1.0, 1.0)
