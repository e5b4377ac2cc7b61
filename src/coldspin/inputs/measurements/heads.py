"""Where the headings of a file come from: its header, a row of units below, a comment above the data, or the study."""

from collections.abc import Sequence
from typing import NamedTuple

from coldspin.inputs.measurements.headings import Heading, counted, heading
from coldspin.inputs.measurements.layout import Layout, MisfitError
from coldspin.inputs.measurements.names import ASK, is_data, names_of, split, without_empty_end
from coldspin.inputs.measurements.text import Content, without_marks
from coldspin.inputs.measurements.unit_rows import headings_below, refuse_percent_signs


class Head(NamedTuple):
    """Headings, the line at which the data start, and what gave the headings."""

    headings: list[Heading]
    start: int
    source: str


def find_head(
    content: Content, layout: Layout, given: Sequence[str] | None, *, with_text: bool
) -> Head:
    """Headings of the file, or those `given`; MisfitError if there are none, or what looks like them is not clear.

    `with_text`: cells of the data may be text.
    """
    row = content.rows[0]
    if is_data(split(layout, content.bare(0, 1)[0], row), layout, with_text=with_text):
        if given is not None:
            return Head(list(map(heading, given)), 0, "columns")
        return _commented_head(content, layout)
    cells = names_of(layout, content.lines[0], row)
    if given is not None and len(cells) != len(given):
        raise MisfitError(
            row,
            f"row {row} has {counted(len(cells), 'name')}, but columns has {len(given)}; give one "
            f"for each",
            cells=len(cells),
            weight=1,
        )
    if given is not None:
        units = headings_below(
            content, layout, [Heading(cell, "") for cell in cells], with_text=with_text
        )
        start = 1 if units is None else _below_units(content, layout, with_text)
        return Head(list(map(heading, given)), start, "columns")
    headings = list(map(heading, cells))
    refuse_percent_signs(content, layout, len(headings))
    units = headings_below(content, layout, headings, with_text=with_text)
    start = 1 if units is None else _below_units(content, layout, with_text)
    return Head(units or headings, start, f"the header in row {row}")


def _below_units(content: Content, layout: Layout, with_text: bool) -> int:
    """Line at which data start below a row of units; rows of comments between, without a number, are left out."""
    start = 2
    while with_text and start < len(content.lines):
        cells = split(layout, content.bare(start, start + 1)[0], content.rows[start])
        if is_data(cells, layout, with_text=True):
            break
        start += 1
    return start


def _commented_head(content: Content, layout: Layout) -> Head:
    """Headings in the last comment above the data, if it has a name for each cell."""
    row = content.rows[0]
    first = split(layout, content.bare(0, 1)[0], row)
    width = len(without_empty_end(first))
    above = [comment for comment in content.comments if comment[0] < row]
    if above:
        at, comment = above[-1]
        try:
            cells = names_of(layout, without_marks(comment), at)
        except MisfitError:
            cells = []
        if cells and width <= len(cells) <= len(first):
            return Head(list(map(heading, cells)), 0, f"the comment in row {at}")
    sentence = f"row {row} holds numbers and no header stands above it; give one, as in {ASK}"
    raise MisfitError(row, sentence, cells=width, weight=3)
