"""Quantities of other packages: what carries a unit is converted or refused, what is masked is left out or refused."""

import numpy as np
import pandas as pd
import pint
import pytest
import xarray as xr

from coldspin import InvalidInputError, cool, relax, run
from coldspin.arguments import broadcast, finite, positive, within
from coldspin.cooling.pump import leakage_channels
from coldspin.experiments import Measurement
from coldspin.experiments.models import Decay
from coldspin.protocols import DarkStage, PumpStage
from coldspin.quantities import ANGLE, COUPLING, FIELD, GYROMAGNETIC, TIME, scalar, si, si_axis
from coldspin.thermodynamics.channels import ConstantRelaxation
from samples import DOT

pytestmark = pytest.mark.filterwarnings("ignore::coldspin.exceptions.ValidityWarning")


class Unit:
    """The unit of a package that coldspin does not know; its text is all that it says."""

    def __init__(self, text):
        self.text = text

    def __str__(self):
        return self.text


class UnitArray(np.ndarray):
    """An array with a unit in one attribute, as in astropy (`unit`) or unyt (`units`)."""

    def __new__(cls, values, **unit):
        array = np.asarray(values, dtype=float).view(cls)
        array.__dict__.update({name: Unit(text) for name, text in unit.items()})
        return array


class SilentArray(np.ndarray):
    """An array of a package that keeps its unit elsewhere, as brian2 does."""


class Held:
    """A value with its unit, which is no array."""

    def __init__(self, value, unit):
        self.value, self.unit = value, unit

    def __repr__(self):
        return f"Held({self.value!r}, {self.unit!r})"


def labelled(values, units, **more):
    return xr.DataArray(values, attrs={"units": units, **more})


FIELDS = {
    "unit": UnitArray(1.5, unit="mT"),
    "units": UnitArray(1.5, units="mT"),
    "held": Held(1.5, "mT"),
    "xarray": labelled(1.5, "mT"),
    "xarray gauss": labelled(15.0, "Gauss"),
    "xarray oersted": labelled(15.0, "Oe"),
    "xarray in bytes": labelled(1.5, b"mT"),
    "xarray, one unit": xr.DataArray(1.5, attrs={"unit": "mT"}),
    "pint in xarray": xr.DataArray(pint.UnitRegistry().Quantity(np.array(1.5), "mT")),
    "array in xarray": xr.DataArray(1.5e-3),
    "variable": xr.Variable((), 1.5, {"units": "mT"}),
    "pint": pint.UnitRegistry().Quantity(1.5, "mT"),
    "pint of integers": pint.UnitRegistry().Quantity(np.array(15), "gauss"),
}


@pytest.mark.parametrize("value", FIELDS.values(), ids=FIELDS.keys())
def test_a_millitesla_never_becomes_a_tesla(value):
    assert float(si("field", value, FIELD)) == pytest.approx(1.5e-3, rel=1e-14)
    assert float(si_axis("field", value, FIELD)[0]) == pytest.approx(1.5e-3, rel=1e-14)
    assert float(cool(DOT, value, 0.01).field[0]) == pytest.approx(1.5e-3, rel=1e-14)
    np.testing.assert_allclose(si("field", [value, "1 G"], FIELD), [1.5e-3, 1e-4], rtol=1e-14)


def test_astropy():
    units = pytest.importorskip("astropy.units")
    assert float(si("field", 1.5 * units.mT, FIELD)) == pytest.approx(1.5e-3, rel=1e-14)
    np.testing.assert_allclose(si("field", [1, 2] * units.Gauss, FIELD), [1e-4, 2e-4], rtol=1e-14)
    np.testing.assert_allclose(
        si("field", [1 * units.uT, 2 * units.Gauss], FIELD), [1e-6, 2e-4], rtol=1e-14
    )
    assert float(si("γ", 6e7 * units.rad / units.s / units.T, GYROMAGNETIC)) == 6e7
    assert float(si("a", 1 * units.neV, COUPLING)) == pytest.approx(
        float(si("a", "1 neV", COUPLING)), rel=1e-14
    )
    assert scalar("filling", 0.1 * units.dimensionless_unscaled) == 0.1
    with pytest.raises(InvalidInputError, match="2π"):
        si("a", 1 * units.MHz, COUPLING)
    with pytest.raises(InvalidInputError, match="plain number"):
        within("spin", 0.1 * units.mT, -0.5, 0.5)
    with pytest.raises(InvalidInputError, match="wrong dimension"):
        si("field", 1 * units.s, FIELD)
    masked = pytest.importorskip("astropy.utils.masked").Masked(
        [1.0, np.nan] * units.mT, mask=[False, True]
    )
    np.testing.assert_allclose(si_axis("field", masked, FIELD), [1e-3], rtol=1e-14)
    column = pytest.importorskip("astropy.table").MaskedColumn(
        [1.0, 2.0], mask=[True, False], unit="mT"
    )
    np.testing.assert_allclose(si_axis("field", column, FIELD), [2e-3], rtol=1e-14)


