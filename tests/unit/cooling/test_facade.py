"""cool, relax and optimum against the paper's equations written out by hand in SI."""

import itertools
import math
import warnings
from dataclasses import dataclass
from functools import partial

import mpmath as mp
import numpy as np
import pytest
import xarray as xr

import coldspin
import samples
from coldspin import InvalidInputError, Site, ValidityWarning, relax
from coldspin.constants import BOHR_MAGNETON, BOLTZMANN, HBAR
from coldspin.heating import ClosedForm, SmallAngle
from methods import METHODS

pytestmark = pytest.mark.filterwarnings("ignore::coldspin.exceptions.ValidityWarning")

cool = partial(
    coldspin.cool, self_consistent=False
)  # (6) as it stands; the mean Overhauser field has its own tests
optimum = partial(coldspin.optimum, self_consistent=False)

DOT = samples.DOT.replace(local_field="1.5 G")
QUIET = DOT.replace(
    nuclear_gyromagnetic_ratio="6.3e5 rad/s/T", filling=0.005
)  # every condition of validity holds


def frozen_averages(b, k):
    """⟨1/(1+Ω²τ²)⟩ and ⟨Ω_⊥²τ²/(1+Ω²τ²)⟩ over the Gaussian (S23), by integration along and across the field."""
    x, w = np.polynomial.legendre.leggauss(240)
    along, across = (
        4 * x[:, None],
        2 * (x + 1)[None, :],
    )  # Ω_N,z s and Ω_⊥ s; the Gaussian has the width 1/2
    weight = 4 * w[:, None] * 2 * w[None, :] * across * np.exp(-2 * (along**2 + across**2))
    lorentzian = 1 / (1 + k**2 * ((b + along) ** 2 + across**2))
    total = weight.sum()
    return (weight * lorentzian).sum() / total, (
        weight * (k * across) ** 2 * lorentzian
    ).sum() / total


def by_hand(site, field, spin_z, method):
    """β (6), Φ (9) or (S38), and T1e (3), from the arguments of the site alone."""
    n_eff = 4 * site.nuclei * site.nuclear_spin * (site.nuclear_spin + 1) / 3
    a, tau = site.hyperfine_coupling, site.correlation_time
    s = 1 / (abs(a) * math.sqrt(n_eff))
    gamma_e = site.g_factor * BOHR_MAGNETON / HBAR
    lorentzian, transverse = frozen_averages(gamma_e * field * s, tau / s)
    t1 = tau / transverse
    x = a * tau
    slow = 0.5 if method == SmallAngle() else 2 / (5 * x**2) * (2 - 1 / (1 + x**2) - 4 / (4 + x**2))
    phi = lorentzian + slow
    gamma_n = site.nuclear_gyromagnetic_ratio
    beta = (
        4
        * spin_z
        * field
        / (HBAR * gamma_n)
        / (field**2 + phi * t1 / tau * (tau / s) ** 2 * site.local_field**2)
    )
    return beta, phi, t1


@pytest.mark.parametrize("method", [SmallAngle(), ClosedForm()], ids=repr)
@pytest.mark.parametrize(
    ("g_sign", "n_sign", "a_sign", "angle"),
    list(itertools.product((1, -1), (1, -1), (1, -1), (0.0, 1.0, 2.5))),
)
def test_cool_is_equation_6_for_either_sign_of_everything(method, g_sign, n_sign, a_sign, angle):
    site = DOT.replace(
        g_factor=g_sign * 0.44,
        nuclear_gyromagnetic_ratio=n_sign * 6.3e7,
        hyperfine_coupling=a_sign * DOT.hyperfine_coupling,
    )
    fields = [-0.03, -1e-3, 0.0, 2e-4, 0.03]
    data = cool(site, fields, 0.01, optical_axis_angle=angle, method=method)
    for i, field in enumerate(fields):
        beta, phi, t1 = by_hand(site, field, 0.01 * math.cos(angle), method)
        spin = beta * 1.5 * 2.5 / 3 * HBAR * site.nuclear_gyromagnetic_ratio * field  # (1)
        at = data.isel(field=i)
        assert float(at.inverse_spin_temperature) == pytest.approx(beta, rel=1e-8, abs=0)
        assert float(at.heating_coefficient) == pytest.approx(phi, rel=1e-8, abs=0)
        assert float(at.electron_relaxation_time) == pytest.approx(t1, rel=1e-8, abs=0)
        assert float(at.nuclear_spin) == pytest.approx(spin, rel=1e-8, abs=0)
        assert float(at.nuclear_polarization) == pytest.approx(spin / 1.5, rel=1e-8, abs=0)
        precession = site.hyperfine_coupling * site.nuclei * spin
        assert float(at.overhauser_field) == pytest.approx(
            precession / (site.g_factor * BOHR_MAGNETON / HBAR), rel=1e-8
        )
        assert float(at.mean_overhauser_precession) == pytest.approx(
            precession * site.dephasing_time, rel=1e-8, abs=0
        )
        if field:
            assert float(at.spin_temperature) == pytest.approx(
                1 / (BOLTZMANN * beta), rel=1e-8, abs=0
            )
        else:
            assert np.isinf(at.spin_temperature)


