import base64
import io
import json

import matplotlib.image
import pytest

from coldspin.exceptions import InvalidInputError
from coldspin.explorer.answers import fit_answer
from coldspin.explorer.fits import DATA, chosen, fitted, free_names, measurement
from coldspin.explorer.uploads import read


def test_the_fit_is_that_of_the_command_line(one_isotope, t1, coldspin, tmp_path):
    found, text = fitted(one_isotope, t1)
    (tmp_path / "study.toml").write_text(text, encoding="utf-8")
    (tmp_path / DATA).write_bytes(t1.content)
    done = coldspin("fit", str(tmp_path / "study.toml"), "--output", str(tmp_path / "out"))
    assert done.returncode == 0, done.stderr
    told = json.loads((tmp_path / "out" / "fit.json").read_text(encoding="utf-8"))["result"]
    for parameter in told["parameters"]:
        assert parameter["value"] == found.fit.best[parameter["name"]]
    assert told["chi_square"] == found.fit.chi_square


def test_the_answer_shows_intervals_residuals_sentences_and_files(one_isotope, sent):
    seen = []
    found = fit_answer(one_isotope, sent, lambda label, share: seen.append((label, share)))
    names = [trace.get("name") for trace in found["figure"]["data"]]
    assert {"data", "best curve", "95% band", "classical theory"} <= set(names)
    residuals = [trace for trace in found["figure"]["data"] if trace.get("yaxis") == "y2"]
    assert len(residuals[0]["y"]) == 11
    assert [table["caption"][:9] for table in found["tables"]] == ["Free para", "Intervals"]
    assert found["said"]
    assert seen
    json.dumps(found, allow_nan=False)
    files = {name: base64.b64decode(content) for name, content in found["files"].items()}
    assert set(files) == {"fit.pdf", "fit.png", "fit.svg", "parameters.csv", "report.html", "study.toml"}
    assert matplotlib.image.imread(io.BytesIO(files["fit.png"])).std() > 0.05
    assert files["fit.pdf"].startswith(b"%PDF-")
    assert b"correlation_time" in files["parameters.csv"]
    assert found["best"]["correlation_time"] == pytest.approx(9e-9, rel=0.5)


def test_what_is_free_is_what_is_ticked(one_isotope, t1):
    columns = chosen(one_isotope, read(t1))
    model = measurement(one_isotope, t1, columns)[0].model
    assert free_names(one_isotope.model_copy(update={"free": "filling, local_field"}), model) == [
        "filling",
        "local_field",
    ]
    with pytest.raises(InvalidInputError, match="parameter of no model"):
        fitted(one_isotope.model_copy(update={"free": "colour"}), t1)


def test_columns_of_the_page_are_taken_only_where_the_file_has_them(one_isotope, t1):
    table = read(t1)
    assert chosen(one_isotope.model_copy(update={"x": "B", "y": "T1", "error": ""}), table) == ("B", "T1", "")
    assert chosen(one_isotope.model_copy(update={"x": "field", "y": "T1"}), table) == ("B", "T1", "T1_err")


@pytest.mark.parametrize("model", ["cooling", "nonsense"])
def test_a_model_that_does_not_suit_is_said(one_isotope, t1, model):
    with pytest.raises(InvalidInputError, match="page"):
        fitted(one_isotope.model_copy(update={"model": model}), t1)
