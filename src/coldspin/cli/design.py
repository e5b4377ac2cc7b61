"""`coldspin design`: where to measure, so that what is wanted comes out best, and how well it will."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from coldspin.cli.reporting import note_unverified, reporting, say
from coldspin.cli.sample import FieldUnit, Force

if TYPE_CHECKING:
    from coldspin.experiments.planning import Plan
    from coldspin.inputs.study_files import Study

StudyFile = Annotated[
    Path,
    typer.Argument(
        metavar="STUDY.toml",
        help="Model, candidates and what is expected, see examples/fits/plan.toml.",
    ),
]
Output = Annotated[
    Path | None,
    typer.Option(
        "--output",
        "-o",
        metavar="FILE",
        help="Write the points to FILE.csv, FILE.json or FILE.nc as well.",
    ),
]
Unit = Annotated[
    FieldUnit | None, typer.Option(help="Unit of fields shown; chosen by size when not given.")
]


def design(
    study: StudyFile, output: Output = None, unit: Unit = None, force: Force = False
) -> None:
    """Plan a measurement: the best points, and how well."""
    with reporting():
        from coldspin.cli.deliver import Outputs
        from coldspin.experiments.models.sample import unverified_constants
        from coldspin.inputs.study_files import read_study
        from coldspin.outputs import tables

        Outputs.checked(output, None, force=force)
        given = read_study(study, what="design")
        made = _plan(given)
        note_unverified(unverified_constants([given.planned]))
        _show(made, given.planned, unit or given.unit)
        if output is not None:
            from coldspin.experiments.planning import plan_dataset

            tables.write(plan_dataset(made, given.planned), output, replace=force)
            say(f"wrote {output}")


def _plan(given: "Study") -> "Plan":
    from coldspin.cli.progress import progress_bar
    from coldspin.experiments.planning import plan

    table = given.plan
    with progress_bar() as report:
        return plan(
            given.planned,
            table.candidates,
            table.points,
            given.free,
            error=table.error,
            fixed=given.fixed,
            target=table.target,
            progress=report,
        )


def _show(made: "Plan", model: Any, unit: str | None) -> None:
    """Print the points, then what they will determine."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    from coldspin.cli.tabular import console
    from coldspin.outputs.fit_units import axis_display, display, number, with_deviation

    out, (abscissa, ordinate) = console(), model.axes
    x, y = axis_display(made.x, abscissa, unit=unit), axis_display(made.y, ordinate, unit=unit)
    points = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for heading in (
        x.label(abscissa.name),
        "times",
        y.label(f"expected {ordinate.name}"),
        y.label("error"),
    ):
        points.add_column(Text(heading), justify="right")
    for place, repeats in made.table():
        at = int((made.x == place).argmax())
        cells = (
            x.number(place),
            str(repeats),
            y.number(float(made.y[at])),
            y.number(float(made.error[at]), 2),
        )
        points.add_row(*cells)
    out.print(points)
    known = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for heading in (
        "parameter",
        "with these points",
        "with even points",
        "gain",
        "if expectations are off by 2",
    ):
        known.add_column(heading)
    for v in made.variables:
        shown = display(v.start, v.parameter.dimension, unit)
        rows = (made.deviations[v.key], made.uniform_deviations[v.key], made.worst(v.key))
        own, even, worst = (
            with_deviation(shown, v.start, size, scale=v.logarithmic) for size in rows
        )
        name = f"{v.key} *" if v.key in made.target else v.key
        known.add_row(
            *(Text(cell) for cell in (name, own, even, number(made.gain[v.key], 3), worst))
        )
    out.print(known)
    out.print(
        Text(
            f"* {made.criterion}; efficiency at least {100 * made.efficiency:.1f}% of the best "
            f"possible."
        )
    )
    for doubt in made.doubts():
        out.print(Text(f"Doubtful: {doubt}."))
