"""Columns by name, and in SI by the units of the header."""

import numpy as np
import pytest

from coldspin import InvalidInputError
from coldspin.inputs.measurements import read_measurements
from coldspin.quantities import (
    ANGLE,
    COUPLING,
    ENERGY,
    FIELD,
    FREQUENCY,
    TEMPERATURE,
    TIME,
    Dimension,
)

ELECTRONVOLT, HBAR = 1.602176634e-19, 1.054571817646156e-34

CONTENT = """\
Field (G);T1 (min);t1 (s);pol (%);ratio;shift (kHz);E (µeV);x (1);PL (dark);PL (light);theta/deg;T (degC);bad (mTT);PL
150;2;3;50;0,5;1;46;3;1;2;180;20;1;7
;-;4;-25;0,25;2;1;4;3;4;90;30;2;8
"""


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "curve.csv"
    path.write_text(CONTENT, encoding="utf-8")
    return read_measurements(path)


def refused(table, name, dimension=FIELD):
    with pytest.raises(InvalidInputError) as problem:
        table.quantity(name, dimension)
    return str(problem.value).removeprefix(f"{table.path}: ")


@pytest.mark.parametrize(
    ("name", "dimension", "expected"),
    [
        ("Field", FIELD, [0.015, np.nan]),
        (" field ", FIELD, [0.015, np.nan]),
        ("Field (G)", FIELD, [0.015, np.nan]),
        ("T1", TIME, [120, np.nan]),
        ("t1", TIME, [3, 4]),
        ("pol", None, [0.5, -0.25]),
        ("ratio", None, [0.5, 0.25]),
        ("x", None, [3, 4]),
        ("shift", FREQUENCY, [1000, 2000]),
        ("E", ENERGY, [46e-6 * ELECTRONVOLT, 1e-6 * ELECTRONVOLT]),
        ("E", COUPLING, [46e-6 * ELECTRONVOLT / HBAR, 1e-6 * ELECTRONVOLT / HBAR]),
        ("theta", ANGLE, [np.pi, np.pi / 2]),
    ],
)
def test_quantities_in_si(table, name, dimension, expected):
    np.testing.assert_allclose(table.quantity(name, dimension), expected, rtol=1e-14)


def test_a_name_with_its_unit_tells_columns_apart(table):
    assert table.column("PL [light]").values[0] == 2
    assert table.column("PL (dark)").values[0] == 1


def test_units_that_do_not_fit(table):
    unit = "the unit of column"
    assert (
        refused(table, "ratio")
        == "column 'ratio' has no unit; write it into the header, as in \"ratio (G)\""
    )
    assert refused(table, "ratio", Dimension("volt", "mV")) == (
        "column 'ratio' has no unit; write it into the header, as in \"ratio (volt)\""
    )
    assert (
        refused(table, "T1")
        == f'{unit} \'T1\' = 1 min has the wrong dimension; give it as in "150 G", "15 mT"'
    )
    assert (
        refused(table, "bad")
        == "column 'bad' has the unknown unit 'mTT'; write it as in \"bad (G)\""
    )
    assert refused(table, "shift", COUPLING).startswith(
        f"{unit} 'shift' = 1 kHz is in hertz, but an angular frequency"
    )
    assert (
        refused(table, "T", TEMPERATURE)
        == f"{unit} 'T' is 'degC', whose zero is not that of SI; convert it to kelvin"
    )
    assert refused(table, "T1", None) == (
        "column 'T1' is in 'min', but a plain number is needed; give it without a unit, or in %"
    )


def test_names_that_no_column_or_several_have(table):
    assert refused(table, "Feld") == "no column is named 'Feld'; did you mean Field?"
    assert refused(table, "zzz").startswith(
        "no column is named 'zzz'; known here: Field, T1, t1, pol, ratio"
    )
    assert (
        refused(table, "PL") == "columns 9, 10 and 14 are all named 'PL'; give them different names"
    )
    assert (
        refused(table, "pl") == "columns 9, 10 and 14 are all named 'pl'; give them different names"
    )


def test_columns_without_a_name_cannot_be_asked_for(tmp_path):
    path = tmp_path / "curve.csv"
    path.write_text(",B (mT)\n0,1\n", encoding="utf-8")
    assert refused(read_measurements(path), "C") == "no column is named 'C'; known here: B"


def test_the_table_cannot_be_changed(table):
    column = table.column("Field")
    assert (column.name, column.unit, table.names[:3]) == ("Field", "G", ("Field", "T1", "t1"))
    with pytest.raises(ValueError, match="read-only"):
        column.values[0] = 1
    with pytest.raises(ValueError, match="read-only"):
        column.rows[0] = 1
    with pytest.raises(AttributeError):
        column.unit = "T"
    table.quantity("ratio", None)[0] = 9
    assert column.values[0] == 150
    assert table.column("ratio").values[0] == 0.5


@pytest.mark.parametrize(
    ("cell", "name", "unit"),
    [
        ("B (mT)", "B", "mT"),
        ("B[mT]", "B", "mT"),
        ("B / mT", "B", "mT"),
        ("B/(mT)", "B", "mT"),
        ("W/(1/s)", "W", "1/s"),
        ("D (nm^2/(s))", "D", "nm^2/(s)"),
        ("f(x) (mT)", "f(x)", "mT"),
        ("pol / %", "pol", "%"),
        ("pol/1", "pol", "1"),
        ("pol ()", "pol", ""),
        ("pol [--]", "pol", ""),
        ("I/I0", "I/I0", ""),
        ("B/9**9**9**9", "B/9**9**9**9", ""),
        ("B/s**9**9**9", "B/s**9**9**9", ""),
        ("(mT)", "(mT)", ""),
        ("B)", "B)", ""),
        ("B (mT) up", "B (mT) up", ""),
        ("/mT", "/mT", ""),
    ],
)
def test_what_a_cell_of_a_header_says(tmp_path, cell, name, unit):
    path = tmp_path / "curve.csv"
    path.write_text(f"{cell}\tx\n1\t2\n", encoding="utf-8")
    column = read_measurements(path, delimiter="\t").columns[0]
    assert (column.name, column.unit) == (name, unit)
