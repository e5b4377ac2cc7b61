"""Entries of a BibTeX file as sentences; pybtex reads BibTeX and TeX."""

from pathlib import Path
from typing import NamedTuple

from pybtex.database import Person, parse_file
from pybtex.richtext import Text

_PLACE = ("title", "journal", "institution", "number", "volume", "pages", "year")


class Entry(NamedTuple):
    """Key and fields, without markup."""

    key: str
    authors: str
    fields: dict[str, str]

    @property
    def address(self) -> str | None:
        """Where to find it in the web."""
        if "doi" in self.fields:
            return f"https://doi.org/{self.fields['doi']}"
        if "eprint" in self.fields:
            return f"https://arxiv.org/abs/{self.fields['eprint']}"
        return self.fields.get("url")

    @property
    def sentence(self) -> str:
        """Authors, title and place."""
        parts = [self.authors, *(self.fields.get(name, "") for name in _PLACE)]
        if "version" in self.fields:
            parts.append(f"version {self.fields['version']}")
        return ", ".join(part for part in parts if part)


def _plain(text: str) -> str:
    return " ".join(str(Text.from_latex(text)).replace("\N{NO-BREAK SPACE}", " ").split())


def _name(person: Person) -> str:
    parts = (person.first_names, person.middle_names, person.prelast_names, person.last_names)
    return _plain(" ".join(name for names in parts for name in names))


def read_entries(path: Path) -> list[Entry]:
    """All entries in the order of the file."""
    result = []
    for key, entry in parse_file(str(path), bib_format="bibtex").entries.items():
        authors = "; ".join(map(_name, entry.persons.get("author", [])))
        fields = {
            name: text if name == "url" else _plain(text) for name, text in entry.fields.items()
        }
        result.append(Entry(key, authors, fields))
    return result
