"""Sample files: what the site is, the electron, the method, and what each command is to do."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, NamedTuple

from pydantic import BeforeValidator, Field, create_model

from coldspin.arguments import Array, mean_spin, within
from coldspin.exceptions import InvalidInputError
from coldspin.heating import ClosedForm, Method, Semiclassical, SmallAngle
from coldspin.inputs.site_tables import AnySite, build_site, form_of
from coldspin.quantities import (
    ANGLE,
    DENSITY,
    DIFFUSIVITY,
    FIELD,
    LENGTH,
    TIME,
    positive_scalar,
    si,
    si_axis,
)
from coldspin.sample.site import Site
from coldspin.thermodynamics.channels import (
    Channel,
    ConstantRelaxation,
    DiffusionLimited,
    QuadrupoleRelaxation,
)
from coldspin.toml_files import (
    Angle,
    Density,
    Diffusivity,
    Length,
    Number,
    Table,
    Text,
    Time,
    read_toml,
    refuse,
    validate_tables,
)
from coldspin.wording import nearest, shown


def _multiplets(couplings: str = "balanced-lattice", **parameters: Any) -> Method:
    from coldspin.heating import BalancedLattice, Multiplets, Quadrupole, SinglePair

    known: dict[str, Callable[[], Any]] = {
        "balanced-lattice": BalancedLattice,
        "single-pair": SinglePair,
        "quadrupole": Quadrupole,
    }
    if couplings not in known:
        raise InvalidInputError(
            f"couplings = {couplings!r} is unknown", remedy=nearest(couplings, known)
        )
    return Multiplets(couplings=known[couplings](), **parameters)


def _automatic(**parameters: Any) -> Method:
    from coldspin.heating import Automatic

    return Automatic(**parameters)


def _trajectories(couplings: str = "gaussian", **parameters: Any) -> Method:
    from coldspin.heating import ExponentialProfile, GaussianProfile, Trajectories, UniformProfile

    known = {
        "gaussian": GaussianProfile,
        "exponential": ExponentialProfile,
        "uniform": UniformProfile,
    }
    if couplings not in known:
        raise InvalidInputError(
            f"couplings = {couplings!r} is unknown", remedy=nearest(couplings, known)
        )
    for name in ("samples", "seed"):
        if name in parameters and float(parameters[name]).is_integer():
            parameters[name] = int(parameters[name])
    return Trajectories(known[couplings](), **parameters)


class _Maker(NamedTuple):
    make: Callable[..., Method]
    parameters: tuple[str, ...] = ()

    @property
    def sampled(self) -> bool:
        """Whether the method draws samples, from a seed, so that its values have standard errors."""
        return "seed" in self.parameters


METHODS: dict[str, _Maker] = {
    "closed-form": _Maker(ClosedForm),
    "small-angle": _Maker(SmallAngle),
    "semiclassical": _Maker(Semiclassical, ("tolerance",)),
    "multiplets": _Maker(_multiplets, ("tolerance", "couplings")),
    "automatic": _Maker(_automatic, ("tolerance",)),
    "trajectories": _Maker(_trajectories, ("tolerance", "couplings", "samples", "seed")),
}


def _axis(value: Any) -> Any:
    entries = value if isinstance(value, list) else [value]
    if not entries or not all(isinstance(entry, str) for entry in entries):
        refuse(f'needs a unit, as in "-200:200:401 mT" or ["0 G", "150 G"], not {shown(value)}')
    return value


def _pair(value: Any) -> Any:
    if not (
        isinstance(value, list)
        and len(value) == 2
        and all(isinstance(entry, str) for entry in value)
    ):
        refuse(f'must be two fields with units, as in ["0 G", "200 G"], not {shown(value)}')
    return value


Flag = Annotated[bool, Field(strict=True)]


class ElectronTable(Table):
    """|⟨S⟩| along the optical axis, signed, and the angle of that axis to the field."""

    spin: Number | None = None
    optical_axis_angle: Angle = "0 rad"


class MethodTable(Table):
    """How Φ and T1e are computed: a method and its parameters; and which effects of the mean spins count."""

    name: Text = "closed-form"
    tolerance: Number | None = None
    couplings: Text | None = None
    samples: Number | None = None
    seed: Annotated[int, Field(strict=True, ge=0)] | None = None
    self_consistent: Flag = True
    knight_field: Flag = False
    high_temperature: Flag = True
    effective_isotope: Flag = False


class QuadrupoleTable(Table):
    """Arguments of :class:`~coldspin.thermodynamics.channels.QuadrupoleRelaxation`."""

    time: Time
    correlation_time: Time


class DiffusionTable(Table):
    """Arguments of :class:`~coldspin.thermodynamics.channels.DiffusionLimited`."""

    density: Density
    diffusivity: Diffusivity
    radius: Length


class LeakageTable(Table):
    """Relaxation besides that by the electron: a factor, or channels whose rates add."""

    factor: Number | None = None
    time: Time | None = None
    quadrupole: QuadrupoleTable | None = None
    diffusion: DiffusionTable | None = None


class FieldTable(Table):
    """What `cool` and `relax` take: fields one by one, or a range."""

    field: Annotated[str | list[str] | None, BeforeValidator(_axis)] = None


class CoolTable(FieldTable):
    """What `cool` takes besides: from where the nuclei come to one of several states."""

    start: Text = "rest"


class RangeTable(Table):
    """What `optimum` takes: where to search."""

    fields: Annotated[list[str] | None, BeforeValidator(_pair)] = None


class Tables(Table):
    """A sample file: the site, the electron, the method, leakage, and a table for each command."""

    site: AnySite
    electron: ElectronTable = ElectronTable()
    method: MethodTable = MethodTable()
    leakage: LeakageTable = LeakageTable()
    cool: CoolTable = CoolTable()
    relax: FieldTable = FieldTable()
    optimum: RangeTable = RangeTable()


_STARTS = ("rest", "sweep", "all")
_MATERIAL = ("crystal", "hyperfine", "isotopes", "indirect")  # tables that only a material file has
_EFFECTS = ("self_consistent", "knight_field", "high_temperature", "effective_isotope")


@dataclass(frozen=True)
class Sample:
    """A sample file and the Site it describes; the command line may speak in place of the file, and is named then."""

    path: Path
    tables: Tables
    site: Site

    def electron_spin(self, given: str | None = None) -> float:
        """|⟨S⟩| of --spin or of the file, in [−1/2, 1/2]."""
        name, value = (
            ("--spin", given)
            if given is not None
            else (self._named("electron.spin"), self._electron.spin)
        )
        if value is None:
            raise InvalidInputError(
                "there is no electron spin",
                remedy=f"give --spin 0.01, or spin in [electron] of {self.path}",
            )
        try:
            number = float(value)
        except ValueError:
            raise InvalidInputError(
                "must be a number from -0.5 to 0.5", parameter=name, value=value
            ) from None
        return float(mean_spin(name, number))

    @property
    def optical_axis_angle(self) -> float:
        """Angle between the optical axis and the field [rad]."""
        return float(
            si(self._named("electron.optical_axis_angle"), self._electron.optical_axis_angle, ANGLE)
        )

    def method(self, given: str | None = None) -> Method:
        """The method that --method or the file names; parameters in the file go with the method that the file names."""
        table = self.tables.method
        name, value = (
            ("--method", given) if given is not None else (self._named("method.name"), table.name)
        )
        if value not in METHODS:
            raise InvalidInputError(
                f"= {value!r} is unknown", parameter=name, remedy=nearest(value, METHODS)
            )
        own = table.model_dump(exclude={"name", *_EFFECTS}, exclude_none=True)
        given_parameters = own if value == table.name else {}
        for parameter in given_parameters:
            if parameter not in METHODS[value].parameters:
                raise InvalidInputError(
                    f"{self._named('method')}.{parameter} is no parameter of {value}",
                    remedy="leave it out",
                )
        try:
            return METHODS[value].make(**given_parameters)
        except InvalidInputError as problem:
            raise InvalidInputError(f"{self._named('method')}.{problem}") from None

    def effects(self, *names: str) -> dict[str, bool]:
        """Which effects of the mean spins count, by the arguments of :func:`~coldspin.cool`; all, or those named."""
        return {name: getattr(self.tables.method, name) for name in names or _EFFECTS}

    @property
    def leakage(self) -> float | tuple[Channel, ...] | None:
        """Leakage as :func:`~coldspin.cool` takes it."""
        table = self.tables.leakage
        channels = _channels(table, self._named("leakage"))
        if table.factor is None:
            return channels or None
        if channels:
            raise InvalidInputError(
                f"{self._named('leakage')}.factor stands beside channels",
                remedy="give one or the other",
            )
        return float(within(self._named("leakage.factor"), table.factor, 0, 1, open_low=True))

    def pump_options(
        self, *, no_feedback: bool, knight_field: bool, leakage: str | None
    ) -> dict[str, Any]:
        """Keyword arguments of :func:`~coldspin.cool` about the pump, from the file and the command line."""
        effects = self.effects()
        return effects | {
            "self_consistent": effects["self_consistent"] and not no_feedback,
            "knight_field": effects["knight_field"] or knight_field,
            "leakage": self.leakage if leakage is None else _leakage_time(leakage),
            "optical_axis_angle": self.optical_axis_angle,
        }

    def dark_leakage(self, given: str | None = None) -> tuple[Channel, ...] | None:
        """Channels in the dark, of --leakage or of the file; a leakage factor has no rate and does not count there."""
        leakage = self.leakage if given is None else _leakage_time(given)
        return None if isinstance(leakage, float) else leakage

    def start(self, given: str | None = None) -> Any:
        """Where nuclei start, of --start or of the file: "rest", "sweep", or "all" for every state."""
        name, value = (
            ("--start", given)
            if given is not None
            else (self._named("cool.start"), self.tables.cool.start)
        )
        if value not in _STARTS:
            raise InvalidInputError(
                f"= {value!r} is unknown", parameter=name, remedy=nearest(value, _STARTS)
            )
        return value

    def field(self, command: str, given: str | None = None) -> tuple[Array, str]:
        """Fields of `command` [T], and the unit in which they were written."""
        table: FieldTable = getattr(self.tables, command)
        name, value = (
            ("--field", given)
            if given is not None
            else (self._named(f"{command}.field"), table.field)
        )
        if value is None:
            raise InvalidInputError(
                "there is no field",
                remedy=f'give --field "-200:200:401 mT", or field in [{command}] of {self.path}',
            )
        return si_axis(name, value, FIELD), read_unit(value if isinstance(value, str) else value[0])

    def search_range(
        self, given: tuple[str, str] | None = None
    ) -> tuple[tuple[float, float] | None, str]:
        """Where `optimum` searches [T], None for the range of the site itself, and the unit in which it was written."""
        name, value = (
            ("--fields", given)
            if given
            else (self._named("optimum.fields"), self.tables.optimum.fields)
        )
        if not value:
            return None, "mT"
        low, high = (float(si(name, end, FIELD)) for end in value)
        if not low < high:
            raise InvalidInputError(
                "must be two fields, the smaller first",
                parameter=name,
                value=value[0],
                shown=f"{value[0]!r} and {value[1]!r}",
            )
        return (low, high), read_unit(value[0])

    @property
    def _electron(self) -> ElectronTable:
        return self.tables.electron

    def _named(self, key: str) -> str:
        return f"{self.path}: {key}"


def read_sample(path: Path | str) -> Sample:
    """Read and check a sample file; InvalidInputError says in one sentence what is wrong and where in the file."""
    path = Path(path)
    content = read_toml(path)
    if "stage" in content:
        raise InvalidInputError(
            f"{path} is a protocol, with [[stage]]", remedy=f"use coldspin run {path}"
        )
    refuse_material(content, path)
    return build_sample(content, path)


def build_sample(content: dict[str, Any], path: Path) -> Sample:
    """Sample of the tables of a file; `path` is its name in messages, and materials are looked for beside it."""
    tables = validate_tables(_tables_with(form_of(content.get("site"))), content, path)
    return Sample(path, tables, build_site(tables.site, path))


@lru_cache
def _tables_with(site: type[AnySite]) -> type[Tables]:
    return create_model("Tables", __base__=Tables, site=(site, ...))


def refuse_material(content: dict[str, Any], path: Path) -> None:
    """Say of a material file what it is for; there [[site]] are places in the crystal."""
    if not isinstance(content.get("site"), dict) and any(key in content for key in _MATERIAL):
        raise InvalidInputError(
            f"{path} is a material file", remedy="name it as material in [site] of a sample file"
        )


def _channels(table: LeakageTable, place: str) -> tuple[Channel, ...]:
    """Channels of a [leakage] table."""
    channels: list[Channel] = []
    if table.time is not None:
        channels.append(ConstantRelaxation(positive_scalar(f"{place}.time", table.time, TIME)))
    if table.quadrupole is not None:
        times = table.quadrupole.model_dump().items()
        values = (
            positive_scalar(f"{place}.quadrupole.{name}", value, TIME) for name, value in times
        )
        channels.append(QuadrupoleRelaxation(*values))
    if table.diffusion is not None:
        dimensions = {"density": DENSITY, "diffusivity": DIFFUSIVITY, "radius": LENGTH}
        lengths = table.diffusion.model_dump().items()
        values = (
            positive_scalar(f"{place}.diffusion.{name}", value, dimensions[name])
            for name, value in lengths
        )
        channels.append(DiffusionLimited(*values))
    return tuple(channels)


def _leakage_time(text: str) -> tuple[Channel, ...]:
    return (ConstantRelaxation(positive_scalar("--leakage", text, TIME)),)


def read_unit(text: str) -> str:
    """What follows the number or the range in "-200:200:401 mT"."""
    start = next(
        i
        for i, c in enumerate(text)
        if c.isalpha() and not (c in "eE" and text[i + 1 : i + 2] in "+-0123456789")
    )
    return text[start:].strip()
