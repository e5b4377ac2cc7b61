"""BibTeX of what a calculation rests on: the paper, this program, the constants."""

from importlib.resources import files

from coldspin import __version__


def bibtex() -> str:
    """Entries for the paper, for coldspin in the version in use, and for the fundamental constants."""
    text = files("coldspin").joinpath("citations.bib").read_text(encoding="utf-8")
    return text[text.index("@") :].replace("{VERSION}", f"{{{__version__}}}")
