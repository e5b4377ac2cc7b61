"""Many rows: the quick route reads the same as the careful one, and a fault far down is found."""

import time

import numpy as np
import pytest

from coldspin import InvalidInputError
from coldspin.inputs.measurements import read_measurements

ROWS = 30_000


@pytest.fixture(scope="module")
def values():
    return np.random.default_rng(20240612).normal(size=(ROWS, 3))


def test_many_rows_take_microseconds_each(tmp_path, values):
    path = tmp_path / "large.csv"
    lines = [";".join(map(repr, row)) for row in values.tolist()]
    path.write_text("a;b;c\n" + "\n".join(lines).replace(".", ","), encoding="utf-8")
    start = time.process_time()
    table = read_measurements(path)
    assert (
        time.process_time() - start
    ) / ROWS < 40e-6  # it takes a tenth of that; the rest is for busy machines
    np.testing.assert_array_equal(np.array([column.values for column in table.columns]).T, values)


def test_a_fault_in_the_last_row(tmp_path, values):
    path = tmp_path / "large.csv"
    lines = [",".join(map(repr, row)) for row in values.tolist()]
    path.write_text("\n".join(["a,b,c", *lines, "1,2,x"]), encoding="utf-8")
    with pytest.raises(
        InvalidInputError, match=rf"'x' in row {ROWS + 2}, column 3 \(c\) is not a number"
    ):
        read_measurements(path).quantity("c", None)
    path.write_text("\n".join(["a,b,c", *lines, "1,NA,3"]), encoding="utf-8")
    assert np.isnan(read_measurements(path).column("b").values[-1])
