"""Random tables in every layout that is supported are read back to the same floats, bit for bit."""

from itertools import product
from math import isnan

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from coldspin.inputs.measurements import read_measurements

DELIMITERS = {"tab": "\t", "semicolon": ";", "comma": ",", "white space": "   "}
LAYOUTS = list(product(DELIMITERS, ".,"))
MISSING = ["", "nan", "NaN", "NA", "n/a", "-", "--"]
ENCODINGS = {"utf-8": None, "utf-8-sig": None, "utf-16": None, "latin-1": "latin-1"}
NAMES = ["B (mT)", "T1 [µs]", "pol (%)", "n"]


@st.composite
def tables(draw):
    """Rows of floats, NaN where missing, with one number that no comma of thousands could stand in."""
    width = draw(st.integers(1, 4))
    number = st.floats(allow_nan=False, allow_infinity=False) | st.integers(-9999, 9999).map(float)
    rows = draw(
        st.lists(
            st.lists(number | st.just(float("nan")), min_size=width, max_size=width), max_size=12
        )
    )
    return [[0.5] * width, *rows]


def cell(draw, value, delimiter, decimal):
    if isnan(value):
        return draw(st.sampled_from(MISSING[1:] if delimiter == "white space" else MISSING))
    text = draw(
        st.sampled_from(
            [repr(value), f"{value:.17e}", f"{value:+.17E}", repr(value).replace("-", "−")]
        )
    )
    text = text.replace(".", decimal)
    return f'"{text}"' if draw(st.booleans()) or (delimiter, decimal) == ("comma", ",") else text


@pytest.mark.parametrize(("delimiter", "decimal"), LAYOUTS)
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data(), values=tables())
def test_round_trip(tmp_path, delimiter, decimal, data, values):
    draw = data.draw
    mark, end = DELIMITERS[delimiter], draw(st.sampled_from(["\n", "\r\n", "\r"]))
    encoding = draw(st.sampled_from(list(ENCODINGS)))
    if encoding == "latin-1":
        cells = [
            [cell(draw, value, delimiter, decimal).replace("−", "-") for value in row]
            for row in values
        ]
    else:
        cells = [[cell(draw, value, delimiter, decimal) for value in row] for row in values]
    lines = [mark.join(row) for row in [NAMES[: len(values[0])], *cells]]
    rows = [
        i for i, line in enumerate(lines) if line.strip()
    ]  # a lone missing cell is a blank line
    path = tmp_path / "table"
    path.write_bytes((end.join(lines) + draw(st.sampled_from(["", end]))).encode(encoding))
    table = read_measurements(path, encoding=ENCODINGS[encoding])
    read = np.array([column.values for column in table.columns]).T
    expected = np.array([values[i - 1] for i in rows[1:]])
    assert table.names == ("B", "T1", "pol", "n")[: len(values[0])]
    assert [column.unit for column in table.columns] == ["mT", "µs", "%", ""][: len(values[0])]
    np.testing.assert_array_equal(read, expected)
    np.testing.assert_array_equal(
        np.signbit(read[~np.isnan(read)]), np.signbit(expected[~np.isnan(expected)])
    )
    assert list(table.columns[0].rows) == [i + 1 for i in rows[1:]]
