"""The optimal field as a model: that of `optimum`, of either sign of the field."""

import numpy as np
import pytest

from coldspin import Site, cool, optimum
from coldspin.experiments.models import ClassicalOptimalField, OptimalField
from coldspin.heating import SmallAngle
from coldspin.materials import Donor
from coldspin.sample.species import Species
from coldspin.thermodynamics.channels import ConstantRelaxation, QuadrupoleRelaxation
from methods import METHODS
from samples import DONOR, DOT

pytestmark = pytest.mark.filterwarnings("ignore::coldspin.exceptions.ValidityWarning")

CDTE = Site.from_material("CdTe", envelope=Donor("5.2 nm"), correlation_time="10 ns", filling=1e-3)
SMALL = DONOR.replace(nuclei=6, correlation_time="2 ns")
QUICK = DONOR.replace(nuclei=100, filling=1.0)  # relaxes before it has a spin temperature
EFFECTS = ({"self_consistent": False}, {}, {"knight_field": True})


def largest(site, spin, **options):
    """|B| of the largest |β|, by the search of the facade."""
    found = optimum(site, spin, **options)
    return float(abs(found.field[np.argmax(found.kind.values == "maximum")]))


@pytest.mark.parametrize("effects", EFFECTS, ids=["alone", "feedback", "knight field"])
@pytest.mark.parametrize("site", [DONOR, DOT, CDTE], ids=["donor", "dot", "cdte"])
@pytest.mark.parametrize("spin", [0.01, 0.3])
def test_field_of_optimum(site, effects, spin):
    assert OptimalField(site, **effects)(spin)[0] == pytest.approx(
        largest(site, spin, **effects), rel=3e-7
    )


@pytest.mark.parametrize("method", METHODS[:2], ids=repr)
def test_every_method_that_is_a_formula(method):
    assert OptimalField(SMALL, method=method)(0.1)[0] == pytest.approx(
        largest(SMALL, 0.1, method=method), rel=3e-7
    )


def test_channels():
    leakage = (ConstantRelaxation(5.0), QuadrupoleRelaxation(10.0, 1e-5))
    given = {"constant_rate": 0.2, "quadrupole_rate": 0.1, "quadrupole_correlation_time": 1e-5}
    found = OptimalField(DONOR)(0.1, **given)[0]
    assert found == pytest.approx(largest(DONOR, 0.1, leakage=leakage), rel=3e-7)
    assert found != pytest.approx(largest(DONOR, 0.1), rel=1e-3)


def test_the_higher_of_two_tops_that_are_nearly_as_high():
    """The nuclei's own field parts the curve; the grid alone would take the lower one."""
    expected = largest(DOT, 0.4, knight_field=True)
    rival = float(optimum(DOT, 0.4, knight_field=True).field[1])
    assert abs(rival / expected - 1) > 0.1
    assert OptimalField(DOT, knight_field=True)(0.4)[0] == pytest.approx(expected, rel=3e-7)


def test_no_field_nearby_cools_more():
    at = OptimalField(DOT)(0.2)[0]
    betas = [
        np.abs(cool(DOT, [sign * at * f for f in (0.999, 1, 1.001)], 0.2).inverse_spin_temperature)
        for sign in (1, -1)
    ]
    assert np.max(betas) == max(betas[0][1], betas[1][1])


@pytest.mark.parametrize(
    "name", ["correlation_time", "dephasing_time", "kinetic_local_field", "g_factor"]
)
def test_parameters_of_the_sample_matter(name):
    own = OptimalField(DONOR).parameters[name].start
    assert OptimalField(DONOR)(0.1, **{name: 5 * own})[0] != pytest.approx(
        OptimalField(DONOR)(0.1)[0], rel=1e-3
    )


def test_the_local_field_matters_by_that_of_the_heating_alone():
    model = OptimalField(DONOR)
    assert model(0.1, local_field=2e-4, kinetic_local_field=DONOR.kinetic_local_field)[
        0
    ] == pytest.approx(model(0.1)[0], rel=1e-9)


def test_spins_in_any_order_and_of_either_sign():
    found = OptimalField(DONOR)([0.3, -0.1, 0.1, 0.3])
    one, three = (OptimalField(DONOR)(spin)[0] for spin in (0.1, 0.3))
    np.testing.assert_array_equal(found, [three, one, one, three])


def test_without_feedback_every_spin_has_the_same_field():
    found = OptimalField(DONOR, self_consistent=False)([0.01, 0.2, 0.5])
    assert np.ptp(found) == 0


def test_the_field_saturates_at_the_fluctuation_field():
    """Where B̃_L exceeds every field, the heating rises with the precession of the electron, and so ends the growth."""
    model = OptimalField(DONOR, self_consistent=False, method=SmallAngle())
    found = model(0.1, kinetic_local_field=1e3)[0]
    assert found == pytest.approx(model(0.1, kinetic_local_field=1e5)[0], rel=1e-6)
    assert 0.8 < found / DONOR.fluctuation_field < 2


def test_not_a_number_where_nothing_cools():
    """Two isotopes of opposite γ and equal weight: the spins that they take bring no energy."""
    one = {"nuclei": 1e4, "nuclear_spin": 0.5, "hyperfine_coupling": "1 neV"}
    site = Site(
        species=[
            Species(**one, nuclear_gyromagnetic_ratio=sign * 6e7, isotope=f"{sign}")
            for sign in (1, -1)
        ],
        local_field="0.5 G",
        correlation_time="10 ns",
        filling=1e-3,
        g_factor=-1.6,
    )
    assert np.isnan(OptimalField(site)(0.1)[0])
    assert "the influx of spin to the isotopes cancels" in optimum(site, 0.1).attrs["no_extremum"]


def test_doubts_are_the_warnings_at_the_fields_found():
    model = OptimalField(QUICK)
    values = {name: p.start for name, p in model.parameters.items()}
    told = []
    for spin in (0.1, 0.45):
        told += cool(QUICK, model(spin), spin).attrs["warnings"].splitlines()
    warnings = model.doubts(np.array([0.1, 0.45]), values)
    assert [str(warning) for warning in warnings] == list(dict.fromkeys(told)) != []


def test_classical_field_is_the_kinetic_local_field():
    limit = OptimalField(CDTE).classical()
    assert limit == ClassicalOptimalField(CDTE)
    np.testing.assert_array_equal(limit([0.1, 0.3]), CDTE.kinetic_local_field)
    np.testing.assert_array_equal(limit([0.1, 0.3], kinetic_local_field="2 G"), 2e-4)
    np.testing.assert_allclose(
        ClassicalOptimalField(DONOR)([0.1], local_field=1e-4), np.sqrt(3) * 1e-4
    )
    assert limit.classical() is None
    assert limit.doubts(np.array([0.1]), {}) == ()
