"""Where the headings of a file come from: its header, a row of units below, a comment above the data, or the study."""

from collections.abc import Sequence
from typing import NamedTuple

from coldspin.measurements.headings import Heading, counted, heading
from coldspin.measurements.layout import Layout, MisfitError
from coldspin.measurements.names import ASK, is_data, names_of, split, without_empty_end
from coldspin.measurements.text import Content, without_marks
from coldspin.measurements.unit_rows import headings_below, refuse_percent_signs


class Head(NamedTuple):
    """Headings, the line at which the data start, and what gave the headings."""

    headings: list[Heading]
    start: int
    source: str


def find_head(content: Content, layout: Layout, given: Sequence[str] | None) -> Head:
    """Headings of the file, or those `given`; MisfitError if there are none, or what looks like them is not clear."""
    row = content.rows[0]
    if is_data(split(layout, content.bare(0, 1)[0], row), layout):
        if given is not None:
            return Head(list(map(heading, given)), 0, "columns")
        return _commented_head(content, layout)
    cells = names_of(layout, content.lines[0], row)
    if given is not None and len(cells) != len(given):
        raise MisfitError(
            row,
            f"row {row} has {counted(len(cells), 'name')}, but columns has {len(given)}; give one for each",
            cells=len(cells),
            weight=1,
        )
    if given is not None:
        units = headings_below(content, layout, [Heading(cell, "") for cell in cells])
        return Head(list(map(heading, given)), 1 if units is None else 2, "columns")
    headings = list(map(heading, cells))
    refuse_percent_signs(content, layout, len(headings))
    units = headings_below(content, layout, headings)
    return Head(units or headings, 1 if units is None else 2, f"the header in row {row}")


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
