"""A row of units below the names, as plotting programs export it."""

from coldspin.inputs.measurements.cells import begins_as_number
from coldspin.inputs.measurements.headings import Heading, place, plain_unit
from coldspin.inputs.measurements.layout import Layout, MisfitError
from coldspin.inputs.measurements.names import is_data, split, without_empty_end
from coldspin.inputs.measurements.text import Content
from coldspin.inputs.measurements.units import is_unit
from coldspin.wording import shown


def headings_below(
    content: Content, layout: Layout, headings: list[Heading], *, with_text: bool
) -> list[Heading] | None:
    """Headings with the units of the row below them, None if that row holds data."""
    if len(content.lines) < 2:
        return None
    row = content.rows[1]
    cells = [cell.strip() for cell in split(layout, content.bare(1, 2)[0], row)]
    if is_data(cells, layout, with_text=with_text):
        return None
    units = [plain_unit(cell) for cell in without_empty_end(cells)]
    wrong = next((i for i, unit in enumerate(units) if unit and not is_unit(unit)), None)
    if wrong is None and len(units) <= len(headings):
        units += [""] * (len(headings) - len(units))
        return [
            _joined(one, unit, column, row)
            for column, (one, unit) in enumerate(zip(headings, units, strict=True))
        ]
    if wrong is None or any(map(begins_as_number, cells)):
        return None
    raise MisfitError(
        row,
        f"{shown(cells[wrong])} in {place(row, wrong, _name(headings, wrong))} is neither a number "
        f"nor a unit; write # "
        "before rows of comments, or leave them out by skip_rows",
        cells=len(headings),
        weight=int(len(cells) == len(headings)),
        column=wrong,
    )


def refuse_percent_signs(content: Content, layout: Layout, width: int) -> None:
    """Ask about a comment that may be a row of units of which the first is %."""
    first, second = content.rows[0], content.rows[1] if len(content.rows) > 1 else 0
    for row, comment in content.comments:
        if first < row < second and '"' not in comment:
            cells = list(map(plain_unit, split(layout, comment, row)))
            if len(cells) == width and all(is_unit(cell) for cell in cells if cell):
                raise MisfitError(
                    row,
                    f"row {row} may be a comment or a row of units; write # before a comment, or "
                    f"[%] for the unit",
                    cells=width,
                    weight=3,
                )


def _joined(one: Heading, unit: str, column: int, row: int) -> Heading:
    if unit and one.unit and unit != one.unit:
        where = place(row, column, one.name)
        sentence = f"{where} has the unit {unit!r}, but the header {one.unit!r}; keep one of them"
        raise MisfitError(row, sentence, cells=column + 1, weight=3)
    return Heading(one.name, one.unit or unit)


def _name(headings: list[Heading], column: int) -> str:
    return headings[column].name if column < len(headings) else ""
