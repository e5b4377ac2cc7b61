"""The schema of sample files: the names of Site, and nothing else; every document of the example is checked."""

from inspect import signature
from pathlib import Path

import pytest

from coldspin import Site
from coldspin.heating import ClosedForm, Semiclassical, SmallAngle
from coldspin.run_files import METHODS, read_sample
from coldspin.site_files import MaterialTable, SeveralTable, SiteTable, SpeciesTable
from coldspin.species import Species

EXAMPLE = Path(__file__).parents[2] / "examples" / "gaas-dot.toml"


def test_the_site_tables_have_the_arguments_of_site():
    arguments = set(signature(Site).parameters)
    assert set(SiteTable.model_fields) == arguments - {"species"}
    assert set(SeveralTable.model_fields) == arguments - set(SpeciesTable.model_fields)
    assert set(SpeciesTable.model_fields) == set(signature(Species).parameters)
    assert set(MaterialTable.model_fields) == set(signature(Site.from_material).parameters)


def test_the_example():
    sample = read_sample(EXAMPLE)
    electronvolt_over_hbar = 1.602176634e-19 / 1.054571817646156e-34
    assert sample.site.nuclei * sample.site.hyperfine_coupling == pytest.approx(100e-6 * electronvolt_over_hbar)
    assert sample.electron_spin() == 1e-4
    assert sample.electron_spin(0.2) == 0.2
    assert sample.optical_axis_angle == 0
    assert sample.method() == ClosedForm()
    fields, unit = sample.field("cool")
    assert (fields[0], fields[-1], len(fields), unit) == (-0.01, 0.01, 201, "mT")
    assert sample.search_range() == ((-0.2, 0.2), "mT")
    assert sample.search_range(("1 G", "2 G")) == ((1e-4, 2e-4), "G")


def test_methods_and_their_parameters(tmp_path):
    path = tmp_path / "dot.toml"
    named = EXAMPLE.read_text(encoding="utf-8").replace('"closed-form"', '"semiclassical"\ntolerance = 1e-3', 1)
    path.write_text(named, encoding="utf-8")
    sample = read_sample(path)
    assert sample.method() == sample.method("semiclassical") == Semiclassical(tolerance=1e-3)
    assert sample.method("small-angle") == SmallAngle()
    assert set(METHODS) == {"closed-form", "small-angle", "semiclassical", "multiplets", "automatic"}


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("150 G", "G"),
        ("150G", "G"),
        ("-200:200:401 mT", "mT"),
        ("1e-3:2e-3:5 T", "T"),
        ("1E3mT", "mT"),
        ("3 µT", "µT"),
        ("2 kilogauss", "kilogauss"),
    ],
)
def test_the_unit_as_typed(text, unit):
    assert read_sample(EXAMPLE).field("cool", text)[1] == unit
