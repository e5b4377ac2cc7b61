"""What is doubtful is said once a call, at its worst."""

import warnings
from pathlib import Path

import numpy as np
import pytest

from coldspin import ValidityWarning, cool
from coldspin.exceptions import worst_warnings
from coldspin.protocols import DarkStage, PumpStage, run, three_stage
from samples import DOT

ROOT = Path(__file__).parents[2]


def said_by(call, *arguments, **options):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        data = call(*arguments, **options)
    assert all(issubclass(entry.category, ValidityWarning) for entry in caught)
    return [entry.message for entry in caught], data


def test_the_worst_of_each_subject_stays_where_its_subject_came_first():
    low, other, high = (
        ValidityWarning("low", "one", 1.0),
        ValidityWarning("other"),
        ValidityWarning("high", "one", 2.0),
    )
    assert worst_warnings([low, other, high, low]) == [high, other]
    assert (other.subject, other.size, str(other)) == ("other", 0.0, "other")


@pytest.mark.parametrize(
    ("call", "arguments"),
    [
        (cool, ([0.1, 0.3, 1.0], 0.01)),
        (
            run,
            (
                [
                    PumpStage("0.3 T", "1 s", 0.01),
                    DarkStage("1 T", "1 s"),
                    PumpStage("2 T", "1 s", 0.01),
                ],
            ),
        ),
        (three_stage, ()),
    ],
    ids=["cool", "run", "three_stage"],
)
def test_a_call_says_a_thing_once(call, arguments):
    if call is three_stage:
        fields = {"pump_field": "0.3 T", "dark_field": ["0.4 T", "1 T"], "measure_field": "2 T"}
        options = {"pump_time": "1 s", "dark_times": ["1 s", "2 s"], "electron_spin": 0.01}
        said, data = said_by(three_stage, DOT, **fields, **options)
    else:
        said, data = said_by(call, DOT, *arguments)
    assert data.attrs["warnings"].splitlines() == [str(one) for one in said]
    subjects = [one.subject for one in said]
    assert len(set(subjects)) == len(subjects)
    zeeman = [one for one in said if "nuclear Zeeman precession" in str(one)]
    assert len(zeeman) == 1
    if call is not three_stage:
        largest = 1.0 if call is cool else 2.0
        phase = abs(float(DOT.nuclear_precession(largest))) * DOT.k
        assert zeeman[0].size == pytest.approx(4 * phase**2, rel=0.01)


def test_the_first_example_of_the_readme_runs_without_warning_and_prints_what_it_says(capsys):
    import matplotlib.pyplot as plt

    plt.switch_backend("agg")
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    example = text.split("```python\n", 1)[1].split("```", 1)[0]
    exec(compile(example, "README.md", "exec"), {})  # noqa: S102  # warnings are errors in tests
    plt.close("all")
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 3
    assert all(f"\n    {line}\n" in text for line in lines)


def test_the_phase_of_the_criterion_is_in_the_result():
    _, data = said_by(cool, DOT, [1e-3, -0.2], 1e-4)
    expected = np.abs(DOT.nuclear_gyromagnetic_ratio) * 0.2 * DOT.correlation_time
    assert data.attrs["condition_nuclear_phase"] == pytest.approx(expected, rel=1e-12)