@pytest.mark.parametrize("method", METHODS, ids=repr)
def test_the_fluxes_balance(method):
    data = cool(
        DOT.replace(kinetic_local_field="2 G"),
        "-30:30:13 mT",
        -0.02,
        optical_axis_angle="20 deg",
        method=method,
    )
    sum_of_heating = data.zeeman_heating + data.spin_spin_heating
    np.testing.assert_allclose(data.spin_influx, sum_of_heating, rtol=1e-12)


def test_the_influx_is_that_of_equation_2():
    data = cool(DOT, [5e-3], 0.01)
    t1 = float(data.electron_relaxation_time[0])
    assert float(data.spin_influx[0]) == pytest.approx(
        0.05 * 0.01 / t1 * HBAR * 6.3e7 * 5e-3, rel=1e-12, abs=0
    )


@pytest.mark.parametrize("field", ["50 G", 5e-3, ["50 G"], [0.005], "5 mT"])
def test_one_field_in_any_form(field):
    assert float(cool(DOT, field, 0.01).field[0]) == pytest.approx(5e-3, rel=1e-15, abs=0)


def test_spin_and_angle_enter_together():
    tilted = cool(DOT, "1 mT", 0.02, optical_axis_angle="60 deg")
    straight = cool(DOT, "1 mT", 0.01)
    xr.testing.assert_allclose(tilted, straight, rtol=1e-12)
    assert tilted.attrs["electron_spin_along_field"] == pytest.approx(0.01)


@pytest.mark.parametrize("spin", [0.5, -0.5])
def test_the_largest_spin_is_allowed(spin):
    assert cool(DOT, "1 mT", spin).attrs["electron_spin_along_field"] == spin


@pytest.mark.parametrize(
    ("arguments", "options", "words"),
    [
        (("1 mT", 0.51), {}, "electron_spin must lie in"),
        (("1 mT", float("nan")), {}, "electron_spin"),
        (("1 mT", [0.1, 0.2]), {}, "one value each"),
        (("10 ns", 0.1), {}, "field = 10 ns has the wrong dimension"),
        (("10", 0.1), {}, "field needs a unit"),
        ((float("nan"), 0.1), {}, "field must be finite"),
        (("1 mT", 0.1), {"optical_axis_angle": "1 T"}, "optical_axis_angle"),
    ],
)
def test_cool_refuses(arguments, options, words):
    with pytest.raises(InvalidInputError, match=words):
        cool(DOT, *arguments, **options)


@pytest.mark.parametrize("method", METHODS, ids=repr)
def test_relax_is_the_sum_of_its_parts_and_equation_13(method):
    data = relax(DOT, "-30:30:7 mT", method=method)
    np.testing.assert_allclose(
        data.relaxation_rate, data.zeeman_relaxation_rate + data.spin_spin_relaxation_rate
    )
    tau, s, b_l = DOT.correlation_time, DOT.dephasing_time, DOT.local_field
    square = data.field**2
    heating = data.heating_coefficient * tau * b_l**2 / s**2
    by_hand = (
        0.05
        / (DOT.effective_nuclei * (square + b_l**2))
        * (square / data.electron_relaxation_time + heating)
    )
    np.testing.assert_allclose(data.relaxation_rate, by_hand, rtol=1e-12)


