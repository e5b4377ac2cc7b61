"""CSV tables: one header row with units, one column a curve."""

import csv

import numpy as np
import xarray as xr

from coldspin.outputs.tables import write_curves


def test_header_and_cells(tmp_path):
    data = xr.Dataset(
        {
            "height": (("time", "nuclei"), [[1.0, 2.0], [3.0, 4.5]], {"units": "m"}),
            "limit": ("nuclei", [7.0, 8.0], {"units": "m"}),
        },
        {
            "time": ("time", [0.1, 1 / 3], {"units": "s"}),
            "nuclei": ("nuclei", np.array([1e6, 1e4]), {"units": "1"}),
        },
        {"rows": "time"},
    )
    write_curves(data, tmp_path / "t.csv")
    rows = list(csv.reader((tmp_path / "t.csv").read_text(encoding="utf-8").splitlines()))
    assert rows == [
        [
            "time (s)",
            "height nuclei=1e6 (m)",
            "height nuclei=10000 (m)",
            "limit nuclei=1e6 (m)",
            "limit nuclei=10000 (m)",
        ],
        ["0.1", "1", "2", "7", "8"],
        ["0.3333333333", "3", "4.5", "7", "8"],
    ]
