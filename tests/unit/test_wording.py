"""An unknown name is answered by the one that is meant, in calls as in files."""

import inspect
import pickle

import pytest

import coldspin
from coldspin import (
    InvalidInputError,
    Site,
    Species,
    cool,
    experiments,
    heating,
    optimum,
    relax,
    run,
    validity,
)
from coldspin.arguments import arguments_checked, keywords_checked
from coldspin.experiments import Measurement, fit
from coldspin.experiments.models import Decay
from coldspin.inputs.measurements import read_measurements
from coldspin.materials import (
    Box,
    Donor,
    GaussianDot,
    HardWallBox,
    Lens,
    local_fields,
    material,
    read_cif,
    read_material,
    second_moments,
)
from coldspin.thermodynamics.channels import (
    ConstantRelaxation,
    DiffusionLimited,
    QuadrupoleRelaxation,
)
from coldspin.wording import nearest, nearest_names

DOT = {
    "nuclei": 1e5,
    "nuclear_spin": 1.5,
    "hyperfine_coupling": "1 neV",
    "nuclear_gyromagnetic_ratio": 6.3e7,
    "local_field": 1.5e-4,
    "correlation_time": 4e-9,
    "filling": 0.05,
    "g_factor": -0.44,
}
SITE = Site(**DOT)


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (
            lambda: Site(**DOT, tau_c=1e-9),
            "Site has no argument 'tau_c'; did you mean correlation_time?",
        ),
        (lambda: Site(N=1e5), "Site has no argument 'N'; did you mean nuclei?"),
        (lambda: SITE.replace(filing=0.1), "Site has no argument 'filing'; did you mean filling?"),
        (lambda: SITE.replace(spin=1), "Site has no argument 'spin'; did you mean nuclear_spin?"),
        (
            lambda: Site.from_material("GaAs", correlation_time="1 ns", filling=0.1, envelop=None),
            "Site.from_material has no argument 'envelop'; did you mean envelope?",
        ),
        (lambda: Species(nucleii=3), "Species has no argument 'nucleii'; did you mean nuclei?"),
        (
            lambda: cool(SITE, "1 G", S=0.01),
            "cool has no argument 'S'; did you mean electron_spin?",
        ),
        (
            lambda: cool(SITE, B="1 G", electron_spin=0.01),
            "cool has no argument 'B'; did you mean field?",
        ),
        (lambda: optimum(SITE, 0.01, B="1 G"), "optimum has no argument 'B'; did you mean fields?"),
        (
            lambda: relax(SITE, "1 G", leackage="1 s"),
            "relax has no argument 'leackage'; did you mean leakage?",
        ),
        (lambda: run(SITE, [], point=3), "run has no argument 'point'; did you mean points?"),
        (
            lambda: validity(SITE, "1 G", 0.01, theta=0, metod=None),
            (
                "validity has no argument 'theta'; did you mean optical_axis_angle?; "
                "validity has no argument 'metod'; did you mean method?"
            ),
        ),
        (
            lambda: heating.Semiclassical(accuracy=1e-3),
            "Semiclassical has no argument 'accuracy'; known here: tolerance",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_an_unknown_argument_is_answered_by_the_nearest(call, sentence):
    with pytest.raises(InvalidInputError) as caught:
        call()
    assert str(caught.value) == sentence


RESULTS = (
    "Findings",
    "Fit",
    "Interval",
    "Plan",
    "combinations",
    "compare",
    "verdicts",
)  # made by the package
EXPERIMENTS = [getattr(experiments, name) for name in experiments.__all__ if name not in RESULTS]
CALLS = [
    *(getattr(coldspin, name) for name in coldspin.__all__ if not name.startswith("_")),
    *(heating.Semiclassical, heating.Automatic, heating.Multiplets, heating.Trajectories),
    *(
        ConstantRelaxation,
        QuadrupoleRelaxation,
        DiffusionLimited,
        Donor,
        GaussianDot,
        Lens,
        Box,
        HardWallBox,
    ),
    *(Measurement, fit),
    *EXPERIMENTS,
    *(material, read_cif, read_material, local_fields, second_moments, read_measurements),
    *(heating.Geometry, heating.Quadrupole, heating.GaussianProfile),
]
CALLS = [
    call
    for call in CALLS
    if callable(call) and not (isinstance(call, type) and issubclass(call, Exception | Warning))
]


@pytest.mark.parametrize("call", CALLS, ids=lambda call: call.__name__)
def test_every_public_call_does_so_and_keeps_its_signature(call):
    with pytest.raises(InvalidInputError, match=f"{call.__name__} has no argument 'wrong_name'"):
        call(wrong_name=1)
    assert "wrong_name" not in inspect.signature(call).parameters
    assert len(inspect.signature(call).parameters) > 0


def test_the_record_stays_a_dataclass():
    assert pickle.loads(pickle.dumps(SITE)) == SITE  # noqa: S301  # our own
    with pytest.raises(TypeError, match="missing"):
        Site()


def test_positional_and_known_arguments_pass():
    @keywords_checked
    def call(first, *, second=2):
        return first, second

    @arguments_checked
    class Record:
        def __init__(self, first):
            self.first = first

    assert call(1, second=3) == (1, 3)
    assert Record(first=5).first == 5
    with pytest.raises(InvalidInputError, match="no argument 'secund'; did you mean second"):
        call(1, secund=3)


def test_nearest_names():
    assert nearest_names("B-L", ["local_field"]) == []
    assert nearest_names("B_L", ["local_field"]) == ["local_field"]
    assert nearest_names("S", ["spin"]) == ["spin"]
    assert nearest_names("B_L", ["field"]) == []
    assert nearest("xyz", iter(["a", "b"])) == "known here: a and b"


def test_measurements_name_their_arguments():
    with pytest.raises(
        InvalidInputError, match="Measurement has no argument 'errors'; did you mean error"
    ):
        Measurement("a", Decay(), [1, 2], [3, 4], errors=[1, 1])


def test_an_error_is_a_record_and_its_sentence():
    error = InvalidInputError(
        "must lie in (0, 1]", parameter="filling", value=2.0, remedy="give a share of the time"
    )
    assert str(error) == "filling must lie in (0, 1], not 2; give a share of the time"
    there = error.within("dot.toml", "site")
    assert str(there) == f"dot.toml: site.{error}"
    assert (there.place, there.parameter, there.value) == ("dot.toml", "site.filling", 2.0)
    assert str(InvalidInputError("the file is empty").within("a.csv", "data")) == (
        "a.csv: data: the file is empty"
    )
    assert str(InvalidInputError("must be text", parameter="name", value=None)) == (
        "name must be text, not None"
    )


def test_an_error_keeps_its_fields_through_a_pickle():
    error = InvalidInputError("must be positive", parameter="time", value=-1.0, place="stage 2")
    copy = pickle.loads(pickle.dumps(error))  # noqa: S301  # our own
    assert vars(copy) == vars(error)
    assert str(copy) == "stage 2: time must be positive, not -1"
