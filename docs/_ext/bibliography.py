"""Entries of a BibTeX file as sentences: what little of BibTeX and TeX our own files use."""

import re
from pathlib import Path
from typing import NamedTuple

_START = re.compile(r"@(\w+)\s*\{\s*([^,\s]+)\s*,")
_FIELD = re.compile(r"(\w+)\s*=\s*\{")
_LETTERS = {
    r"\L": "Ł",
    r"\'e": "é",
    r"\`e": "è",
    r"\"o": "ö",
    r"\"u": "ü",
    r"\_": "_",
    r"\&": "&",
    "--": "–",
    "~": " ",
}


class Entry(NamedTuple):
    """Key and fields, without markup."""

    key: str
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
        names = self.fields.get("author", "").split(" and ")
        authors = "; ".join(" ".join(reversed(name.split(", "))) for name in names if name)
        given = [
            self.fields.get(name)
            for name in ("title", "journal", "institution", "number", "volume", "pages", "year")
        ]
        if "version" in self.fields:
            given.append(f"version {self.fields['version']}")
        return ", ".join(part for part in [authors, *given] if part)


def entries(path: Path) -> list[Entry]:
    """All entries in the order of the file."""
    text = path.read_text(encoding="utf-8")
    starts = list(_START.finditer(text))
    ends = [*(match.start() for match in starts[1:]), len(text)]
    return [Entry(m[2], _fields(text[m.end() : end])) for m, end in zip(starts, ends, strict=True)]


def _fields(body: str) -> dict[str, str]:
    found, place = {}, 0
    while match := _FIELD.search(body, place):
        place = _end(body, match.end())
        written = body[match.end() : place - 1]
        found[match[1]] = written if match[1] == "url" else _plain(written)
    return found


def _end(body: str, start: int) -> int:
    """Place after the brace that closes the one before `start`."""
    depth = 1
    for place in range(start, len(body)):
        depth += {"{": 1, "}": -1}.get(body[place], 0)
        if not depth:
            return place + 1
    raise ValueError(f"a brace is not closed in {body[start : start + 40]!r}")


def _plain(text: str) -> str:
    for written, letter in _LETTERS.items():
        text = text.replace(written, letter)
    return " ".join(text.replace("{", "").replace("}", "").split())
