"""Protocol files: what stands in them, and what is said of those that cannot be read."""

from pathlib import Path

import pytest

from coldspin import InvalidInputError
from coldspin.constants import BOLTZMANN
from coldspin.inputs.protocol_files import read_protocol
from coldspin.protocols.stages import DarkStage, Measure, PumpStage, Sweep
from coldspin.thermodynamics.channels import ConstantRelaxation

EXAMPLES = Path(__file__).parents[3] / "examples"
SITE = (EXAMPLES / "three-stage.toml").read_text(encoding="utf-8").split("[electron]")[0]


@pytest.fixture
def read(tmp_path):
    def reader(text, site=SITE):
        path = tmp_path / "protocol.toml"
        path.write_text(site + text, encoding="utf-8")
        return read_protocol(path)

    return reader


def test_stages_are_read_in_order_and_the_electron_speaks_for_the_pump(read):
    found = read(
        """
[electron]
spin = 0.02
optical_axis_angle = "0.1 rad"
[leakage]
time = "3 s"
[method]
knight_field = true
[run]
points = 7
spin_temperature = "-2 µK"
[[stage]]
kind = "pump"
field = "-20 mT"
duration = "1 min"
[[stage]]
kind = "pump"
field = "1 mT"
duration = "1 s"
spin = -0.1
optical_axis_angle = "0 deg"
leakage = "4 s"
[[stage]]
kind = "dark"
field = "1 mT"
duration = "1 s"
[[stage]]
kind = "sweep"
field = "0 G"
duration = "2 s"
[[stage]]
kind = "sweep"
field = "1 G"
sudden = true
[[stage]]
kind = "measure"
field = "2 G"
"""
    )
    assert found.stages == (
        PumpStage("-20 mT", 60.0, 0.02, 0.1),
        PumpStage("1 mT", 1.0, -0.1, 0.0, "4 s"),
        DarkStage("1 mT", 1.0),
        Sweep(0.0, "adiabatic", 2.0),
        Sweep("1 G", "sudden"),
        Measure("2 G"),
    )
    assert found.inverse_spin_temperature == pytest.approx(-1 / (BOLTZMANN * 2e-6))
    assert (found.points, found.unit) == (7, "mT")
    assert found.options() == {
        "self_consistent": True,
        "knight_field": True,
        "effective_isotope": False,
        "leakage": (ConstantRelaxation(3.0),),
        "inverse_spin_temperature": found.inverse_spin_temperature,
        "points": 7,
    }


@pytest.mark.parametrize("name", ["three-stage.toml", "demagnetization.toml"])
def test_the_examples_can_be_read(name):
    found = read_protocol(EXAMPLES / name)
    assert len(found.stages) >= 3
    assert found.unit == "G"
    assert found.inverse_spin_temperature == 0


PUMP = '[electron]\nspin = 0.1\n[[stage]]\nkind = "pump"\nfield = "1 G"\nduration = "1 s"\n'


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            PUMP + '[[stage]]\nkind = "dark"\nfield = "1 G"',
            "stage 2 (dark): duration is missing",
        ),
        (
            PUMP + '[[stage]]\nkind = "dark"',
            "stage 2 (dark): field is missing; duration is missing too",
        ),
        (
            PUMP + '[[stage]]\nkind = "dark"\nfield = "1 G"\nduration = "-1 s"',
            "stage 2 (dark): duration must be greater than zero",
        ),
        (
            PUMP + '[[stage]]\nkind = "dark"\nfield = "1 G"\nduration = 3',
            "stage 2 (dark): duration needs a unit",
        ),
        (
            PUMP + '[[stage]]\nkind = "dark"\nfield = "1 G"\nduration = "3 mT"',
            "stage 2 (dark): duration = 3 mT has the wrong dimension",
        ),
        (
            PUMP + '[[stage]]\nkind = "drak"',
            "stage 2: kind = 'drak' is unknown; did you mean dark?",
        ),
        (
            PUMP + '[[stage]]\nkind = ["dark"]',
            'stage 2: kind must be "pump", "dark", "sweep" or "measure", in quotes',
        ),
        (PUMP + "[[stage]]\nkind = 3", 'or "measure", in quotes, not 3'),
        (PUMP + '[[stage]]\nkind = "hop"', "known here: pump, dark, sweep and measure"),
        (
            PUMP + '[[stage]]\nfield = "1 G"',
            'stage 2: kind is missing; give kind = "pump", "dark", "sweep" or "measure"',
        ),
        (
            PUMP + '[[stage]]\nkind = "dark"\nfield = "1 G"\nduraton = "1 s"',
            "stage 2 (dark): duraton is unknown; did you mean duration?",
        ),
        (
            PUMP + '[[stage]]\nkind = "sweep"\nfield = "1 G"\nsudden = 1',
            "sudden must be true or false, not 1",
        ),
        (
            PUMP + '[[stage]]\nkind = "sweep"\nfield = "1 G"\nsudden = true\nduration = "1 s"',
            "stage 2 (sweep): a sudden sweep takes no time",
        ),
        (PUMP + 'spin = "much"', "stage 1 (pump): spin must be a number, not 'much'"),
        (PUMP + "spin = 2", "stage 1 (pump): electron_spin must lie in"),
        (
            PUMP.replace("spin = 0.1", ""),
            "stage 1 (pump): there is no electron spin; give spin = 0.01 here",
        ),
        ("[electron]\nspin = 0.1", "stage is missing; give at least one table [[stage]]"),
        ('[stage]\nkind = "dark"', "stages must be tables [[stage]], with two brackets"),
        (PUMP + "[[stages]]", "stages is unknown; did you mean stage?"),
        ("[run]\npoints = 1\n" + PUMP, "run.points must be 2 or more, not 1"),
        ("[run]\npoints = 1.5\n" + PUMP, "run.points must be a whole number, not 1.5"),
        (
            '[run]\nspin_temperature = "1 s"\n' + PUMP,
            "run.spin_temperature = 1 s has the wrong dimension",
        ),
        ("[site2]\n" + PUMP, "site2 is unknown; did you mean site?"),
    ],
)
def test_what_is_wrong_is_said_in_one_sentence_with_its_place(read, text, words):
    with pytest.raises(InvalidInputError) as caught:
        read(text)
    assert str(caught.value).split(": ")[0].split(" has no stages")[0].endswith("protocol.toml")
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[leakage]\nfactor = 0.5\n", "leakage.factor has no rate"),
        (
            "[method]\nhigh_temperature = false\n",
            "method.high_temperature = false, but protocols hold",
        ),
    ],
)
def test_what_a_protocol_cannot_take_into_account_is_refused(read, text, words):
    with pytest.raises(InvalidInputError) as caught:
        read(text + PUMP).options()
    assert words in str(caught.value)


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(InvalidInputError, match=r"protocol file .*none\.toml does not exist"):
        read_protocol(tmp_path / "none.toml")
