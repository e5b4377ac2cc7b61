import csv
from decimal import Decimal
from pathlib import Path

import pytest

from coldspin.heating import Multiplets
from scale import compiled

with (Path(__file__).parent / "table.csv").open() as file:
    ROWS = list(csv.DictReader(file))


@pytest.mark.parametrize(
    "row", ROWS, ids=lambda row: f"N{row['nuclei']}-b{row['b']}-k{row['k']}-z{row['zeeman']}"
)
@pytest.mark.parametrize("tolerance", [0.0, 1e-10])
def test_every_digit(row, tolerance):
    b = float(row["b"])
    found = Multiplets(tolerance=tolerance).heating_coefficient(
        b,
        float(row["k"]),
        nuclei=compiled(int(row["nuclei"])),
        nuclear_precession=float(row["zeeman"]) * b,
    )
    printed = Decimal(row["heating_coefficient"])
    last_digit = Decimal(1).scaleb(printed.as_tuple().exponent)
    assert abs(Decimal(found) - printed) <= last_digit * Decimal("0.501")
