"""The schema of sample files: the names of Site, and nothing else; every document of the example is checked."""

import re
from inspect import signature
from pathlib import Path

import pytest

from coldspin import InvalidInputError, Site
from coldspin.heating import ClosedForm, ExponentialProfile, Semiclassical, SmallAngle, Trajectories
from coldspin.inputs.protocol_files import read_protocol
from coldspin.inputs.sample_files import METHODS, read_sample
from coldspin.inputs.site_tables import MaterialTable, SeveralTable, SiteTable, SpeciesTable
from coldspin.sample.species import Species

EXAMPLE = Path(__file__).parents[3] / "examples" / "gaas-dot.toml"


def test_the_site_tables_have_the_arguments_of_site():
    arguments = set(signature(Site).parameters) - {
        "material",
        "unverified",
        "envelope",
        "isolated",
    }  # of a material
    assert set(SiteTable.model_fields) == arguments - {"species"}
    assert set(SeveralTable.model_fields) == arguments - set(SpeciesTable.model_fields)
    assert set(SpeciesTable.model_fields) == set(signature(Species).parameters)
    assert set(MaterialTable.model_fields) == set(signature(Site.from_material).parameters)


def test_the_example():
    sample = read_sample(EXAMPLE)
    electronvolt_over_hbar = 1.602176634e-19 / 1.054571817646156e-34
    assert sample.site.nuclei * sample.site.hyperfine_coupling == pytest.approx(
        100e-6 * electronvolt_over_hbar
    )
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
    named = EXAMPLE.read_text(encoding="utf-8").replace(
        '"closed-form"', '"semiclassical"\ntolerance = 1e-3', 1
    )
    path.write_text(named, encoding="utf-8")
    sample = read_sample(path)
    assert sample.method() == sample.method("semiclassical") == Semiclassical(tolerance=1e-3)
    assert sample.method("small-angle") == SmallAngle()
    names = {
        "closed-form",
        "small-angle",
        "semiclassical",
        "multiplets",
        "automatic",
        "trajectories",
    }
    assert set(METHODS) == names


def test_a_sample_file_chooses_trajectories(tmp_path):
    path = tmp_path / "dot.toml"
    asked = '[method]\nname = "trajectories"\ncouplings = "exponential"\nsamples = 512\nseed = 3'
    path.write_text(re.sub(r"\[method\][^[]*", "", EXAMPLE.read_text()) + "\n" + asked)
    assert read_sample(path).method() == Trajectories(ExponentialProfile(), samples=512, seed=3)
    path.write_text(path.read_text().replace('"exponential"', '"exponental"'))
    with pytest.raises(InvalidInputError, match="exponential"):
        read_sample(path).method()
    path.write_text(path.read_text().replace('"exponental"', '"gaussian"').replace("512", "12.5"))
    with pytest.raises(InvalidInputError, match="samples must be a whole number"):
        read_sample(path).method()


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


ENVELOPES = {
    'shape = "donor"\nbohr_radius = 10': 'envelope.bohr_radius needs a unit, as in "10 nm"',
    'shape = "box"': "envelope of shape box needs lengths, not nothing",
    'shape = "box"\nradius = "3 nm"': "envelope of shape box needs lengths, not radius",
    'shape = ["donor"]': "envelope.shape = ['donor'] is unknown",
    'shape = "doner"': "did you mean donor?",
    'bohr_radius = "3 nm"': "envelope.shape is missing",
    'shape = "donor"\nbohr_radius = "-3 nm"': "envelope.bohr_radius must be greater than zero",
}


@pytest.mark.parametrize("text", ENVELOPES)
def test_envelopes_that_are_refused(text, tmp_path):
    path = tmp_path / "dot.toml"
    head = '[site]\nmaterial = "GaAs"\ncorrelation_time = "1 ns"\nfilling = 0.1\n[site.envelope]\n'
    path.write_text(head + text, encoding="utf-8")
    with pytest.raises(InvalidInputError) as caught:
        read_sample(path)
    assert ENVELOPES[text] in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("shape", ["box", "hard-wall-box"])
def test_a_site_of_a_material_says_what_is_not_verified(shape, tmp_path):
    path = tmp_path / "dot.toml"
    path.write_text(
        '[site]\nmaterial = "GaAs"\ncorrelation_time = "1 ns"\nfilling = 0.1\n[site.envelope]\n'
        f'shape = "{shape}"\nlengths = ["20 nm", "20 nm", "5 nm"]\n',
        encoding="utf-8",
    )
    site = read_sample(path).site
    assert site.material == "GaAs"
    assert "electron hyperfine constant of 75As in GaAs" in site.unverified
    assert [one.isotope for one in site.isotopes] == ["69Ga", "71Ga", "75As"]
    assert site.parameters()["unverified"] == site.unverified


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("three-stage.toml", "three-stage.toml is a protocol, with [[stage]]; use coldspin run "),
        (
            "materials/my-gaas.toml",
            "is a material file; name it as material in [site] of a sample file",
        ),
        ("materials/cspbbr3.toml", "is a material file"),
    ],
)
def test_a_file_of_another_kind_is_named(name, words):
    with pytest.raises(InvalidInputError) as caught:
        read_sample(EXAMPLE.parent / name)
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_material_file_is_no_protocol_either():
    with pytest.raises(InvalidInputError, match="is a material file"):
        read_protocol(EXAMPLE.parent / "materials" / "my-gaas.toml")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("species = []", "site.species needs at least one entry, not []"),
        ('material = "GaAs"\nhyperfine = 3', "site.hyperfine must be a table, not 3"),
        ('material = "GaAs"\nenvelope = "donor"', "site.envelope must be a table, not 'donor'"),
        ('material = "GaAs"\nT2e = "1 ns"', "site.T2e is unknown; did you mean dephasing_time?"),
    ],
)
def test_of_the_site(text, words, tmp_path):
    path = tmp_path / "dot.toml"
    common = 'correlation_time = "1 ns"\nfilling = 0.1\ng_factor = 1.0\n'
    local = 'local_field = "1 G"\n'
    path.write_text(f"[site]\n{common}{local}{text}\n", encoding="utf-8")
    with pytest.raises(InvalidInputError) as caught:
        read_sample(path)
    assert str(caught.value) == f"{path}: {words}"
