"""The commands of `coldspin`."""

from typing import Annotated

import typer

from coldspin import __version__
from coldspin.cli.compute import cool, optimum, relax, run
from coldspin.cli.design import design
from coldspin.cli.explore import explore
from coldspin.cli.fit import fit
from coldspin.cli.paper import cite, paper, second_maximum
from coldspin.cli.sweep import sweep
from coldspin.cli.validity import validity

EXAMPLES = """Examples:

\b
  coldspin cool dot.toml --field "-200:200:401 mT" --spin 0.01 --plot dot.png
  coldspin optimum dot.toml --spin 0.01
  coldspin relax dot.toml --field "0:50:101 G" --output dark.csv
  coldspin cool dot.toml --field "0:50:101 mT" --method automatic
  coldspin run three-stage.toml --plot course.png
  coldspin validity dot.toml --field "150 G"
  coldspin fit t1.toml --output out/t1
  coldspin design plan.toml
  coldspin sweep grid.toml --output grid.zarr
  coldspin explore dot.toml
  coldspin paper --output out/paper

A sample file describes the sample, as examples/gaas-dot.toml does.
The exit code is 0, 2 for bad input, or 1 for a failed run.
"""

# Rich help would cost three times the start-up of all the rest; plain help is as legible.
app = typer.Typer(
    name="coldspin",
    help="Cooling and heating of nuclear spins by strongly localized electrons (arXiv:2406.08296).",
    epilog=EXAMPLES,
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
)


def _print_version(requested: bool) -> None:
    if requested:
        typer.echo(f"coldspin {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_print_version, is_eager=True, help="Print the version and exit."
        ),
    ] = False,
) -> None:
    pass


for command in (
    paper,
    cool,
    optimum,
    relax,
    run,
    validity,
    fit,
    design,
    sweep,
    explore,
    second_maximum,
    cite,
):
    app.command()(command)
