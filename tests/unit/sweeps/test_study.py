"""The table [sweep]: what its axes become, and what is refused, in one sentence."""

import numpy as np
import pytest

from coldspin import InvalidInputError
from coldspin.inputs.sample_files import METHODS
from coldspin.quantities import COUPLING, FIELD, TEMPERATURE, TIME
from coldspin.sweeps.axes import list_parameters
from coldspin.sweeps.points import check_ends
from helpers_of_sweeps import SAMPLE

TAU = 'site.correlation_time = { range = "1:100:5 ns", logarithmic = true }'


def test_axes_are_named_in_order_with_coordinates_in_si(made):
    study = made()
    assert study.dimensions == ("correlation_time", "filling", "method_name")
    assert study.shape == (5, 3, 2)
    np.testing.assert_allclose(study.axes[0].coordinate, np.geomspace(1e-9, 1e-7, 5))
    assert study.axes[0].unit == "s"
    assert study.axes[2].coordinate == ("closed-form", "small-angle")


def test_quoted_keys_and_dotted_keys_are_the_same(made):
    assert made(("site.filling", '"site.filling"')).axes == made().axes


def test_a_point_is_the_sample_with_its_values(made):
    sample = made().sample((2, 1, 1), 0, {})
    assert sample.site.correlation_time == pytest.approx(1e-8)
    assert sample.site.filling == 0.1
    assert type(sample.method()).__name__ == "SmallAngle"


def test_an_axis_that_shares_its_name_with_a_quantity_gets_a_longer_one(made):
    study = made((TAU, "site.nuclear_spin = [0.5, 1.5]"))
    assert study.dimensions[0] == "site_nuclear_spin"


def test_no_axis_is_named_like_an_argument_of_sel(made):
    study = made((TAU, "method.tolerance = [1e-3, 1e-6]"), ("small-angle", "semiclassical"))
    assert study.dimensions == ("method_tolerance", "method_name", "filling")


def test_axes_that_go_together_are_a_list_of_points(made):
    study = made((TAU, 'site.correlation_time = ["1 ns", "2 ns"]'), ("[0.01, 0.1, 0.5]", "[0.1, 0.2]"),
                 ("chunk = 4", "together = true"))  # fmt: skip
    assert study.dimensions == ("point",)
    assert study.shape == (2,)
    assert tuple(study.parameters((1,)).values()) == ("2 ns", 0.2, "small-angle")


def test_isotopes_are_counted_from_one(made):
    one = "nuclei = 1e5\nnuclear_spin = 1.5\n"
    coupling = 'hyperfine_coupling = "1 neV"\nnuclear_gyromagnetic_ratio = "6.3e7 rad/s/T"\n'
    table = f"[[site.species]]\n{one}{coupling}"
    study = made(
        (one + coupling, ""),
        ("[electron]", f"{table}{table}[electron]"),
        (TAU, '"site.species[2].nuclei" = [1e3, 1e4]'),
    )
    site = study.sample((0, 0, 0), 0, {}).site
    assert [species.nuclei for species in site.species] == [1e5, 1e3]


def test_samples_are_an_axis_of_files(made, folder):
    text = (folder / "grid.toml").read_text(encoding="utf-8").partition("[cool]")[0]
    (folder / "a.toml").write_text(text, encoding="utf-8")
    (folder / "b.toml").write_text(text.replace("1e5", "1e4"), encoding="utf-8")
    study = made((text, ""), (TAU, 'sample = ["a.toml", "b.toml"]'))
    assert [study.sample((i, 0, 0), 0, {}).site.nuclei for i in range(2)] == [1e5, 1e4]
    check_ends(study)


def test_of_several_methods_each_takes_the_parameters_that_it_has(made):
    study = made(("small-angle", "semiclassical"), ("[cool]", "[method]\ntolerance = 1e-3\n[cool]"))
    assert study.sample((0, 0, 0), 0, {}).method() == METHODS["closed-form"].make()
    assert study.sample((0, 0, 1), 0, {}).method().tolerance == 1e-3


