"""NIST's 27 problems of nonlinear regression: models f(x, b), data, starts, certified results. See README.md."""

import csv
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from pathlib import Path

import numpy as np

HERE = Path(__file__).parent


@dataclass(frozen=True, eq=False)
class Problem:
    """Find b that makes the sum of (y - function(x, b))² least. x has the shape (n,), Nelson's (2, n); b one axis."""

    name: str
    difficulty: str  # lower, average or higher
    x: np.ndarray
    y: np.ndarray  # of Nelson, the natural logarithm of the response
    start1: np.ndarray  # farther from the solution
    start2: np.ndarray  # nearer
    certified: np.ndarray
    deviation: np.ndarray  # certified standard deviations of the parameters
    rss: float  # certified sum
    function: Callable[[np.ndarray, np.ndarray], np.ndarray]

    @property
    def degrees_of_freedom(self) -> int:
        """Observations less parameters; README.md tells why it is not read from the certificate."""
        return self.y.size - self.certified.size

    def residuals(self, b: np.ndarray) -> np.ndarray:
        """Data less model."""
        return self.y - self.function(self.x, b)


def bennett(x, b):
    return b[0] * (b[1] + x) ** (-1 / b[2])


def saturation(x, b):
    return b[0] * (1 - np.exp(-b[1] * x))


def saturation_square(x, b):
    return b[0] * (1 - (1 + b[1] * x / 2) ** -2)


def saturation_root(x, b):
    return b[0] * (1 - (1 + 2 * b[1] * x) ** -0.5)


def saturation_hyperbola(x, b):
    return b[0] * b[1] * x / (1 + b[1] * x)


def chwirut(x, b):
    return np.exp(-b[0] * x) / (b[1] + b[2] * x)


def power(x, b):
    return b[0] * x ** b[1]


def peak(x, b):
    return b[0] / b[1] * np.exp(-0.5 * ((x - b[2]) / b[1]) ** 2)


def oscillations(x, b):
    def wave(period, cosine, sine):
        phase = 2 * np.pi * x / period
        return cosine * np.cos(phase) + sine * np.sin(phase)

    return b[0] + wave(12, b[1], b[2]) + wave(b[3], b[4], b[5]) + wave(b[6], b[7], b[8])


def two_peaks(x, b):
    def bell(height, centre, width):
        return height * np.exp(-(((x - centre) / width) ** 2))

    return b[0] * np.exp(-b[1] * x) + bell(*b[2:5]) + bell(*b[5:8])


def cubic_over_cubic(x, b):
    return (b[0] + x * (b[1] + x * (b[2] + x * b[3]))) / (1 + x * (b[4] + x * (b[5] + x * b[6])))


def quadratic_over_quadratic(x, b):
    return (b[0] + x * (b[1] + x * b[2])) / (1 + x * (b[3] + x * b[4]))


def three_exponentials(x, b):
    return b[0] * np.exp(-b[1] * x) + b[2] * np.exp(-b[3] * x) + b[4] * np.exp(-b[5] * x)


def kowalik_osborne(x, b):
    return b[0] * x * (x + b[1]) / (x * (x + b[2]) + b[3])


def meyer(x, b):
    return b[0] * np.exp(b[1] / (x + b[2]))


def osborne(x, b):
    return b[0] + b[1] * np.exp(-x * b[3]) + b[2] * np.exp(-x * b[4])


def log_nelson(x, b):
    return b[0] - b[1] * x[0] * np.exp(-b[2] * x[1])


def logistic(x, b):
    return b[0] / (1 + np.exp(b[1] - b[2] * x))


def richards(x, b):
    return b[0] / (1 + np.exp(b[1] - b[2] * x)) ** (1 / b[3])


def roszman(x, b):
    return b[0] - b[1] * x - np.arctan(b[2] / (x - b[3])) / np.pi


FUNCTIONS = {
    "Bennett5": bennett,
    "BoxBOD": saturation,
    "Chwirut1": chwirut,
    "Chwirut2": chwirut,
    "DanWood": power,
    "Eckerle4": peak,
    "ENSO": oscillations,
    "Gauss1": two_peaks,
    "Gauss2": two_peaks,
    "Gauss3": two_peaks,
    "Hahn1": cubic_over_cubic,
    "Kirby2": quadratic_over_quadratic,
    "Lanczos1": three_exponentials,
    "Lanczos2": three_exponentials,
    "Lanczos3": three_exponentials,
    "MGH09": kowalik_osborne,
    "MGH10": meyer,
    "MGH17": osborne,
    "Misra1a": saturation,
    "Misra1b": saturation_square,
    "Misra1c": saturation_root,
    "Misra1d": saturation_hyperbola,
    "Nelson": log_nelson,
    "Rat42": logistic,
    "Rat43": richards,
    "Roszman1": roszman,
    "Thurber": cubic_over_cubic,
}


def read(path):
    """Rows of a table in this folder."""
    with (HERE / path).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def column(rows, name):
    """One column as numbers, read-only."""
    numbers = np.array([float(row[name]) for row in rows])
    numbers.flags.writeable = False
    return numbers


def data(name):
    """Predictors and response of one problem as its model takes them."""
    rows = read(f"data/{name}.csv")
    if name == "Nelson":
        x, y = np.stack([column(rows, "x1"), column(rows, "x2")]), np.log(column(rows, "y"))
        x.flags.writeable = y.flags.writeable = False
        return x, y
    return column(rows, "x"), column(rows, "y")


@cache
def problems() -> tuple[Problem, ...]:
    """Every problem, in alphabetical order."""
    rss = {
        row["problem"]: float(row["residual_sum_of_squares"]) for row in read("certificates.csv")
    }
    found = []
    for name, group in groupby(read("problems.csv"), key=lambda row: row["problem"]):
        rows = list(group)
        numbers = (
            column(rows, key) for key in ("start1", "start2", "certified", "standard_deviation")
        )
        found.append(
            Problem(name, rows[0]["difficulty"], *data(name), *numbers, rss[name], FUNCTIONS[name])
        )
    return tuple(found)
