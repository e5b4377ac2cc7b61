"""Single changes of the physics code, drawn at random with a seed, each tried against the tests nearest to it."""

import ast
import random
import resource
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from processes import NOWHERE, begin

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = Path("src/coldspin")
PROCESSOR_SECONDS = 240  # of one trial; an endless loop ends there and counts as noticed

# The file or folder that is changed, and the tests nearest to it, the quickest first; the first entry
# that fits is taken.
ISOTOPES = [
    "physics/test_several_isotopes.py",
    "physics/test_knight_field.py",
    "physics/test_leakage.py",
]
FACADE = [
    "unit/cooling/test_facade.py",
    *ISOTOPES,
    "physics/test_combined_effects.py",
    "physics/test_isotope_heating.py",
    "physics/test_uncoupled_nuclei.py",
    "physics/test_large_polarization.py",
    "physics/test_self_consistency.py",
]
BALANCE = [*FACADE, "unit/cooling/test_pump.py", "physics/test_protocols.py"]
EQUATIONS = ["physics/test_energy_balance.py", "physics/test_documented_formulas.py"]
SEARCH = [
    "physics/test_optimum_search.py",
    "physics/test_optimum_proof.py",
    "physics/test_self_consistency.py",
    "physics/test_combined_effects.py",
    "unit/cooling/test_facade.py",
]
PROTOCOLS = [
    "unit/protocols",
    "physics/test_protocols.py",
    "physics/test_fast_sweeps.py",
    "unit/inputs/test_protocol_files.py",
    "physics/test_combined_effects.py",
]
VALIDITY = [
    "unit/thermodynamics/test_equation_functions.py",
    "physics/test_energy_balance.py",
    "physics/test_validity_rows.py",
    "unit/conditions",
    "physics/test_paper_claims.py",
]
NEAREST = {
    "precession": [
        "unit/precession",
        "physics/test_precession_limits.py",
        "physics/test_hanle.py",
        "physics/test_polarization_recovery.py",
        "reference/closed_forms",
    ],
    "heating/manybody": [
        "unit/heating/manybody",
        "physics/manybody",
        "physics/test_first_principles.py",
    ],
    "heating/multiplets": [
        "unit/heating/test_multiplets_arguments.py",
        "unit/heating/test_multiplets_weights.py",
        "unit/heating/test_multiplets_sums.py",
        "physics/multiplets",
        "reference/exact_engine",
    ],
    "heating/trajectories": [
        "unit/heating/test_trajectories.py",
        "unit/heating/test_trajectories_literal.py",
        "physics/test_trajectories.py",
        "physics/test_trajectories_exact.py",
    ],
    "heating": [
        "unit/heating/test_interface.py",
        "unit/heating/test_semiclassical.py",
        "unit/heating/test_box_rotation.py",
        "physics/test_closed_form_heating.py",
        "physics/test_semiclassical_limits.py",
        "physics/test_semiclassical_dynamics.py",
        "unit/thermodynamics/test_equation_functions.py",
        "unit/cooling/test_evaluation.py",
        "physics/test_validity_rows.py",
    ],
    "thermodynamics/protocol.py": PROTOCOLS,
    "thermodynamics/time_of_flight.py": PROTOCOLS,
    "protocols": PROTOCOLS,
    "thermodynamics/validity.py": VALIDITY,
    "thermodynamics/conditions.py": VALIDITY,
    "thermodynamics/self_consistency.py": SEARCH,
    "thermodynamics/spin_temperature.py": [*EQUATIONS, *BALANCE],
    "thermodynamics/fluxes.py": [*EQUATIONS, *BALANCE],
    "thermodynamics/balance.py": BALANCE,
    "thermodynamics/ensemble.py": BALANCE,
    "thermodynamics/knight_field.py": BALANCE,
    "cooling/pumped_site.py": BALANCE,
    "thermodynamics": [
        "unit/thermodynamics/test_equation_functions.py",
        "unit/thermodynamics/test_channels.py",
        "physics/test_local_field.py",
        "physics/test_energy_balance.py",
        "physics/test_paper_claims.py",
        "physics/test_leakage.py",
        "unit/protocols",
    ],
    "cooling/facade.py": [*FACADE, *SEARCH[:2], "unit/cooling/test_pump.py"],
}

# What a request will cost, said before it runs: decides no number.
ESTIMATES = {"heating/multiplets/cost.py"}

# Only changes that leave legal arithmetic: a shift of floats fails at once and would prove nothing.
ARITHMETIC = ("Add", "Sub", "Mul", "Div", "Pow")
BOUNDARIES = ({"Lt", "LtE"}, {"Gt", "GtE"})  # they differ where two floats are equal, by chance
COMPARISONS = ("Eq", "NotEq", "Lt", "LtE", "Gt", "GtE")
OPERATORS = [
    *(f"ReplaceBinaryOperator_{a}_{b}" for a in ARITHMETIC for b in ARITHMETIC if a != b),
    *(
        f"ReplaceComparisonOperator_{a}_{b}"
        for a in COMPARISONS
        for b in COMPARISONS
        if a != b and {a, b} not in BOUNDARIES
    ),
    "NumberReplacer",
    "AddNot",
    "ReplaceAndWithOr",
    "ReplaceOrWithAnd",
    "ReplaceTrueWithFalse",
    "ReplaceFalseWithTrue",
    "ReplaceUnaryOperator_Delete_USub",
    "ReplaceUnaryOperator_Delete_Not",
    "ReplaceBreakWithContinue",
    "ReplaceContinueWithBreak",
    "ZeroIterationForLoop",
]


