"""`coldspin cite`."""

import typer

from coldspin.cli.reporting import reporting


def cite() -> None:
    """Print BibTeX of all that coldspin stands on."""
    with reporting():
        from coldspin.outputs.citations import bibtex

        typer.echo(bibtex(), nl=False)
