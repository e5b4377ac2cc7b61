import csv
import io
import xml.etree.ElementTree as ET
from types import SimpleNamespace

import numpy as np
import pytest

from coldspin.exceptions import InvalidInputError
from coldspin.explorer import curves
from coldspin.explorer.files import CONTENTS, FIGURES, build_file
from coldspin.explorer.samples import build_page_sample
from quick import quick

DRAWN = [name for name in CONTENTS if name not in ("maxima", "validity")]


def rows(content):
    lines = content.decode().splitlines()
    return list(csv.DictReader(line for line in lines if not line.startswith("#")))


KINDS = [(content, kind) for content in DRAWN for kind in FIGURES]


KEPT = [
    number
    for number, (content, kind) in enumerate(KINDS)
    if kind == "png" or (content, kind) == ("map", "pdf")
]


@pytest.mark.parametrize(("content", "kind"), quick(KINDS, *KEPT))
def test_every_figure_is_a_file_of_its_kind(one_isotope, content, kind):
    import matplotlib.image

    name, made = build_file(one_isotope, content, kind)
    assert name == f"{content}.{kind}"
    if kind == "png":
        pixels = matplotlib.image.imread(io.BytesIO(made))
        assert pixels.std() > 0.05
    elif kind == "svg":
        assert ET.fromstring(made).tag.endswith("svg")  # noqa: S314  # our own
    else:
        assert made.startswith(b"%PDF-")
        assert made.rstrip().endswith(b"%%EOF")


def test_tables_hold_every_number_with_all_its_digits(one_isotope):
    found = curves.curves(one_isotope)
    expected = {
        "cooling": found.pumped,
        "warming": found.dark,
        "maxima": curves.maxima(one_isotope),
    }
    for content, data in expected.items():
        table = rows(build_file(one_isotope, content, "csv")[1])
        beta = next(
            name
            for name in table[0]
            if name.startswith(("inverse_spin_temperature", "relaxation_rate"))
        )
        values = data[beta.partition(" (")[0]].values
        assert np.array_equal([float(row[beta]) for row in table], values)


def test_the_table_of_the_map_has_each_point_once(one_isotope):
    found = curves.temperature_map(one_isotope)
    table = rows(build_file(one_isotope, "map", "csv")[1])
    assert len(table) == found.beta.size
    assert float(table[5]["inverse_spin_temperature (1/J)"]) == found.beta.ravel()[5]
    assert float(table[-1]["correlation_time (s)"]) == found.time[-1]


def test_the_protocol_and_the_report_are_tables_too(one_isotope):
    course = rows(build_file(one_isotope, "protocol", "csv")[1])
    assert float(course[-1]["time (s)"]) == curves.course(one_isotope).time.values[-1]
    report = rows(build_file(one_isotope, "validity", "csv")[1])
    assert [row["level"] for row in report] == [
        row.level for row in curves.curves(one_isotope).report.rows
    ]


@pytest.mark.slow
def test_equal_pages_give_equal_figures(one_isotope):
    assert build_file(one_isotope, "cooling", "svg") == build_file(one_isotope, "cooling", "svg")


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        ("secret", "csv"),
        ("cooling", "exe"),
        ("../x", "png"),
        ("validity", "png"),
        ("cooling", "toml"),
        ("None", "None"),
    ],
)
def test_there_is_no_other_file(one_isotope, content, kind):
    with pytest.raises(InvalidInputError, match=r"there are|take it as CSV"):
        build_file(one_isotope, content, kind)


def test_the_circles_of_the_figure_are_the_maxima(one_isotope, monkeypatch):
    from coldspin.outputs import sample_figures as plots

    seen = SimpleNamespace(optimum=None)
    monkeypatch.setattr(plots, "plot_cool", lambda *_, **__: seen.__dict__.update(optimum=_[2]))
    monkeypatch.setattr(plots, "save", lambda _figure, path: path.write_bytes(b"x"))
    build_file(one_isotope, "cooling", "png")
    assert seen.optimum.identical(curves.maxima(one_isotope))
    assert build_page_sample(one_isotope).site.nuclei == 1.7e4
