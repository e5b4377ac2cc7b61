"""Figures of fits: data, curves and bands in the units on the axes, nothing clipped or drawn over, equal files."""

from dataclasses import replace
from itertools import combinations, pairwise

import numpy as np
import pytest
from matplotlib import pyplot as plt
from matplotlib.collections import PolyCollection
from scipy.stats import norm

from coldspin.exceptions import InvalidInputError
from coldspin.experiments.fitting import Findings, Free, Measurement, findings, fit, fitted_curve
from coldspin.experiments.models import CoolingCurve, DarkRate, Decay
from coldspin.outputs import sample_figures as plots
from coldspin.outputs.fit_figures import (
    band_factor,
    draw_panels,
    list_panels,
    plot_fit,
    plot_posterior,
)
from quick import quick
from samples import DOT

pytestmark = pytest.mark.filterwarnings("ignore::coldspin.exceptions.ValidityWarning")

EVEN, ODD = np.linspace(0, 400, 30), np.geomspace(1, 4000, 30)
FIELDS = np.geomspace(1e-5, 0.3, 25)


@pytest.fixture(autouse=True)
def _closed():
    yield
    plt.close("all")


def decay(name="decay", time=EVEN, error=0.05, unit="mV", scale=1.0):
    noise = np.random.default_rng(len(name)).standard_normal(time.size)
    signal = scale * (3 * np.exp(-time / 100) + 1 + 0.05 * noise)
    return Measurement(
        name, Decay(), time, signal, None if error is None else scale * error, unit=unit
    )


def decays(*measurements: Measurement) -> Findings:
    free = [
        f"{name}@{m.name}"
        for m in measurements
        for name in ("amplitude", "offset", "relaxation_time")
    ]
    return findings(fit(measurements, free, profile=False, attempts=1))


def t1(field=FIELDS, ordinate="relaxation_time"):
    curve = DarkRate(DOT, ordinate)(field)
    noise = np.random.default_rng(4).standard_normal(field.size)
    return Measurement(
        "t1", DarkRate(DOT, ordinate), field, curve * (1 + 0.05 * noise), 0.05 * curve
    )


@pytest.fixture(scope="module")
def dark():
    free = {"correlation_time": "10 ns", "filling": 0.02, "local_field": "1 G"}
    return findings(fit(t1(), free, profile=False, attempts=2))


@pytest.fixture(scope="module")
def shown(dark):
    return list_panels(dark)


@pytest.fixture(scope="module")
def sampled():
    free = {"correlation_time": "4 ns", "filling": 0.05, "local_field": "1.5 G"}
    return findings(fit(t1(), free, profile=False, attempts=1), classical=False, posterior_steps=40)


@pytest.mark.parametrize(("count", "across"), [(1, 1), (2, 2), (3, 3), (4, 2), (6, 3), (7, 3)])
def test_each_measurement_has_a_panel_and_residuals_below_at_most_three_in_a_row(count, across):
    figure = plot_fit(decays(*(decay(f"m{i}") for i in range(count))))
    assert len(figure.axes) == 2 * count
    columns = [
        axes.get_subplotspec().get_topmost_subplotspec().colspan.start for axes in figure.axes
    ]
    assert max(columns) == across - 1
    assert [axes.get_title() for axes in figure.axes[::2]] == [f"m{i}" for i in range(count)]
    for upper, lower in zip(figure.axes[::2], figure.axes[1::2], strict=True):
        assert upper.get_shared_x_axes().joined(upper, lower)
        assert (upper.get_ylabel(), lower.get_xlabel(), lower.get_ylabel()) == (
            "signal (mV)",
            "$t$ (s)",
            "residual/σ",
        )


