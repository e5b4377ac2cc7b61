"""The [site] table of a file, in its three forms: one isotope, several, or a material; and the Site that it makes."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field

from coldspin.exceptions import InvalidInputError
from coldspin.quantities import FREQUENCY, LENGTH, positive_scalar
from coldspin.sample.site import Site
from coldspin.sample.species import Species
from coldspin.toml_files import (
    Coupling,
    Frequency,
    Gyromagnetic,
    Length,
    MagneticField,
    Number,
    Table,
    Text,
    Time,
)
from coldspin.wording import listed, nearest, shown

_ENVELOPES = {
    "donor": "Donor",
    "gaussian-dot": "GaussianDot",
    "lens": "Lens",
    "box": "Box",
    "hard-wall-box": "HardWallBox",
}


class _Electron(Table):
    """What every form says of the electron and of the interactions between nuclei."""

    correlation_time: Time
    filling: Number
    g_factor: Number | None = None
    kinetic_local_field: MagneticField | None = None


class _Given(_Electron):
    """What a material would say of the crystal and of the orbit."""

    local_field: MagneticField
    electron_gyromagnetic_ratio: Gyromagnetic | None = None
    quadrupole_field: MagneticField | None = None
    orbit_radius: Length | None = None
    cell_distance: Length | None = None


class SiteTable(_Given):
    """The arguments of :class:`~coldspin.sample.site.Site` for one isotope."""

    nuclei: Number
    nuclear_spin: Number
    hyperfine_coupling: Coupling
    nuclear_gyromagnetic_ratio: Gyromagnetic


class SpeciesTable(Table):
    """The arguments of :class:`~coldspin.sample.species.Species`."""

    nuclei: Number
    nuclear_spin: Number
    hyperfine_coupling: Coupling
    nuclear_gyromagnetic_ratio: Gyromagnetic
    isotope: Text = ""


class SeveralTable(_Given):
    """A site with a table [[site.species]] for each isotope."""

    species: Annotated[list[SpeciesTable], Field(min_length=1)]


class MaterialTable(_Electron):
    """The arguments of :meth:`~coldspin.sample.site.Site.from_material`; a material may be a file beside this one."""

    material: Text
    carrier: Text = "electron"
    envelope: dict[str, Any] | None = None
    cells: Number | None = None
    nuclei: Number | None = None
    dephasing_time: Text | None = None
    dephasing_convention: Text | None = None
    hyperfine: dict[str, Text] | None = None
    only: list[Text] | None = None
    isolated: list[Text] | None = None
    local_field: MagneticField | None = None
    neighbour_scale: Number = 1.0
    quadrupole_frequencies: dict[str, Frequency] | None = None


AnySite = SiteTable | SeveralTable | MaterialTable


def form_of(table: Any) -> type[AnySite]:
    """Which of the three forms a raw [site] table has, by the key that only one of them knows."""
    keys = table if isinstance(table, dict) else {}
    return MaterialTable if "material" in keys else SeveralTable if "species" in keys else SiteTable


def build_site(table: AnySite, path: Path) -> Site:
    """Site of a checked table; InvalidInputError names the file and the key."""
    try:
        return _MAKERS[type(table)](table, path)
    except InvalidInputError as problem:
        known = str(problem).split(" ", 1)[0].split(".", 1)[0] in type(table).model_fields
        raise InvalidInputError(f"site{'.' if known else ': '}{problem}", place=f"{path}") from None


def _of_species(table: Any, _path: Path) -> Site:
    species = []
    for i, entry in enumerate(table.species, start=1):
        try:
            species.append(Species(**entry.model_dump()))
        except InvalidInputError as problem:
            raise InvalidInputError(f"species[{i}].{problem}") from None
    return Site(**table.model_dump(exclude={"species"}, exclude_none=True), species=tuple(species))


def _of_material(table: Any, path: Path) -> Site:
    arguments = table.model_dump(exclude={"material", "envelope"}, exclude_none=True)
    if table.envelope is not None:
        arguments["envelope"] = _envelope(table.envelope)
    if table.quadrupole_frequencies is not None:
        arguments["quadrupole_frequencies"] = {
            isotope: positive_scalar(f"quadrupole_frequencies.{isotope}", value, FREQUENCY)
            for isotope, value in table.quadrupole_frequencies.items()
        }
    return Site.from_material(_material(table.material, path), **arguments)


def _material(name: str, path: Path) -> Any:
    """A name of the library, or a file beside the sample file."""
    if name.endswith(".toml"):
        from coldspin.materials import read_material

        return read_material(path.parent / name)
    if name.endswith(".cif"):
        from coldspin.materials import read_cif

        return read_cif(path.parent / name)
    return name


def _envelope(table: dict[str, Any]) -> Any:
    """Wave function named by its shape, with its lengths, each with a unit."""
    from coldspin import materials

    lengths = dict(table)
    shape = lengths.pop("shape", None)
    if not isinstance(shape, str) or shape not in _ENVELOPES:
        given = "is missing" if shape is None else f"= {shown(shape)} is unknown"
        raise InvalidInputError(f"envelope.shape {given}", remedy=nearest(str(shape), _ENVELOPES))
    made = getattr(materials, _ENVELOPES[shape])
    expected = list(made.__dataclass_fields__)
    if set(lengths) != set(expected):
        raise InvalidInputError(
            f"envelope of shape {shape} needs {listed(expected)}, not "
            f"{listed(list(lengths)) if lengths else 'nothing'}"
        )
    for name, value in lengths.items():
        if not all(
            isinstance(entry, str)
            for entry in (value if isinstance(value, list) and value else [value])
        ):
            raise InvalidInputError(
                f"envelope.{name} needs a unit, as in {LENGTH.examples}, not {shown(value)}"
            )
    try:
        return made(**lengths)
    except InvalidInputError as problem:
        raise InvalidInputError(f"envelope.{problem}") from None


_MAKERS: dict[type, Callable[[Any, Path], Site]] = {
    SiteTable: lambda table, _path: Site(**table.model_dump(exclude_none=True)),
    SeveralTable: _of_species,
    MaterialTable: _of_material,
}
