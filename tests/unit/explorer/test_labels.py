"""What is said of a field begins with what the page calls it."""

from html.parser import HTMLParser

import pytest

from coldspin.exceptions import InvalidInputError
from coldspin.explorer.labels import LABELS, labelled
from coldspin.explorer.page import page
from coldspin.explorer.problems import placed
from coldspin.explorer.state import DEFAULT

PARTS = dict.fromkeys(("metas", "css", "config", "scripts", "renderer", "app_entry"), "")


class Texts(HTMLParser):
    """Text of labels by what they are for, and of legends and headings."""

    def __init__(self):
        super().__init__()
        self.found, self.inside = {}, None

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        if tag in ("label", "legend", "h2"):
            self.inside = given.get("for", tag)
        if given.get("role") == "tablist":
            self.found["tab"] = given["aria-label"]

    def handle_endtag(self, tag):
        self.inside = None if tag in ("label", "legend", "h2") else self.inside

    def handle_data(self, data):
        text = data.strip()
        if self.inside and text:
            self.found[text if self.inside in ("legend", "h2") else self.inside] = text


def test_the_page_calls_each_field_by_its_label():
    reader = Texts()
    reader.feed(page(DEFAULT, "", PARTS))
    for name, label in LABELS.items():
        assert label in (reader.found.get(name), reader.found.get(label)), name


@pytest.mark.parametrize(
    ("text", "said", "at"),
    [
        (
            "page: site.filling must lie in (0, 1], not 2",
            "Filling f (filling) must lie in (0, 1], not 2.",
            "filling",
        ),
        (
            "page: method.name = 'x' is unknown; did you mean y?",
            "Method = 'x' is unknown; did you mean y?",
            "method",
        ),
        (
            "field must start with a number",
            "Validity at the field (field) must start with a number.",
            "at",
        ),
        (
            "page: site: the electron g-factor of InAs is x",
            "g factor: the electron g-factor of InAs is x.",
            "g_factor",
        ),
        ("page: stage 1 (pump): duration is x", "Stage 1 (pump): duration is x.", "stages"),
        ("nothing of the page", "Nothing of the page.", ""),
    ],
)
def test_a_sentence_begins_with_the_label(text, said, at):
    assert placed(InvalidInputError(text)) == {"problem": said, "at": at}


def test_a_sentence_about_a_file_keeps_the_name_of_the_file():
    told = placed(InvalidInputError("spin.csv: column 'filling' has no unit"), "spin.csv")
    assert told == {"problem": "spin.csv: column 'filling' has no unit.", "at": "file"}


def test_a_field_without_a_label_is_left_as_it_is():
    assert labelled("x must be y", "") == "x must be y"