@dataclass(frozen=True)
class Mutant:
    """One change: the file, the operator, and which of its places in that file."""

    file: Path
    operator: str
    occurrence: int
    line: int

    def code(self) -> str:
        """Text of the changed file."""
        from cosmic_ray.mutating import mutate_code
        from cosmic_ray.plugins import get_operator

        operator = get_operator(f"core/{self.operator}")()
        changed = mutate_code((ROOT / self.file).read_text(), operator, self.occurrence)
        assert changed is not None
        return changed

    def differs(self) -> bool:
        """Whether it is another program: 1e100 + 1 is 1e100."""
        before = ast.parse((ROOT / self.file).read_text())
        return ast.dump(ast.parse(self.code())) != ast.dump(before)

    def change(self) -> str:
        """The line as it becomes."""
        return self.code().splitlines()[self.line - 1].strip()

    def difference(self) -> str:
        """File and line, before and after."""
        before = (ROOT / self.file).read_text().splitlines()[self.line - 1].strip()
        return f"{self.file}:{self.line}: {before}  ->  {self.change()}"


def draw(count: int, seed: int) -> list[Mutant]:
    """`count` mutants: places uniform over the code, then one of the operators that apply there.

    A place is drawn by the hash of its line, so that a change elsewhere in the code does not draw
    others.
    """
    places: dict[tuple[Path, int, int], list[Mutant]] = {}
    for folder in NEAREST:
        for mutant, column in _mutants(PACKAGE / folder):
            places.setdefault((mutant.file, mutant.line, column), []).append(mutant)
    lines = {file: (ROOT / file).read_text().splitlines() for file, _, _ in places}

    def drawn_number(place: tuple[Path, int, int]) -> str:
        file, line, column = place
        text = lines[file][line - 1]
        earlier = lines[file][: line - 1].count(text)
        return sha256(f"{seed} {file.name} {text} {earlier} {column}".encode()).hexdigest()

    chosen = []
    for place in sorted(places, key=drawn_number):
        first = random.Random(drawn_number(place)).choice(places[place])
        chosen += [mutant for mutant in (first, *places[place]) if mutant.differs()][:1]
        if len(chosen) == count:
            break
    return chosen


def _mutants(path: Path) -> Iterator[tuple[Mutant, int]]:
    """Every mutant of a file or of the files below a folder, with its column."""
    from cosmic_ray.ast import ast_nodes, get_ast  # of the extra dev
    from cosmic_ray.plugins import get_operator

    operators = {name: get_operator(f"core/{name}")() for name in OPERATORS}
    files = sorted((ROOT / path).rglob("*.py")) if (ROOT / path).is_dir() else [ROOT / path]
    files = [file for file in files if file.relative_to(ROOT / PACKAGE).as_posix() not in ESTIMATES]
    for file in files:
        if _room(file) != path.relative_to(PACKAGE).as_posix():
            continue
        text = file.read_text()
        aside = _without_effect(text)
        counts = dict.fromkeys(operators, 0)
        for node in ast_nodes(get_ast(text)):
            for name, operator in operators.items():
                for (line, column), _end in operator.mutation_positions(node):
                    mutant = Mutant(file.relative_to(ROOT), name, counts[name], line)
                    counts[name] += 1
                    marks_arguments = text.splitlines()[line - 1][column : column + 2] in (
                        "*,",
                        "/,",
                    )
                    if not marks_arguments and not any(
                        first <= (line, column) < last for first, last in aside
                    ):
                        yield mutant, column


def _without_effect(text: str) -> list[tuple[tuple[int, int], tuple[int, int]]]:
    """Places that decide no number: annotations, texts of messages, and the line that a warning points to."""
    nodes: list[ast.AST] = []
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.arg | ast.AnnAssign):
            nodes += [node.annotation] if node.annotation else []
        elif isinstance(node, ast.FunctionDef):
            nodes += node.decorator_list
            nodes += [node.returns] if node.returns else []
        elif isinstance(node, ast.Raise | ast.JoinedStr):
            nodes.append(node)
        elif isinstance(node, ast.keyword) and node.arg == "stacklevel":
            nodes.append(node.value)
    return [((n.lineno, n.col_offset), (n.end_lineno, n.end_col_offset)) for n in nodes]


def _room(file: Path) -> str:
    """The first entry of NEAREST that holds the file."""
    within = file.relative_to(ROOT / PACKAGE)
    return next(place for place in NEAREST if within.is_relative_to(place))


def begin_trial(mutant: Mutant | None, file: Path, folder: Path) -> Any:
    """Start the nearest tests with the change, made in a copy of the package in `folder`; 0 means not noticed."""
    shutil.copytree(ROOT / "src", folder / "src")
    if mutant is not None:
        (folder / file).write_text(mutant.code())
    environment = {"PYTHONPATH": str(folder / "src")}
    # compiled kernels of other files would keep the old code
    if _room(ROOT / file) == "heating/trajectories":  # too slow without a compiler
        environment["NUMBA_CACHE_DIR"] = str(folder / "kernels")
    elif "numba" in (ROOT / file).read_text():
        environment["NUMBA_DISABLE_JIT"] = "1"
    command = [sys.executable, "-m", "pytest", "-x", "-q", "--no-header", "-p", "no:cacheprovider"]
    return begin(
        [*command, str(folder / file), *(f"tests/{test}" for test in NEAREST[_room(ROOT / file)])],
        environment,
        cwd=ROOT,
        stdout=NOWHERE,
        stderr=NOWHERE,
        preexec_fn=_limit_processor_time,
    )


def _limit_processor_time() -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (PROCESSOR_SECONDS, PROCESSOR_SECONDS))
