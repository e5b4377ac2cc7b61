"""Sample files: TOML, checked table by table and key by key, so that an error says where in the file it stands."""

import difflib
import tomllib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, NamedTuple, NoReturn

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from pydantic_core import ErrorDetails, PydanticCustomError

from coldspin.arguments import Array, within
from coldspin.exceptions import InvalidInputError
from coldspin.heating import ClosedForm, Method, Semiclassical, SmallAngle
from coldspin.quantities import ANGLE, COUPLING, FIELD, GYROMAGNETIC, TIME, Dimension, si, si_axis
from coldspin.site import Site


def _multiplets(couplings: str = "balanced-lattice", **parameters: Any) -> Method:
    from coldspin.heating import BalancedLattice, Multiplets, Quadrupole, SinglePair

    known: dict[str, Callable[[], Any]] = {
        "balanced-lattice": BalancedLattice,
        "single-pair": SinglePair,
        "quadrupole": Quadrupole,
    }
    if couplings not in known:
        raise InvalidInputError(f"couplings = {couplings!r} is unknown; {_nearest(couplings, known)}")
    return Multiplets(couplings=known[couplings](), **parameters)


def _automatic(**parameters: Any) -> Method:
    from coldspin.heating import Automatic

    return Automatic(**parameters)


class _Maker(NamedTuple):
    make: Callable[..., Method]
    parameters: tuple[str, ...] = ()


METHODS: dict[str, _Maker] = {
    "closed-form": _Maker(ClosedForm),
    "small-angle": _Maker(SmallAngle),
    "semiclassical": _Maker(Semiclassical, ("tolerance",)),
    "multiplets": _Maker(_multiplets, ("tolerance", "couplings")),
    "automatic": _Maker(_automatic, ("tolerance",)),
}


_LETTERS = {
    "N": "nuclei",
    "I": "nuclear_spin",
    "a": "hyperfine_coupling",
    "A": "hyperfine_coupling",
    "gamma_N": "nuclear_gyromagnetic_ratio",
    "gamma_e": "electron_gyromagnetic_ratio",
    "B_L": "local_field",
    "tau_c": "correlation_time",
    "f": "filling",
    "g": "g_factor",
    "S": "spin",
    "theta": "optical_axis_angle",
    "B": "field",
}


def _refuse(message: str) -> NoReturn:
    raise PydanticCustomError("coldspin", "{message}", {"message": message})


def _measured(dimension: Dimension) -> BeforeValidator:
    """Let a string pass, which carries its unit; a bare number is refused even where SI could be guessed."""

    def check(value: Any) -> Any:
        if not isinstance(value, str):
            _refuse(f"needs a unit, as in {dimension.examples}, not {_shown(value)}")
        return value

    return BeforeValidator(check)


def _axis(value: Any) -> Any:
    entries = value if isinstance(value, list) else [value]
    if not entries or not all(isinstance(entry, str) for entry in entries):
        _refuse(f'needs a unit, as in "-200:200:401 mT" or ["0 G", "150 G"], not {_shown(value)}')
    return value


def _pair(value: Any) -> Any:
    if not (isinstance(value, list) and len(value) == 2 and all(isinstance(entry, str) for entry in value)):
        _refuse(f'must be two fields with units, as in ["0 G", "200 G"], not {_shown(value)}')
    return value


Number = Annotated[float, Field(strict=True)]
Coupling = Annotated[str, _measured(COUPLING)]
Gyromagnetic = Annotated[str, _measured(GYROMAGNETIC)]
MagneticField = Annotated[str, _measured(FIELD)]
Time = Annotated[str, _measured(TIME)]
Angle = Annotated[str, _measured(ANGLE)]


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class SiteTable(_Table):
    """The arguments of :class:`~coldspin.site.Site`."""

    nuclei: Number
    nuclear_spin: Number
    hyperfine_coupling: Coupling
    nuclear_gyromagnetic_ratio: Gyromagnetic
    local_field: MagneticField
    correlation_time: Time
    filling: Number
    g_factor: Number | None = None
    electron_gyromagnetic_ratio: Gyromagnetic | None = None
    kinetic_local_field: MagneticField | None = None


