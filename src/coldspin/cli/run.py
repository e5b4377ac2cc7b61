"""`coldspin run`: an experiment in stages, from a protocol file."""

from pathlib import Path
from typing import Annotated

import typer

from coldspin.cli.reporting import reporting, say
from coldspin.cli.sample import Force, Knight, Leakage, MethodName, Output, Paper, Plot, Unit

ProtocolFile = Annotated[
    Path,
    typer.Argument(
        metavar="PROTOCOL.toml", help="The sample and its stages; see examples/three-stage.toml."
    ),
]


def run(
    protocol: ProtocolFile,
    method: MethodName = None,
    no_feedback: Paper = False,
    knight_field: Knight = False,
    leakage: Leakage = None,
    unit: Unit = None,
    output: Output = None,
    plot: Plot = None,
    force: Force = False,
) -> None:
    """Spin temperature through the stages of an experiment."""
    with reporting():
        from coldspin.cli.deliver import Outputs, deliver
        from coldspin.cli.tabular import Column
        from coldspin.inputs.protocol_files import read_protocol

        outputs = Outputs.checked(output, plot, force=force)
        given = read_protocol(protocol)
        how, options = (
            given.sample.method(method),
            given.options(no_feedback=no_feedback, knight_field=knight_field, leakage=leakage),
        )

        from coldspin.outputs.protocol_figures import plot_protocol
        from coldspin.protocols import run as compute
        from coldspin.protocols.results import stage_ends

        data = compute(given.sample.site, given.stages, method=how, **options)
        columns = (
            Column("time", "t (s)"),
            Column("stage", "stage"),
            Column("stage_kind", "kind"),
            Column("inverse_spin_temperature", "β (1/J)"),
            Column("spin_temperature", "θ_N (µK)", 1e6),
            Column("nuclear_polarization", "⟨I_z⟩/I"),
            Column("overhauser_field", "B_N (mT)", 1e3),
        )
        shown = unit or given.unit
        if outputs.table is None:
            say("the end of each stage is shown; --output FILE.csv writes the whole course")
        rows = stage_ends(data) if outputs.table is None else data
        deliver(rows, columns, shown, outputs, lambda unit: plot_protocol(data, unit))