@pytest.mark.parametrize("count", [1, 2, 6])
def test_nothing_is_clipped_or_drawn_over(count):
    figure = plot_fit(
        decays(*(decay(f"a-rather_long_name-{i}", scale=10.0 ** (3 * i)) for i in range(count)))
    )
    figure.canvas.draw()
    whole = figure.bbox
    boxes = [axes.get_tightbbox() for axes in figure.axes] + [figure.legends[0].get_window_extent()]
    for box in boxes:
        assert whole.x0 <= box.x0 < box.x1 <= whole.x1
        assert whole.y0 <= box.y0 < box.y1 <= whole.y1
    for one, other in combinations(boxes, 2):
        assert (
            min(one.x1, other.x1) - max(one.x0, other.x0) < 1
            or min(one.y1, other.y1) - max(one.y0, other.y0) < 1
        )


def test_data_curves_and_bands_are_those_of_the_findings(dark):
    panel = list_panels(dark)[0]
    upper, lower = draw_panels([panel]).axes
    assert (lower.get_xlabel(), upper.get_ylabel()) == ("$B$ (mT)", "$T_1$ (s)")
    lines = {line.get_label(): line for line in upper.get_lines()}
    m, curve, classical = (
        t1(),
        fitted_curve(dark.fit, 0),
        fitted_curve(dark.comparison.classical, 0),
    )
    points = upper.containers[0]
    np.testing.assert_allclose(points[0].get_xydata(), np.transpose([m.x * 1e3, m.y]))
    bars = np.array(points[2][0].get_segments())[:, :, 1]
    np.testing.assert_allclose(bars, np.transpose([m.y - m.error, m.y + m.error]))
    np.testing.assert_allclose(
        lines["best curve"].get_xydata(), np.transpose([curve.x * 1e3, curve.y])
    )
    np.testing.assert_allclose(lines["classical theory"].get_ydata(), classical.y)
    assert lines["classical theory"].get_linestyle() == "--"
    bands = {c.get_label(): c for c in upper.collections if isinstance(c, PolyCollection)}
    for label, level in (("68% band, by covariance", 0.68), ("95% band, by covariance", 0.95)):
        top = bands[label].get_paths()[0].vertices[:, 1].max()
        assert top == pytest.approx((curve.y + norm.ppf((1 + level) / 2) * curve.deviation).max())
    legend = [text.get_text() for text in upper.figure.legends[0].get_texts()]
    assert legend == ["data", "best curve", "classical theory", *bands][:3] + sorted(bands)


def test_residuals_are_data_minus_curve_in_standard_errors(dark):
    _, lower = plot_fit(dark).axes
    m = t1()
    drawn = lower.containers[0][0].get_ydata()
    np.testing.assert_allclose(
        drawn, (m.y - dark.fit.problem.curve(0, dark.fit.coordinates)) / m.error
    )
    levels = {
        float(line.get_ydata()[0]) for line in lower.get_lines() if len(set(line.get_ydata())) == 1
    }
    assert {-2.0, -1.0, 0.0, 1.0, 2.0} <= levels
    assert lower.get_ylim()[1] >= max(3, np.abs(drawn).max())
    assert lower.get_ylim()[0] == -lower.get_ylim()[1]


@pytest.mark.parametrize(
    ("time", "signal", "scales"),
    [
        (np.geomspace(1, 100, 20), np.geomspace(1, 100, 20), ("log", "log")),
        (np.geomspace(1, 20, 20), np.geomspace(1, 20, 20), ("linear", "linear")),
        (np.linspace(1, 100, 20), np.linspace(1, 100, 20), ("linear", "log")),
        (
            np.append(0, np.geomspace(1, 100, 20)),
            np.append(0, np.geomspace(1, 100, 20)),
            ("symlog", "linear"),
        ),
        (np.linspace(0, 100, 60), np.geomspace(1, 100, 60), ("linear", "log")),
        (np.linspace(-1, 1, 20), np.geomspace(1, 100, 20) - 2, ("linear", "linear")),
    ],
)
def test_axes_are_logarithmic_for_positive_values_over_more_than_a_decade_and_a_half(
    time, signal, scales
):
    found = fit(
        Measurement("m", Decay(), time, signal, 1.0), {"offset": 1.0}, profile=False, attempts=1
    )
    panel = list_panels(findings(found))[0]
    assert panel.scales == scales
    upper, lower = draw_panels([panel]).axes
    assert (lower.get_xscale(), upper.get_yscale()) == scales
    assert lower.get_yscale() == "linear"