def test_unyt():
    unyt = pytest.importorskip("unyt")
    assert float(si("field", unyt.unyt_quantity(1.5, "mT"), FIELD)) == pytest.approx(
        1.5e-3, rel=1e-14
    )
    np.testing.assert_allclose(
        si("field", unyt.unyt_array([1, 2], "G"), FIELD), [1e-4, 2e-4], rtol=1e-14
    )
    assert float(si("time", unyt.unyt_quantity(10, "us"), TIME)) == pytest.approx(1e-5, rel=1e-14)
    assert float(si("angle", unyt.unyt_quantity(180, "degree"), ANGLE)) == pytest.approx(
        np.pi, rel=1e-14
    )
    assert scalar("filling", unyt.unyt_quantity(0.1, "")) == 0.1
    with pytest.raises(InvalidInputError, match="2π"):
        si("a", unyt.unyt_quantity(1, "kHz"), COUPLING)
    with pytest.raises(InvalidInputError, match="plain number"):
        finite("b", unyt.unyt_array([1.0], "mT"))
    with pytest.raises(InvalidInputError, match="real number"):
        si("field", unyt.mT, FIELD)


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (labelled(1.5, "ns"), "wrong dimension"),
        (labelled(1.5, "arb. u."), "unknown unit 'arb. u.'"),
        (labelled(1.5, "1"), "wrong dimension"),
        (labelled(1.5, ""), "wrong dimension"),
        (labelled(1.5, "mT", unit="T"), "carries several units, T and mT"),
        (UnitArray([1.5], unit="furlong"), "wrong dimension"),
        (UnitArray([1.5], units="mag(ct)"), "unknown unit"),
        (UnitArray([1.5], units="MT"), "prefix M"),
        (
            np.array([1.5]).view(SilentArray),
            "SilentArray, whose unit is not understood; give plain SI numbers",
        ),
        (Held("much", "mT"), "real number"),
        (pd.Timedelta("10ns"), "real number"),
        (np.timedelta64(10, "ns"), "real number"),
        (pd.Series(["1 mT", "2 ns"]), "wrong dimension"),
        (pd.DataFrame({"field": ["a"]}), "real number"),
        (xr.Dataset({"field": 1.0}), "real number"),
        (Unit("mT"), "real number"),
        (pint.UnitRegistry().mT, "real number"),
        ([[1, 2], [3]], "real number"),
    ],
    ids=str,
)
def test_what_is_not_understood_is_refused(value, words):
    with pytest.raises(InvalidInputError) as caught:
        si("field", value, FIELD)
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("value", [v for k, v in FIELDS.items() if k != "array in xarray"], ids=str)
def test_a_plain_number_takes_no_unit(value):
    for check in (
        finite,
        positive,
        lambda name, v: within(name, v, 0, 10),
        lambda name, v: broadcast(**{name: v}),
    ):
        with pytest.raises(InvalidInputError, match="value is a plain number"):
            check("value", value)
        with pytest.raises(InvalidInputError, match="value is a plain number"):
            check("value", [value, value])


def test_a_plain_number_may_say_that_it_has_none():
    assert float(finite("b", labelled(0.5, "1"))) == 0.5
    assert float(finite("b", pint.UnitRegistry().Quantity(0.5, ""))) == 0.5
    np.testing.assert_array_equal(finite("b", pd.Series([1, 2])), [1.0, 2.0])


def test_lists_and_columns_of_quantities():
    registry = pint.UnitRegistry()
    mixed = [registry.Quantity(1, "mT"), "2 G", labelled(3.0, "T"), UnitArray(4.0, unit="uT"), 0.5]
    np.testing.assert_allclose(si("field", mixed, FIELD), [1e-3, 2e-4, 3.0, 4e-6, 0.5], rtol=1e-14)
    np.testing.assert_allclose(
        si("field", np.array(["1 mT", "2 G"]), FIELD), [1e-3, 2e-4], rtol=1e-14
    )
    np.testing.assert_allclose(
        si("field", np.array(mixed[:2], dtype=object), FIELD), [1e-3, 2e-4], rtol=1e-14
    )
    np.testing.assert_allclose(
        si("field", pd.Series(["1 mT", "2 G"]), FIELD), [1e-3, 2e-4], rtol=1e-14
    )
    np.testing.assert_allclose(
        si("field", [[mixed[0]], ["2 G"]], FIELD), [[1e-3], [2e-4]], rtol=1e-14
    )
    column = pd.Series([1.0, 2.0])
    column.attrs["units"] = "mT"
    np.testing.assert_allclose(si("field", column, FIELD), [1e-3, 2e-3], rtol=1e-14)
    with pytest.raises(InvalidInputError, match="rows of equal length"):
        si("field", [registry.Quantity([1, 2], "mT"), "1 mT"], FIELD)


