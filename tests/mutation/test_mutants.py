"""How many random changes of the physics code go unnoticed by the tests nearest to them.

COLDSPIN_MUTATION_SEED draws others, COLDSPIN_MUTANTS more or fewer. Survivors of the seed 0 stand in survivors.md, each
with the reason why no test can or need notice it.
"""

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import mutants
import pytest

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore")]

SEED = int(os.environ.get("COLDSPIN_MUTATION_SEED", "0"))
COUNT = int(os.environ.get("COLDSPIN_MUTANTS", "100"))
PIECE = 10
SURVIVORS = []
TRIED = []


def files(room):
    path = mutants.ROOT / mutants.PACKAGE / room
    return [path] if path.is_file() else sorted(path.rglob("*.py"))


@pytest.mark.parametrize("room", mutants.NEAREST)
def test_the_nearest_tests_pass_without_a_change(room, tmp_path):
    file = next(f for f in files(room) if f.name != "__init__.py")
    assert mutants.survives(None, file.relative_to(mutants.ROOT), tmp_path)


@pytest.mark.parametrize("piece", range(-(-COUNT // PIECE)))
def test_changes_are_noticed(piece, tmp_path):
    pytest.importorskip("cosmic_ray")
    drawn = mutants.draw(COUNT, SEED)[piece * PIECE : (piece + 1) * PIECE]

    def survives(number):
        mutant = drawn[number]
        return mutants.survives(mutant, mutant.file, tmp_path / str(number))

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        alive = list(pool.map(survives, range(len(drawn))))
    TRIED.extend(drawn)
    SURVIVORS.extend(mutant for mutant, survived in zip(drawn, alive, strict=True) if survived)
    assert len(alive) == len(drawn)


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
