"""A sweep says each doubt once, with the points that it concerns."""

import re
from pathlib import Path

import numpy as np
import xarray as xr

from coldspin import ValidityWarning
from coldspin.sweeps import run_sweep
from coldspin.sweeps.chunks import describe_doubt, merge_doubts, read_remarks
from helpers_of_sweeps import SAMPLE, Inline

STORE = Path("grid.zarr")
TEXT = (
    SAMPLE
    + """
[sweep]
command = "cool"
chunk = 2

[sweep.axes]
site.correlation_time = ["1 ns", "100 ns", "200 ns", "400 ns"]
site.filling = [0.01, 0.05]

[cool]
field = "0:100:3 mT"
"""
)


def test_doubts_merge_to_the_worst_of_each_subject():
    first = describe_doubt(ValidityWarning("3", "phase", 3.0), {"a": 1})
    second = describe_doubt(ValidityWarning("5", "phase", 5.0), {"a": 2})
    third = describe_doubt(ValidityWarning("alone"), {"a": 3})
    merged = merge_doubts([first, second, third, first])
    assert [(one["sentence"], one["points"], one["parameters"]) for one in merged] == [
        ("5", 3, {"a": 2}),
        ("alone", 1, {"a": 3}),
    ]
    assert merge_doubts([*merge_doubts([first, second]), *merge_doubts([first])])[0]["points"] == 3


def test_a_sweep_says_a_thing_once_with_its_points(made, inline):
    summary = run_sweep(made(text=TEXT), STORE, inline)
    zeeman = [doubt for doubt in summary.doubts if "nuclear Zeeman precession" in doubt]
    assert len(zeeman) == 1
    assert "at 6 of 8 points, the worst: site.correlation_time = 400" in zeeman[0]
    names = [re.split(r" reaches| ignores", doubt)[0] for doubt in summary.doubts]
    assert len(set(names)) == len(names)
    with xr.open_zarr(STORE, consolidated=False) as found:
        per_point = found["doubts"].values
    assert per_point.max() <= len(summary.doubts)
    assert np.all(per_point[1:] > 0)


def test_remarks_of_an_earlier_version_are_left_out(made, inline):
    run_sweep(made(text=TEXT), STORE, inline)
    assert any(read_remarks(STORE, number).doubts for number in range(4))
    for file in STORE.glob("status/remarks/*.json"):
        file.write_text('{"failures": [], "doubts": ["a sentence"]}', encoding="utf-8")
    again = run_sweep(made(text=TEXT), STORE, Inline())
    assert (again.doubts, again.computed, again.complete) == ((), 0, True)
