"""What goes with the package says the same everywhere: versions, dates, extras."""

import re
import tomllib
from importlib.metadata import metadata
from pathlib import Path

from coldspin import __version__

ROOT = Path(__file__).parents[2]


def text(name):
    return (ROOT / name).read_text(encoding="utf-8")


def test_the_citation_is_that_of_the_newest_release():
    fields = dict(
        re.findall(
            r'^(version|date-released|license): "?([^"\n]+)"?$', text("CITATION.cff"), re.MULTILINE
        )
    )
    version, date = re.search(r"^## (\d\S*) - (\S+)$", text("CHANGELOG.md"), re.MULTILINE).groups()
    assert fields == {"version": version, "date-released": date, "license": "MIT"}
    assert version == __version__


def test_the_licence_is_an_spdx_expression():
    assert metadata("coldspin")["License-Expression"] == "MIT"
    assert text("LICENSE").startswith("MIT License")


def test_every_extra_that_a_message_or_a_page_names_is_there():
    extras = tomllib.loads(text("pyproject.toml"))["project"]["optional-dependencies"]
    pages = [*(ROOT / "src").rglob("*.py"), *(ROOT / "docs").glob("*.md"), ROOT / "README.md"]
    named = {
        name
        for page in pages
        for name in re.findall(r"coldspin\[(\w+)\]", page.read_text(encoding="utf-8"))
    }
    assert {"crystal", "posterior"} <= named <= set(extras)
