"""`coldspin cool`, `optimum`, `relax` and `run`: what a sample or protocol file describes."""

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from coldspin.cli.options import (
    Force,
    KnightField,
    Leakage,
    MethodName,
    NoFeedback,
    Output,
    Plot,
    SampleFile,
    Spin,
    Unit,
)
from coldspin.cli.terminal import progress_bar, reporting, say
from coldspin.exceptions import InvalidInputError

if TYPE_CHECKING:
    from matplotlib.figure import Figure

ProtocolFile = Annotated[
    Path,
    typer.Argument(
        metavar="PROTOCOL.toml", help="The sample and its stages; see examples/three-stage.toml."
    ),
]
Field = Annotated[
    str | None,
    typer.Option(
        metavar="RANGE",
        help='Fields as "START:STOP:COUNT UNIT" with both ends, or one field, "150 G".',
    ),
]
SearchRange = Annotated[
    tuple[str, str] | None,
    typer.Option(metavar="MIN MAX", help='Fields to search between, "0 G" "200 G".'),
]
Start = Annotated[
    str | None,
    typer.Option(
        metavar="START",
        help="Which of several stable states: rest, from unpolarized nuclei; sweep, following the "
        "fields in order; all.",
    ),
]

# Modules of results load xarray slowly: the commands import them once the input is valid.


def cool(
    sample: SampleFile,
    field: Field = None,
    spin: Spin = None,
    start: Start = None,
    no_feedback: NoFeedback = False,
    knight_field: KnightField = False,
    leakage: Leakage = None,
    method: MethodName = None,
    unit: Unit = None,
    output: Output = None,
    plot: Plot = None,
    force: Force = False,
) -> None:
    """Compute the spin temperature under optical pumping."""
    with reporting():
        from coldspin.cli.results import BRANCHES, COOL, check_outputs, deliver
        from coldspin.inputs.sample_files import read_sample
        from coldspin.outputs import sample_figures

        outputs = check_outputs(output, plot, force=force)
        given = read_sample(sample)
        fields, typed_unit = given.field("cool", field)
        electron_spin = given.electron_spin(spin)
        chosen = given.method(method)
        origin = given.start(start)
        options = given.pump_options(
            no_feedback=no_feedback, knight_field=knight_field, leakage=leakage
        )
        if origin == "all" and not options.pop("self_consistent"):
            raise InvalidInputError(
                "without the mean Overhauser field there is one state",
                remedy="leave out start = all",
            )

        from coldspin.cooling import facade

        with progress_bar() as report:
            options |= {"method": chosen, "progress": partial(report, "fields")}
            if origin == "all":
                data = facade.branches(given.site, fields, electron_spin, **options)
            else:
                data = facade.cool(given.site, fields, electron_spin, start=origin, **options)
        deliver(
            data,
            chosen,
            BRANCHES if origin == "all" else COOL,
            unit or typed_unit,
            outputs,
            lambda shown: sample_figures.plot_cool(data, shown),
        )


def optimum(
    sample: SampleFile,
    fields: SearchRange = None,
    spin: Spin = None,
    no_feedback: NoFeedback = False,
    knight_field: KnightField = False,
    leakage: Leakage = None,
    method: MethodName = None,
    unit: Unit = None,
    output: Output = None,
    plot: Plot = None,
    force: Force = False,
) -> None:
    """Find the extrema of |beta| over the field."""
    with reporting():
        from coldspin.cli.results import (
            OPTIMUM,
            check_outputs,
            curve_around,
            deliver,
            field_in_unit,
        )
        from coldspin.inputs.sample_files import read_sample
        from coldspin.outputs import sample_figures

        outputs = check_outputs(output, plot, force=force)
        given = read_sample(sample)
        limits, typed_unit = given.search_range(fields)
        electron_spin = given.electron_spin(spin)
        chosen = given.method(method)
        options = given.pump_options(
            no_feedback=no_feedback, knight_field=knight_field, leakage=leakage
        )
        options["method"] = chosen

        from coldspin.cooling import facade

        with progress_bar() as report:
            data = facade.optimum(
                given.site,
                electron_spin,
                fields=limits,
                progress=partial(report, "search"),
                **options,
            )
        shown_unit = unit or typed_unit
        low = field_in_unit(data.attrs["search_minimum"], shown_unit)
        high = field_in_unit(data.attrs["search_maximum"], shown_unit)
        count = data.sizes["extremum"] or "no"
        say(f"searched from {low:.4g} to {high:.4g} {shown_unit}: {count} extrema")

        def draw(shown: str) -> "Figure":
            curve = curve_around(data, given.site, electron_spin, options)
            return sample_figures.plot_cool(curve, shown, data)

        deliver(data, chosen, OPTIMUM, shown_unit, outputs, draw)


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
    """Compute the warming rate in the dark."""
    with reporting():
        from coldspin.cli.results import RELAX, check_outputs, deliver
        from coldspin.inputs.sample_files import read_sample
        from coldspin.outputs import sample_figures

        outputs = check_outputs(output, plot, force=force)
        given = read_sample(sample)
        fields, typed_unit = given.field("relax", field)
        chosen = given.method(method)
        options: dict[str, Any] = {"method": chosen, "leakage": given.dark_leakage(leakage)}
        options |= given.effects("effective_isotope")

        from coldspin.cooling import facade

        with progress_bar() as report:
            data = facade.relax(given.site, fields, progress=partial(report, "fields"), **options)
        deliver(
            data,
            chosen,
            RELAX,
            unit or typed_unit,
            outputs,
            lambda shown: sample_figures.plot_relax(data, shown),
        )


def run(
    protocol: ProtocolFile,
    method: MethodName = None,
    no_feedback: NoFeedback = False,
    knight_field: KnightField = False,
    leakage: Leakage = None,
    unit: Unit = None,
    output: Output = None,
    plot: Plot = None,
    force: Force = False,
) -> None:
    """Follow the spin temperature through stages."""
    with reporting():
        from coldspin.cli.results import RUN, check_outputs, deliver
        from coldspin.inputs.protocol_files import read_protocol

        outputs = check_outputs(output, plot, force=force)
        given = read_protocol(protocol)
        chosen = given.sample.method(method)
        options = given.options(no_feedback=no_feedback, knight_field=knight_field, leakage=leakage)

        from coldspin import protocols
        from coldspin.outputs.protocol_figures import plot_protocol
        from coldspin.protocols.results import stage_ends

        data = protocols.run(given.sample.site, given.stages, method=chosen, **options)
        rows = data
        if outputs.table is None:
            say("the end of each stage is shown; --output FILE.csv writes the whole course")
            rows = stage_ends(data)
        shown_unit = unit or given.unit
        deliver(rows, chosen, RUN, shown_unit, outputs, lambda shown: plot_protocol(data, shown))
