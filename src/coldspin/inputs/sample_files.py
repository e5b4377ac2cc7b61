"""Sample files: the site, the electron, the method, leakage, and a table for each command."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import lru_cache
from operator import attrgetter
from pathlib import Path
from typing import Annotated, Any, NamedTuple

from pydantic import BeforeValidator, Field, create_model

from coldspin.arguments import Array, mean_spin, within
from coldspin.exceptions import InvalidInputError, locate_errors
from coldspin.heating import ClosedForm, Method, Semiclassical, SmallAngle
from coldspin.inputs.site_tables import AnySite, build_site, find_form
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
    Flag,
    Length,
    Number,
    Table,
    Text,
    Time,
    read_toml,
    refuse,
    validate_tables,
)
from coldspin.wording import nearest


def _build_multiplets(couplings: str = "balanced-lattice", **parameters: Any) -> Method:
    from coldspin.heating import BalancedLattice, Multiplets, Quadrupole, SinglePair

    known: dict[str, Callable[[], Any]] = {
        "balanced-lattice": BalancedLattice,
        "single-pair": SinglePair,
        "quadrupole": Quadrupole,
    }
    _check_known("couplings", couplings, known)
    return Multiplets(couplings=known[couplings](), **parameters)


def _build_automatic(**parameters: Any) -> Method:
    from coldspin.heating import Automatic

    return Automatic(**parameters)


def _build_trajectories(couplings: str = "gaussian", **parameters: Any) -> Method:
    from coldspin.heating import ExponentialProfile, GaussianProfile, Trajectories, UniformProfile

    known = {
        "gaussian": GaussianProfile,
        "exponential": ExponentialProfile,
        "uniform": UniformProfile,
    }
    _check_known("couplings", couplings, known)
    for name in ("samples", "seed"):
        if name in parameters and float(parameters[name]).is_integer():
            parameters[name] = int(parameters[name])
    return Trajectories(known[couplings](), **parameters)


def _check_known(parameter: str, name: str, known: Collection[str]) -> None:
    if name not in known:
        raise InvalidInputError(
            f"= {name!r} is unknown",
            parameter=parameter,
            value=name,
            shown="",
            remedy=nearest(name, known),
        )


class _MethodKind(NamedTuple):
    """A method of sample files: how it is built, and the keys of [method] that it takes."""

    make: Callable[..., Method]
    parameters: tuple[str, ...] = ()

    @property
    def sampled(self) -> bool:
        """Whether the method draws samples from a seed: its values have standard errors."""
        return "seed" in self.parameters


METHODS: dict[str, _MethodKind] = {
    "closed-form": _MethodKind(ClosedForm),
    "small-angle": _MethodKind(SmallAngle),
    "semiclassical": _MethodKind(Semiclassical, ("tolerance",)),
    "multiplets": _MethodKind(_build_multiplets, ("tolerance", "couplings")),
    "automatic": _MethodKind(_build_automatic, ("tolerance",)),
    "trajectories": _MethodKind(_build_trajectories, ("tolerance", "couplings", "samples", "seed")),
}


def _check_axis(value: Any) -> Any:
    entries = value if isinstance(value, list) else [value]
    if not entries or not all(isinstance(entry, str) for entry in entries):
        refuse('needs a unit, as in "-200:200:401 mT" or ["0 G", "150 G"]')
    return value


def _check_pair(value: Any) -> Any:
    pair = isinstance(value, list) and len(value) == 2
    if not pair or not all(isinstance(entry, str) for entry in value):
        refuse('must be two fields with units, as in ["0 G", "200 G"]')
    return value


class ElectronTable(Table):
    """|⟨S⟩| along the optical axis, signed, and the angle of that axis to the field."""

    spin: Number | None = None
    optical_axis_angle: Angle = "0 rad"


class MethodTable(Table):
    """The method for Φ and T1e with its parameters, and which effects of the mean spins count."""

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
    """What `cool` and `relax` take: a list of fields, or a range."""

    field: Annotated[str | list[str] | None, BeforeValidator(_check_axis)] = None


class CoolTable(FieldTable):
    """What `cool` takes besides: where the nuclei start, which chooses one of several states."""

    start: Text = "rest"


class RangeTable(Table):
    """What `optimum` takes: where to search."""

    fields: Annotated[list[str] | None, BeforeValidator(_check_pair)] = None


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
    """A sample file and the Site of it.

    An argument `given` is that of the command line. It overrides the file, and errors name the
    option.
    """

    path: Path
    tables: Tables
    site: Site

    def electron_spin(self, given: str | None = None) -> float:
        """|⟨S⟩| of --spin or of the file, in [−1/2, 1/2]."""
        name, value, place = self._choose("--spin", given, "electron.spin")
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
        with locate_errors(place):
            return float(mean_spin(name, number))

    @property
    def optical_axis_angle(self) -> float:
        """Angle between the optical axis and the field [rad]."""
        with locate_errors(f"{self.path}", "electron"):
            angle = self.tables.electron.optical_axis_angle
            return float(si("optical_axis_angle", angle, ANGLE))

    def method(self, given: str | None = None) -> Method:
        """The method of --method or of the file.

        Parameters in the file belong to the method of the file.
        """
        name, value, place = self._choose("--method", given, "method.name")
        with locate_errors(place):
            _check_known(name, value, METHODS)
        kind = METHODS[value]
        table = self.tables.method
        parameters: dict[str, Any] = {}
        if value == table.name:
            parameters = table.model_dump(exclude={"name", *_EFFECTS}, exclude_none=True)
        with locate_errors(f"{self.path}", "method"):
            for parameter in parameters:
                if parameter not in kind.parameters:
                    raise InvalidInputError(
                        f"is no parameter of {value}", parameter=parameter, remedy="leave it out"
                    )
            return kind.make(**parameters)

    def effects(self, *names: str) -> dict[str, bool]:
        """Which effects of the mean spins count, all or those named, as arguments of `cool`."""
        return {name: getattr(self.tables.method, name) for name in names or _EFFECTS}

    @property
    def leakage(self) -> float | tuple[Channel, ...] | None:
        """Leakage as :func:`~coldspin.cool` takes it."""
        table = self.tables.leakage
        with locate_errors(f"{self.path}", "leakage"):
            channels = _build_channels(table)
            if table.factor is None:
                return channels or None
            if channels:
                raise InvalidInputError(
                    "stands beside channels",
                    parameter="factor",
                    value=table.factor,
                    shown="",
                    remedy="give one or the other",
                )
            return float(within("factor", table.factor, 0, 1, open_low=True))

    def pump_options(
        self, *, no_feedback: bool, knight_field: bool, leakage: str | None
    ) -> dict[str, Any]:
        """Keyword arguments of :func:`~coldspin.cool`, from the file and the command line."""
        effects = self.effects()
        return effects | {
            "self_consistent": effects["self_consistent"] and not no_feedback,
            "knight_field": effects["knight_field"] or knight_field,
            "leakage": self.leakage if leakage is None else _read_leakage_time(leakage),
            "optical_axis_angle": self.optical_axis_angle,
        }

    def dark_leakage(self, given: str | None = None) -> tuple[Channel, ...] | None:
        """Channels in the dark, of --leakage or of the file; a leakage factor has no rate there."""
        leakage = self.leakage if given is None else _read_leakage_time(given)
        return None if isinstance(leakage, float) else leakage

    def start(self, given: str | None = None) -> Any:
        """Where nuclei start, of --start or of the file: "rest", "sweep", or "all"."""
        name, value, place = self._choose("--start", given, "cool.start")
        with locate_errors(place):
            _check_known(name, value, _STARTS)
        return value

    def field(self, command: str, given: str | None = None) -> tuple[Array, str]:
        """Fields of `command` [T], and the unit in which they were written."""
        name, value, place = self._choose("--field", given, f"{command}.field")
        if value is None:
            raise InvalidInputError(
                "there is no field",
                remedy=f'give --field "-200:200:401 mT", or field in [{command}] of {self.path}',
            )
        with locate_errors(place):
            fields = si_axis(name, value, FIELD)
        return fields, read_unit(value if isinstance(value, str) else value[0])

    def search_range(
        self, given: tuple[str, str] | None = None
    ) -> tuple[tuple[float, float] | None, str]:
        """Where `optimum` searches [T], and the unit in which the range was written.

        None stands for the range of the site itself.
        """
        name, value, place = self._choose("--fields", given or None, "optimum.fields")
        if not value:
            return None, "mT"
        with locate_errors(place):
            low, high = (float(si(name, end, FIELD)) for end in value)
            if not low < high:
                raise InvalidInputError(
                    "must be two fields, the smaller first",
                    parameter=name,
                    value=value,
                    shown=f"{value[0]!r} and {value[1]!r}",
                )
        return (low, high), read_unit(value[0])

    def _choose(self, option: str, given: Any, key: str) -> tuple[str, Any, str]:
        """Name, value and place in messages: of the option if it is given, else of the file."""
        if given is not None:
            return option, given, ""
        return key, attrgetter(key)(self.tables), f"{self.path}"


def read_sample(path: Path | str) -> Sample:
    """Read and check a sample file; InvalidInputError names the file and the key."""
    path = Path(path)
    content = read_toml(path)
    if "stage" in content:
        raise InvalidInputError(
            f"{path} is a protocol, with [[stage]]", remedy=f"use coldspin run {path}"
        )
    refuse_material(content, path)
    return build_sample(content, path)


def build_sample(content: dict[str, Any], path: Path) -> Sample:
    """Sample of the tables of a file.

    `path` is its name in messages; materials are looked for beside it.
    """
    tables = validate_tables(_tables_with(find_form(content.get("site"))), content, path)
    return Sample(path, tables, build_site(tables.site, path))


@lru_cache
def _tables_with(site: type[AnySite]) -> type[Tables]:
    return create_model("Tables", __base__=Tables, site=(site, ...))


def refuse_material(content: dict[str, Any], path: Path) -> None:
    """Refuse a material file, in which [[site]] are positions in the crystal."""
    if not isinstance(content.get("site"), dict) and any(key in content for key in _MATERIAL):
        raise InvalidInputError(
            f"{path} is a material file", remedy="name it as material in [site] of a sample file"
        )


def _build_channels(table: LeakageTable) -> tuple[Channel, ...]:
    """Channels of a [leakage] table."""
    channels: list[Channel] = []
    if table.time is not None:
        channels.append(ConstantRelaxation(positive_scalar("time", table.time, TIME)))
    if table.quadrupole is not None:
        quadrupole = table.quadrupole
        time = positive_scalar("quadrupole.time", quadrupole.time, TIME)
        memory = positive_scalar("quadrupole.correlation_time", quadrupole.correlation_time, TIME)
        channels.append(QuadrupoleRelaxation(time, memory))
    if table.diffusion is not None:
        diffusion = table.diffusion
        density = positive_scalar("diffusion.density", diffusion.density, DENSITY)
        diffusivity = positive_scalar("diffusion.diffusivity", diffusion.diffusivity, DIFFUSIVITY)
        radius = positive_scalar("diffusion.radius", diffusion.radius, LENGTH)
        channels.append(DiffusionLimited(density, diffusivity, radius))
    return tuple(channels)


def _read_leakage_time(text: str) -> tuple[Channel, ...]:
    return (ConstantRelaxation(positive_scalar("--leakage", text, TIME)),)


def read_unit(text: str) -> str:
    """What follows the number or the range in "-200:200:401 mT"."""
    start = next(
        i
        for i, c in enumerate(text)
        if c.isalpha() and not (c in "eE" and text[i + 1 : i + 2] in "+-0123456789")
    )
    return text[start:].strip()
