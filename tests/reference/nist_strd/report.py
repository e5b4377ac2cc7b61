"""Digits to which fits find NIST's certified values. As a program, print a table of them: python report.py."""

import sys
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[2]))

from coldspin.experiments.fitting import Measurement, fit
from coldspin.experiments.models import Axis, Parameter
from reference.nist_strd.models import Problem, problems

STARTS = ("start1", "start2")


@dataclass(frozen=True, eq=False)
class Certified:
    """A problem as a model: b1, b2, ... in linear coordinates without bounds or derivatives, against the row."""

    problem: Problem

    @property
    def axes(self):
        return Axis("row", "row"), Axis("y", "y", any_unit=True)

    @cached_property
    def parameters(self):
        return {
            name: Parameter(name, name)
            for name in (f"b{i + 1}" for i in range(self.problem.certified.size))
        }

    def evaluate(self, x, values):
        return self.problem.function(
            self.problem.x[..., x.astype(int)], np.array([values[b] for b in self.parameters])
        )

    def gradient(self, _x, _values):
        return {}

    def guess(self, _x, _y):
        return {}

    def doubts(self, _x, _values):
        return ()

    def classical(self):
        return None


def fitted(problem, start, **options):
    """Fit from one of the two starts."""
    model = Certified(problem)
    data = Measurement(problem.name, model, np.arange(problem.y.size), problem.y)
    free = dict(zip(model.parameters, getattr(problem, start).tolist(), strict=True))
    return fit(data, free, profile=False, **options)


def digits(found, certified):
    """Digits that agree, −lg of the largest relative error; eleven are certified."""
    error = float(np.max(np.abs(np.asarray(found) / np.asarray(certified) - 1)))
    return min(11.0, -np.log10(error)) if error > 0 else 11.0


def scores(problem, found):
    """Digits of the worst parameter, of the worst standard deviation, and of the sum of squares."""
    pairs = (
        (found.coordinates, problem.certified),
        (found.deviations, problem.deviation),
        (found.chi_square, problem.rss),
    )
    return [digits(*pair) for pair in pairs]


def table():
    """Rows in Markdown."""
    columns = ["problem", "difficulty"] + ["parameters", "deviations", "sum", "evaluations"] * len(
        STARTS
    )
    lines = ["| " + " | ".join(columns) + " |", "|---" * len(columns) + "|"]
    for problem in problems():
        cells = [problem.name, problem.difficulty]
        for start in STARTS:
            found = fitted(problem, start, attempts=1)
            cells += [f"{value:.1f}" for value in scores(problem, found)] + [
                str(found.result.evaluations)
            ]
        lines.append("| " + " | ".join(cells) + " |")
    return lines


if __name__ == "__main__":
    sys.stdout.write("\n".join(table()) + "\n")
