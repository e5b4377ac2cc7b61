"""The tour of a new user, by hand and by keyboard, each file compared with what Python computes."""

import csv
import io
import json
import tomllib
import xml.etree.ElementTree as ET
from urllib.parse import urlsplit

import matplotlib.image
import numpy as np
import pytest

from browsing import settled
from coldspin.explorer import curves
from coldspin.explorer.samples import build_page_sample, read_tables
from coldspin.explorer.state import read_query

T1 = "B (G), T1 (s), T1_err (s)\n" + "\n".join(
    f"{b}, {t}, {0.06 * t:.3g}"
    for b, t in (
        (0, 3.0),
        (0.4, 6.0),
        (0.8, 8.7),
        (1.5, 13.7),
        (3, 17.2),
        (6, 20.2),
        (10, 25.8),
        (14, 34.7),
        (18, 48.7),
        (25, 82),
    )
)
OWN = "material=own+nuclei&nuclei=1.7e4&nuclear_spin=0.5&hyperfine_coupling=-0.67+neV&local_field=0.5+G&g_factor=-1.6"
OWN += "&nuclear_gyromagnetic_ratio=-6.4e7+rad%2Fs%2FT&correlation_time=2+ns&filling=1e-4"


def state_of(page):
    return read_query(urlsplit(page.url).query)[0]


def got(page, label):
    with page.expect_download() as waiting:
        page.get_by_role("button", name=label, exact=True).click()
    with open(waiting.value.path(), "rb") as file:
        return file.read()


def table(content):
    return list(
        csv.DictReader(line for line in content.decode().splitlines() if not line.startswith("#"))
    )


def test_the_tour_of_a_new_user(visit):
    page = visit()
    page.get_by_label("Material", exact=True).select_option("CdTe")
    page.get_by_label("Size of the orbit, by").select_option("bohr_radius")
    page.get_by_label("Size", exact=True).fill("5.2 nm")
    settled(page)

    slider = page.get_by_label("Correlation time τ_c, slider")
    before = page.get_by_label("Correlation time τ_c", exact=True).input_value()
    slider.focus()
    for _ in range(20):
        page.keyboard.press("ArrowRight")
    settled(page)
    after = page.get_by_label("Correlation time τ_c", exact=True).input_value()
    assert (before, after) == ("10 ns", "25.1 ns")

    state = state_of(page)
    assert (state.material, state.size, state.correlation_time) == ("CdTe", "5.2 nm", "25.1 ns")
    best = curves.maxima(state)
    cells = page.locator("#extrema tbody tr").first.locator("td").all_inner_texts()
    assert float(cells[1].replace("−", "-")) == pytest.approx(float(best.field[0]) * 1e4, rel=1e-5)
    assert cells[1] in page.locator("#extrema").inner_text()
    assert "Coldest at B" in page.locator("#summary").inner_text()

    page.get_by_label("mT", exact=True).check()
    page.get_by_label("1/β", exact=True).check()
    settled(page)
    cells = page.locator("#extrema tbody tr").first.locator("td").all_inner_texts()
    assert float(cells[1].replace("−", "-")) == pytest.approx(float(best.field[0]) * 1e3, rel=1e-4)
    assert "neV" in page.locator("#summary").inner_text()
    assert state_of(page).unit == "mT"

    found = curves.curves(state_of(page))
    cooling = table(got(page, "Cooling curve as CSV"))
    assert np.array_equal(
        [float(r["inverse_spin_temperature (1/J)"]) for r in cooling],
        found.pumped.inverse_spin_temperature,
    )
    warming = table(got(page, "Warming in the dark as CSV"))
    assert np.array_equal(
        [float(r["relaxation_rate (1/s)"]) for r in warming], found.dark.relaxation_rate
    )
    assert len(table(got(page, "Extrema of |β| as CSV"))) == best.sizes["extremum"]
    assert len(table(got(page, "Map as CSV"))) == curves.MAP_FIELDS * curves.MAP_TIMES
    report = table(got(page, "Validity report as CSV"))
    assert [r["level"] for r in report] == [row.level for row in found.report.rows]
    sample = tomllib.loads(got(page, "Sample file for the command line as TOML").decode())
    assert build_page_sample(read_tables(sample)).site == build_page_sample(state_of(page)).site
    for name in ("Cooling curve", "Warming in the dark", "Map", "Protocol"):
        assert matplotlib.image.imread(io.BytesIO(got(page, f"{name} as PNG"))).std() > 0.05
        assert ET.fromstring(got(page, f"{name} as SVG")).tag.endswith("svg")  # noqa: S314  # our own
        assert got(page, f"{name} as PDF").startswith(b"%PDF-")


