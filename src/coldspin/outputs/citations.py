"""BibTeX of the paper, this program, the constants, and the libraries of a fit."""

from importlib.resources import files

from coldspin import __version__


def bibtex() -> str:
    """Entries for the paper, this version of coldspin, the constants, the libraries of fits."""
    text = files("coldspin.outputs").joinpath("citations.bib").read_text(encoding="utf-8")
    return text[text.index("@") :].replace("{VERSION}", f"{{{__version__}}}")
