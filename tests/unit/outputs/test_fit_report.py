"""The page of a fit: complete, whole by itself, escaped, readable by machines that read aloud; and its numbers."""

import itertools
import re
from dataclasses import replace
from html.parser import HTMLParser
from math import inf, nan

import numpy as np
import pytest
from matplotlib import pyplot as plt

from coldspin.exceptions import InvalidInputError
from coldspin.experiments.fitting import (
    Combination,
    Doubt,
    Free,
    Interval,
    Measurement,
    findings,
    fit,
)
from coldspin.experiments.models import Axis, DarkRate, Decay
from coldspin.heating import SmallAngle
from coldspin.outputs.citations import bibtex
from coldspin.outputs.fit_report import product, report_html, write_report
from coldspin.outputs.fit_report.sentences import doubts, format_numbers, split_subscripts, summary
from coldspin.outputs.fit_report.tables import (
    correlation_table,
    fixed_table,
    interval_table,
    parameter_table,
    quality,
    theory_table,
)
from coldspin.outputs.fit_units import (
    DisplayUnit,
    choose_axis_unit,
    choose_parameter_unit,
    choose_unit,
    format_bounds,
    format_deviation,
    format_exponent,
    format_interval,
    format_number,
    format_result,
    format_standard_deviation,
    si_symbol,
)
from coldspin.quantities import ENERGY, FIELD, GYROMAGNETIC, INVERSE_ENERGY, RATE, TEMPERATURE, TIME
from samples import DOT

pytestmark = pytest.mark.filterwarnings("ignore::coldspin.exceptions.ValidityWarning")

_VOID = {"meta", "link", "br", "hr", "img", "input", "col", "wbr"}
STUDY = 'title = "<script>alert(1)</script> & co"\n'
TIMES = np.linspace(0, 400, 25)


