"""Species and sites of several: units, names, what stands for all, what is refused."""

import dataclasses
import math

import numpy as np
import pytest

from coldspin import InvalidInputError, Site, cool, relax
from coldspin.constants import HBAR
from coldspin.heating import Automatic, ClosedForm, Multiplets, Semiclassical, SmallAngle
from coldspin.sample.species import Species

pytestmark = pytest.mark.filterwarnings("ignore::coldspin.exceptions.ValidityWarning")

ONE = {
    "nuclei": 3e4,
    "nuclear_spin": 1.5,
    "hyperfine_coupling": 1.4e6,
    "nuclear_gyromagnetic_ratio": 6.4e7,
}
OTHER = {
    "nuclei": 5e4,
    "nuclear_spin": 1.5,
    "hyperfine_coupling": 1.5e6,
    "nuclear_gyromagnetic_ratio": 4.6e7,
}
REST = {"local_field": 1.5e-4, "correlation_time": 4e-9, "filling": 0.05, "g_factor": -0.44}


def two(**changes):
    return Site(
        species=[Species(**ONE, isotope="69Ga"), Species(**OTHER, isotope="75As")],
        **(REST | changes),
    )


def test_units_are_converted_once():
    given = Species(
        nuclei=10,
        nuclear_spin=0.5,
        hyperfine_coupling="-0.9 neV",
        nuclear_gyromagnetic_ratio="-5.7e7 rad/s/T",
    )
    assert given.hyperfine_coupling == pytest.approx(
        -0.9e-9 * 1.602176634e-19 / HBAR, rel=1e-12, abs=0
    )
    assert given.nuclear_gyromagnetic_ratio == -5.7e7
    assert dataclasses.replace(given) == given
    assert given.effective_nuclei == 10
    assert Species(**ONE).effective_nuclei == pytest.approx(1.5e5, rel=1e-15, abs=0)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"nuclei": 0}, "nuclei"),
        ({"nuclei": -3.0}, "nuclei"),
        ({"nuclei": float("inf")}, "nuclei"),
        ({"nuclear_spin": 0}, "nuclear_spin"),
        ({"nuclear_spin": 0.7}, "nuclear_spin"),
        ({"nuclear_spin": -0.5}, "nuclear_spin"),
        ({"hyperfine_coupling": "3 T"}, "hyperfine_coupling"),
        ({"hyperfine_coupling": "200 kHz"}, "hyperfine_coupling"),
        ({"hyperfine_coupling": float("nan")}, "hyperfine_coupling"),
        ({"nuclear_gyromagnetic_ratio": 0.0}, "nuclear_gyromagnetic_ratio"),
        ({"nuclear_gyromagnetic_ratio": "10 T"}, "nuclear_gyromagnetic_ratio"),
        ({"nuclear_gyromagnetic_ratio": None}, "nuclear_gyromagnetic_ratio"),
    ],
)
def test_a_bad_isotope(changes, words):
    with pytest.raises(InvalidInputError, match=words) as caught:
        Species(**(ONE | changes))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("species", "words"),
    [
        ([], "one or more"),
        ("69Ga", "sequence"),
        (3, "sequence"),
        ([ONE], "Species"),
        ([Species(**ONE), None], "Species"),
        (Species(**ONE), "sequence"),
        ([Species(**ONE, isotope="x"), Species(**OTHER, isotope="x")], "twice"),
        ([Species(**ONE, isotope="isotope 2"), Species(**OTHER)], "twice"),
    ],
)
def test_bad_species(species, words):
    with pytest.raises(InvalidInputError, match=words) as caught:
        Site(species=species, **REST)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("name", list(ONE))
def test_one_isotope_or_several_but_not_both(name):
    with pytest.raises(InvalidInputError, match=f"species already say the {name}"):
        Site(species=[Species(**OTHER)], **{name: ONE[name]}, **REST)


def test_neither():
    with pytest.raises(InvalidInputError, match="give them all, or species"):
        Site(**REST)


def test_one_species_is_that_isotope():
    plain, listed = Site(**ONE, **REST), Site(species=[Species(**ONE)], **REST)
    assert plain.dephasing_time == listed.dephasing_time
    assert plain.k == listed.k
    assert plain.knight_resonance == listed.knight_resonance
    assert plain.effective_nuclei == listed.effective_nuclei
    for name in ("inverse_spin_temperature", "nuclear_spin", "zeeman_heating"):
        np.testing.assert_array_equal(
            cool(plain, "5 mT", 0.01)[name], cool(listed, "5 mT", 0.01)[name]
        )


def test_what_stands_for_several():
    site = two()
    squares = [5 * row["nuclei"] * row["hyperfine_coupling"] ** 2 for row in (ONE, OTHER)]
    s = 1 / math.sqrt(sum(squares))
    assert site.dephasing_time == pytest.approx(s, rel=1e-14, abs=0)
    assert site.k == pytest.approx(4e-9 / s, rel=1e-14, abs=0)
    # 1/T2e* as of the whole, and the mean square of the angles aτ_c/ħ
    mean = (
        sum(
            q * row["hyperfine_coupling"] ** 2 for q, row in zip(squares, (ONE, OTHER), strict=True)
        )
        * s**2
    )
    assert site.box.hyperfine_coupling**2 == pytest.approx(mean, rel=1e-13, abs=0)
    assert site.box.effective_nuclei * mean * s**2 == pytest.approx(1, rel=1e-13, abs=0)
    assert site.box.nuclear_spin == 1.5


@pytest.mark.parametrize("method", [Semiclassical(), Multiplets(), Automatic()], ids=repr)
def test_an_engine_wants_to_be_asked(method):
    for call in (
        lambda: cool(two(), "1 mT", 0.1, method=method),
        lambda: relax(two(), "1 mT", method=method),
    ):
        with pytest.raises(InvalidInputError, match="effective_isotope to true"):
            call()


@pytest.mark.parametrize("method", [SmallAngle(), ClosedForm()], ids=repr)
def test_a_closed_form_does_not(method):
    assert cool(two(), "1 mT", 0.1, method=method).sizes == {"field": 1, "isotope": 2}


def test_columns_of_each_isotope():
    data = cool(two(), ["1 mT", "2 mT"], 0.01)
    assert list(data.isotope.values) == ["69Ga", "75As"]
    assert data.isotope_overhauser_field.attrs["units"] == "T"
    np.testing.assert_allclose(
        data.isotope_overhauser_field.sum("isotope"), data.overhauser_field, rtol=1e-13
    )
    assert data.sel(isotope="75As").isotope_nuclear_spin.shape == (2,)
    assert data.attrs["75As_nuclear_gyromagnetic_ratio"] == 4.6e7
    assert data.attrs["69Ga_nuclei"] == 3e4


def test_nameless_isotopes_are_counted():
    site = Site(species=[Species(**ONE), Species(**OTHER)], **REST)
    assert [one.isotope for one in site.isotopes] == ["isotope 1", "isotope 2"]


def test_replace_keeps_the_species():
    assert two().replace(filling=0.1).species == two().species
    changed = two().replace(species=[Species(**ONE, isotope="69Ga")])
    assert len(changed.isotopes) == 1
