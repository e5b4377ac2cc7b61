"""`coldspin cool`, `optimum` and `relax`: what a sample file describes, computed."""

from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from coldspin.cli.progress import progress_bar
from coldspin.cli.reporting import reporting, say
from coldspin.exceptions import InvalidInputError

if TYPE_CHECKING:
    from matplotlib.figure import Figure


class FieldUnit(StrEnum):
    """Units in which fields are shown."""

    MILLITESLA = "mT"
    GAUSS = "G"
    TESLA = "T"


SampleFile = Annotated[
    Path, typer.Argument(metavar="SAMPLE.toml", help="What the sample is; see examples/.")
]
Field = Annotated[
    str | None,
    typer.Option(
        metavar="RANGE", help='Fields, "START:STOP:COUNT UNIT" with both ends, or one, "150 G".'
    ),
]
Fields = Annotated[
    tuple[str, str] | None, typer.Option(metavar="MIN MAX", help='Search between, "0 G" "200 G".')
]
Spin = Annotated[
    str | None,
    typer.Option(
        metavar="S",
        help="Mean electron spin along the optical axis, -0.5 to 0.5, in place of the file's.",
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
Unit = Annotated[
    FieldUnit | None,
    typer.Option(help="Unit of the field shown; the one you typed when not given."),
]
Output = Annotated[
    Path | None,
    typer.Option(
        "--output",
        "-o",
        metavar="FILE",
        help="Write all columns to FILE.csv, FILE.json or FILE.nc instead.",
    ),
]
Plot = Annotated[
    Path | None, typer.Option(metavar="FILE", help="Draw a figure: FILE.png, FILE.pdf or FILE.svg.")
]
Force = Annotated[bool, typer.Option("--force", help="Replace files that exist.")]


Start = Annotated[
    str | None,
    typer.Option(
        metavar="START",
        help="Of several stable states: rest, that of unpolarized nuclei; sweep, following the "
        "fields in order; all.",
    ),
]
Paper = Annotated[
    bool,
    typer.Option(
        "--no-feedback", help="Leave the mean Overhauser field out of the electron precession."
    ),
]
Knight = Annotated[
    bool, typer.Option("--knight-field", help="Let the nuclei see the mean Knight field as well.")
]
Leakage = Annotated[
    str | None,
    typer.Option(
        metavar="T_L", help="Relaxation besides that by the electron, in place of the file's: 10 s."
    ),
]


def cool(
    sample: SampleFile,
    field: Field = None,
    spin: Spin = None,
    start: Start = None,
    no_feedback: Paper = False,
    knight_field: Knight = False,
    leakage: Leakage = None,
    method: MethodName = None,
    unit: Unit = None,
    output: Output = None,
    plot: Plot = None,
    force: Force = False,
) -> None:
    """Spin temperature under optical pumping, against the field."""
    with reporting():
        from coldspin.cli.deliver import Outputs, deliver
        from coldspin.cli.tabular import BRANCHES, COOL
        from coldspin.inputs.sample_files import read_sample
        from coldspin.outputs import sample_figures as plots

        outputs = Outputs.checked(output, plot, force=force)
        given = read_sample(sample)
        axis, typed = given.field("cool", field)
        spin_value, how, origin = (
            given.electron_spin(spin),
            given.method(method),
            given.start(start),
        )
        options = given.pump_options(
            no_feedback=no_feedback, knight_field=knight_field, leakage=leakage
        )

        from coldspin.cooling import (
            facade,
        )  # xarray loads slowly: only once the input is known to be good

        with progress_bar() as report:
            options |= {"method": how, "progress": partial(report, "fields")}
            if origin == "all":
                if not options.pop("self_consistent"):
                    raise InvalidInputError(
                        "without the mean Overhauser field there is one state",
                        remedy="leave out start = all",
                    )
                data = facade.branches(given.site, axis, spin_value, **options)
            else:
                data = facade.cool(given.site, axis, spin_value, start=origin, **options)
        columns = BRANCHES if origin == "all" else COOL
        deliver(data, columns, unit or typed, outputs, lambda shown: plots.plot_cool(data, shown))


def optimum(
    sample: SampleFile,
    fields: Fields = None,
    spin: Spin = None,
    no_feedback: Paper = False,
    knight_field: Knight = False,
    leakage: Leakage = None,
    method: MethodName = None,
    unit: Unit = None,
    output: Output = None,
    plot: Plot = None,
    force: Force = False,
) -> None:
    """Extrema of |beta| over the field, largest first."""
    with reporting():
        from coldspin.cli.deliver import Outputs, around, deliver
        from coldspin.cli.tabular import OPTIMUM, in_unit
        from coldspin.inputs.sample_files import read_sample
        from coldspin.outputs import sample_figures as plots

        outputs = Outputs.checked(output, plot, force=force)
        given = read_sample(sample)
        limits, typed = given.search_range(fields)
        spin_value, how = given.electron_spin(spin), given.method(method)
        options = given.pump_options(
            no_feedback=no_feedback, knight_field=knight_field, leakage=leakage
        )

        from coldspin.cooling.facade import optimum as compute

        options["method"] = how
        with progress_bar() as report:
            share = partial(report, "search")
            data = compute(given.site, spin_value, fields=limits, progress=share, **options)
        low, high = (
            in_unit(data.attrs[f"search_{end}"], unit or typed) for end in ("minimum", "maximum")
        )
        say(
            f"searched from {low:.4g} to {high:.4g} {unit or typed}: "
            f"{data.sizes['extremum'] or 'no'} extrema"
        )

        def draw(shown: str) -> "Figure":
            return plots.plot_cool(around(data, given.site, spin_value, options), shown, data)

        deliver(data, OPTIMUM, unit or typed, outputs, draw)


def relax(
    sample: SampleFile,
    field: Field = None,
    leakage: Leakage = None,
    method: MethodName = None,
    unit: Unit = None,
    output: Output = None,
    plot: Plot = None,
    force: Force = False,
) -> None:
    """Warming rate in the dark, against the field."""
    with reporting():
        from coldspin.cli.deliver import Outputs, deliver
        from coldspin.cli.tabular import RELAX
        from coldspin.inputs.sample_files import read_sample
        from coldspin.outputs import sample_figures as plots

        outputs = Outputs.checked(output, plot, force=force)
        given = read_sample(sample)
        axis, typed = given.field("relax", field)
        options: dict[str, Any] = {
            "method": given.method(method),
            "leakage": given.dark_leakage(leakage),
        }
        options |= given.effects("effective_isotope")

        from coldspin.cooling.facade import relax as compute

        with progress_bar() as report:
            data = compute(given.site, axis, progress=partial(report, "fields"), **options)
        deliver(data, RELAX, unit or typed, outputs, lambda shown: plots.plot_relax(data, shown))
