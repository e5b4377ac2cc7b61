"""The BibTeX is whole, and carries the version in use."""

import re

from coldspin import __version__
from coldspin.outputs.citations import bibtex


def test_every_entry_is_whole():
    entries = re.split(r"^@", bibtex(), flags=re.MULTILINE)[1:]
    keys = [entry.split("{")[1].split(",")[0] for entry in entries]
    assert keys == ["smirnov2024cooling", "coldspin", "codata2022", "scipy", "emcee"]
    for entry in entries:
        assert entry.count("{") == entry.count("}")
        for field in ("author", "title"):
            assert re.search(rf"^\s+{field}\s+= ", entry, flags=re.MULTILINE)


def test_the_version_is_the_one_in_use():
    assert f"version = {{{__version__}}}" in bibtex()
    assert "VERSION}" not in bibtex()
