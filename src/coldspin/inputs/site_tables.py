"""The table [site] in its three forms (one isotope, several, a material), and the Site of it."""

from pathlib import Path
from typing import Annotated, Any

from pydantic import Field

from coldspin.exceptions import InvalidInputError, locate_errors
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


class _ElectronTable(Table):
    """Keys of every form: the electron, and the interactions between nuclei."""

    correlation_time: Time
    filling: Number
    g_factor: Number | None = None
    kinetic_local_field: MagneticField | None = None


class _OrbitTable(_ElectronTable):
    """Keys of the crystal and of the orbit, which a material has."""

    local_field: MagneticField
    electron_gyromagnetic_ratio: Gyromagnetic | None = None
    quadrupole_field: MagneticField | None = None
    orbit_radius: Length | None = None
    cell_distance: Length | None = None


class SiteTable(_OrbitTable):
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


class SeveralTable(_OrbitTable):
    """A site with a table [[site.species]] for each isotope."""

    species: Annotated[list[SpeciesTable], Field(min_length=1)]


class MaterialTable(_ElectronTable):
    """The arguments of :meth:`~coldspin.sample.site.Site.from_material`.

    The material may be a file beside this one.
    """

    material: Text
    carrier: Text = "electron"
    envelope: dict[str, Any] | None = None
    cells: Number | None = None
    nuclei: Number | None = None
    dephasing_time: Time | None = None
    dephasing_convention: Text | None = None
    hyperfine: dict[str, Text] | None = None
    only: list[Text] | None = None
    isolated: list[Text] | None = None
    local_field: MagneticField | None = None
    neighbour_scale: Number = 1.0
    quadrupole_frequencies: dict[str, Frequency] | None = None


AnySite = SiteTable | SeveralTable | MaterialTable


def find_form(table: Any) -> type[AnySite]:
    """Form of a raw [site] table, by the key that only one of them has."""
    keys = table if isinstance(table, dict) else {}
    if "material" in keys:
        return MaterialTable
    return SeveralTable if "species" in keys else SiteTable


def build_site(table: AnySite, path: Path) -> Site:
    """Site of a table; InvalidInputError names the file `path` and the key."""
    with locate_errors(f"{path}", "site"):
        if isinstance(table, MaterialTable):
            return _build_from_material(table, path)
        arguments = table.model_dump(exclude={"species"}, exclude_none=True)
        if isinstance(table, SeveralTable):
            species = []
            for number, entry in enumerate(table.species, start=1):
                with locate_errors(table=f"species[{number}]"):
                    species.append(Species(**entry.model_dump()))
            arguments["species"] = tuple(species)
        return Site(**arguments)


def _build_from_material(table: MaterialTable, path: Path) -> Site:
    from coldspin.materials import read_cif, read_material

    arguments = table.model_dump(exclude={"material", "envelope"}, exclude_none=True)
    if table.envelope is not None:
        arguments["envelope"] = _build_envelope(table.envelope)
    if table.quadrupole_frequencies is not None:
        arguments["quadrupole_frequencies"] = {
            isotope: positive_scalar(f"quadrupole_frequencies.{isotope}", value, FREQUENCY)
            for isotope, value in table.quadrupole_frequencies.items()
        }
    material: Any = table.material
    if table.material.endswith(".toml"):
        material = read_material(path.parent / table.material)
    elif table.material.endswith(".cif"):
        material = read_cif(path.parent / table.material)
    return Site.from_material(material, **arguments)


def _build_envelope(table: dict[str, Any]) -> Any:
    """Wave function of a table with `shape` and the lengths of that shape, each with a unit."""
    from coldspin import materials

    lengths = dict(table)
    shape = lengths.pop("shape", None)
    if not isinstance(shape, str) or shape not in _ENVELOPES:
        raise InvalidInputError(
            "is missing" if shape is None else f"= {shown(shape)} is unknown",
            parameter="envelope.shape",
            value=shape,
            shown="",
            remedy=nearest(str(shape), _ENVELOPES),
        )
    envelope = getattr(materials, _ENVELOPES[shape])
    expected = list(envelope.__dataclass_fields__)
    if set(lengths) != set(expected):
        raise InvalidInputError(
            f"of shape {shape} needs {listed(expected)}",
            parameter="envelope",
            value=table,
            shown=listed(list(lengths)) if lengths else "nothing",
        )
    for name, value in lengths.items():
        entries = value if isinstance(value, list) and value else [value]
        if not all(isinstance(entry, str) for entry in entries):
            raise InvalidInputError(
                f"needs a unit, as in {LENGTH.examples}",
                parameter=f"envelope.{name}",
                value=value,
                shown=shown(value),
            )
    with locate_errors(table="envelope"):
        return envelope(**lengths)
