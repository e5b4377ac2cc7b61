import numpy as np
import pytest

import coldspin
from coldspin.exceptions import InvalidInputError
from coldspin.explorer import curves
from coldspin.explorer.curves import MOST_FIELDS, symmetric_range
from coldspin.explorer.samples import build_page_sample
from coldspin.explorer.state import PageState
from coldspin.quantities import FIELD, si_axis


def test_the_curves_are_those_of_cool_and_relax(donor):
    found, site = curves.curves(donor), build_page_sample(donor).site
    with curves.collect_notes():
        pumped = coldspin.cool(site, found.field_text, 0.05)
        dark = coldspin.relax(site, found.field_text)
    assert pumped.identical(found.pumped)
    assert dark.identical(found.dark)


def test_the_report_is_that_of_validity_at_the_field_that_is_typed(donor):
    found = curves.curves(donor.model_copy(update={"at": "2 G"}))
    expected = coldspin.validity(build_page_sample(donor).site, "2 G", 0.05)
    assert str(found.report) == str(expected)


def test_a_blank_field_of_the_report_is_where_beta_is_largest(donor):
    found = curves.curves(donor)
    beta = np.abs(np.nan_to_num(found.pumped.inverse_spin_temperature.values))
    assert found.report.field == found.pumped.field.values[beta.argmax()]


@pytest.mark.parametrize("unit", ["G", "mT", "T"])
@pytest.mark.parametrize("time", ["0.1 ns", "10 ns", "3 us"])
def test_the_automatic_range_shows_the_largest_beta(donor, unit, time):
    state = donor.model_copy(update={"unit": unit, "correlation_time": time})
    found = curves.curves(state)
    best = curves.maxima(state)
    at = float(best.field[0])
    assert best.kind.values[0] == "maximum"
    assert abs(at) < 0.5 * found.pumped.field.values.max()
    assert abs(at) > 0.02 * found.pumped.field.values.max()


def test_the_automatic_range_shows_a_maximum_far_below_the_local_field():
    """GaAs, T2e* = 10 ns, ⟨S⟩ = 0.1: at 0.28 G, where B̃_L is 3.6 G."""
    found = curves.curves(PageState(material="GaAs", size="10 ns", filling="0.01", spin="0.1"))
    assert found.pumped.field.values.max() == pytest.approx(2e-4)


def test_local_fields_of_a_crystal_are_summed_once(donor, monkeypatch):
    from coldspin.sample import from_material as material_sites

    count, summed = [], material_sites.local_fields
    monkeypatch.setattr(
        material_sites, "local_fields", lambda *a, **k: count.append(a) or summed(*a, **k)
    )
    material_sites._library_fields.cache_clear()
    sites = [
        build_page_sample(donor.model_copy(update={"filling": f"0.{i}123"})).site
        for i in range(1, 4)
    ]
    assert len(count) == 1
    assert len({site.local_field for site in sites}) == 1
    assert (
        build_page_sample(
            donor.model_copy(update={"material": "GaAs", "filling": "0.4123"})
        ).site.local_field
        != sites[0].local_field
    )
    assert len(count) == 2


@pytest.mark.parametrize(
    ("reach", "end"), [(0.37, 0.5), (1.0, 1.0), (1.2, 2.0), (8.01, 10.0), (2.4e-5, 3e-5)]
)
def test_a_range_ends_at_a_round_number(reach, end):
    axis = si_axis("field", symmetric_range(reach, "T"), FIELD)
    assert axis[0] == -end
    assert axis[-1] == end


def test_the_maxima_are_those_of_optimum_within_the_range(donor):
    found = curves.maxima(donor.model_copy(update={"field": "-25:25:201 G"}))
    with curves.collect_notes():
        expected = coldspin.optimum(build_page_sample(donor).site, 0.05, fields=("-25 G", "25 G"))
    assert np.allclose(found.field, expected.field, rtol=1e-9)


@pytest.mark.slow
def test_a_row_of_the_map_is_the_curve_at_that_correlation_time(donor):
    found, site = curves.temperature_map(donor), build_page_sample(donor).site
    row = 11
    with curves.collect_notes():
        expected = coldspin.cool(
            site.replace(correlation_time=float(found.time[row])), found.field, 0.05
        )
    assert np.allclose(found.beta[row], expected.inverse_spin_temperature, rtol=1e-12)


def test_the_map_is_by_a_closed_form_where_the_method_takes_long(one_isotope):
    found = curves.temperature_map(one_isotope.model_copy(update={"method": "semiclassical"}))
    assert found.method == "ClosedForm()"


def test_too_many_fields_are_refused():
    with pytest.raises(InvalidInputError, match=f"at most {MOST_FIELDS}"):
        curves.curves(PageState(field="0:1:1000000 G"))


def test_warnings_are_collected_and_none_escapes():
    assert (
        sum(
            "use Semiclassical" in note for note in curves.curves(PageState(field="-1:1:3 T")).notes
        )
        == 1
    )


def test_progress_rises_to_its_end(one_isotope):
    shares = []
    state = one_isotope.model_copy(
        update={"method": "semiclassical", "field": "-2:2:3 G", "nuclei": "400"}
    )
    curves.curves(state, lambda _label, share: shares.append(share))
    assert shares == sorted(shares)
    assert shares[-1] == pytest.approx(0.95)


def test_the_course_is_that_of_run(one_isotope):
    found = curves.course(one_isotope)
    assert found.stage.values[-1] == len(one_isotope.stages)
    assert (
        found.attrs["measured_3_inverse_spin_temperature"]
        == found.inverse_spin_temperature.values[-1]
    )