class ElectronTable(_Table):
    """|⟨S⟩| along the optical axis, signed, and the angle of that axis to the field."""

    spin: Number | None = None
    optical_axis_angle: Angle = "0 rad"


class MethodTable(_Table):
    """How Φ and T1e are computed: the name of a method, and its parameters."""

    name: Annotated[str, Field(strict=True)] = "closed-form"
    tolerance: Number | None = None
    couplings: Annotated[str | None, Field(strict=True)] = None


class FieldTable(_Table):
    """What `cool` and `relax` take: fields one by one, or a range."""

    field: Annotated[str | list[str] | None, BeforeValidator(_axis)] = None


class RangeTable(_Table):
    """What `optimum` takes: where to search."""

    fields: Annotated[list[str] | None, BeforeValidator(_pair)] = None


class Tables(_Table):
    """A sample file: the site, the electron, the method, and a table for each command."""

    site: SiteTable
    electron: ElectronTable = ElectronTable()
    method: MethodTable = MethodTable()
    cool: FieldTable = FieldTable()
    relax: FieldTable = FieldTable()
    optimum: RangeTable = RangeTable()


@dataclass(frozen=True)
class Sample:
    """A sample file and the Site it describes; the command line may speak in place of the file, and is named then."""

    path: Path
    tables: Tables
    site: Site

    def electron_spin(self, given: str | None = None) -> float:
        """|⟨S⟩| of --spin or of the file, in [−1/2, 1/2]."""
        name, value = ("--spin", given) if given is not None else (self._named("electron.spin"), self._electron.spin)
        if value is None:
            raise InvalidInputError(
                f"there is no electron spin; give --spin 0.01, or spin in [electron] of {self.path}"
            )
        try:
            number = float(value)
        except ValueError:
            raise InvalidInputError(f"{name} must be a number from -0.5 to 0.5, not {value!r}") from None
        return float(within(name, number, -0.5, 0.5))

    @property
    def optical_axis_angle(self) -> float:
        """Angle between the optical axis and the field [rad]."""
        return float(si(self._named("electron.optical_axis_angle"), self._electron.optical_axis_angle, ANGLE))

    def method(self, given: str | None = None) -> Method:
        """The method that --method or the file names; parameters in the file go with the method that the file names."""
        table = self.tables.method
        name, value = ("--method", given) if given is not None else (self._named("method.name"), table.name)
        if value not in METHODS:
            raise InvalidInputError(f"{name} = {value!r} is unknown; {_nearest(value, METHODS)}")
        given_parameters = table.model_dump(exclude={"name"}, exclude_none=True) if value == table.name else {}
        for parameter in given_parameters:
            if parameter not in METHODS[value].parameters:
                raise InvalidInputError(f"{self._named('method')}.{parameter} is no parameter of {value}; leave it out")
        try:
            return METHODS[value].make(**given_parameters)
        except InvalidInputError as problem:
            raise InvalidInputError(f"{self._named('method')}.{problem}") from None

    def field(self, command: str, given: str | None = None) -> tuple[Array, str]:
        """Fields of `command` [T], and the unit in which they were written."""
        table: FieldTable = getattr(self.tables, command)
        name, value = ("--field", given) if given is not None else (self._named(f"{command}.field"), table.field)
        if value is None:
            raise InvalidInputError(
                f'there is no field; give --field "-200:200:401 mT", or field in [{command}] of {self.path}'
            )
        return si_axis(name, value, FIELD), _unit(value if isinstance(value, str) else value[0])

    def search_range(self, given: tuple[str, str] | None = None) -> tuple[tuple[float, float] | None, str]:
        """Where `optimum` searches [T], None for the range of the site itself, and the unit in which it was written."""
        name, value = ("--fields", given) if given else (self._named("optimum.fields"), self.tables.optimum.fields)
        if not value:
            return None, "mT"
        low, high = (float(si(name, end, FIELD)) for end in value)
        if not low < high:
            raise InvalidInputError(f"{name} must be two fields, the smaller first, not {value[0]!r} and {value[1]!r}")
        return (low, high), _unit(value[0])

    @property
    def _electron(self) -> ElectronTable:
        return self.tables.electron

    def _named(self, key: str) -> str:
        return f"{self.path}: {key}"


