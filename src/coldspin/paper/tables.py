"""Tables of curves as CSV: one row for each value of the first dimension, one column a curve, units in the header."""

import csv
from itertools import product
from pathlib import Path

import numpy as np
import xarray as xr

from coldspin.arguments import Array


def write_table(data: xr.Dataset, path: Path) -> None:
    """Write every variable along the first dimension of `data`; further dimensions become columns, constants repeat."""
    header, columns = _columns(data)
    with path.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream)
        writer.writerow(header)
        writer.writerows([format(float(value), ".10g") for value in row] for row in zip(*columns, strict=True))


def _columns(data: xr.Dataset) -> tuple[list[str], list[Array]]:
    along = str(data.attrs["rows"])
    header, columns = [_title(data, along, "")], [data[along].values]
    for name, variable in data.data_vars.items():
        others = [str(d) for d in variable.dims if d != along]
        for choice in product(*(range(data.sizes[d]) for d in others)):
            at = dict(zip(others, choice, strict=True))
            where = "".join(f" {d}={_plain(float(data[d][i]))}" for d, i in at.items())
            header.append(_title(data, str(name), where))
            columns.append(np.broadcast_to(variable.isel(at).values, columns[0].shape))
    return header, columns


def _title(data: xr.Dataset, name: str, where: str) -> str:
    return f"{name}{where} ({data[name].attrs['units']})"


def _plain(value: float) -> str:
    return f"{value:g}".replace("e+0", "e")