def test_data_are_drawn_over_the_theory_and_fitted_on_a_click(visit, tmp_path):
    page = visit(OWN)
    page.get_by_role("tab", name="Data").click()
    (tmp_path / "t1.csv").write_text(T1, encoding="utf-8")
    page.get_by_label("Data file").set_input_files(tmp_path / "t1.csv")
    settled(page)
    assert page.get_by_label("Column of the errors").input_value() == "T1_err"
    assert page.locator("#free input:checked").count() == 3
    page.get_by_role("button", name="Fit", exact=True).click()
    page.wait_for_selector("#findings table")
    settled(page)
    from coldspin.explorer.fits import fit_upload
    from coldspin.explorer.uploads import Upload

    found, _ = fit_upload(state_of(page), Upload("t1.csv", T1.encode()))
    rows = table(got(page, "parameters.csv"))
    assert {r["parameter"]: float(r["value"]) for r in rows} == found.fit.best
    assert page.locator("#graph-fit .main-svg").count() >= 1
    assert "95% interval" in page.locator("#findings").inner_text()
    assert got(page, "fit.pdf").startswith(b"%PDF-")
    assert b"<html" in got(page, "report.html").lower()[:500]


@pytest.mark.slow
def test_a_data_file_is_sent_once_and_again_only_when_the_server_has_it_no_more(visit, tmp_path):
    page, other = visit(OWN + "&tab=data"), visit("tab=data")
    sizes, files = [], []
    page.on(
        "request",
        lambda r: (
            sizes.append(len(r.post_data or "")) if "data-request" in (r.post_data or "") else None
        ),
    )
    page.on("request", lambda r: files.append(r.url) if "/_upload" in r.url else None)
    text = T1 + "".join(f"\n{30 + i / 100}, 90, 5" for i in range(20_000))
    (tmp_path / "t1.csv").write_text(text, encoding="utf-8")
    page.get_by_label("Data file").set_input_files(tmp_path / "t1.csv")
    settled(page)
    assert "2000 of 20010 points" in page.locator("#data-notes").inner_text()
    page.get_by_label("Filling f", exact=True).fill("0.003")
    settled(page)
    assert len(files) == 1
    assert len(sizes) >= 2
    assert max(sizes) < 10_000
    for i in range(9):
        (tmp_path / f"{i}.csv").write_text(f"B (G), T1 (s)\n1, {i + 1}\n2, 3\n", encoding="utf-8")
        other.get_by_label("Data file").set_input_files(tmp_path / f"{i}.csv")
        other.wait_for_selector(f"#file-name:has-text('{i}.csv')")
        settled(other)
    page.get_by_label("Filling f", exact=True).fill("0.002")
    settled(page)
    assert len(files) == 2
    assert page.locator("#figure-data.stale").count() == 0
    assert page.locator("#error-file").inner_text() == ""


@pytest.mark.slow
def test_stages_are_a_table_and_beta_follows_them(visit):
    page = visit(OWN + "&tab=protocol")
    assert page.locator("#ends tbody tr").count() == 3
    page.get_by_role("button", name="Add a stage").click()
    page.get_by_label("duration").last.fill("3 s")
    settled(page)
    rows = page.locator("#ends tbody tr")
    assert rows.count() == 4
    course = table(got(page, "Protocol as CSV"))
    assert float(course[-1]["time (s)"]) == curves.course(state_of(page)).time.values[-1]
    assert len(tomllib.loads(got(page, "Protocol as TOML").decode())["stage"]) == 4
    page.get_by_role("button", name="Remove").first.click()
    settled(page)
    assert page.locator("#ends tbody tr").count() == 3


@pytest.mark.slow
def test_a_link_restores_the_page(visit):
    page = visit()
    page.get_by_label("Filling f", exact=True).fill("0.003")
    page.get_by_label("nuclei see the Knight field").check()
    page.get_by_label("T", exact=True).check()
    settled(page)
    summary = page.locator("#summary").inner_text()
    again = visit(urlsplit(page.url).query)
    assert again.get_by_label("Filling f", exact=True).input_value() == "0.003"
    assert again.get_by_label("nuclei see the Knight field").is_checked()
    assert again.locator("#summary").inner_text() == summary


@pytest.mark.slow
def test_a_damaged_link_is_said(visit):
    page = visit("material=%3Cscript%3E&colour=red")
    assert "is shown instead" in page.locator("#error-page").inner_text()
    assert page.get_by_label("Material", exact=True).input_value() == "GaAs"
    page.get_by_label("Filling f", exact=True).fill("0.02")
    settled(page)
    assert page.locator("#error-page").inner_text() == ""


@pytest.mark.slow
def test_a_link_with_an_unknown_choice_says_what_is_shown_instead(visit):
    page = visit("method=closd-form&unit=furlong&filling=0.003")
    said = page.locator("#error-page").inner_text()
    assert "'closd-form' for “Method”" in said
    assert "closed-form is shown instead" in said
    assert "'furlong'" in said
    assert page.get_by_label("Method", exact=True).input_value() == "closed-form"
    assert page.get_by_label("G", exact=True).is_checked()
    assert page.get_by_label("Filling f", exact=True).input_value() == "0.003"