def test_a_logarithmic_axis_shows_numbers_where_these_are_short(dark):
    figure = plot_fit(dark)
    figure.canvas.draw()
    shown = {text.get_text() for text in figure.axes[1].get_xticklabels()}
    assert {"0.01", "0.1", "1", "10", "100"} <= shown


@pytest.mark.parametrize(("unit", "scale"), [("G", 1e4), ("mT", 1e3), ("T", 1.0), ("uT", 1e6)])
def test_fields_are_in_the_unit_asked_for(dark, unit, scale):
    upper, lower = plot_fit(dark, unit).axes
    assert lower.get_xlabel() == f"$B$ ({unit.replace('u', 'µ')})"
    np.testing.assert_allclose(upper.containers[0][0].get_xdata(), FIELDS * scale)


def test_a_unit_that_is_none_of_a_field_is_refused(dark):
    with pytest.raises(InvalidInputError, match="unit"):
        plot_fit(dark, "ns")


def test_powers_of_ten_and_signs_of_mathematics_stand_on_the_axis_as_they_are():
    figure = plot_fit(decays(decay(unit="$/m<b>", scale=1e-6)))
    assert figure.axes[0].get_ylabel() == r"signal ($10^{-6}$ \$/m<b>)"
    figure.canvas.draw()
    rate = findings(
        fit(t1(ordinate="relaxation_rate"), {"filling": 0.04}, profile=False, attempts=1)
    )
    assert plot_fit(rate).axes[0].get_ylabel() == "$1/T_1$ (s$^{-1}$)"


def test_without_errors_residuals_are_over_the_scatter_and_bands_wider():
    found = decays(decay(error=None))
    upper, lower = plot_fit(found).axes
    assert lower.get_ylabel() == "residual/\nscatter"
    residuals = lower.containers[0][0].get_ydata()
    assert float(residuals @ residuals) == pytest.approx(found.fit.degrees_of_freedom)
    assert upper.containers[0][2] == ()
    assert band_factor(found.fit, 0.95) > norm.ppf(0.975)
    assert "classical theory" not in [
        text.get_text() for text in upper.figure.legends[0].get_texts()
    ]


def test_data_on_the_curve_without_errors_can_be_drawn(tmp_path):
    exact = Measurement("m", Decay(), EVEN, 3 * np.exp(-EVEN / 100))
    figure = plot_fit(findings(fit(exact, ["amplitude", "relaxation_time"], attempts=1)))
    assert np.isfinite([axes.get_ylim() for axes in figure.axes]).all()
    plots.save(figure, tmp_path / "m.png")
    assert (tmp_path / "m.png").stat().st_size > 1000


def test_a_band_or_curve_far_off_leaves_the_axes_to_the_data(dark):
    panel = list_panels(dark)[0]
    before = draw_panels([panel]).axes[0].get_ylim()
    wild = replace(panel.curve, deviation=panel.curve.deviation + 1e9)
    assert draw_panels([replace(panel, curve=wild)]).axes[0].get_ylim() == before
    low, high = (
        draw_panels([replace(panel, classical=replace(panel.curve, y=panel.curve.y * 1e30))])
        .axes[0]
        .get_ylim()
    )
    assert low < before[1] < high < 1e5 * before[1]


