"""Options that several commands share, each with its name, its form and its help."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer


class FieldUnit(StrEnum):
    """Units in which fields are shown."""

    MILLITESLA = "mT"
    GAUSS = "G"
    TESLA = "T"


SampleFile = Annotated[
    Path, typer.Argument(metavar="SAMPLE.toml", help="The sample; examples are in examples/.")
]
Spin = Annotated[
    str | None,
    typer.Option(
        metavar="S",
        help="Mean electron spin along the optical axis, -0.5 to 0.5; overrides the file.",
    ),
]
MethodName = Annotated[
    str | None,
    typer.Option(
        "--method",
        metavar="NAME",
        help="closed-form (S38), the default; small-angle (9); semiclassical; multiplets; "
        "automatic; trajectories.",
    ),
]
NoFeedback = Annotated[
    bool,
    typer.Option(
        "--no-feedback", help="Leave the mean Overhauser field out of the electron precession."
    ),
]
KnightField = Annotated[
    bool, typer.Option("--knight-field", help="Add the mean Knight field to the field at nuclei.")
]
Leakage = Annotated[
    str | None,
    typer.Option(
        metavar="T_L",
        help='Time of nuclear relaxation by other channels, "10 s"; overrides the file.',
    ),
]
Unit = Annotated[
    FieldUnit | None,
    typer.Option(help="Unit of the fields shown; the default is the unit that you typed."),
]
SizedUnit = Annotated[
    FieldUnit | None, typer.Option(help="Unit of the fields shown; the default fits their size.")
]
Output = Annotated[
    Path | None,
    typer.Option(
        "--output",
        "-o",
        metavar="FILE",
        help="Write all columns to FILE.csv, FILE.json or FILE.nc; print no table.",
    ),
]
Plot = Annotated[
    Path | None, typer.Option(metavar="FILE", help="Draw a figure: FILE.png, FILE.pdf or FILE.svg.")
]
Force = Annotated[bool, typer.Option("--force", help="Replace files that exist.")]
