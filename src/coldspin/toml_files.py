"""TOML files of every kind: read, checked table by table and key by key, so that an error says where it stands."""

import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any, NoReturn, TypeVar, get_args

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from pydantic_core import ErrorDetails, PydanticCustomError

from coldspin.exceptions import InvalidInputError
from coldspin.quantities import (
    ANGLE,
    COUPLING,
    DENSITY,
    DIFFUSIVITY,
    ENERGY,
    FIELD,
    FREQUENCY,
    GYROMAGNETIC,
    LENGTH,
    TIME,
    Dimension,
)
from coldspin.wording import listed, nearest, nearest_names, shown

_Model = TypeVar("_Model", bound=BaseModel)


def refuse(message: str) -> NoReturn:
    """Say inside a validator what is wrong; the place in the file is put before it."""
    raise PydanticCustomError("coldspin", "{message}", {"message": message})


def measured(dimension: Dimension) -> BeforeValidator:
    """Let a string pass, which carries its unit; a bare number is refused even where SI could be guessed."""

    def check(value: Any) -> Any:
        if not isinstance(value, str):
            refuse(f"needs a unit, as in {dimension.examples}, not {shown(value)}")
        return value

    return BeforeValidator(check)


Number = Annotated[float, Field(strict=True)]
Coupling = Annotated[str, measured(COUPLING)]
Gyromagnetic = Annotated[str, measured(GYROMAGNETIC)]
MagneticField = Annotated[str, measured(FIELD)]
Time = Annotated[str, measured(TIME)]
Angle = Annotated[str, measured(ANGLE)]
Frequency = Annotated[str, measured(FREQUENCY)]
Length = Annotated[str, measured(LENGTH)]
Energy = Annotated[str, measured(ENERGY)]
Density = Annotated[str, measured(DENSITY)]
Diffusivity = Annotated[str, measured(DIFFUSIVITY)]
Text = Annotated[str, Field(strict=True)]


class Table(BaseModel):
    """A table of a file: no other keys than those named, nothing changed afterwards."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def validate_tables(model: type[_Model], content: dict[str, Any], path: Path) -> _Model:
    """Content of a file as a model; InvalidInputError says in one sentence what is wrong and where in the file."""
    try:
        return model.model_validate(content)
    except ValidationError as problem:
        raise InvalidInputError(
            f"{_sentence(problem.errors(include_url=False), model)}", place=f"{path}"
        ) from None


def read_toml(path: Path, what: str = "sample file") -> dict[str, Any]:
    """Tables of a file as they stand there."""
    if path.is_dir():
        raise InvalidInputError(
            f"{path} is a folder", parameter=what, remedy="name a TOML file in it"
        )
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        raise InvalidInputError(
            f"{path} does not exist", parameter=what, remedy="check the name and the folder"
        ) from None
    except OSError as problem:
        raise InvalidInputError(
            f"{path} cannot be read: {problem.strerror}", parameter=what
        ) from None
    try:
        return tomllib.loads(raw.decode("utf-8-sig"))
    except UnicodeDecodeError as problem:
        line = raw.count(b"\n", 0, problem.start) + 1
        raise InvalidInputError(
            f"{path} is not UTF-8 text (line {line})", remedy="save it as UTF-8"
        ) from None
    except tomllib.TOMLDecodeError as problem:
        raise InvalidInputError(f"{path} is not valid TOML: {problem}") from None
    except (ValueError, RecursionError):  # an integer of thousands of digits, a thousand brackets
        raise InvalidInputError(
            f"{path} holds a number too long, or tables nested too deeply, to be read"
        ) from None


def _sentence(errors: list[ErrorDetails], root: type[BaseModel]) -> str:
    """Unknown keys first, for a misspelt key is also a missing one; then missing ones; else the first bad value."""
    extra = [e for e in errors if e["type"] == "extra_forbidden"]
    unknown = [(_place(e), str(e["loc"][-1]), _keys(e["loc"][:-1], root)) for e in extra]
    meant = {match for _, key, known in unknown for match in nearest_names(key, known)}
    missing = [_place(e) for e in errors if e["type"] == "missing" and e["loc"][-1] not in meant]
    parts = [f"{place} is unknown; {nearest(key, known)}" for place, key, known in unknown]
    if missing:
        parts.append(f"{listed(missing)} {'is' if len(missing) == 1 else 'are'} missing")
    if parts:
        return "; ".join(parts)
    first = errors[0]
    limit = first.get("ctx", {}).get("ge")
    reason = {
        "coldspin": first["msg"],
        "float_type": f"must be a number, not {shown(first['input'])}",
        "string_type": f"must be text in quotes, not {shown(first['input'])}",
        "bool_type": f"must be true or false, not {shown(first['input'])}",
        "list_type": f"must be a list in brackets, not {shown(first['input'])}",
        "model_type": f"must be a table, not {shown(first['input'])}",
        "dict_type": f"must be a table, not {shown(first['input'])}",
        "too_short": f"needs at least one entry, not {shown(first['input'])}",
        "int_type": f"must be a whole number, not {shown(first['input'])}",
        "greater_than_equal": f"must be {limit} or more, not {shown(first['input'])}",
    }.get(first["type"], first["msg"])
    return f"{_place(first)} {reason}"


def _place(error: ErrorDetails) -> str:
    """Keys joined by dots, list entries counted from 1."""
    text = ""
    for part in error["loc"]:
        text += f"[{part + 1}]" if isinstance(part, int) else f".{part}" if text else part
    return text


def _keys(location: Iterable[int | str], root: type[BaseModel]) -> list[str]:
    model = root
    for part in location:
        if isinstance(part, str) and part in model.model_fields:
            model = _model_in(model.model_fields[part].annotation) or model
    return list(model.model_fields)


def _model_in(annotation: Any) -> type[BaseModel] | None:
    """Return the table that an annotation speaks of, alone, optional, or as entries of a list."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((model for inner in get_args(annotation) if (model := _model_in(inner))), None)
