"""What is said of a field begins with what the page calls it."""

from html.parser import HTMLParser

import pytest

from coldspin.exceptions import InvalidInputError
from coldspin.explorer.messages import LABELS, describe_problem
from coldspin.explorer.page import render_page
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
    reader.feed(render_page(DEFAULT, "", PARTS))
    for name, label in LABELS.items():
        assert label in (reader.found.get(name), reader.found.get(label)), name


@pytest.mark.parametrize(
    ("problem", "sentence", "field"),
    [
        (
            InvalidInputError("must lie in (0, 1]", parameter="site.filling", value=2),
            "Filling f (filling) must lie in (0, 1], not 2.",
            "filling",
        ),
        (
            InvalidInputError("= 'x' is unknown", parameter="method.name", remedy="is it y?"),
            "Method = 'x' is unknown; is it y?",
            "method",
        ),
        (
            InvalidInputError("must start with a number", parameter="field"),
            "Validity at the field (field) must start with a number.",
            "at",
        ),
        (
            InvalidInputError("is unknown for InAs", parameter="site.g_factor"),
            "g factor (g_factor) is unknown for InAs.",
            "g_factor",
        ),
        (
            InvalidInputError("is x", parameter="duration", place="stage 1 (pump)"),
            "Stage 1 (pump): duration is x.",
            "stages",
        ),
        (
            InvalidInputError("is unknown", parameter="site.kinetic_local_field"),
            "More, as TOML: site.kinetic_local_field is unknown.",
            "more",
        ),
        (InvalidInputError("nothing of the page"), "Nothing of the page.", ""),
    ],
)
def test_a_sentence_begins_with_the_label(problem, sentence, field):
    assert describe_problem(problem.within("page")) == {"problem": sentence, "at": field}


def test_a_sentence_about_a_file_keeps_the_name_of_the_file():
    problem = InvalidInputError("column 'filling' has no unit", place="spin.csv")
    message = describe_problem(problem, "spin.csv")
    assert message == {"problem": "spin.csv: column 'filling' has no unit.", "at": "file"}


def test_a_failure_of_the_page_itself_is_told_in_general_words():
    assert describe_problem(KeyError("secret"))["at"] == ""
    assert "secret" not in describe_problem(KeyError("secret"))["problem"]
