"""`coldspin cite`."""

import typer

from coldspin.cli.reporting import reporting


def cite() -> None:
    """Print BibTeX of the paper, coldspin and the constants."""
    with reporting():
        from coldspin.citations import bibtex

        typer.echo(bibtex(), nl=False)
