"""Figures of results: what is drawn is what the Dataset holds, in the unit asked for."""

import numpy as np
import pytest
from matplotlib import pyplot as plt

import samples
from coldspin import cool, optimum, relax
from coldspin.outputs import sample_figures as plots
from full_disk import full_disk
from quick import quick

pytestmark = pytest.mark.filterwarnings("ignore::coldspin.exceptions.ValidityWarning")

DOT = samples.DOT.replace(local_field="1.5 G")


@pytest.fixture(autouse=True)
def _closed():
    yield
    plt.close("all")


def test_cool_draws_beta_and_temperature():
    data = cool(DOT, "-10:10:51 mT", 0.01)
    upper, lower = plots.plot_cool(data, "mT").axes
    curve = upper.get_lines()[-1]
    np.testing.assert_allclose(curve.get_xdata(), np.linspace(-10, 10, 51), atol=1e-12)
    power = int(upper.get_ylabel().split("10^{")[1].split("}")[0])
    np.testing.assert_allclose(curve.get_ydata() * 10.0**power, data.inverse_spin_temperature)
    assert 1 <= np.abs(curve.get_ydata()).max() < 10
    positive, negative = lower.get_lines()
    drawn = np.fmax(positive.get_ydata(), negative.get_ydata())
    finite = np.isfinite(data.spin_temperature.values)
    np.testing.assert_allclose(drawn[finite], np.abs(data.spin_temperature.values[finite]) * 1e6)
    assert lower.get_xlabel() == "$B$ (mT)"
    assert "µK" in lower.get_ylabel()
    assert [text.get_text() for text in lower.get_legend().get_texts()] == [
        r"$\theta_N > 0$",
        r"$\theta_N < 0$",
    ]


@pytest.mark.parametrize(
    ("unit", "scale"), [("mT", 1e3), ("G", 1e4), ("T", 1.0), ("gauss", 1e4), ("uT", 1e6)]
)
def test_the_field_is_drawn_in_the_unit_asked_for(unit, scale):
    axes = plots.plot_relax(relax(DOT, [0.0, 0.01]), unit).axes[0]
    np.testing.assert_allclose(axes.get_lines()[0].get_xdata(), [0, 0.01 * scale])
    assert unit.replace("uT", "µT") in axes.get_xlabel()


def test_the_maxima_of_optimum_are_marked_on_the_curve():
    found = optimum(DOT, 0.01)
    upper, lower = plots.plot_cool(cool(DOT, "-10:10:51 mT", 0.01), "G", found).axes
    for axes in (upper, lower):
        np.testing.assert_allclose(axes.get_lines()[-1].get_xdata(), found.field * 1e4)
        assert axes.get_legend().get_texts()[-1].get_text() == r"largest $|\beta|$"
    np.testing.assert_allclose(
        lower.get_lines()[-1].get_ydata(), np.abs(found.spin_temperature) * 1e6
    )


def test_relax_draws_the_rate_and_its_parts():
    data = relax(DOT, "0:10:51 mT")
    lines = plots.plot_relax(data).axes[0].get_lines()
    names = ("relaxation_rate", "zeeman_relaxation_rate", "spin_spin_relaxation_rate")
    for line, name in zip(lines, names, strict=True):
        np.testing.assert_allclose(np.nan_to_num(line.get_ydata()), data[name])


def test_fields_are_drawn_in_order_and_few_points_one_by_one():
    upper, _ = plots.plot_cool(cool(DOT, ["3 mT", "1 mT", "2 mT"], 0.01)).axes
    curve = upper.get_lines()[-1]
    np.testing.assert_allclose(curve.get_xdata(), [1, 2, 3])
    assert curve.get_marker() == "."


@pytest.mark.parametrize("field", ["0 G", "10 G"])
def test_a_single_field_can_be_drawn(field, tmp_path):
    cooling, warming = plots.plot_cool(cool(DOT, field, 0.01)), plots.plot_relax(relax(DOT, field))
    for figure in (cooling, warming):
        curve = figure.axes[0].get_lines()[-1]
        assert (len(curve.get_xdata()), curve.get_marker()) == (1, ".")
        plots.save(figure, tmp_path / "one.png")
        assert (tmp_path / "one.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize("suffix", quick([".png", ".pdf", ".svg"], 1))
def test_equal_figures_are_equal_files(suffix, tmp_path):
    data = cool(DOT, "-10:10:51 mT", 0.01)
    for name in ("one", "two"):
        plots.save(plots.plot_cool(data), tmp_path / f"{name}{suffix}")
    content = (tmp_path / f"one{suffix}").read_bytes()
    assert content.startswith({".png": b"\x89PNG", ".pdf": b"%PDF", ".svg": b"<?xml"}[suffix])
    assert content == (tmp_path / f"two{suffix}").read_bytes()
    assert not plt.get_fignums()


def test_the_style_does_not_leak():
    before = dict(plt.rcParams)
    plots.plot_relax(relax(DOT, [0.0, 0.01]))
    after = dict(plt.rcParams)
    assert {key for key in before if before[key] != after[key]} <= {"backend", "backend_fallback"}


@pytest.mark.parametrize(
    ("suffix", "most"),
    quick(
        [(".pdf", 6000), (".svg", 100), (".png", 100), (".pdf", 100)], 0, 1
    ),  # among the fonts of a PDF, in its head
)
def test_a_full_disk_is_an_error_of_the_disk(tmp_path, suffix, most):
    figure = plots.plot_relax(relax(DOT, "0:10:5 mT"))
    with full_disk(most), pytest.raises(OSError, match="File too large"):
        plots.save(figure, tmp_path / f"figure{suffix}")
    assert not plt.get_fignums()