def test_relax_in_the_limits_of_equation_13():
    data = relax(DOT, [0.0, 10.0])
    phi, t1 = data.heating_coefficient.values, data.electron_relaxation_time.values
    at_zero = 0.05 * phi[0] * DOT.correlation_time / (DOT.effective_nuclei * DOT.dephasing_time**2)
    in_strong_field = 0.05 / (DOT.effective_nuclei * t1[1])
    assert float(data.zeeman_relaxation_rate[0]) == 0
    np.testing.assert_allclose(data.relaxation_rate, [at_zero, in_strong_field], rtol=2e-3)


def test_a_short_correlation_time_warms_three_times_slower_in_strong_field():
    data = relax(DOT.replace(correlation_time="1 fs"), [0.0, 1.0])
    assert float(data.relaxation_rate[0] / data.relaxation_rate[1]) == pytest.approx(
        3, rel=1e-4, abs=0
    )


def test_the_two_local_fields_have_their_own_places_in_relax():
    one, other = relax(DOT, 0.0), relax(DOT.replace(kinetic_local_field="3 G"), 0.0)
    ratio = float(other.relaxation_rate[0] / one.relaxation_rate[0])
    assert ratio == pytest.approx((3 / 1.5) ** 2 / 3, rel=1e-12, abs=0)


def paper_site(nuclei, k):
    """Fig. 2: Δ_B = 100 B̃_L, in units where B̃_L = 1 mT."""
    time, kinetic = 1e-9, 1e-3
    return Site(
        nuclei=nuclei,
        nuclear_spin=0.5,
        hyperfine_coupling=1 / (time * math.sqrt(nuclei)),
        nuclear_gyromagnetic_ratio=1e5,
        local_field=kinetic / math.sqrt(3),
        correlation_time=k * time,
        filling=0.1,
        electron_gyromagnetic_ratio=1 / (time * 100 * kinetic),
    )


@pytest.mark.parametrize(
    ("nuclei", "k", "printed"),
    [
        (1e6, 10, "5.232"),
        (1e6, 100, "45.01"),
        (1e6, 1000, "89.81"),
        (1e4, 10, "5.212"),
        (1e4, 100, "35.37"),
        (1e4, 1000, "53.39"),
    ],
)
def test_the_optimal_fields_of_figure_2(nuclei, k, printed):
    found = optimum(paper_site(nuclei, k), 0.01)
    assert found.sizes["extremum"] == 2
    half_a_digit = 0.5 * 10.0 ** -len(printed.split(".")[1])
    np.testing.assert_allclose(np.abs(found.field) * 1e3, float(printed), rtol=0, atol=half_a_digit)


def precise_optimum(site, start, method):
    """Root of dβ/dB at 40 digits, from (6), (S12) and the Faddeeva function."""
    with mp.workdps(40):
        k, n_eff = mp.mpf(site.k), mp.mpf(site.effective_nuclei)
        gamma_s = mp.mpf(abs(site.electron_gyromagnetic_ratio)) * mp.mpf(site.dephasing_time)

        def lorentzian(b):
            z = mp.sqrt(2) * (b + 1j / k)
            return mp.sqrt(2 * mp.pi) / (b * k**2) * mp.im(mp.exp(-(z**2)) * mp.erfc(-1j * z))

        def reciprocal_beta(field):
            b = gamma_s * field
            g = lorentzian(b)
            loss = k**2 / 2 * (g + mp.diff(lorentzian, b) / (4 * b))
            x2 = k**2 / n_eff
            slow = (
                mp.mpf(1) / 2
                if method == SmallAngle()
                else mp.mpf(2) / 5 * (1 / (1 + x2) + 1 / (4 + x2))
            )
            return field + (g + slow) / loss * (k * site.kinetic_local_field) ** 2 / 3 / field

        return float(
            mp.findroot(lambda field: mp.diff(reciprocal_beta, field), (start, start * 1.001))
        )


