"""How many random changes of the physics code go unnoticed by the tests nearest to them.

COLDSPIN_MUTATION_SEED draws others, COLDSPIN_MUTANTS more or fewer. Survivors of seed 0 stand in
survivors.md, each with the reason why no test can notice it, or need notice it.
"""

import os
from pathlib import Path

import pytest

import mutants
from processes import end

pytestmark = pytest.mark.slow

SEED = int(os.environ.get("COLDSPIN_MUTATION_SEED", "0"))
COUNT = int(os.environ.get("COLDSPIN_MUTANTS", "60"))
AT_ONCE = os.cpu_count() or 1
PIECE = 10
TRIED = []
SURVIVORS = []


def trials(changes, folder):
    """Whether the nearest tests pass with each change: (mutant or None, file)."""
    passed = []
    for first in range(0, len(changes), AT_ONCE):
        batch = changes[first : first + AT_ONCE]
        places = [folder / str(first + number) for number in range(len(batch))]
        running = [
            mutants.begin_trial(*change, place) for change, place in zip(batch, places, strict=True)
        ]
        try:
            passed += [process.wait() == 0 for process in running]
        finally:
            for process in running:
                end(process)
    return passed


@pytest.mark.parametrize("room", mutants.NEAREST)
def test_the_nearest_tests_pass_without_a_change(room, tmp_path):
    path = mutants.ROOT / mutants.PACKAGE / room
    files = (
        [path]
        if path.is_file()
        else [file for file in sorted(path.rglob("*.py")) if file.name != "__init__.py"]
    )
    assert trials([(None, files[0].relative_to(mutants.ROOT))], tmp_path) == [True]


@pytest.mark.parametrize("piece", range(-(-COUNT // PIECE)))
def test_changes_are_tried(piece, tmp_path):
    pytest.importorskip("cosmic_ray")
    drawn = mutants.draw(COUNT, SEED)[piece * PIECE : (piece + 1) * PIECE]
    passed = trials([(mutant, mutant.file) for mutant in drawn], tmp_path)
    TRIED.extend(drawn)
    SURVIVORS.extend(mutant for mutant, alive in zip(drawn, passed, strict=True) if alive)
    assert len(passed) == len(drawn)


def test_at_most_one_in_twenty_survives():
    pytest.importorskip("cosmic_ray")
    if len(TRIED) < COUNT:
        pytest.skip("not every piece ran")
    listing = "\n".join(mutant.difference() for mutant in SURVIVORS)
    assert len(SURVIVORS) <= COUNT / 20, f"{len(SURVIVORS)} of {COUNT} changes survive:\n{listing}"
    if SEED == 0:
        argued = Path(__file__).with_name("survivors.md").read_text(encoding="utf-8")
        missing = [mutant.difference() for mutant in SURVIVORS if mutant.change() not in argued]
        assert not missing, "survivors without an argument:\n" + "\n".join(missing)