def read_sample(path: Path | str) -> Sample:
    """Read and check a sample file; InvalidInputError says in one sentence what is wrong and where in the file."""
    path = Path(path)
    try:
        tables = Tables.model_validate(_toml(path))
    except ValidationError as problem:
        raise InvalidInputError(f"{path}: {_sentence(problem.errors(include_url=False))}") from None
    try:
        site = Site(**tables.site.model_dump(exclude_none=True))
    except InvalidInputError as problem:
        joint = "site." if str(problem).split(" ", 1)[0] in SiteTable.model_fields else "site: "
        raise InvalidInputError(f"{path}: {joint}{problem}") from None
    return Sample(path, tables, site)


def _toml(path: Path) -> dict[str, Any]:
    if path.is_dir():
        raise InvalidInputError(f"sample file {path} is a folder; name a TOML file in it")
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        raise InvalidInputError(f"sample file {path} does not exist; check the name and the folder") from None
    except OSError as problem:
        raise InvalidInputError(f"sample file {path} cannot be read: {problem.strerror}") from None
    try:
        return tomllib.loads(raw.decode("utf-8-sig"))
    except UnicodeDecodeError as problem:
        line = raw.count(b"\n", 0, problem.start) + 1
        raise InvalidInputError(f"{path} is not UTF-8 text (line {line}); save it as UTF-8") from None
    except tomllib.TOMLDecodeError as problem:
        raise InvalidInputError(f"{path} is not valid TOML: {problem}") from None
    except (ValueError, RecursionError):  # an integer of thousands of digits, a thousand brackets
        raise InvalidInputError(f"{path} holds a number too long, or tables nested too deeply, to be read") from None


def _sentence(errors: list[ErrorDetails]) -> str:
    """Unknown keys first, for a misspelt key is also a missing one; then missing ones; else the first bad value."""
    unknown = [(_place(e), str(e["loc"][-1]), _keys(e["loc"][:-1])) for e in errors if e["type"] == "extra_forbidden"]
    meant = {match for _, key, known in unknown for match in _close(key, known)}
    missing = [_place(e) for e in errors if e["type"] == "missing" and e["loc"][-1] not in meant]
    parts = [f"{place} is unknown; {_nearest(key, known)}" for place, key, known in unknown]
    if missing:
        parts.append(f"{_listed(missing)} {'is' if len(missing) == 1 else 'are'} missing")
    if parts:
        return "; ".join(parts)
    first = errors[0]
    reason = {
        "coldspin": first["msg"],
        "float_type": f"must be a number, not {_shown(first['input'])}",
        "string_type": f"must be text in quotes, not {_shown(first['input'])}",
        "model_type": f"must be a table, not {_shown(first['input'])}",
    }.get(first["type"], first["msg"])
    return f"{_place(first)} {reason}"


def _place(error: ErrorDetails) -> str:
    return ".".join(str(part) for part in error["loc"])


def _keys(location: Iterable[int | str]) -> list[str]:
    model: type[BaseModel] = Tables
    for part in location:
        inner = model.model_fields[str(part)].annotation
        model = inner if isinstance(inner, type) and issubclass(inner, BaseModel) else model
    return list(model.model_fields)


def _close(word: str, known: Iterable[str]) -> list[str]:
    plain = {name.lower().replace("_", "-"): name for name in known}
    letter = _LETTERS.get(word)
    matches = difflib.get_close_matches(word.lower().replace("_", "-"), plain, n=1)
    return [letter] if letter is not None and letter in plain.values() else [plain[match] for match in matches]


def _nearest(word: str, known: Iterable[str]) -> str:
    close = _close(word, known)
    return f"did you mean {close[0]}?" if close else f"known here: {_listed(list(known))}"


def _listed(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 40 else f"{text[:37]}..."


def _unit(text: str) -> str:
    """What follows the number or the range in "-200:200:401 mT"."""
    start = next(
        i for i, c in enumerate(text) if c.isalpha() and not (c in "eE" and text[i + 1 : i + 2] in "+-0123456789")
    )
    return text[start:].strip()
