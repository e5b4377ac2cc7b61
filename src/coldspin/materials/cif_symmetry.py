"""Symmetry of a CIF: its operations, or those of the space group that it names."""

import re
import warnings
from fractions import Fraction
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from coldspin.exceptions import InvalidInputError, ValidityWarning

if TYPE_CHECKING:
    import gemmi

Array = NDArray[np.float64]

OPERATIONS = (
    "_space_group_symop_operation_xyz",
    "_space_group_symop.operation_xyz",
    "_symmetry_equiv_pos_as_xyz",
    "_symmetry_equiv.pos_as_xyz",
)
HALL = (
    "_space_group_name_Hall",
    "_space_group.name_Hall",
    "_symmetry_space_group_name_Hall",
    "_symmetry.space_group_name_Hall",
)
HERMANN_MAUGUIN = (
    "_space_group_name_H-M_alt",
    "_space_group.name_H-M_alt",
    "_symmetry_space_group_name_H-M",
    "_symmetry.space_group_name_H-M",
    "_space_group_name_H-M_full",
    "_space_group.name_H-M_full",
    "_symmetry.space_group_name_H-M_full",
)
NUMBER = (
    "_space_group_IT_number",
    "_space_group.IT_number",
    "_symmetry_Int_Tables_number",
    "_symmetry.Int_Tables_number",
)
SETTING = ("_space_group_IT_coordinate_system_code", "_space_group.IT_coordinate_system_code")
SAME_CELL = 2e-3  # of the longest edge squared; how far rounded parameters may miss the symmetry
SAME_SHIFT = 0.01  # of an edge; tolerance of translations, which may be typed as 0.33
NO_EXTENSION = "\x00"


class Symmetry(NamedTuple):
    """Operations x → R x + t on fractions of the cell vectors, and where they are from.

    `rotations`: R, shape (n, 3, 3), whole numbers; `translations`: t, shape (n, 3).
    """

    rotations: Array
    translations: Array
    origin: str


class _Name(NamedTuple):
    """A space group as one tag of the file names it, with the settings that it may mean.

    The preferred setting comes first.
    """

    tag: str
    text: str
    groups: list["gemmi.SpaceGroup"]


def read_symmetry(block: "gemmi.cif.Block", cell: Array) -> Symmetry:
    """Return the operations of a CIF block; `cell` has the cell vectors as rows.

    The operations of the file come first, in whatever origin they are; then the Hall symbol, which
    fixes the origin; then the Hermann-Mauguin symbol, and the number of the space group, which
    stands for the standard setting.

    Raises InvalidInputError where nothing is given; for operations that are no group; for a name
    that is unknown or does not say which of two origins is meant; for two names that contradict
    each other; for a cell without the symmetry. Warns with ValidityWarning where a name
    contradicts the operations.
    """
    texts = [_text(value) for value in _values(block, OPERATIONS)]
    names = _names(block)
    if texts:
        symmetry = _from_operations(texts)
        _check_cell(cell, symmetry, "the operations of the file")
        _compare_with_names(symmetry, names)
        return symmetry
    halls = _values(block, HALL)
    if not halls and not names:
        raise InvalidInputError(
            "no symmetry is given, neither operations nor a space group", remedy="write P 1"
        )
    _compare_names(names)
    if halls:
        return _from_hall(_text(halls[0]), cell)
    name = names[0]
    if name.groups:
        # a later name may say the setting that the first one leaves open
        for other in names:
            if len(other.groups) == 1:
                name = other
                break
    return _from_name(name, cell)


def expand(symmetry: Symmetry, position: Array, cell: Array, same: float) -> Array:
    """Return the places of an atom in the cell, shape (places, 3), fractions in [0, 1).

    Images closer than `same` [m] are one atom on a special position: its place is the mean of them.
    """
    images = symmetry.rotations @ position + symmetry.translations
    places = []
    while len(images):
        apart = images - images[0]
        apart -= np.round(apart)
        alike = np.linalg.norm(apart @ cell, axis=1) < same
        places.append(images[0] + np.mean(apart[alike], axis=0))
        images = images[~alike]
    return np.round(np.array(places) % 1, 12) % 1


def _from_operations(texts: list[str]) -> Symmetry:
    operations = [parse_operation(text) for text in texts]
    rotations = np.array([rotation for rotation, _ in operations])
    translations = np.array([translation for _, translation in operations])
    symmetry = Symmetry(rotations, translations, f"the {len(texts)} operations of the file")
    _check_group(symmetry, texts)
    return symmetry


