"""Datasets as files for other programs: CSV, JSON and netCDF, every number with all its digits.

CSV: comment lines `# name: value` with the attributes, one header line `field (T),spin_temperature
(K),…`, then rows. JSON: `{"dimension", "attributes", "columns": {name: {"units", "long_name",
"values"}}}`; what JSON has no number for is written "Infinity", "-Infinity" or "NaN", as text.
netCDF: the Dataset itself, in netCDF 4, for `xarray.open_dataset`.
"""

import csv
import json
from collections.abc import Callable
from itertools import product
from math import isfinite, isnan
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from coldspin import __version__
from coldspin.exceptions import InvalidInputError
from coldspin.outputs.files import whole_file

if TYPE_CHECKING:
    import xarray as xr


def check_suffix(path: Path) -> None:
    """Raise InvalidInputError, before any work is done, for a suffix that names no format."""
    if path.suffix.lower() not in _WRITERS:
        raise InvalidInputError(
            f"output {path} must end in .csv, .json or .nc: the suffix says the format"
        )


def write(dataset: "xr.Dataset", path: Path, *, replace: bool = True) -> None:
    """Write `dataset`, of one dimension, in the format of the suffix, whole or not at all.

    Without `replace`, FileExistsError if there is a file.
    """
    check_suffix(path)
    with whole_file(path, replace=replace) as beside:
        _WRITERS[path.suffix.lower()](dataset, beside)


def column_names(dataset: "xr.Dataset") -> list[str]:
    """Names of the columns, the field first."""
    names = [str(name) for name in dataset.variables]
    return sorted(names, key=lambda name: name != "field")


def _split_isotopes(dataset: "xr.Dataset") -> "xr.Dataset":
    """One column per isotope in place of a dimension of isotopes."""
    if "isotope" not in dataset.dims:
        return dataset
    flat = dataset.drop_dims("isotope")
    for name, variable in dataset.data_vars.items():
        if "isotope" in variable.dims:
            for label in dataset["isotope"].values:
                flat[f"{name}_{label}"] = variable.sel(isotope=label, drop=True)
    return flat


def _write_csv(dataset: "xr.Dataset", path: Path) -> None:
    flat = _split_isotopes(dataset)
    names = column_names(flat)
    header = []
    for name in names:
        unit = flat[name].attrs["units"]
        header.append(f"{name} ({unit})" if unit not in ("", "1") else name)
    columns = [flat[name].values.tolist() for name in names]
    with path.open("w", encoding="utf-8", newline="") as file:
        for name, value in _plain_attributes(flat).items():
            file.writelines(f"# {name}: {line}\n" for line in str(value).splitlines())
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(zip(*columns, strict=True))


def _write_json(dataset: "xr.Dataset", path: Path) -> None:
    flat = _split_isotopes(dataset)
    attributes = _plain_attributes(flat)
    columns = {}
    for name in column_names(flat):
        values = [_json_number(value) for value in flat[name].values.tolist()]
        columns[name] = {**flat[name].attrs, "values": values}
    content = {
        "dimension": str(next(iter(flat.dims))),
        "attributes": {name: _json_number(value) for name, value in attributes.items()},
        "columns": columns,
    }
    text = json.dumps(content, indent=1, ensure_ascii=False, allow_nan=False)
    path.write_text(text + "\n", encoding="utf-8")


def _json_number(value: Any) -> Any:
    """JSON has no infinities and no NaN; they are text."""
    if not isinstance(value, float) or isfinite(value):
        return value
    if isnan(value):
        return "NaN"
    return "Infinity" if value > 0 else "-Infinity"


def _write_netcdf(dataset: "xr.Dataset", path: Path) -> None:
    attributes = _plain_attributes(dataset)
    for name, value in attributes.items():
        if isinstance(value, bool):  # netCDF has no booleans
            attributes[name] = int(value)
    # In memory first: HDF5 crashes when a disk is full.
    path.write_bytes(dataset.assign_attrs(attributes).to_netcdf(engine="h5netcdf"))


def _plain_attributes(dataset: "xr.Dataset") -> dict[str, Any]:
    """Attributes as plain numbers and text, which every format can hold, and the program."""
    attributes: dict[str, Any] = {}
    for name, value in dataset.attrs.items():
        plain = value.item() if isinstance(value, np.generic) else value
        attributes[str(name)] = plain if isinstance(plain, int | float) else str(plain)
    attributes["source"] = f"coldspin {__version__}"
    return attributes


def write_curves(data: "xr.Dataset", path: Path) -> None:
    """Write `data` of several dimensions as CSV with ten digits.

    Rows go along the dimension that the attribute `rows` names; further dimensions become columns,
    constants repeat.
    """
    along = str(data.attrs["rows"])
    header = [f"{along} ({data[along].attrs['units']})"]
    columns = [data[along].values]
    for name, variable in data.data_vars.items():
        others = [str(dimension) for dimension in variable.dims if dimension != along]
        for choice in product(*(range(data.sizes[dimension]) for dimension in others)):
            position = dict(zip(others, choice, strict=True))
            where = ""
            for dimension, index in position.items():
                value = f"{float(data[dimension][index]):g}".replace("e+0", "e")
                where += f" {dimension}={value}"
            header.append(f"{name}{where} ({variable.attrs['units']})")
            columns.append(np.broadcast_to(variable.isel(position).values, columns[0].shape))
    with path.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream)
        writer.writerow(header)
        for row in zip(*columns, strict=True):
            writer.writerow([format(float(value), ".10g") for value in row])


_WRITERS: "dict[str, Callable[[xr.Dataset, Path], None]]" = {
    ".csv": _write_csv,
    ".json": _write_json,
    ".nc": _write_netcdf,
}
