"""TOML files of every kind: read them, and check them table by table and key by key."""

import tomllib
from collections.abc import Sequence
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
    TEMPERATURE,
    TIME,
    Dimension,
)
from coldspin.wording import listed, nearest, nearest_names, shown

_Model = TypeVar("_Model", bound=BaseModel)

_TYPES = {
    "float_type": "must be a number",
    "int_type": "must be a whole number",
    "string_type": "must be text in quotes",
    "bool_type": "must be true or false",
    "list_type": "must be a list in brackets",
    "tuple_type": "must be a list in brackets",
    "model_type": "must be a table",
    "dict_type": "must be a table",
}  # what pydantic calls an error, and the rule that was broken


def refuse(rule: str) -> NoReturn:
    """Refuse a value inside a validator; `validate_tables` adds the key, the value and the place."""
    raise PydanticCustomError("coldspin", "{rule}", {"rule": rule})


def require_unit(dimension: Dimension) -> BeforeValidator:
    """Accept text, which carries its unit; a bare number is refused, even one in SI."""

    def check(value: Any) -> Any:
        if not isinstance(value, str):
            refuse(f"needs a unit, as in {dimension.examples}")
        return value

    return BeforeValidator(check)


Number = Annotated[float, Field(strict=True)]
Text = Annotated[str, Field(strict=True)]
Flag = Annotated[bool, Field(strict=True)]
Coupling = Annotated[str, require_unit(COUPLING)]
Gyromagnetic = Annotated[str, require_unit(GYROMAGNETIC)]
MagneticField = Annotated[str, require_unit(FIELD)]
Time = Annotated[str, require_unit(TIME)]
Angle = Annotated[str, require_unit(ANGLE)]
Frequency = Annotated[str, require_unit(FREQUENCY)]
Length = Annotated[str, require_unit(LENGTH)]
Energy = Annotated[str, require_unit(ENERGY)]
Density = Annotated[str, require_unit(DENSITY)]
Diffusivity = Annotated[str, require_unit(DIFFUSIVITY)]
Temperature = Annotated[str, require_unit(TEMPERATURE)]


class Table(BaseModel):
    """A table of a file. It refuses unknown keys and is frozen."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def validate_tables(model: type[_Model], content: dict[str, Any], place: Path | str) -> _Model:
    """Content of a file as a model.

    Raises InvalidInputError: `parameter` is the dotted key, `place` the file.
    """
    try:
        return model.model_validate(content)
    except ValidationError as problem:
        errors = problem.errors(include_url=False)
    raise _first_problem(errors, model).within(f"{place}")


def read_toml(path: Path, what: str = "sample file") -> dict[str, Any]:
    """Tables of a file as they stand there; `what` names the kind of file in messages."""
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


def _first_problem(errors: list[ErrorDetails], root: type[BaseModel]) -> InvalidInputError:
    """The first unknown key, else the first missing key, else the first bad value.

    Unknown keys come first: a misspelt key is also a missing one. The remedy names the others.
    """
    unknown = []
    missing = []
    meant = set()
    for error in errors:
        key = str(error["loc"][-1])
        if error["type"] == "extra_forbidden":
            known = _known_keys(error["loc"][:-1], root)
            meant.update(nearest_names(key, known))
            unknown.append(_problem(error, "is unknown", remedy=nearest(key, known), hidden=True))
        elif error["type"] == "missing":
            missing.append(_problem(error, "is missing", hidden=True))
    missing = [problem for problem in missing if problem.parameter.rpartition(".")[2] not in meant]
    if unknown or missing:
        first, *others = unknown or missing
        remedies = [first.remedy] if unknown else []
        remedies += map(str, others if unknown else [])
        keys = [problem.parameter for problem in (missing if unknown else others)]
        if keys:
            verb = "is" if len(keys) == 1 else "are"
            too = "" if unknown else " too"
            remedies.append(f"{listed(keys)} {verb} missing{too}")
        first.remedy = "; ".join(remedies)
        return first
    error = errors[0]
    limits = error.get("ctx", {})
    match error["type"]:
        case "coldspin":
            return _problem(error, error["msg"])
        case "greater_than_equal":
            return _problem(error, f"must be {limits['ge']} or more")
        case "too_short" if limits["min_length"] == 1:
            return _problem(error, "needs at least one entry")
        case "too_short" | "too_long":
            length = limits.get("min_length", limits.get("max_length"))
            return _problem(error, f"must have {length} entries")
        case other if other in _TYPES:
            return _problem(error, _TYPES[other])
        case _:
            text = error["msg"]
            return _problem(error, text[:1].lower() + text[1:], hidden=True)


def _problem(
    error: ErrorDetails, rule: str, remedy: str = "", *, hidden: bool = False
) -> InvalidInputError:
    """An error of pydantic as ours; list entries count from 1, as in "site[2].composition"."""
    key = ""
    for part in error["loc"]:
        if isinstance(part, int):
            key += f"[{part + 1}]"
        else:
            key += f".{part}" if key else part
    value = error["input"]
    text = "" if hidden else shown(value)
    return InvalidInputError(rule, parameter=key, value=value, shown=text, remedy=remedy)


def _known_keys(location: Sequence[int | str], root: type[BaseModel]) -> list[str]:
    """Keys of the table at a location, which is given by the keys on the way to it."""
    model = root
    for part in location:
        if isinstance(part, str) and part in model.model_fields:
            model = _table_in(model.model_fields[part].annotation) or model
    return list(model.model_fields)


def _table_in(annotation: Any) -> type[BaseModel] | None:
    """The table of an annotation: alone, optional, or as entries of a list."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for inner in get_args(annotation):
        if (model := _table_in(inner)) is not None:
            return model
    return None
