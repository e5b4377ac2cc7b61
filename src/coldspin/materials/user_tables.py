"""The tables of a material file, and its reading: TOML, checked table by table and key by key."""

import difflib
import tomllib
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from pydantic_core import ErrorDetails, PydanticCustomError

from coldspin.exceptions import InvalidInputError
from coldspin.quantities import ANGLE, COUPLING, ENERGY, GYROMAGNETIC, LENGTH, Dimension


def _measured(dimension: Dimension) -> BeforeValidator:
    """Let a string pass, which carries its unit; a bare number is refused."""

    def check(value: Any) -> Any:
        if not isinstance(value, str):
            message = f"needs a unit, as in {dimension.examples}, not {value!r}"
            raise PydanticCustomError("coldspin", "{message}", {"message": message})
        return value

    return BeforeValidator(check)


Number = Annotated[float, Field(strict=True)]
Text = Annotated[str, Field(strict=True)]
Length = Annotated[str, _measured(LENGTH)]
Angle = Annotated[str, _measured(ANGLE)]
Energy = Annotated[str, _measured(ENERGY)]
Coupling = Annotated[str, _measured(COUPLING)]
Gyromagnetic = Annotated[str, _measured(GYROMAGNETIC)]

LATTICES: dict[str, tuple[str, ...]] = {
    "cubic": ("a",),
    "fcc": ("a",),
    "bcc": ("a",),
    "tetragonal": ("a", "c"),
    "hexagonal": ("a", "c"),
    "orthorhombic": ("a", "b", "c"),
    "monoclinic": ("a", "b", "c", "beta"),
    "triclinic": ("a", "b", "c", "alpha", "beta", "gamma"),
}
"""Which parameters each lattice takes; fcc and bcc are the primitive cells of the cube a."""


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class CrystalTable(_Table):
    """The cell: a lattice with its parameters, or three vectors, or a CIF that has the sites as well."""

    lattice: Text | None = None
    a: Length | None = None
    b: Length | None = None
    c: Length | None = None
    alpha: Angle | None = None
    beta: Angle | None = None
    gamma: Angle | None = None
    vectors: list[list[Length]] | None = None
    cif: Text | None = None
    formula_units: Annotated[int, Field(strict=True, ge=1)] | None = None


class SiteTable(_Table):
    """A place in the cell and what stands there: elements or isotopes with their fractions."""

    position: Annotated[list[Number], Field(min_length=3, max_length=3)]
    composition: dict[str, Number]


class IsotopeTable(_Table):
    """An isotope that is not in the library, or other values of one that is: I, and γ of the bare nucleus."""

    symbol: Text
    spin: Number
    gyromagnetic_ratio: Gyromagnetic


class HyperfineTable(_Table):
    """Hyperfine constants of isotopes, per carrier."""

    electron: dict[str, Energy] = {}
    hole: dict[str, Energy] = {}


class CarrierTable(_Table):
    """g-factors."""

    electron: Number | None = None
    hole: Number | None = None


class IndirectTable(_Table):
    """Indirect couplings of a pair of nearest neighbours, as angular frequencies."""

    isotopes: Annotated[list[Text], Field(min_length=2, max_length=2)]
    scalar: Coupling = "0 rad/s"
    pseudo_dipolar: Coupling = "0 rad/s"


class MaterialTables(_Table):
    """A material file."""

    name: Text
    crystal: CrystalTable
    site: list[SiteTable] = []
    isotope: list[IsotopeTable] = []
    isotopes: dict[str, dict[str, Number]] = {}
    hyperfine: HyperfineTable = HyperfineTable()
    g_factor: CarrierTable = CarrierTable()
    indirect: list[IndirectTable] = []


def read_tables(path: Path) -> MaterialTables:
    """Read the tables of a material file; InvalidInputError names the key that is wrong."""
    try:
        return MaterialTables.model_validate(_toml(path))
    except ValidationError as problem:
        raise InvalidInputError(
            f"{_sentence(problem.errors(include_url=False))}", place=f"{path}"
        ) from None


def _toml(path: Path) -> dict[str, Any]:
    if path.is_dir():
        raise InvalidInputError(
            f"material file {path} is a folder", remedy="name a TOML file in it"
        )
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        raise InvalidInputError(
            f"material file {path} does not exist", remedy="check the name and the folder"
        ) from None
    except OSError as problem:
        raise InvalidInputError(
            f"material file {path} cannot be read: {problem.strerror}"
        ) from None
    except UnicodeDecodeError:
        raise InvalidInputError(f"{path} is not UTF-8 text", remedy="save it as UTF-8") from None
    except (tomllib.TOMLDecodeError, ValueError, RecursionError) as problem:
        raise InvalidInputError(f"{path} is not valid TOML: {problem}") from None


def _sentence(errors: list[ErrorDetails]) -> str:
    """Say what the first error is: an unknown key before a missing one, for the misspelt are both."""
    unknown = [error for error in errors if error["type"] == "extra_forbidden"]
    missing = [_place(error) for error in errors if error["type"] == "missing"]
    if unknown:
        return f"{_place(unknown[0])} is unknown; {_known(unknown[0])}"
    if missing:
        return f"{' and '.join(missing)} {'is' if len(missing) == 1 else 'are'} missing"
    first = errors[0]
    reasons = {
        "coldspin": first["msg"],
        "float_type": f"must be a number, not {first['input']!r}",
        "int_type": f"must be a whole number, not {first['input']!r}",
        "string_type": f"must be text in quotes, not {first['input']!r}",
        "model_type": f"must be a table, not {first['input']!r}",
        "dict_type": f"must be a table, not {first['input']!r}",
        "too_short": f"must have {first.get('ctx', {}).get('min_length')} entries",
        "too_long": f"must have {first.get('ctx', {}).get('max_length')} entries",
    }
    return (
        f"{_place(first)} {reasons.get(first['type'], first['msg'][:1].lower() + first['msg'][1:])}"
    )


def _known(error: ErrorDetails) -> str:
    model: Any = MaterialTables
    for part in error["loc"][:-1]:
        inner = model.model_fields[part].annotation if isinstance(part, str) else model
        model = next(
            (
                one
                for one in (inner, *getattr(inner, "__args__", ()))
                if hasattr(one, "model_fields")
            ),
            model,
        )
    keys = list(model.model_fields)
    near = difflib.get_close_matches(str(error["loc"][-1]), keys, n=1)
    return f"did you mean {near[0]}?" if near else f"known here: {', '.join(keys)}"


def _place(error: ErrorDetails) -> str:
    """Keys down to the wrong one; entries of a list count from 1, as in site[2].composition."""
    parts = (f"[{part + 1}]" if isinstance(part, int) else f".{part}" for part in error["loc"])
    return "".join(parts).removeprefix(".")
