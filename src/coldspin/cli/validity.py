"""`coldspin validity`: which regime a sample is in at one field, and which assumption of the theory fails there."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from coldspin.cli.reporting import note_unverified, reporting, say
from coldspin.cli.sample import Force, Knight, Leakage, MethodName, Paper, SampleFile, Spin

if TYPE_CHECKING:
    from coldspin.conditions import ValidityReport

COLOURS = {"green": "green", "yellow": "yellow", "red": "bold red", "unknown": "bright_black"}

Field = Annotated[str | None, typer.Option(metavar="B", help='The field to look at, "150 G".')]
Quadrupole = Annotated[
    str | None, typer.Option(metavar="B_Q", help='Quadrupole local field, "5 G".')
]
Diffusivity = Annotated[
    str | None, typer.Option(metavar="D", help='Of nuclear spins, "1e-13 cm^2/s".')
]
Radius = Annotated[
    str | None, typer.Option(metavar="R", help='Of the orbit, "10 nm"; a donor has its own.')
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
        help="Write the report to FILE.json, FILE.csv or FILE.nc instead.",
    ),
]


def validity(
    sample: SampleFile,
    field: Field = None,
    spin: Spin = None,
    no_feedback: Paper = False,
    knight_field: Knight = False,
    leakage: Leakage = None,
    method: MethodName = None,
    quadrupole_field: Quadrupole = None,
    diffusivity: Diffusivity = None,
    radius: Radius = None,
    lattice_constant: Lattice = None,
    output: Output = None,
    force: Force = False,
) -> None:
    """Which assumptions hold at one field: traffic lights."""
    with reporting():
        from coldspin.cli.deliver import Outputs
        from coldspin.conditions import validity as compute
        from coldspin.exceptions import InvalidInputError
        from coldspin.inputs.sample_files import read_sample

        outputs = Outputs.checked(output, None, force=force)
        given = read_sample(sample)
        if field is None:
            raise InvalidInputError(
                "there is no field", remedy='give --field "150 G", the field to look at'
            )
        axis, _ = given.field("cool", field)
        if axis.size != 1:
            raise InvalidInputError(
                'must be one field such as "150 G"',
                parameter="--field",
                value=axis.size,
                shown=f"{axis.size} of them",
            )
        report = compute(
            given.site,
            axis[0],
            given.electron_spin(spin),
            method=given.method(method),
            quadrupole_field=quadrupole_field,
            diffusivity=diffusivity,
            radius=radius,
            lattice_constant=lattice_constant,
            **given.pump_options(
                no_feedback=no_feedback, knight_field=knight_field, leakage=leakage
            ),
        )
        note_unverified(report.site.unverified)
        if outputs.table is None:
            _show(report)
        else:
            _write(report, outputs.table, replace=force)


def _show(report: "ValidityReport") -> None:
    """Print regime, table and remarks; a level is a word, and in colour on a terminal."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    from coldspin.cli.tabular import console
    from coldspin.conditions import HEADINGS

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for heading in HEADINGS:
        number = heading in ("value", "yellow", "red")
        table.add_column(
            heading, justify="right" if number else "left", no_wrap=number or heading == "level"
        )
    for level, *cells in report.cells():
        table.add_row(Text(level, COLOURS[level]), *(Text(cell) for cell in cells))
    out = console()
    out.print(Text(report.regime))
    out.print(table)
    for level, remark in report.remarks():
        out.print(Text.assemble((level, COLOURS[level]), f": {remark}."))


def _write(report: "ValidityReport", path: Path, *, replace: bool) -> None:
    from coldspin.outputs import tables

    tables.write(report.to_dataset(), path, replace=replace)
    say(f"wrote {path}")
    say(f"worst level: {report.level}")