@pytest.mark.parametrize("method", [SmallAngle(), ClosedForm()], ids=repr)
@pytest.mark.parametrize(
    "site", [DOT, paper_site(1e4, 3), paper_site(1e6, 300)], ids=["dot", "few", "many"]
)
def test_the_optimum_is_exact_to_1e_8(site, method):
    found = optimum(site, 0.01, method=method)
    field = float(found.field[0])
    assert abs(field) == pytest.approx(precise_optimum(site, abs(field), method), rel=1e-8, abs=0)


def test_the_optimum_comes_in_pairs_of_opposite_temperature():
    found = optimum(DOT, 0.01)
    assert sorted(np.sign(found.field)) == [-1, 1]
    np.testing.assert_allclose(found.field.sum(), 0, atol=1e-15)
    np.testing.assert_allclose(
        found.inverse_spin_temperature.sum() / abs(found.inverse_spin_temperature).sum(),
        0,
        atol=1e-12,
    )
    assert list(found.kind.values) == ["maximum", "maximum"]


def test_the_optimum_is_where_the_curve_of_cool_is_largest():
    curve = cool(DOT, np.linspace(1e-4, 0.02, 4001), 0.01)
    found = optimum(DOT, 0.01, fields=("1 G", "20 mT"))
    assert found.sizes["extremum"] == 1
    at = float(curve.field[np.argmax(np.abs(curve.inverse_spin_temperature.values))])
    assert float(found.field[0]) == pytest.approx(at, abs=5e-6)
    there = cool(DOT, found.field.values, 0.01)
    for name in set(there.data_vars) & set(found.data_vars):
        np.testing.assert_array_equal(there[name], found[name])


@dataclass(frozen=True)
class Bumped(ClosedForm):
    """A Φ with a peak at |b| = 0.04, which digs a minimum between two maxima of β."""

    def heating_coefficient(self, b, k, **options):
        return super().heating_coefficient(b, k, **options) * self.peak(b)

    def heating_slope(self, b, k):
        step = 1e-7
        above, below = (
            self.heating_coefficient(b + d, k, nuclei=1e5, spin=1.5) for d in (step, -step)
        )
        return (above - below) / (2 * step)

    @staticmethod
    def peak(b):
        return 1 + 20 * np.exp(-(((np.abs(b) - 0.04) / 0.01) ** 2))


def test_a_minimum_between_two_maxima_is_found_and_named():
    found = optimum(DOT, 0.01, fields=("1 G", "30 mT"), method=Bumped())
    assert sorted(found.kind.values) == ["maximum", "maximum", "minimum"]
    sizes = np.abs(found.inverse_spin_temperature.values)
    assert all(sizes[:-1] >= sizes[1:])
    for field, kind in zip(found.field.values, found.kind.values, strict=True):
        here, *beside = np.abs(
            cool(
                DOT, field * np.array([1, 0.99, 1.01]), 0.01, method=Bumped()
            ).inverse_spin_temperature
        )
        assert all(here > other for other in beside) == (kind == "maximum")
        assert all(here < other for other in beside) == (kind == "minimum")


@pytest.mark.parametrize(
    ("fields", "signs"),
    [
        (("-20 mT", "20 mT"), [-1, 1]),
        ((0, 0.02), [1]),
        ((-0.02, 0), [-1]),
        ((0.01, 0.02), []),
        (("-2 G", "200 G"), [1]),
    ],
)
def test_the_optimum_is_sought_where_asked(fields, signs):
    found = optimum(DOT, 0.01, fields=fields)
    assert sorted(np.sign(found.field)) == signs


def test_the_default_range_is_reported_and_holds_the_optimum():
    for site in (
        DOT,
        paper_site(1e4, 1000),
        DOT.replace(correlation_time="1 fs"),
        DOT.replace(correlation_time="1 s"),
    ):
        found = optimum(site, 0.01)
        low, high = found.attrs["search_minimum"], found.attrs["search_maximum"]
        assert low == -high < 0
        assert found.sizes["extremum"] == 2
        assert float(abs(found.field).max()) < high / 3


