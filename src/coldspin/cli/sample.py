"""`coldspin cool`, `optimum` and `relax`: what a sample file describes, computed."""

from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from coldspin.cli.progress import progress_bar
from coldspin.cli.reporting import reporting, say

if TYPE_CHECKING:
    from matplotlib.figure import Figure


class FieldUnit(StrEnum):
    """Units in which fields are shown."""

    MILLITESLA = "mT"
    GAUSS = "G"
    TESLA = "T"


SampleFile = Annotated[Path, typer.Argument(metavar="SAMPLE.toml", help="What the sample is; see examples/.")]
Field = Annotated[
    str | None, typer.Option(metavar="RANGE", help='Fields, "START:STOP:COUNT UNIT" with both ends, or one, "150 G".')
]
Fields = Annotated[tuple[str, str] | None, typer.Option(metavar="MIN MAX", help='Search between, "0 G" "200 G".')]
Spin = Annotated[
    str | None,
    typer.Option(metavar="S", help="Mean electron spin along the optical axis, -0.5 to 0.5, in place of the file's."),
]
MethodName = Annotated[
    str | None,
    typer.Option(
        "--method",
        metavar="NAME",
        help="closed-form (S38), the default; small-angle (9); semiclassical; multiplets; automatic.",
    ),
]
Unit = Annotated[FieldUnit | None, typer.Option(help="Unit of the field shown; the one you typed when not given.")]
Output = Annotated[
    Path | None,
    typer.Option("--output", "-o", metavar="FILE", help="Write all columns to FILE.csv, FILE.json or FILE.nc instead."),
]
Plot = Annotated[Path | None, typer.Option(metavar="FILE", help="Draw a figure: FILE.png, FILE.pdf or FILE.svg.")]
Force = Annotated[bool, typer.Option("--force", help="Replace files that exist.")]


def cool(
    sample: SampleFile,
    field: Field = None,
    spin: Spin = None,
    method: MethodName = None,
    unit: Unit = None,
    output: Output = None,
    plot: Plot = None,
    force: Force = False,
) -> None:
    """Spin temperature under optical pumping, against the field."""
    with reporting():
        from coldspin import plots
        from coldspin.cli.deliver import Outputs, deliver
        from coldspin.cli.tabular import COOL
        from coldspin.run_files import read_sample

        outputs = Outputs.checked(output, plot, force=force)
        given = read_sample(sample)
        axis, typed = given.field("cool", field)
        electron_spin, angle, how = given.electron_spin(spin), given.optical_axis_angle, given.method(method)

        from coldspin.cooling import cool as compute  # xarray loads slowly: only once the input is known to be good

        with progress_bar() as report:
            share = partial(report, "fields")
            data = compute(given.site, axis, electron_spin, optical_axis_angle=angle, method=how, progress=share)
        deliver(data, COOL, unit or typed, outputs, lambda shown: plots.plot_cool(data, shown))


def optimum(
    sample: SampleFile,
    fields: Fields = None,
    spin: Spin = None,
    method: MethodName = None,
    unit: Unit = None,
    output: Output = None,
    plot: Plot = None,
    force: Force = False,
) -> None:
    """Extrema of |beta| over the field, largest first."""
    with reporting():
        from coldspin import plots
        from coldspin.cli.deliver import Outputs, around, deliver
        from coldspin.cli.tabular import OPTIMUM, in_unit
        from coldspin.run_files import read_sample

        outputs = Outputs.checked(output, plot, force=force)
        given = read_sample(sample)
        limits, typed = given.search_range(fields)
        electron_spin, angle, how = given.electron_spin(spin), given.optical_axis_angle, given.method(method)

        from coldspin.cooling import optimum as compute

        with progress_bar() as report:
            share = partial(report, "search")
            data = compute(
                given.site, electron_spin, fields=limits, optical_axis_angle=angle, method=how, progress=share
            )
        low, high = (in_unit(data.attrs[f"search_{end}"], unit or typed) for end in ("minimum", "maximum"))
        say(f"searched from {low:.4g} to {high:.4g} {unit or typed}: {data.sizes['extremum'] or 'no'} extrema")

        def draw(shown: str) -> "Figure":
            return plots.plot_cool(around(data, given.site, electron_spin, angle, how), shown, data)

        deliver(data, OPTIMUM, unit or typed, outputs, draw)


def relax(
    sample: SampleFile,
    field: Field = None,
    method: MethodName = None,
    unit: Unit = None,
    output: Output = None,
    plot: Plot = None,
    force: Force = False,
) -> None:
    """Warming rate in the dark, against the field."""
    with reporting():
        from coldspin import plots
        from coldspin.cli.deliver import Outputs, deliver
        from coldspin.cli.tabular import RELAX
        from coldspin.run_files import read_sample

        outputs = Outputs.checked(output, plot, force=force)
        given = read_sample(sample)
        axis, typed = given.field("relax", field)
        how = given.method(method)

        from coldspin.cooling import relax as compute

        with progress_bar() as report:
            data = compute(given.site, axis, method=how, progress=partial(report, "fields"))
        deliver(data, RELAX, unit or typed, outputs, lambda shown: plots.plot_relax(data, shown))
