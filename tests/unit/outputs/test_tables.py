"""What is written is read back, number for number, by programs that do not know coldspin."""

import csv
import json
from math import inf, nan

import numpy as np
import pytest
import xarray as xr

from coldspin import InvalidInputError, __version__
from coldspin.outputs import tables
from full_disk import full_disk

VALUES = [-inf, -1 / 3, -0.0, 5e-324, 0.1 + 0.2, 1.7976931348623157e308, inf, nan]


@pytest.fixture
def data():
    count = len(VALUES)
    made = xr.Dataset(
        {
            "spin_temperature": ("field", VALUES, {"units": "K", "long_name": "θ_N"}),
            "nuclear_spin": (
                "field",
                np.linspace(0, 1, count) / 3,
                {"units": "1", "long_name": "⟨I_z⟩"},
            ),
            "kind": (
                "field",
                np.array(["maximum", "a, b"] * (count // 2)),
                {"units": "", "long_name": "kind"},
            ),
        },
        coords={"field": ("field", np.arange(count) / 7, {"units": "T", "long_name": "B"})},
    )
    return made.assign_attrs(
        nuclei=1e5,
        warnings="one\ntwo",
        empty="",
        count=np.int64(3),
        ratio=np.float64(0.1),
        flag=True,
        species=None,
        worst=inf,
    )


def same(read, data, name):
    np.testing.assert_array_equal(np.array(read, dtype=float), data[name].values)
    np.testing.assert_array_equal(
        np.signbit(np.array(read, dtype=float)), np.signbit(data[name].values)
    )


def test_csv(data, tmp_path):
    path = tmp_path / "data.csv"
    tables.write(data, path)
    lines = path.read_text(encoding="utf-8").splitlines()
    comments = [line for line in lines if line.startswith("# ")]
    assert comments[:3] == ["# nuclei: 100000.0", "# warnings: one", "# warnings: two"]
    assert comments[-1] == f"# source: coldspin {__version__}"
    header, *rows = csv.reader(lines[len(comments) :])
    assert header == ["field (T)", "spin_temperature (K)", "nuclear_spin", "kind"]
    columns = list(zip(*rows, strict=True))
    for name, column in zip(("field", "spin_temperature", "nuclear_spin"), columns, strict=False):
        same(column, data, name)
    assert list(columns[3]) == list(data.kind.values)
    np.testing.assert_array_equal(
        np.genfromtxt(path, delimiter=",", skip_header=len(comments) + 1, usecols=0), data.field
    )


def test_json(data, tmp_path):
    path = tmp_path / "data.json"
    tables.write(data, path)

    def refuse(constant):
        raise AssertionError(f"{constant} is not JSON")

    content = json.loads(path.read_text(encoding="utf-8"), parse_constant=refuse)
    assert content["dimension"] == "field"
    assert content["attributes"] == {
        "nuclei": 1e5,
        "warnings": "one\ntwo",
        "empty": "",
        "count": 3,
        "ratio": 0.1,
        "flag": True,
        "species": "None",
        "worst": "Infinity",
        "source": f"coldspin {__version__}",
    }
    assert list(content["columns"]) == ["field", "spin_temperature", "nuclear_spin", "kind"]
    assert content["columns"]["spin_temperature"]["units"] == "K"
    assert content["columns"]["spin_temperature"]["long_name"] == "θ_N"
    assert content["columns"]["spin_temperature"]["values"][-2:] == ["Infinity", "NaN"]
    for name in ("field", "spin_temperature", "nuclear_spin"):
        same(content["columns"][name]["values"], data, name)


def test_netcdf(data, tmp_path):
    path = tmp_path / "data.nc"
    tables.write(data, path)
    with xr.open_dataset(path, engine="h5netcdf") as back:
        for name in ("field", "spin_temperature", "nuclear_spin"):
            same(back[name].values, data, name)
            assert back[name].attrs == data[name].attrs
        assert list(back.kind.values) == list(data.kind.values)
        assert back.attrs["nuclei"] == 1e5
        assert back.attrs["flag"] == 1
        assert back.attrs["warnings"] == "one\ntwo"
        assert back.attrs["source"] == f"coldspin {__version__}"


@pytest.mark.parametrize("suffix", [".csv", ".json", ".nc", ".CSV"])
def test_nothing_but_the_file_is_left_and_the_dataset_is_untouched(suffix, data, tmp_path):
    before = data.copy(deep=True)
    tables.write(data, tmp_path / f"data{suffix}")
    assert [path.name for path in tmp_path.iterdir()] == [f"data{suffix}"]
    xr.testing.assert_identical(data, before)


@pytest.mark.parametrize("name", ["data", "data.txt", "data.csv.gz", ".csv"])
def test_unknown_suffixes_are_refused(name, data, tmp_path):
    with pytest.raises(InvalidInputError, match=r"must end in \.csv, \.json or \.nc"):
        tables.write(data, tmp_path / name)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("suffix", [".csv", ".json", ".nc"])
def test_a_full_disk_is_an_error_and_leaves_nothing(data, tmp_path, suffix):
    with full_disk(most=500), pytest.raises(OSError, match="File too large") as full:
        tables.write(data, tmp_path / f"data{suffix}")
    assert full.value.filename == str(tmp_path / f"data{suffix}")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("suffix", [".csv", ".json", ".nc"])
def test_without_replace_what_is_there_stays(data, tmp_path, suffix):
    path = tmp_path / f"data{suffix}"
    path.write_text("theirs")
    with pytest.raises(FileExistsError):
        tables.write(data, path, replace=False)
    assert path.read_text() == "theirs"
    tables.write(data, path)
    assert path.read_bytes() != b"theirs"