def test_attributes_of_netcdf_and_hdf5(tmp_path):
    h5py = pytest.importorskip("h5py")
    with h5py.File(tmp_path / "data.h5", "w") as file:
        file["field"] = [1.0, 2.0]
        file["field"].attrs["units"] = "mT"
        np.testing.assert_allclose(si("field", file["field"], FIELD), [1e-3, 2e-3], rtol=1e-14)


def test_a_column_of_a_result_that_was_scaled_is_refused():
    curve = cool(DOT, [1e-3, 2e-3], 0.01)
    np.testing.assert_array_equal(cool(DOT, curve.field, 0.01).field, curve.field)
    assert float(cool(DOT, curve.field[1], 0.01).field[0]) == 2e-3
    for scaled in (curve.field * 1e3, (curve.field * 1e3).drop_attrs(), -curve.field):
        with pytest.raises(InvalidInputError, match="the column 'field' after a calculation"):
            cool(DOT, scaled, 0.01)
    said_anew = xr.Dataset(coords={"B": [1.0, 2.0]}).B.assign_attrs(units="mT")
    np.testing.assert_allclose(si("field", said_anew, FIELD), [1e-3, 2e-3], rtol=1e-14)
    in_millitesla = (curve.field * 1e3).assign_attrs(units="mT")
    np.testing.assert_allclose(cool(DOT, in_millitesla, 0.01).field, curve.field, rtol=1e-14)
    np.testing.assert_array_equal(cool(DOT, (-curve.field).values, 0.01).field, -curve.field.values)


def test_sites_stages_and_leakage_take_quantities():
    site = DOT.replace(correlation_time=labelled(10.0, "ns"), local_field=UnitArray(2.0, unit="G"))
    assert (site.correlation_time, site.local_field) == pytest.approx((1e-8, 2e-4), rel=1e-14)
    assert DarkStage(UnitArray(1.0, units="mT"), labelled(3.0, "min")) == DarkStage(1e-3, 180.0)
    for value in (UnitArray(10.0, unit="ms"), labelled(10.0, "ms"), Held(10, "ms")):
        assert leakage_channels(value) == ((ConstantRelaxation(0.01),), 1.0)
    stages = [PumpStage("1 mT", "1 s", 0.01)]
    cold = run(
        DOT, stages, inverse_spin_temperature=pint.UnitRegistry().Quantity(1, "1/zJ"), points=2
    )
    assert float(cold.inverse_spin_temperature[0]) == pytest.approx(1e21, rel=1e-12)


def test_masked_points_are_left_out_of_axes_and_refused_elsewhere():
    field = np.ma.masked_array([1e-3, np.nan, 3e-3], [False, True, False])
    np.testing.assert_array_equal(cool(DOT, field, 0.01).field, [1e-3, 3e-3])
    np.testing.assert_array_equal(relax(DOT, field * 1.0).field, [1e-3, 3e-3])
    np.testing.assert_array_equal(si_axis("field", [1e-3, np.ma.masked], FIELD), [1e-3])
    np.testing.assert_array_equal(
        si_axis("field", pd.Series([1.0, None], dtype="Float64"), FIELD), [1.0]
    )
    quantity = pint.UnitRegistry().Quantity(field * 1e3, "mT")
    np.testing.assert_allclose(si_axis("field", quantity, FIELD), [1e-3, 3e-3], rtol=1e-14)
    for call in (
        lambda: si("field", field, FIELD),
        lambda: finite("b", field),
        lambda: DOT.electron_precession(field),
        lambda: broadcast(b=field),
        lambda: DOT.replace(filling=np.ma.masked),
    ):
        with pytest.raises(InvalidInputError, match="masked value"):
            call()
    with pytest.raises(InvalidInputError, match="no point that is not masked"):
        cool(DOT, np.ma.masked_all(2), 0.01)
    np.testing.assert_array_equal(finite("b", np.ma.masked_array([1.0, 2.0], False)), [1.0, 2.0])


def test_a_masked_point_is_left_out_of_a_measurement():
    time = np.ma.masked_array([0.0, 1.0, 2.0, 3.0, 4.0], [0, 1, 0, 0, 0])
    signal = np.ma.masked_array([5.0, 4.0, np.nan, 2.0, 1.0], [0, 0, 1, 0, 0])
    error = np.ma.masked_array([0.1, 0.2, 0.3, 0.0, 0.5], [0, 0, 0, 1, 0])
    made = Measurement("decay", Decay(), time, signal, error)
    np.testing.assert_array_equal(made.x, [0.0, 4.0])
    np.testing.assert_array_equal(made.y, [5.0, 1.0])
    np.testing.assert_array_equal(made.error, [0.1, 0.5])
    np.testing.assert_array_equal(
        Measurement("decay", Decay(), time, [5, 4, 3, 2, 1], 0.1).x, [0, 2, 3, 4]
    )
    with pytest.raises(InvalidInputError, match="every point is masked"):
        Measurement("decay", Decay(), time, np.ma.masked_all(5))
