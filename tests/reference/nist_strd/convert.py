"""Write problems.csv, certificates.csv and data/ from NIST's .dat files: python convert.py FOLDER. See README.md."""

import csv
import re
import sys
from pathlib import Path

HERE = Path(__file__).parent
DIFFICULTY = re.compile(r"^ +(Lower|Average|Higher) Level of Difficulty$", re.MULTILINE)
COUNT = re.compile(r"^ +(\d+) Parameters \(", re.MULTILINE)
PARAMETER = re.compile(r"^ +(b\d) = +(\S+) +(\S+) +(\S+) +(\S+)$", re.MULTILINE)
CERTIFICATE = {
    "residual_sum_of_squares": "Residual Sum of Squares",
    "residual_standard_deviation": "Residual Standard Deviation",
    "degrees_of_freedom": "Degrees of Freedom",
    "observations": "Number of Observations",
}
COLUMNS = (
    "problem",
    "difficulty",
    "parameters",
    "parameter",
    "start1",
    "start2",
    "certified",
    "standard_deviation",
)


def one(pattern, text):
    """What the pattern finds in a text where it must stand once."""
    (found,) = re.findall(pattern, text)
    return found


def parameters(name, text):
    """Rows of problems.csv."""
    rows = PARAMETER.findall(text)
    count = one(COUNT, text)
    if [row[0] for row in rows] != [f"b{i + 1}" for i in range(int(count))]:
        raise ValueError(
            f"{name}: {count} parameters are announced, {[row[0] for row in rows]} are read"
        )
    return [(name, one(DIFFICULTY, text).lower(), count, *row) for row in rows]


def certificate(name, text):
    """Row of certificates.csv."""
    return name, *(one(rf"(?m)^{label}: +(\S+)$", text) for label in CERTIFICATE.values())


def observations(name, text):
    """Rows of data/<problem>.csv, predictors first, over their names."""
    first, last = (int(number) for number in one(r"(?m)^ +Data +\(lines (\d+) to +(\d+)\)$", text))
    lines = text.splitlines()
    names, rows = lines[first - 2].split()[1:], [line.split() for line in lines[first - 1 : last]]
    if any(lines[last:]) or {len(row) for row in rows} != {len(names)}:
        raise ValueError(f"{name}: lines {first} to {last} are not the data, {names} in each")
    return [(*row[1:], row[0]) for row in (names, *rows)]


def write(path, rows):
    """Write one table."""
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)


def main(folder):
    """Write every table."""
    texts = {path.stem: path.read_text("ascii") for path in folder.glob("*.dat")}
    texts = {name: texts[name] for name in sorted(texts, key=str.lower)}
    write(
        HERE / "problems.csv",
        [COLUMNS, *(row for item in texts.items() for row in parameters(*item))],
    )
    write(
        HERE / "certificates.csv",
        [("problem", *CERTIFICATE), *(certificate(*item) for item in texts.items())],
    )
    (HERE / "data").mkdir(exist_ok=True)
    for name, text in texts.items():
        write(HERE / "data" / f"{name}.csv", observations(name, text))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