def parse_operation(text: str) -> tuple[Array, Array]:
    """Return R and t of an operation such as "-y, x-y, z+2/3"; any decimal shift is allowed."""
    wrong = InvalidInputError(
        f'{text!r} is not written like "-y, x-y, z+2/3"',
        parameter="the operation",
        remedy="correct it",
    )
    parts = text.lower().replace(" ", "").split(",")
    if len(parts) != 3:
        raise wrong
    rotation = np.zeros((3, 3))
    translation = np.zeros(3)
    for row, part in enumerate(parts):
        terms = re.findall(r"([+-]?)(?:([xyz])|(\d+/\d+|\d+\.?\d*|\.\d+))", part)
        if "".join(sign + axis + number for sign, axis, number in terms) != part or not terms:
            raise wrong
        if any(not sign for sign, _, _ in terms[1:]):
            raise wrong
        for sign, axis, number in terms:
            factor = -1 if sign == "-" else 1
            if axis:
                rotation[row, "xyz".index(axis)] += factor
                continue
            try:
                translation[row] += factor * float(Fraction(number))
            except ZeroDivisionError:
                raise wrong from None
    if round(abs(np.linalg.det(rotation))) != 1:
        raise wrong
    return rotation, translation


def _check_group(symmetry: Symmetry, texts: list[str]) -> None:
    """Refuse operations that are no group: then a line is missing or mistyped."""
    rotations, translations, _ = symmetry
    digits = 7.0 ** np.arange(9)  # one number for each R, whose entries lie between -3 and 3
    keys = rotations.reshape(-1, 9) @ digits
    different = np.unique(keys)
    shifts_of_each = [translations[keys == key] for key in different]
    most = max(len(own) for own in shifts_of_each)
    # the translations of each R, filled up with NaN
    shifts = np.full((len(different), most, 3), np.nan)
    for row, own in zip(shifts, shifts_of_each, strict=True):
        row[: len(own)] = own
    for i, text in enumerate(texts):
        product = (rotations[i] @ rotations).reshape(-1, 9) @ digits
        index = np.minimum(np.searchsorted(different, product), len(different) - 1)
        apart = (translations @ rotations[i].T + translations[i])[:, None] - shifts[index]
        close = np.all(np.abs(apart - np.round(apart)) < SAME_SHIFT, axis=2)
        present = (different[index] == product) & np.any(close, axis=1)
        if not np.all(present):
            raise InvalidInputError(
                f"the {len(texts)} operations of the file are no group: {text!r} after "
                f"{texts[np.argmin(present)]!r} is not among them",
                remedy="add the operation that is missing, or correct the one that is wrong",
            )


def _from_hall(hall: str, cell: Array) -> Symmetry:
    import gemmi

    try:
        operations = gemmi.symops_from_hall(hall)
    except (RuntimeError, ValueError):
        raise InvalidInputError(
            f"{hall!r} is not known",
            parameter="the Hall symbol",
            remedy="correct it or leave it out",
        ) from None
    symmetry = _from_gemmi(operations, f"the Hall symbol {hall}")
    _check_cell(cell, symmetry, f"the space group {hall}")
    return symmetry


def _from_name(name: _Name, cell: Array) -> Symmetry:
    """Operations of a named space group; of a rhombohedral one, in the axes that the cell has."""
    _check_origin(name)
    for group in name.groups:
        origin = f"{name.text} ({name.tag}), taken as {_format_group(group)}"
        symmetry = _from_gemmi(group.operations(), origin)
        if len(name.groups) == 1 or _keeps(cell, symmetry):
            break
    _check_cell(cell, symmetry, f"the space group {_format_group(group)}")
    return symmetry


def _from_gemmi(operations: "gemmi.GroupOps", origin: str) -> Symmetry:
    rotations = np.array([np.array(one.rot) / one.DEN for one in operations])
    translations = np.array([np.array(one.tran) / one.DEN for one in operations])
    return Symmetry(rotations, translations, origin)


def _names(block: "gemmi.cif.Block") -> list[_Name]:
    """Space groups that the file names by Hermann-Mauguin symbols, then by numbers."""
    settings = _values(block, SETTING)
    setting = _text(settings[0]) if settings else ""
    names = []
    for tag in (*HERMANN_MAUGUIN, *NUMBER):
        for value in _values(block, (tag,)):
            text = _text(value)
            groups = _by_number(text, setting) if tag in NUMBER else _by_symbol(text, setting)
            names.append(_Name(tag, text, groups))
    return names


def _by_number(text: str, setting: str) -> list["gemmi.SpaceGroup"]:
    """Return the standard setting, in every origin and both axes that it has."""
    import gemmi

    if not (text.isdigit() and 1 <= int(text) <= 230):
        return []
    settings = [group for group in gemmi.spacegroup_table() if group.number == int(text)]
    alike = [group for group in settings if group.hm == settings[0].hm]
    return _of_setting(alike, setting)


