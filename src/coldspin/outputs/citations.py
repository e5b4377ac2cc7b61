"""BibTeX of what a calculation rests on: the paper, this program, the constants, the libraries of a fit."""

from importlib.resources import files

from coldspin import __version__


def bibtex() -> str:
    """Entries for the paper, coldspin in the version in use, the constants, and what fits stand on."""
    text = files("coldspin.outputs").joinpath("citations.bib").read_text(encoding="utf-8")
    return text[text.index("@") :].replace("{VERSION}", f"{{{__version__}}}")
