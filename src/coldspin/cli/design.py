"""`coldspin design`: where to measure to determine parameters best, and how well that will be."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from coldspin.cli.options import Force, SizedUnit
from coldspin.cli.terminal import (
    build_table,
    console,
    note_unverified,
    progress_bar,
    reporting,
    say,
)

if TYPE_CHECKING:
    from coldspin.experiments.planning import Plan

StudyFile = Annotated[
    Path,
    typer.Argument(
        metavar="STUDY.toml",
        help="Model, candidates and expected values; see examples/fits/plan.toml.",
    ),
]
Output = Annotated[
    Path | None,
    typer.Option(
        "--output",
        "-o",
        metavar="FILE",
        help="Also write the points to FILE.csv, FILE.json or FILE.nc.",
    ),
]


def design(
    study: StudyFile, output: Output = None, unit: SizedUnit = None, force: Force = False
) -> None:
    """Plan a measurement: the best points, and how well."""
    with reporting():
        from coldspin.cli.results import check_outputs
        from coldspin.experiments.models.sample import unverified_constants
        from coldspin.experiments.planning import plan, plan_dataset
        from coldspin.inputs.study_files import read_study
        from coldspin.outputs import tables

        check_outputs(output, None, force=force)
        given = read_study(study, what="design")
        table = given.plan
        with progress_bar() as report:
            best = plan(
                given.planned,
                table.candidates,
                table.points,
                given.free,
                error=table.error,
                fixed=given.fixed,
                target=table.target,
                progress=report,
            )
        note_unverified(unverified_constants([given.planned]))
        print_plan(best, given.planned, unit or given.unit)
        if output is not None:
            tables.write(plan_dataset(best, given.planned), output, replace=force)
            say(f"wrote {output}")


def print_plan(plan: "Plan", model: Any, unit: str | None) -> None:
    """Print the points, then how well they determine each parameter."""
    from rich.text import Text

    from coldspin.outputs.fit_units import (
        choose_axis_unit,
        choose_unit,
        format_deviation,
        format_number,
    )

    out = console()
    abscissa, ordinate = model.axes
    x = choose_axis_unit(plan.x, abscissa, unit=unit)
    y = choose_axis_unit(plan.y, ordinate, unit=unit)
    headings = (
        x.label(abscissa.name),
        "times",
        y.label(f"expected {ordinate.name}"),
        y.label("error"),
    )
    points = []
    for place, repeats in plan.table():
        at = int((plan.x == place).argmax())
        expected = y.number(float(plan.y[at]))
        error = y.number(float(plan.error[at]), 2)
        points.append((x.number(place), str(repeats), expected, error))
    out.print(build_table(headings, points, right=headings))

    rows = []
    for variable in plan.variables:
        key = variable.key
        display = choose_unit(variable.start, variable.parameter.dimension, unit)
        best, even, worst = (
            format_deviation(display, variable.start, deviation, scale=variable.logarithmic)
            for deviation in (plan.deviations[key], plan.uniform_deviations[key], plan.worst(key))
        )
        name = f"{key} *" if key in plan.target else key
        rows.append((name, best, even, format_number(plan.gain[key], 3), worst))
    out.print(
        build_table(
            (
                "parameter",
                "with these points",
                "with even points",
                "gain",
                "if expectations are off by 2",
            ),
            rows,
        )
    )
    efficiency = 100 * plan.efficiency
    out.print(
        Text(f"* {plan.criterion}; efficiency at least {efficiency:.1f}% of the best possible.")
    )
    for doubt in plan.doubts():
        out.print(Text(f"Doubtful: {doubt}."))