def _by_symbol(text: str, setting: str) -> list["gemmi.SpaceGroup"]:
    """Settings that a symbol may mean; some databases write S and Z for the origins 1 and 2."""
    import gemmi

    symbol = " ".join(text.replace("_", " ").split())
    match = re.fullmatch(r"(.+?)[ :]*([SZ])", symbol)
    if match:
        number = "1" if match[2] == "S" else "2"
        symbol = f"{match[1]}:{number}"
    group: Any = gemmi.find_spacegroup_by_name(symbol)
    if group is None:
        return []
    if group.ext == NO_EXTENSION or re.search(r":\s*[12HR]$", symbol, flags=re.IGNORECASE):
        return [group]
    if group.ext in "HR" and symbol[-1].upper() == group.ext:
        return [group]
    alike = [
        one for one in gemmi.spacegroup_table() if (one.number, one.hm) == (group.number, group.hm)
    ]
    return _of_setting(alike, setting)


def _of_setting(groups: list["gemmi.SpaceGroup"], setting: str) -> list["gemmi.SpaceGroup"]:
    """Return those of a coordinate system code such as "2", "h" or "-b1"; all of them without one."""
    wanted = setting.upper()[:1]
    return [group for group in groups if group.ext == wanted] or groups


def _check_origin(name: _Name) -> None:
    parameter = f"the space group {name.text}"
    if not name.groups:
        raise InvalidInputError("is not known", parameter=parameter, remedy=f"correct {name.tag}")
    if all(group.ext in ("1", "2") for group in name.groups) and len(name.groups) > 1:
        one, two = (_format_group(group) for group in name.groups[:2])
        raise InvalidInputError(
            "is in use with two origins and the file does not say which",
            parameter=parameter,
            remedy=f"write _space_group_name_H-M_alt '{one}' or '{two}', whichever the positions "
            f"belong to, or list the operations",
        )


def _compare_names(names: list[_Name]) -> None:
    """Refuse two names of different space groups."""
    known = [name for name in names if name.groups]
    for name in known[1:]:
        if name.groups[0].number != known[0].groups[0].number:
            texts = [
                f"{one.text} ({one.tag}, number {one.groups[0].number})" for one in (known[0], name)
            ]
            raise InvalidInputError(
                f"the file names two space groups, {' and '.join(texts)}",
                remedy="keep the right one",
            )


def _compare_with_names(symmetry: Symmetry, names: list[_Name]) -> None:
    """Warn where the operations are not as many as those of the space group that the file names."""
    count = len(symmetry.rotations)
    for name in names:
        counts = [len(list(group.operations())) for group in name.groups]
        if counts and count not in counts:
            rule = (
                f"the file lists {count} symmetry operations, but {name.text} ({name.tag}) has "
                f"{counts[0]}"
            )
            remedy = "the operations are used and the name is not: check which of them is right"
            warnings.warn(ValidityWarning(rule, remedy=remedy), stacklevel=2)
            return


def _check_cell(cell: Array, symmetry: Symmetry, what: str) -> None:
    """Refuse a cell that an operation does not leave as it is."""
    if not _keeps(cell, symmetry):
        lengths = np.linalg.norm(cell, axis=1)
        directions = cell / lengths[:, None]
        angles = np.degrees(np.arccos((directions @ directions.T)[[1, 0, 0], [2, 2, 1]]))
        numbers = ", ".join(f"{value:.6g}" for value in (*(lengths / 1e-10), *angles))
        raise InvalidInputError(
            f"the cell ({numbers} angstrom and degrees) does not have the symmetry of {what}",
            remedy="correct one of them",
        )


def _keeps(cell: Array, symmetry: Symmetry) -> bool:
    """Whether every R leaves the metric G of the cell as it is: Rᵀ G R = G."""
    metric = cell @ cell.T
    images = np.swapaxes(symmetry.rotations, 1, 2) @ metric @ symmetry.rotations
    return bool(np.max(np.abs(images - metric)) < SAME_CELL * np.max(np.diag(metric)))


def _format_group(group: "gemmi.SpaceGroup") -> str:
    return group.hm if group.ext == NO_EXTENSION else f"{group.hm} :{group.ext}"


def _values(block: "gemmi.cif.Block", tags: tuple[str, ...]) -> list[str]:
    """Return the values of the first of the tags that has any."""
    for tag in tags:
        values = [value for value in block.find_values(tag) if value not in ("?", ".")]
        if values:
            return values
    return []


def _text(value: str) -> str:
    import gemmi

    return gemmi.cif.as_string(value).strip()