def test_the_line_is_broken_at_a_pole():
    model = CoolingCurve(DOT, 0.02, "spin_temperature", self_consistent=False)
    field = np.linspace(-9e-3, 9e-3, 20)
    y = model(field)
    found = findings(
        fit(Measurement("theta", model, field, y, 0.05 * np.abs(y)), ["filling"], attempts=1)
    )
    upper = plot_fit(found).axes[0]
    low, high = upper.get_ylim()
    line = next(line for line in upper.get_lines() if line.get_label() == "best curve").get_ydata()
    leaps = [abs(b - a) for a, b in pairwise(line) if np.isfinite(a + b)]
    assert max(leaps) < high - low
    assert upper.get_ylabel() == r"$\theta_N$ (µK)"


def test_many_points_are_smaller_and_one_image():
    time = np.linspace(0, 400, 3001)
    points = plot_fit(decays(decay(time=time))).axes[0].containers[0][0]
    assert points.get_rasterized()
    assert (
        points.get_markersize()
        < plot_fit(decays(decay())).axes[0].containers[0][0].get_markersize()
    )


@pytest.mark.parametrize("suffix", quick([".png", ".svg", ".pdf"], 1))
def test_equal_panels_are_equal_files(shown, suffix, tmp_path):
    for name in ("one", "two"):
        plots.save(draw_panels(shown), tmp_path / f"{name}{suffix}")
    assert (tmp_path / f"one{suffix}").read_bytes() == (tmp_path / f"two{suffix}").read_bytes()
    assert not plt.get_fignums()


def test_a_panel_says_in_words_what_it_shows(dark):
    text = list_panels(dark, "G")[0].description()
    assert text.startswith("t1: 25 points with error bars, relaxation time from ")
    assert "against field from 0.1 to 3000 G" in text
    assert "dashed the classical theory" in text
    assert "classical" not in list_panels(decays(decay()))[0].description()


@pytest.mark.slow
def test_a_posterior_is_drawn_for_every_pair(sampled, tmp_path):
    figure = plot_posterior(sampled, "G")
    assert len(figure.axes) == 9
    labels = [axes.get_xlabel() for axes in figure.axes[-3:]]
    assert labels == ["correlation time (ns)", "filling", "local field (G)"]
    assert figure.get_suptitle() == sampled.posterior.sentence()
    for name in ("one.svg", "two.svg"):
        plots.save(plot_posterior(sampled), tmp_path / name)
    assert (tmp_path / "one.svg").read_bytes() == (tmp_path / "two.svg").read_bytes()


def test_no_label_of_a_posterior_is_clipped(sampled):
    figure = plot_posterior(sampled)
    figure.canvas.draw()
    for box in [axes.get_tightbbox() for axes in figure.axes if axes.get_visible()]:
        assert figure.bbox.x0 <= box.x0 < box.x1 <= figure.bbox.x1
        assert figure.bbox.y0 <= box.y0 < box.y1 <= figure.bbox.y1


def test_a_scale_over_decades_is_drawn_on_a_logarithmic_axis(sampled):
    chain = sampled.posterior.chain.copy()
    chain[:, :, 1] += np.random.default_rng(1).uniform(-5, 0, chain.shape[:2])
    wide = replace(sampled, posterior=replace(sampled.posterior, chain=chain))
    assert [axes.get_xscale() for axes in plot_posterior(wide).axes[-3:]] == [
        "linear",
        "log",
        "linear",
    ]


def test_without_a_posterior_there_is_nothing_to_draw(dark):
    with pytest.raises(InvalidInputError, match="no posterior"):
        plot_posterior(dark)


def test_one_parameter_can_be_drawn():
    found = fit(
        decay(), {"relaxation_time": Free("90 s")}, fixed={"amplitude": 3, "offset": 1}, attempts=1
    )
    figure = plot_posterior(findings(found, posterior_steps=40))
    assert figure.axes[0].get_xlabel() == "relaxation time (s)"


def test_the_style_does_not_leak(dark):
    before = dict(plt.rcParams)
    plot_fit(dark)
    after = dict(plt.rcParams)
    assert {key for key in before if before[key] != after[key]} <= {"backend", "backend_fallback"}
