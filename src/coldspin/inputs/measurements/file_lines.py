"""Lines of a data file: decoded, with their row numbers, comments apart."""

import re
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from coldspin.exceptions import InvalidInputError

LARGEST_FILE = 256 * 2**20
# Characters of some ten thousand columns; a longer row has lost its line ends.
LONGEST_ROW = 2**18

_SPREADSHEET_ERRORS = r"(?:N/A|DIV/0!|VALUE!|NUM!|REF!|NAME\?|NULL!)"
_COMMENT = re.compile(rf"\s*(?:#(?!{_SPREADSHEET_ERRORS})|%|//)")
_COMMENT_MARKS = re.compile(r"\s*(?:#+|%+|/{2,})")
_TRAILING_COMMENT = re.compile(rf"\s#(?!{_SPREADSHEET_ERRORS}).*")
_LABVIEW_END = "***End_of_Header***"
_DECLARED_DELIMITER = re.compile(r"\s*sep=([,;\t])\s*", re.IGNORECASE)


@dataclass(frozen=True)
class Content:
    """Lines of a file that are neither blank nor comments, and the comments.

    Rows count from 1.
    """

    lines: list[str]
    rows: list[int]
    comments: list[tuple[int, str]]
    declared_delimiter: str | None = None

    def bare(self, start: int, stop: int | None = None) -> list[str]:
        """Lines without comments at their ends."""
        return [
            _TRAILING_COMMENT.sub("", line) if "#" in line else line
            for line in self.lines[start:stop]
        ]


def strip_marks(comment: str) -> str:
    """Text of a comment line."""
    return _COMMENT_MARKS.sub("", comment, count=1).strip()


def read_text(path: Path, encoding: str | None) -> str:
    """Text of a file: UTF-8, UTF-16 with a byte-order mark, or the given encoding."""
    raw = _read_bytes(path)
    marked = raw.startswith((b"\xff\xfe", b"\xfe\xff"))
    if encoding is None and not marked and (end := raw.find(b"\0")) >= 0:
        hint = ', or give encoding = "utf-16-le" or "utf-16-be" if it is UTF-16'
        _refuse_binary(path, raw[:end].decode("latin-1"), hint)
    chosen = encoding if encoding is not None else "utf-16" if marked else "utf-8"
    text = _decode(raw, path, chosen, given=encoding is not None)
    if (end := text.find("\0")) >= 0:
        _refuse_binary(path, text[:end])
    return text.removeprefix("\ufeff")


def split_lines(text: str, path: Path, skip_rows: int = 0) -> Content:
    """Lines of data and header, without the first `skip_rows` rows; line ends are LF, CRLF or CR."""
    every = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    if not skip_rows:
        skip_rows = _header_of_instrument(every, path)
    lines: list[str] = []
    rows: list[int] = []
    comments: list[tuple[int, str]] = []
    declared = None
    for row, line in enumerate(every[skip_rows:], skip_rows + 1):
        if len(line) > LONGEST_ROW:
            raise InvalidInputError(
                f"row {row} has {len(line)} characters, more than the {LONGEST_ROW} that a row of "
                f"columns may have",
                remedy="end each row by a line break",
                place=f"{path}",
            )
        start = line.lstrip()[:1]
        if not start:
            continue
        if start in "#%/" and _COMMENT.match(line):
            comments.append((row, line))
        elif start in "sS" and not lines and (match := _DECLARED_DELIMITER.fullmatch(line)):
            declared = match[1]
        else:
            lines.append(line)
            rows.append(row)
    if not lines:
        after = f" after the {skip_rows} skipped rows" if skip_rows else ""
        content = "holds comments alone" if comments else "is empty"
        raise InvalidInputError(
            f"the file {content}{after}",
            remedy="a header and rows of numbers are expected",
            place=f"{path}",
        )
    return Content(lines, rows, comments, declared)


def _header_of_instrument(every: list[str], path: Path) -> int:
    """Rows above the data in files of LabVIEW and of Quantum Design, 0 in others."""
    ends = [row for row, line in enumerate(every, 1) if line.startswith(_LABVIEW_END)]
    if len(ends) > 2 and every[0].startswith("LabVIEW"):
        raise InvalidInputError(
            f"the file holds {len(ends) - 1} segments with headers",
            remedy="save each in a file of its own",
            place=f"{path}",
        )
    if ends and every[0].startswith("LabVIEW"):
        return ends[-1]
    if every[0].strip().lower() == "[header]":
        return next(
            (row for row, line in enumerate(every, 1) if line.strip().lower() == "[data]"), 0
        )
    return 0


def _read_bytes(path: Path) -> bytes:
    try:
        status = path.stat()
        if stat.S_ISDIR(status.st_mode):
            raise InvalidInputError(f"data file {path} is a folder", remedy="name a file in it")
        if not stat.S_ISREG(status.st_mode):
            raise InvalidInputError(
                f"data file {path} is no regular file", remedy="name a text file"
            )
        if status.st_size > LARGEST_FILE:
            limit = f"{LARGEST_FILE // 2**20} MiB"
            raise InvalidInputError(
                f"data file {path} is larger than {limit}", remedy="split it, or thin it out"
            )
        return path.read_bytes()
    except FileNotFoundError:
        raise InvalidInputError(
            f"data file {path} does not exist", remedy="check the name and the folder"
        ) from None
    except OSError as problem:
        raise InvalidInputError(f"data file {path} cannot be read: {problem.strerror}") from None


def _decode(raw: bytes, path: Path, encoding: str, *, given: bool) -> str:
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError as problem:
        before = raw[: problem.start].decode(encoding, "replace")
        where = f"byte 0x{raw[problem.start]:02x} in row {_last_row(before)}"
        name = encoding
        remedy = "give another encoding"
        if encoding == "utf-8" and not given:
            name = "UTF-8"
            remedy = 'save the file as UTF-8, or give its encoding, as in encoding = "latin-1"'
        raise InvalidInputError(f"{where} is not {name}", remedy=remedy, place=f"{path}") from None
    except (LookupError, ValueError, TypeError):
        raise InvalidInputError(
            f"= {encoding!r} is unknown",
            parameter="encoding",
            remedy='give one such as "utf-8", "latin-1" or "cp1252"',
        ) from None


def _refuse_binary(path: Path, before: str, hint: str = "") -> NoReturn:
    row = _last_row(before)
    raise InvalidInputError(
        f"it is a binary file (a NUL byte in row {row})",
        remedy=f"export it as text{hint}",
        place=f"{path}",
    )


def _last_row(text: str) -> int:
    return len(re.findall(r"\r\n|\r|\n", text)) + 1