class Page(HTMLParser):
    """Elements of a page with their attributes, in order; raises where one is closed that is not open."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements, self.open, self.texts = [], [], []
        self.feed(text)
        self.close()
        assert not self.open

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        assert len(attrs) == len(dict(attrs)), f"an attribute of {tag} stands twice"
        if tag not in _VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open and self.open[-1] not in ("style", "script"):
            self.texts.append(data)

    @property
    def text(self):
        return " ".join(" ".join(self.texts).replace("\u00a0", " ").split())

    def named(self, tag):
        return [attributes for name, attributes in self.elements if name == tag]


@pytest.fixture(autouse=True)
def _closed():
    yield
    plt.close("all")


def decay(name="decay", error=0.05, unit="mV", seed=2):
    noise = np.random.default_rng(seed).standard_normal(TIMES.size)
    signal = 3 * np.exp(-TIMES / 100) + 1 + 0.05 * noise
    return Measurement(name, Decay(), TIMES, signal, error, unit=unit, private=("amplitude",))


def t1():
    field = np.geomspace(1e-5, 0.3, 20)
    curve = DarkRate(DOT)(field)
    noise = np.random.default_rng(4).standard_normal(field.size)
    return Measurement("t1", DarkRate(DOT), field, curve * (1 + 0.05 * noise), 0.05 * curve)


@pytest.fixture(scope="module")
def shared():
    """Two decays with one relaxation time, profiles, bootstrap and posterior."""
    measurements = decay("first"), decay("second", seed=3)
    free = {
        "amplitude": None,
        "offset": None,
        "relaxation_time": Free("90 s", expected="100 s", expected_error="9 s"),
    }
    return findings(fit(measurements, free, attempts=2), bootstrap_samples=8, posterior_steps=40)


@pytest.fixture(scope="module")
def dark():
    """A rate in the dark, compared with the classical theory."""
    free = {"correlation_time": "10 ns", "filling": 0.02, "local_field": "1 G"}
    return findings(fit(t1(), free, attempts=2))


@pytest.fixture(scope="module")
def plain():
    """One decay without errors of the data, without profiles."""
    return findings(
        fit(
            decay(error=None), ["amplitude", "offset", "relaxation_time"], profile=False, attempts=1
        )
    )


@pytest.fixture(scope="module")
def blind():
    """A rate into which the number of nuclei and the filling enter by their ratio alone."""
    m = t1()
    angles = Measurement("small-angles", DarkRate(DOT, method=SmallAngle()), m.x, m.y, m.error)
    return findings(fit(angles, ["nuclei", "filling"], profile=False, attempts=1), classical=False)


def page(found, **given):
    options = {"title": "Fit", "study_text": STUDY, "provenance": {"coldspin": "0.1.0"}} | given
    return report_html(found, **options)


@pytest.fixture(scope="module", params=["shared", "dark", "plain", "blind"])
def every(request):
    found = request.getfixturevalue(request.param)
    text = page(found)
    return found, text, Page(text)


def test_a_page_asks_nothing_of_any_network(every):
    _, text, parsed = every
    assert not parsed.named("script")
    for _, attributes in parsed.elements:
        for name, value in attributes.items():
            if name in ("href", "src", "xlink:href", "action", "data", "poster", "srcset"):
                assert value.startswith(("#", "data:"))
            assert not name.startswith(("on", "xmlns"))
    assert all(target.startswith("#") for target in re.findall(r"url\(['\"]?(.)", text))
    assert "@import" not in text
    policy = next(a["content"] for a in parsed.named("meta") if "http-equiv" in a)
    assert policy.startswith("default-src 'none'")
    assert "http" not in text.replace(bibtex(), "").replace("http-equiv", "")


def test_identifiers_are_unique_and_every_reference_has_its_target(every):
    _, text, parsed = every
    ids = [attributes["id"] for _, attributes in parsed.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    targets = {a["href"][1:] for _, a in parsed.elements if a.get("href", "").startswith("#")}
    targets |= set(re.findall(r"url\(#([^)]*)\)", text))
    targets |= {name for _, a in parsed.elements for name in a.get("aria-labelledby", "").split()}
    assert targets <= set(ids)


def test_a_page_is_built_for_people_who_hear_it(every):
    found, _, parsed = every
    assert parsed.named("html")[0]["lang"] == "en"
    levels = [int(tag[1]) for tag, _ in parsed.elements if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in itertools.pairwise(levels))
    assert len(parsed.named("caption")) == len(parsed.named("table"))
    assert all("scope" in attributes for attributes in parsed.named("th"))
    drawings = parsed.named("svg")
    assert len(drawings) == len(found.fit.problem.measurements) + (found.posterior is not None)
    assert all(one["role"] == "img" and one["aria-label"] and one["viewbox"] for one in drawings)
    assert "width=device-width" in next(
        a["content"] for a in parsed.named("meta") if a.get("name") == "viewport"
    )
    regions = [a for _, a in parsed.elements if a.get("class") == "wide"]
    assert all(region["tabindex"] == "0" and region["aria-labelledby"] for region in regions)


def test_a_page_says_all_there_is(every):
    found, _, parsed = every
    problem = found.fit.problem
    for v in problem.variables:
        assert v.key in parsed.text
        assert format_result(found.fit, v) in parsed.text
    for m in problem.measurements:
        assert m.name in parsed.text
    assert format_number(found.fit.chi_square, 5) in parsed.text
    assert f"{found.fit.agreeing} of {found.fit.attempts} came to this minimum" in parsed.text
    assert STUDY.strip() in "".join(parsed.texts)
    assert bibtex().strip() in "".join(parsed.texts)
    assert "coldspin 0.1.0" in parsed.text
    assert sum(1 for _ in parsed.named("details")) == len(problem.measurements)
    for word in ("bootstrap", "posterior"):
        assert (getattr(found, word) is not None) == (word in parsed.text.lower())


def test_no_number_is_left_as_a_program_writes_it(every):
    _, _, parsed = every
    told = parsed.text.replace(" ".join(bibtex().split()), "")
    assert not re.search(r"\b(?:nan|NaN|None|inf|True|False)\b", told)
    assert not re.search(r"\d[eE][+-]?\d", told)
    assert not re.search(r"(?<!\w)-\d", told)


def test_what_comes_from_outside_is_escaped(shared):
    evil = '"><script>alert("x")</script><!--'
    measurements = tuple(replace(m, unit=evil) for m in shared.fit.problem.measurements)
    problem = replace(shared.fit.problem, measurements=measurements)
    found = replace(
        shared, fit=replace(shared.fit, problem=problem), doubts=(Doubt("search", evil),)
    )
    text = page(found, title=evil, study_text=evil, provenance={evil: evil})
    parsed = Page(text)
    assert "<script" not in text
    assert not parsed.named("script")
    assert parsed.text.count('<script>alert("x")</script>') >= 5
    assert "<!--" not in text


@pytest.mark.slow
def test_equal_findings_make_equal_pages(shared, tmp_path):
    write_report(
        shared,
        tmp_path / "fit.html",
        title="Fit",
        study_text=STUDY,
        provenance={"coldspin": "0.1.0"},
    )
    assert (tmp_path / "fit.html").read_bytes() == page(shared).encode()
    assert [entry.name for entry in tmp_path.iterdir()] == ["fit.html"]


def test_without_a_study_or_an_origin_nothing_is_said_of_them(plain):
    text = Page(page(plain, study_text=None, provenance={})).text
    assert "Study file" not in text


def test_colours_have_the_contrast_of_wcag_aa(plain):
    text = page(plain)
    for block in re.findall(r":root \{(.*?)\}", text, flags=re.DOTALL):
        colours = dict(re.findall(r"--(\w+): (#[0-9a-f]{6})", block))
        for ink in ("text", "quiet", "link", "doubt"):
            for ground in ("page", "shade"):
                light, dark = sorted(
                    (_luminance(colours[ink]), _luminance(colours[ground])), reverse=True
                )
                assert (light + 0.05) / (dark + 0.05) >= 4.5, (ink, ground)


def _luminance(colour):
    shares = [c / 255 for c in bytes.fromhex(colour[1:])]
    linear = [((c + 0.055) / 1.055) ** 2.4 if c > 0.04045 else c / 12.92 for c in shares]
    return float(np.dot((0.2126, 0.7152, 0.0722), linear))


def test_letters_of_formulas_are_unicode_in_the_drawings(dark):
    drawings = "".join(re.findall(r"<svg.*?</svg>", page(dark), flags=re.DOTALL))
    assert "cmmi10" not in drawings
    assert "DejaVu Sans" in drawings
    assert "currentColor" in drawings
    assert "#000000" not in drawings


def test_long_data_are_thinned_in_the_table_and_one_image_in_the_figure():
    time = np.linspace(0, 400, 3500)
    found = findings(
        fit(
            Measurement("long", Decay(), time, np.exp(-time / 90), 0.1),
            ["relaxation_time"],
            attempts=1,
            profile=False,
        )
    )
    text = page(found)
    assert "long (2000 of 3500 points)" in text
    assert text.count("<tr>") < 2100
    assert 'href="data:image/png;base64' in text
    assert len(text) < 1 << 20


def test_the_summary_sorts_parameters_by_what_is_known(shared, blind, plain):
    told = dict(summary(shared))
    assert len(told["Determined"]) == 4
    assert told["Determined"][0].startswith("amplitude A of first = ")
    assert told["Curve and data"][0].startswith("χ² = ")
    told = dict(summary(blind))
    assert [sentence.partition(":")[0] for sentence in told["Not determined"]] == [
        "number of nuclei N",
        "filling f",
    ]
    assert re.fullmatch(
        r"nuclei · filling⁻¹ = .* ± [\d.]+%", told["Determined only as products"][0]
    )
    assert (np.array([row[1:] for row in correlation_table(blind.fit).rows]) == "none").all()
    assert "No errors were given" in dict(summary(plain))["Curve and data"][0]
    assert "mV" in dict(summary(plain))["Curve and data"][0]


def test_the_comparison_is_told_in_words_and_numbers(dark):
    assert "does not explain the data" in dict(summary(dark))["Classical theory"][0]
    table = theory_table(dark)
    assert [row[0] for row in table.rows][:3] == ["free parameters", "χ²", "AICc"]
    assert table.rows[-1][:2] == ("rate W in a strong field", "none")
    few = replace(dark, comparison=replace(dark.comparison, delta_aicc=nan))
    assert dict(summary(few))["Classical theory"] == [
        "There are too few points to compare this theory with the classical one."
    ]
    assert theory_table(replace(dark, comparison=None)) is None


def test_doubts_tell_of_lone_minima_and_samples_that_do_not_mix(shared):
    told = doubts(replace(shared, doubts=(Doubt("trend", "P = 1.2e-05"),)))
    assert told[0] == "P = 1.2 × 10⁻⁵"
    assert any("posterior not converged" in text for text in told)
    failed = replace(shared, bootstrap=replace(shared.bootstrap, failures=3))
    assert any("3 fits of the bootstrap failed" in text for text in doubts(failed))


def test_a_search_that_did_not_converge_says_so_everywhere(plain):
    alone = findings(replace(plain.fit, attempts=4, agreeing=1))
    assert alone.doubts[0].rule.startswith(
        "the search did not converge, and there is no verdict: only one of 4 starts"
    )
    assert doubts(alone)[0] == str(alone.doubts[0])
    headings = [heading for heading, _ in summary(alone)]
    assert headings[0] == "Not converged: the best values so far"
    assert "Determined" not in headings
    assert alone.comparison is None
    for v in alone.fit.problem.variables:
        assert format_result(alone.fit, v).endswith(", not converged")
    assert (
        dict(quality(alone)[0])["search"]
        == "not converged: only one of 4 starts came to this minimum"
    )
    assert dict(quality(plain)[0])["search"] == "converged"


def test_a_bound_that_ends_an_interval_is_shown(dark):
    variable = dark.fit.problem.variables[0]
    outer = Interval(0.95, 36e-9, inf, high_is_bound=True)
    cut = replace(dark.fit, intervals={variable.key: (replace(outer, level=0.68), outer)})
    bounded = replace(variable, high=50e-9)
    assert format_result(cut, bounded) == "> 36 ns (95%) up to its bound 50 ns"


def test_tables_hold_every_parameter_by_every_method(shared, plain):
    fit_ = shared.fit
    table = parameter_table(shared)
    assert [row[1] for row in table.rows] == [v.key for v in fit_.problem.variables]
    assert table.heads[-2] == "expected"
    assert table.rows[-1][-2] == "100.0 ± 9.0 s"
    assert len(table.rows[0]) == len(table.heads) == len(parameter_table(plain).heads) + 1
    methods = [row[1] for row in interval_table(shared).rows]
    assert methods == ["profile likelihood", "covariance", "bootstrap", "posterior"] * 4
    assert {row[1] for row in interval_table(plain).rows} == {"covariance"}
    square = np.array([row[1:] for row in correlation_table(fit_).rows])
    assert (np.diag(square) == "1.00").all()
    assert (square == square.T).all()
    fixed = fixed_table(findings(fit(decay(), ["amplitude"], fixed={"offset": 1}, attempts=1)).fit)
    assert [row[1:] for row in fixed.rows] == [
        ("offset", "1", "given", "all"),
        ("relaxation_time", "1 s", "the model's own", "all"),
    ]


def test_where_every_parameter_is_varied_the_page_says_so(plain, dark):
    assert "Every parameter was varied." in page(plain)
    assert "Every parameter was varied." not in page(dark)


def test_parameters_that_follow_others_are_fixed_at_their_value(dark):
    rows = {row[1]: row for row in fixed_table(dark.fit).rows}
    assert "local_field" not in rows
    assert rows["kinetic_local_field"][3] == "1.732 × local_field"
    assert rows["nuclei"][2] == "1 × 10⁵"


def test_products_have_units(dark):
    combination = Combination(
        {"correlation_time": 1.0, "local_field": -2.0, "filling": 0.5}, 1.5e-3, 0.05
    )
    assert product(dark.fit, combination) == (
        "correlation_time · local_field⁻² · filling^0.5 = 0.0015 s·T⁻² ± 5%"
    )


def test_lowered_letters_and_powers_in_sentences():
    assert split_subscripts("correlation time τ_c") == ["correlation time τ", "c", ""]
    assert split_subscripts("kinetic local field B̃_L of decay_A") == [
        "kinetic local field B̃",
        "L",
        " of decay_A",
    ]
    assert split_subscripts("local_field") == ["local_field"]
    assert format_numbers("t1e-5: P = 4.4e-16, 1.98e+03") == "t1e-5: P = 4.4 × 10⁻¹⁶, 1980"


@pytest.mark.parametrize(
    ("size", "dimension", "unit"),
    [
        (9.4e-9, TIME, "ns"),
        (2e-12, TIME, "ps"),
        (0.99996e-6, TIME, "µs"),
        (0.3, TIME, "ms"),
        (300.0, TIME, "s"),
        (900.0, TIME, "min"),
        (9000.0, TIME, "h"),
        (0.0, TIME, "s"),
        (inf, TIME, "s"),
        (2.0, FIELD, "T"),
        (-2e-2, FIELD, "mT"),
        (1.5e-4, FIELD, "G"),
        (2e-6, TEMPERATURE, "µK"),
        (3e-3, TEMPERATURE, "mK"),
        (5.0, RATE, "s⁻¹"),
        (1e27, INVERSE_ENERGY, "J⁻¹"),
        (1e-23, ENERGY, "J"),
        (6e7, GYROMAGNETIC, "rad/s/T"),
        (3.0, None, ""),
    ],
)
def test_units_suit_the_size(size, dimension, unit):
    assert choose_unit(size, dimension).unit == unit


def test_fields_are_shown_in_the_unit_given():
    assert choose_unit(1.5e-4, FIELD, "mT").value(1.5e-4) == "0.15 mT"
    assert choose_unit(2.0, FIELD, "G").value(2.0) == "2 × 10⁴ G"
    assert choose_unit(1e-9, FIELD, "uT").value(1e-9) == "0.001 µT"
    assert choose_unit(1.0, TIME, "G").unit == "s"
    with pytest.raises(InvalidInputError, match="unit"):
        choose_unit(1.0, FIELD, "s")


@pytest.mark.parametrize(
    ("value", "error", "text"),
    [
        (9.449e-9, 0.302e-9, "9.45 ± 0.30 ns"),
        (9.996e-9, 0.3e-9, "10.00 ± 0.30 ns"),
        (9.996e-9, 0.0996e-9, "10.00 ± 0.10 ns"),
        (9.9996e-9, 9.96e-9, "10 ± 10 ns"),
        (2e-9, 12e-9, "2 ± 12 ns"),
        (9.996e-9, 0.0, "9.996 ± 0 ns"),
        (9.996e-9, inf, "9.996 ± ∞ ns"),
        (9.996e-9, nan, "9.996 ns"),
        (nan, 1.0, "unknown"),
        (inf, 1.0, "∞ s"),
        (0.0, 0.5, "0.00 ± 0.50 s"),
        (1e-9, 300.0, "1 ± 3 × 10¹¹ ns"),
        (9.99612345678e-9, 1e-19, "9.9961235 ± 1 × 10⁻¹⁰ ns"),
    ],
)
def test_values_end_where_their_errors_begin(value, error, text):
    assert choose_unit(value, TIME).with_error(value, error) == text


@pytest.mark.parametrize(
    ("value", "ends", "text"),
    [
        (-0.44, (-0.452, -0.428), "−0.440 ± 0.012"),
        (-0.0004, (-0.0204, 0.0196), "(0 ± 200) × 10⁻⁴"),
        (9.449, (9.16, 9.76), "9.45 +0.31 −0.29"),
        (9.449, (9.16, inf), "9.45 +∞ −0.29"),
        (9.449, (-inf, 9.76), "9.45 +0.31 −∞"),
        (98000, (95500, 100500), "(9.80 ± 0.25) × 10⁴"),
        (1.5e-5, (1.4e-5, 1.7e-5), "(1.50 +0.20 −0.10) × 10⁻⁵"),
        (0.0, (-0.0, 0.0), "0 ± 0"),
        (5.0, (6.0, 7.0), "5.0 +2.0 −0.0"),
    ],
)
def test_unequal_errors_stand_apart(value, ends, text):
    assert choose_unit(value, None).with_ends(value, *ends) == text


@pytest.mark.parametrize(
    ("low", "high", "scale", "text"),
    [
        (8.87e-9, 10.1e-9, True, "8.9 to 10.1 ns"),
        (120e-9, inf, True, "> 120 ns (95%)"),
        (0.0, 5e-9, True, "< 5 ns (95%)"),
        (0.0, 5e-9, False, "0.0 to 5.0 ns"),
        (-inf, 5e-9, False, "< 5 ns (95%)"),
        (0.0, inf, True, "0 to ∞"),
        (-inf, inf, False, "−∞ to ∞"),
        (5e-9, 5e-9, True, "5 to 5 ns"),
    ],
)
def test_intervals_may_have_no_end(low, high, scale, text):
    level = 0.95 if "%" in text else None
    assert choose_unit(9e-9, TIME).between(low, high, level, scale=scale) == text


def test_limits_in_powers_of_ten():
    assert choose_unit(2e5, None).between(2e5, inf, 0.95) == "> 2 × 10⁵ (95%)"
    assert choose_unit(2e-4, RATE).between(1e-4, 3e-4) == "(1.0 to 3.0) × 10⁻⁴ s⁻¹"


def test_wide_intervals_have_a_unit_at_each_end(dark):
    variable = dark.fit.problem.variables[0]
    shown = choose_parameter_unit(dark.fit, variable)
    assert (
        format_interval(shown, Interval(0.95, 8.76e-9, 1.76e-3), variable) == "8.76 ns to 1.76 ms"
    )


def test_a_headline_is_a_value_or_a_limit_or_nothing(dark, plain):
    variable = dark.fit.problem.variables[0]

    def told(low, high, inner=None):
        intervals = {
            variable.key: (Interval(0.68, *(inner or (low, high))), Interval(0.95, low, high))
        }
        return format_result(replace(dark.fit, intervals=intervals), variable)

    best = dark.fit.best[variable.key]
    assert re.fullmatch(r"[\d.]+ (± [\d.]+|\+[\d.]+ −[\d.]+) ns", format_result(dark.fit, variable))
    assert told(1.2e-7, inf) == "> 120 ns (95%)"
    assert told(0.0, 2e-6) == "< 2 µs (95%)"
    assert told(0.0, inf) == "not determined"
    assert told(best / 300, best * 300).endswith("µs (95%)")
    deviation = plain.fit.problem.variables[2]
    assert re.fullmatch(r"\d+\.\d ± \d\.\d s", format_result(plain.fit, deviation))


def test_a_parameter_smaller_than_its_error_is_shown_in_the_size_of_the_error(plain):
    offset = plain.fit.problem.variables[1]
    plain.fit.best[offset.key], before = 1e-9, plain.fit.best[offset.key]
    try:
        assert choose_parameter_unit(plain.fit, offset).power == 0
        assert re.fullmatch(r"0\.000 ± 0\.0\d\d", format_result(plain.fit, offset))
    finally:
        plain.fit.best[offset.key] = before


def test_deviations_of_scales_are_shares_or_factors():
    time = choose_unit(9e-9, TIME)
    assert format_deviation(time, 9e-9, 0.05, scale=True) == "9.00 ± 0.45 ns"
    assert format_deviation(time, 9e-9, 1.2, scale=True) == "9 ns ×/÷ 3.3"
    assert format_deviation(time, 9e-9, inf, scale=True) == "9 ns, not determined"
    assert format_deviation(time, 9e-9, 1e-9, scale=False) == "9.0 ± 1.0 ns"
    told = [format_standard_deviation(time, size, scale=True) for size in (0.032, 1.2, 1e9, inf)]
    assert told[:2] == ["3.2%", "factor 3.3"]
    assert told[3] == "∞"
    assert format_standard_deviation(time, 3e-10, scale=False) == "0.3 ns"


def test_bounds_in_words(dark, plain):
    told = {v.key: format_bounds(v) for one in (dark, plain) for v in one.fit.problem.variables}
    assert told["filling"] == "0 to 1"
    assert told["relaxation_time"] == "> 0 s"
    assert told["offset"] == "none"
    upper = replace(plain.fit.problem.variables[1], high=2.0)
    assert format_bounds(upper) == "< 2"


def test_axes_have_the_unit_of_their_largest_value():
    time, signal = Axis("time", "$t$", TIME), Axis("signal", "signal", any_unit=True)
    assert choose_axis_unit(np.array([1.0, 4000.0]), time).unit == "min"
    assert choose_axis_unit(np.array([1.0, 4000.0]), time, logarithmic=True).unit == "s"
    assert choose_axis_unit(np.array([nan, 0.0]), time) == DisplayUnit("s")
    assert choose_axis_unit(np.array([2e-6, -3e-6]), signal, measured="mV") == DisplayUnit(
        "mV", 1.0, -6
    )
    assert choose_axis_unit(
        np.array([2e-6, 3e-3]), signal, measured="mV", logarithmic=True
    ) == DisplayUnit("mV")
    beta = choose_axis_unit(np.array([3e27]), Axis("beta", r"$\beta$", INVERSE_ENERGY))
    assert beta.label(r"$\beta$") == r"$\beta$ ($10^{27}$ J$^{-1}$)"
    assert beta.heading == "10²⁷ J⁻¹"
    np.testing.assert_allclose(beta.scaled(np.array([3e27])), [3.0])


def test_numbers_as_people_write_them():
    assert [
        format_number(value)
        for value in (0.0, -0.0, 1.5, -1234.56, 123456.0, 1.2e-5, nan, inf, -inf)
    ] == [
        "0",
        "0",
        "1.5",
        "−1235",
        "1.235 × 10⁵",
        "1.2 × 10⁻⁵",
        "unknown",
        "∞",
        "−∞",
    ]
    assert (
        format_number(9999.96),
        format_number(4000, 3),
        format_exponent(-0.5),
        format_exponent(3),
    ) == (
        "10000",
        "4000",
        "^−0.5",
        "³",
    )
    assert (si_symbol(TIME, -2), si_symbol(RATE), si_symbol(None), si_symbol(GYROMAGNETIC, 2)) == (
        "s⁻²",
        "s⁻¹",
        "",
        "(rad/s/T)²",
    )
