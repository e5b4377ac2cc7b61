import base64
import io
import json

import matplotlib.image
import numpy as np
import pytest

from coldspin.exceptions import InvalidInputError
from coldspin.explorer import data_figures
from coldspin.explorer.answers import fit_answer
from coldspin.explorer.fits import (
    DATA,
    build_page_measurement,
    choose_columns,
    fit_upload,
    free_names,
)
from coldspin.explorer.uploads import read_upload


def test_the_fit_is_that_of_the_command_line(one_isotope, t1, coldspin, tmp_path):
    found, text = fit_upload(one_isotope, t1)
    (tmp_path / "study.toml").write_text(text, encoding="utf-8")
    (tmp_path / DATA).write_bytes(t1.content)
    done = coldspin("fit", str(tmp_path / "study.toml"), "--output", str(tmp_path / "out"))
    assert done.returncode == 0, done.stderr
    told = json.loads((tmp_path / "out" / "fit.json").read_text(encoding="utf-8"))["result"]
    for parameter in told["parameters"]:
        assert parameter["value"] == found.fit.best[parameter["name"]]
    assert told["chi_square"] == found.fit.chi_square


@pytest.mark.slow
def test_the_answer_shows_intervals_residuals_sentences_and_files(one_isotope, t1, drawn_numbers):
    seen = []
    found = fit_answer(one_isotope, t1, lambda label, share: seen.append((label, share)))
    names = [trace.get("name") for trace in found["figure"]["data"]]
    assert {"data", "best curve", "95% band", "classical theory"} <= set(names)
    residuals = [trace for trace in found["figure"]["data"] if trace.get("yaxis") == "y2"]
    assert drawn_numbers(residuals[0]["y"]).size == 11
    assert [table["caption"][:9] for table in found["tables"]] == ["Free para", "Intervals"]
    assert found["said"]
    assert seen
    json.dumps(found, allow_nan=False)
    files = {name: base64.b64decode(content) for name, content in found["files"].items()}
    assert set(files) == {
        "fit.pdf",
        "fit.png",
        "fit.svg",
        "parameters.csv",
        "report.html",
        "study.toml",
    }
    assert matplotlib.image.imread(io.BytesIO(files["fit.png"])).std() > 0.05
    assert files["fit.pdf"].startswith(b"%PDF-")
    assert b"correlation_time" in files["parameters.csv"]
    assert found["best"]["correlation_time"] == pytest.approx(9e-9, rel=0.5)


def test_the_fit_is_drawn_on_the_axis_of_the_figure_of_the_command_line(
    one_isotope, t1, drawn_numbers
):
    from coldspin.outputs.fit_figures import list_panels, plot_fit

    found, _ = fit_upload(one_isotope, t1)
    drawn = data_figures.fit_figure(found, one_isotope)
    (panel,) = list_panels(found, one_isotope.unit)
    assert panel.scales[0] == "symlog"
    axes = plot_fit(found, one_isotope.unit).axes[0]
    assert axes.get_xscale() == "symlog"
    places = axes.xaxis.get_transform().transform(panel.units[0].scaled(panel.measurement.x))
    points = next(trace for trace in drawn["data"] if trace.get("name") == "data")
    assert np.allclose(drawn_numbers(points["x"]), places, rtol=1e-12)
    assert np.allclose(
        drawn_numbers(points["customdata"]), [0, 0.2, 0.4, 0.8, 1.5, 3, 6, 10, 14, 18, 25]
    )
    axis = drawn["layout"]["xaxis"]
    assert axis["ticktext"] == ["0", "0.1", "1", "10"]
    assert np.allclose(
        axis["tickvals"], axes.xaxis.get_transform().transform(np.array([0, 0.1, 1, 10]))
    )
    low, high = axis["range"]
    assert all(low < place < high for place in places)


def test_what_is_free_is_what_is_ticked(one_isotope, t1):
    columns = choose_columns(one_isotope, read_upload(t1))
    model = build_page_measurement(one_isotope, t1, columns)[0].model
    assert free_names(one_isotope.model_copy(update={"free": "filling, local_field"}), model) == [
        "filling",
        "local_field",
    ]
    with pytest.raises(InvalidInputError, match="parameter of no model"):
        fit_upload(one_isotope.model_copy(update={"free": "colour"}), t1)


def test_columns_of_the_page_are_taken_only_where_the_file_has_them(one_isotope, t1):
    table = read_upload(t1)
    assert choose_columns(
        one_isotope.model_copy(update={"x": "B", "y": "T1", "error": ""}), table
    ) == (
        "B",
        "T1",
        "",
    )
    assert choose_columns(one_isotope.model_copy(update={"x": "field", "y": "T1"}), table) == (
        "B",
        "T1",
        "T1_err",
    )


@pytest.mark.parametrize("model", ["cooling", "nonsense"])
def test_a_model_that_does_not_suit_is_said(one_isotope, t1, model):
    with pytest.raises(InvalidInputError, match="page"):
        fit_upload(one_isotope.model_copy(update={"model": model}), t1)