def test_parameters_come_from_the_schema_of_files_with_their_dimensions():
    parameters = list_parameters()
    assert parameters["site.nuclei"] == "number"
    assert parameters["site.local_field"] == FIELD
    assert parameters["site.dephasing_time"] == TIME
    assert parameters["site.species.hyperfine_coupling"] == COUPLING
    assert parameters["site.material"] == "text"
    assert parameters["method.knight_field"] == "text"
    assert parameters["method.seed"] == "number"
    assert parameters["leakage.quadrupole.time"] == TIME
    assert parameters["cool.field"] == parameters["stage.field"] == FIELD
    assert parameters["run.spin_temperature"] == TEMPERATURE


@pytest.mark.parametrize("key", ["site", "site.hyperfine", "site.only", "site.envelope", "stage"])
def test_tables_and_lists_are_no_parameters(key):
    assert key not in list_parameters()


@pytest.mark.parametrize("key", ["cool.start", "run.points", "optimum.fields"])
def test_what_decides_the_shape_of_columns_is_no_parameter(key):
    assert key not in list_parameters()


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("site.filling", "site.fillling", ("site.fillling is no parameter of a sample file; did you "
                                          "mean site.filling?")),
        ("site.filling", "site.tolerance", "did you mean method.tolerance?"),
        ("[0.01, 0.1, 0.5]", "[]", "site.filling has no values, so the grid is empty"),
        ("[0.01, 0.1, 0.5]", '["0.1"]', "must be a list of finite numbers"),
        ("[0.01, 0.1, 0.5]", '[0.1]\n"site.filling" = [0.2]', "site.filling stands there twice"),
        ("chunk = 4", 'time_limit = "1 G"', "sweep.time_limit = 1 G has the wrong dimension"),
        ("[0.01, 0.1, 0.5]", "[0.1, nan]", "must be a list of finite numbers"),
        ("[0.01, 0.1, 0.5]", "[0.1, 0.2, 0.1]", "site.filling has 0.1 twice"),
        (TAU, 'site.correlation_time = ["1 ns", "1000 ps"]', "correlation_time has '1000 ps' twice"),
        ("[0.01, 0.1, 0.5]", '"0:1"', 'must be a range such as "1:10:19"'),
        ("[0.01, 0.1, 0.5]", '"0:1:3 s"', 'must be a range such as "1:10:19"'),
        ("[0.01, 0.1, 0.5]", '"0:x:3"', "must be a range of numbers"),
        ("[0.01, 0.1, 0.5]", '"0:1:1"', "count of points from 2"),
        ("[0.01, 0.1, 0.5]", '"0:1:1000000000000"', "count of points from 2 to 1000000"),
        ("1:100:5 ns", "1:100:1000000000000 ns", "count of points from 2 to 1000000"),
        ("1:100:5 ns", "0:100:5 ns", "both ends must be on one side of 0"),
        ("1:100:5 ns", "1:100:5 G", "has the wrong dimension"),
        ("1:100:5 ns", "1:100:5", 'must be a range such as "1:10:19 UNIT"'),
        (TAU, "site.correlation_time = [1e-9]", "needs a unit in each value"),
        (TAU, "site.correlation_time = 1e-9", "must be a list in brackets, or a range"),
        (TAU, 'site.correlation_time = { range = "1:2:3 ns", log = true }', "must be like { range ="),
        (TAU, 'relax.field = ["1 mT"]', "is not used by cool"),
        (TAU, "site.species.nuclei = [1]", "must name one isotope"),
        ('"small-angle"]', '"small-angel"]', "'small-angel' is unknown; did you mean small-angle?"),
        ('command = "cool"', 'command = "relaxx"', "did you mean relax?"),
        ('command = "cool"', 'comand = "cool"', "comand is unknown; did you mean command?"),
        ("chunk = 4", "chunk = 0", "chunk must be 1 or more"),
        ("chunk = 4", 'quantities = ["heating"]', "cool gives no 'heating'"),
        ("chunk = 4", "quantities = []", "nothing would be kept"),
        ("chunk = 4", "together = true", "need equally many values"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_in_one_sentence(made, old, new, sentence):
    with pytest.raises(InvalidInputError) as refused:
        made((old, new))
    assert sentence in str(refused.value)
    assert "\n" not in str(refused.value)
    assert str(refused.value).startswith("grid.toml: ")


def test_a_grid_that_nobody_can_compute_is_refused(made):
    with pytest.raises(
        InvalidInputError, match=r"span a grid of 1e\+12 points; give at most 1e\+11"
    ):
        made(("1:100:5 ns", "1:100:1000000 ns"), ("[0.01, 0.1, 0.5]", '"0:1:500000"'))


def test_an_empty_table_of_axes_is_refused(made):
    with pytest.raises(InvalidInputError, match="nothing to vary"):
        made(
            (TAU, ""),
            ("site.filling = [0.01, 0.1, 0.5]", ""),
            ('method.name = ["closed-form", "small-angle"]', ""),
        )


def test_a_file_without_a_sweep_is_refused(made):
    with pytest.raises(InvalidInputError, match=r"has no table \[sweep\]"):
        made(text="[site]\n")


def test_a_sample_that_does_not_exist_is_refused(made):
    with pytest.raises(InvalidInputError, match=r"a.toml does not exist"):
        made((TAU, 'sample = ["a.toml"]'))


def test_a_field_or_a_spin_that_is_missing_is_said_for_a_study(made):
    with pytest.raises(
        InvalidInputError, match=r"there is no field; give .* or cool.field in \[sweep.axes\]"
    ):
        check_ends(made(('field = "0:2:5 mT"', "")))
    with pytest.raises(
        InvalidInputError,
        match=r"there is no electron spin; give .* electron.spin in \[sweep.axes\]",
    ):
        check_ends(made(("spin = 1e-4", "")))


def test_a_sample_needs_no_suffix(made, folder):
    (folder / "a.txt").write_text(SAMPLE.replace("1e5", "1e4"), encoding="utf-8")
    study = made((TAU, 'sample = ["a.txt"]'), ("nuclei = 1e5\n", ""))
    assert study.sample((0, 0, 0), 0, {}).site.nuclei == 1e4


def test_a_study_whose_ends_are_both_wrong_is_refused(made):
    with pytest.raises(
        InvalidInputError, match=r"grid.toml: nuclie is unknown|site.nuclie is unknown"
    ):
        check_ends(made(("nuclei", "nuclie")))
    check_ends(made(("0.5]", "2.0]")))


def test_a_swept_start_cannot_have_the_field_as_an_axis(made):
    study = made((TAU, 'cool.field = "0:1:3 mT"'), ('field = "0:2:5 mT"', 'start = "sweep"'))
    with pytest.raises(InvalidInputError, match="follows the field"):
        check_ends(study)


def test_seeds_depend_on_the_rank_and_the_study_alone(made):
    seeds = [made().seed(rank) for rank in range(100)]
    assert seeds == [made().seed(rank) for rank in range(100)]
    assert len(set(seeds)) == 100
    assert made(("chunk = 4", "seed = 1")).seed(0) != seeds[0]


def test_methods_that_draw_numbers_get_the_seed_of_their_point(made, monkeypatch):
    maker = METHODS["small-angle"]
    monkeypatch.setitem(METHODS, "small-angle", maker._replace(parameters=("seed",)))
    study = made()
    assert study.sample((0, 0, 1), 7, {}).tables.method.seed == 7
    assert study.sample((0, 0, 0), 7, {}).tables.method.seed is None


def test_the_identity_is_that_of_what_is_computed(made):
    mine = made().source.identity
    assert made(("chunk = 4", "chunk = 9 # comment")).source.identity == mine
    assert made(("0.05", "0.06")).source.identity != mine