@pytest.mark.parametrize(
    ("spin", "options", "words"),
    [
        (0.0, {}, "there is no optimum"),
        (0.6, {}, "electron_spin"),
        (0.1, {"fields": "20 mT"}, "pair"),
        (0.1, {"fields": ("1 G", "2 G", "3 G")}, "pair"),
        (0.1, {"fields": (0.02, 0.01)}, "min < max"),
        (0.1, {"fields": ([1e-3, 2e-3], 0.01)}, "fields must be one value, not an array of 2"),
        (0.1, {"fields": ("1 G", "1 ns")}, "wrong dimension"),
        (0.1, {"fields": (0.0, float("nan"))}, "finite"),
    ],
)
def test_optimum_refuses(spin, options, words):
    with pytest.raises(InvalidInputError, match=words):
        optimum(DOT, spin, **options)


CALLS = {
    "cool": lambda site: cool(site, "-30:30:7 mT", 0.1),
    "relax": lambda site: relax(site, "-30:30:7 mT"),
    "optimum": lambda site: optimum(site, 0.1),
}


@pytest.mark.parametrize("name", CALLS)
def test_each_warning_comes_once_and_is_recorded(name):
    with pytest.warns(ValidityWarning) as caught:
        data = CALLS[name](DOT)
    messages = [str(entry.message) for entry in caught]
    assert len(set(messages)) == len(messages) > 0
    assert data.attrs["warnings"].split("\n") == messages
    assert all(entry.filename == __file__ for entry in caught)


def test_nothing_is_said_where_the_theory_holds():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        data = cool(QUIET, "-1:1:5 mT", 1e-4)
        relax(QUIET, "-1:1:5 mT")
    assert data.attrs["warnings"] == ""


@pytest.mark.parametrize(
    ("site", "spin", "words"),
    [
        (QUIET, 0.1, "mean_overhauser_precession"),
        (QUIET.replace(nuclear_gyromagnetic_ratio=6.3e10), 1e-4, "ω_B"),
        (QUIET.replace(correlation_time="2 ms"), 1e-4, "local_phase"),
        (QUIET.replace(nuclei=10, filling=1), 1e-4, "thermalization_ratio"),
        (QUIET.replace(local_field="0.01 G"), 1e-4, "field_ratio"),
    ],
)
def test_each_condition_is_warned_of(site, spin, words):
    with pytest.warns(ValidityWarning) as caught:
        cool(site, "1 mT", spin)
    assert any(words in str(entry.message) for entry in caught)


def test_small_angle_warns_of_large_angles():
    with pytest.warns(ValidityWarning, match="k << √N_I"):
        cool(QUIET.replace(correlation_time="1 µs"), "0.1 mT", 1e-4, method=SmallAngle())


@pytest.mark.parametrize("name", CALLS)
def test_every_column_is_labelled_and_the_parameters_come_along(name):
    data = CALLS[name](DOT)
    for variable in data.variables.values():
        assert set(variable.attrs) == {"units", "long_name"}
        assert variable.attrs["long_name"]
    for parameter, value in DOT.parameters().items():
        assert data.attrs[parameter] == value
    assert data.attrs["method"] == "ClosedForm()"
    pumped = (
        {"condition_mean_overhauser_precession", "condition_polarization"}
        if name != "relax"
        else set()
    )
    assert {key for key in data.attrs if key.startswith("condition_")} == pumped | {
        "condition_local_phase",
        "condition_thermalization_ratio",
        "condition_field_ratio",
        "condition_rotation_angle",
        "condition_nuclear_zeeman_share",
        "condition_nuclear_phase",
    }


@pytest.mark.parametrize("name", CALLS)
def test_results_survive_netcdf(name, tmp_path):
    data = CALLS[name](DOT)
    data.to_netcdf(tmp_path / "data.nc", engine="h5netcdf")
    with xr.open_dataset(tmp_path / "data.nc", engine="h5netcdf") as back:
        xr.testing.assert_identical(data, back.load())


def test_light_across_the_field_has_no_optimum():
    with pytest.raises(InvalidInputError, match="no optimum"):
        optimum(DOT, 0.01, optical_axis_angle="90 deg")
