"""`coldspin validity`: which assumptions of the theory hold for a sample at one field."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from coldspin.cli.options import (
    Force,
    KnightField,
    Leakage,
    MethodName,
    NoFeedback,
    SampleFile,
    Spin,
)
from coldspin.cli.terminal import build_table, console, note_unverified, reporting, say

if TYPE_CHECKING:
    from coldspin.conditions import ValidityReport

COLOURS = {"green": "green", "yellow": "yellow", "red": "bold red", "unknown": "bright_black"}

Field = Annotated[str | None, typer.Option(metavar="B", help='The one field to judge, "150 G".')]
Quadrupole = Annotated[
    str | None, typer.Option(metavar="B_Q", help='Local field of the quadrupole splitting, "5 G".')
]
Diffusivity = Annotated[
    str | None, typer.Option(metavar="D", help='Diffusivity of nuclear spins, "1e-13 cm^2/s".')
]
Radius = Annotated[
    str | None,
    typer.Option(metavar="R", help='Radius of the orbit, "10 nm"; a donor has its own.'),
]
Lattice = Annotated[
    str | None,
    typer.Option(metavar="A", help='Distance of cells, "0.4 nm"; a material has its own.'),
]
Output = Annotated[
    Path | None,
    typer.Option(
        "--output",
        "-o",
        metavar="FILE",
        help="Write the report to FILE.json, FILE.csv or FILE.nc; print no table.",
    ),
]


def validity(
    sample: SampleFile,
    field: Field = None,
    spin: Spin = None,
    no_feedback: NoFeedback = False,
    knight_field: KnightField = False,
    leakage: Leakage = None,
    method: MethodName = None,
    quadrupole_field: Quadrupole = None,
    diffusivity: Diffusivity = None,
    radius: Radius = None,
    lattice_constant: Lattice = None,
    output: Output = None,
    force: Force = False,
) -> None:
    """Judge the assumptions of the theory at one field."""
    with reporting():
        from coldspin import conditions
        from coldspin.cli.results import check_outputs
        from coldspin.exceptions import InvalidInputError
        from coldspin.inputs.sample_files import read_sample
        from coldspin.outputs import tables

        check_outputs(output, None, force=force)
        given = read_sample(sample)
        if field is None:
            raise InvalidInputError(
                "there is no field", remedy='give --field "150 G", the field to look at'
            )
        fields, _ = given.field("cool", field)
        if fields.size != 1:
            raise InvalidInputError(
                'must be one field such as "150 G"',
                parameter="--field",
                value=fields.size,
                shown=f"{fields.size} of them",
            )
        options = given.pump_options(
            no_feedback=no_feedback, knight_field=knight_field, leakage=leakage
        )
        report = conditions.validity(
            given.site,
            fields[0],
            given.electron_spin(spin),
            method=given.method(method),
            quadrupole_field=quadrupole_field,
            diffusivity=diffusivity,
            radius=radius,
            lattice_constant=lattice_constant,
            **options,
        )
        note_unverified(report.site.unverified)
        if output is None:
            print_report(report)
        else:
            tables.write(report.to_dataset(), output, replace=force)
            say(f"wrote {output}")
            say(f"worst level: {report.level}")


def print_report(report: "ValidityReport") -> None:
    """Print regime, table and remarks; a level is a word, and in colour on a terminal."""
    from rich.text import Text

    from coldspin.conditions import HEADINGS

    rows: list[list[str | Text]] = []
    for level, *cells in report.cells():
        rows.append([Text(level, COLOURS[level]), *cells])
    numbers = ("value", "yellow", "red")
    out = console()
    out.print(Text(report.regime))
    out.print(build_table(HEADINGS, rows, right=numbers, narrow=("level", *numbers)))
    for level, remark in report.remarks():
        out.print(Text.assemble((level, COLOURS[level]), f": {remark}."))
