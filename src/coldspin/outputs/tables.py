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
from coldspin.arguments import Array
from coldspin.exceptions import InvalidInputError
from coldspin.outputs.files import whole_file

if TYPE_CHECKING:
    import xarray as xr


def check_suffix(path: Path) -> None:
    """Raise InvalidInputError, before any work is done, for a suffix that names none of the formats."""
    if path.suffix.lower() not in _WRITERS:
        raise InvalidInputError(
            f"output {path} must end in .csv, .json or .nc: the suffix says the format"
        )


def write(dataset: "xr.Dataset", path: Path, *, replace: bool = True) -> None:
    """Write `dataset`, which has one dimension, in the format of the suffix of `path`, whole or not at all.

    Without `replace`, FileExistsError if there is a file.
    """
    check_suffix(path)
    suffix = path.suffix.lower()
    with whole_file(path, replace=replace) as beside:
        _WRITERS[suffix](dataset if suffix == ".nc" else _flat(dataset), beside)


def _flat(dataset: "xr.Dataset") -> "xr.Dataset":
    """One column per isotope in place of a dimension of isotopes."""
    if "isotope" not in dataset.dims:
        return dataset
    flat = dataset.drop_dims("isotope")
    for name, variable in dataset.data_vars.items():
        for label in dataset["isotope"].values if "isotope" in variable.dims else ():
            flat[f"{name}_{label}"] = variable.sel(isotope=label, drop=True)
    return flat


def columns(dataset: "xr.Dataset") -> list[str]:
    """Names of the columns, the field first."""
    names = [str(name) for name in dataset.variables]
    return sorted(names, key=lambda name: name != "field")


def _write_csv(dataset: "xr.Dataset", path: Path) -> None:
    names = columns(dataset)
    with path.open("w", encoding="utf-8", newline="") as file:
        for name, value in _attributes(dataset).items():
            file.writelines(f"# {name}: {line}\n" for line in str(value).splitlines())
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(_header(name, dataset[name].attrs["units"]) for name in names)
        writer.writerows(zip(*(dataset[name].values.tolist() for name in names), strict=True))


def _header(name: str, unit: str) -> str:
    return f"{name} ({unit})" if unit not in ("", "1") else name


def _write_json(dataset: "xr.Dataset", path: Path) -> None:
    content = {
        "dimension": str(next(iter(dataset.dims))),
        "attributes": {name: _json_number(value) for name, value in _attributes(dataset).items()},
        "columns": {
            name: {
                **dataset[name].attrs,
                "values": [_json_number(v) for v in dataset[name].values.tolist()],
            }
            for name in columns(dataset)
        },
    }
    path.write_text(
        json.dumps(content, indent=1, ensure_ascii=False, allow_nan=False) + "\n", encoding="utf-8"
    )


def _json_number(value: Any) -> Any:
    if not isinstance(value, float) or isfinite(value):
        return value
    return "NaN" if isnan(value) else "Infinity" if value > 0 else "-Infinity"


def _write_netcdf(dataset: "xr.Dataset", path: Path) -> None:
    attributes = {
        name: int(v) if isinstance(v, bool) else v for name, v in _attributes(dataset).items()
    }  # no booleans
    content = dataset.assign_attrs(attributes).to_netcdf(
        engine="h5netcdf"
    )  # HDF5 crashes when a disk is full
    path.write_bytes(content)


def _attributes(dataset: "xr.Dataset") -> dict[str, Any]:
    """Attributes as plain numbers and text, which every format can hold, and the program that made them."""
    plain = {
        name: value.item() if isinstance(value, np.generic) else value
        for name, value in dataset.attrs.items()
    }
    kept = {
        str(name): value if isinstance(value, int | float) else str(value)
        for name, value in plain.items()
    }
    return kept | {"source": f"coldspin {__version__}"}


def write_curves(data: "xr.Dataset", path: Path) -> None:
    """Write `data` of several dimensions as CSV: rows along the dimension that its attribute `rows` names.

    Further dimensions become columns, constants repeat; ten digits.
    """
    header, columns = _curves(data)
    with path.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream)
        writer.writerow(header)
        writer.writerows(
            [format(float(value), ".10g") for value in row] for row in zip(*columns, strict=True)
        )


def _curves(data: "xr.Dataset") -> tuple[list[str], list[Array]]:
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


def _title(data: "xr.Dataset", name: str, where: str) -> str:
    return f"{name}{where} ({data[name].attrs['units']})"


def _plain(value: float) -> str:
    return f"{value:g}".replace("e+0", "e")


_WRITERS: "dict[str, Callable[[xr.Dataset, Path], None]]" = {
    ".csv": _write_csv,
    ".json": _write_json,
    ".nc": _write_netcdf,
}