def test_what_is_wrong_is_said_beside_its_field_and_the_old_curve_is_greyed(visit):
    page = visit()
    page.get_by_label("Correlation time τ_c", exact=True).fill("ten ns")
    page.wait_for_selector("#error-correlation_time:not(:empty)")
    said = page.locator("#error-correlation_time").inner_text()
    assert "must start with a number" in said
    assert said.startswith(page.locator("label[for=correlation_time]").inner_text())
    assert (
        page.get_by_label("Correlation time τ_c", exact=True).get_attribute("aria-invalid")
        == "true"
    )
    assert page.locator("#figure-temperature.stale").count() == 1
    page.get_by_label("Correlation time τ_c", exact=True).fill("20 ns")
    page.wait_for_selector("#figure-temperature:not(.stale)")
    settled(page)
    assert page.locator("#error-correlation_time").inner_text() == ""


@pytest.mark.slow
def test_html_in_names_is_text(visit, tmp_path):
    page = visit(OWN + "&tab=data")
    evil = "<img src=x onerror=document.title=1>"
    (tmp_path / "evil.csv").write_text(f"B (G), {evil} (s)\n1, 2\n2, 3\n", encoding="utf-8")
    page.get_by_label("Data file").set_input_files(tmp_path / "evil.csv")
    settled(page)
    assert page.locator("img[src=x]").count() == 0
    assert page.title() == "coldspin explore"


@pytest.mark.slow
def test_what_is_wrong_with_a_file_stands_beside_it_with_its_own_name(visit, tmp_path):
    page = visit(OWN + "&tab=data")
    for name, rows in (("good.csv", "1, 2\n2, nan\n3, 4"), ("ragged.csv", "1, 2\n2\n3, 4, 5")):
        (tmp_path / name).write_text(f"B (G), T1 (s)\n{rows}\n", encoding="utf-8")
        page.get_by_label("Data file").set_input_files(tmp_path / name)
        page.wait_for_selector(f"#file-name:has-text('{name}')")
        settled(page)
    assert "ragged.csv: row 3 has 1 cell" in page.locator("#error-file").inner_text()
    assert (
        page.locator("#error-page").inner_text() == page.locator("#data-notes").inner_text() == ""
    )


@pytest.mark.slow
def test_twenty_quick_moves_end_at_the_last(visit):
    page = visit(OWN)
    slider = page.get_by_label("Filling f, slider")
    slider.focus()
    for _ in range(20):
        page.keyboard.press("ArrowLeft")
    settled(page)
    state = state_of(page)
    assert state.filling == page.get_by_label("Filling f", exact=True).input_value() != "1e-4"
    shown = page.locator("#extrema tbody tr").first.locator("td").nth(1).inner_text()
    assert float(shown.replace("−", "-")) == pytest.approx(
        float(curves.maxima(state).field[0]) * 1e4, rel=1e-4
    )
    page.wait_for_timeout(500)
    for name in ("temperature", "spins", "dark", "coefficients", "map"):
        assert page.locator(f"#figure-{name}.stale").count() == 0


@pytest.mark.slow
def test_a_slow_method_shows_progress_and_can_be_cancelled(visit):
    page = visit(OWN)
    page.get_by_label("Fields drawn").fill("-60:60:2001 mT")
    settled(page)
    page.get_by_label("Method", exact=True).select_option("multiplets")
    page.wait_for_selector("#cancel:not([hidden])")
    assert page.locator("#figure-temperature.stale").count() == 1
    page.get_by_role("button", name="Cancel").click()
    page.wait_for_selector("#status:has-text('Cancelled')")
    page.wait_for_timeout(2000)
    assert "Cancelled" in page.locator("#status").inner_text()
    assert page.locator("#figure-temperature.stale").count() == 1
    told = "getComputedStyle(document.querySelector('#figure-temperature'), '::after').content"
    assert page.evaluate(told) == '"not current"'
    page.get_by_label("Method", exact=True).select_option("closed-form")
    page.wait_for_selector("#figure-temperature:not(.stale)")
    settled(page)


@pytest.mark.slow
def test_a_second_tab_does_not_disturb_the_first(visit):
    first, second = visit(OWN), visit("material=CdTe")
    summary = first.locator("#summary").inner_text()
    second.get_by_label("Correlation time τ_c", exact=True).fill("1 us")
    settled(second)
    assert first.locator("#summary").inner_text() == summary
    assert second.locator("#summary").inner_text() != summary
    assert json.dumps(state_of(first).model_dump()) != json.dumps(state_of(second).model_dump())
