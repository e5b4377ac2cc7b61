"""What a material, and the size of the orbit in it, say about a site: isotopes, couplings, local fields, g."""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any, get_args

import numpy as np

from coldspin.exceptions import InvalidInputError
from coldspin.materials.catalogue import material as library_material
from coldspin.materials.envelopes import Donor, Envelope
from coldspin.materials.localization import (
    cells_from_dephasing_time,
    from_dephasing_time,
    localized_species,
    measured_dephasing_time,
    nuclei_per_cell,
    species_in_cells,
)
from coldspin.materials.records import Carrier, Material
from coldspin.materials.spin_spin_fields import LocalFields, isolated_isotopes, local_fields
from coldspin.quantities import FIELD, positive_scalar
from coldspin.sample.species import Species


def site_arguments(
    material: Material | str,
    *,
    carrier: Carrier,
    envelope: Envelope | None,
    cells: float | None,
    nuclei: float | None,
    dephasing_time: Any,
    dephasing_convention: str,
    hyperfine: Mapping[str, Any] | None,
    only: Iterable[str] | None,
    g_factor: float | None,
    local_field: Any,
    kinetic_local_field: Any,
    neighbour_scale: float,
    quadrupole_frequencies: Mapping[str, Any] | None,
    isolated: Iterable[str] | None,
) -> dict[str, Any]:
    """Arguments of :class:`~coldspin.Site` that :meth:`~coldspin.Site.from_material` takes from the material."""
    made = library_material(material) if isinstance(material, str) else material
    if not isinstance(made, Material):
        raise InvalidInputError(
            'must be a name such as "GaAs" or a Material', parameter="material", value=made
        )
    if carrier not in get_args(Carrier):
        raise InvalidInputError("must be electron or hole", parameter="carrier", value=carrier)
    g = made.g_factor(carrier).known("give your own g_factor") if g_factor is None else g_factor
    used = [] if g_factor is not None else [made.g_factor(carrier)]
    if nuclei is None or local_field is None or kinetic_local_field is None:
        used += made.facts[
            :1
        ]  # of the library: the lattice constant, of which v0 and lattice sums are made
    if dephasing_time is not None:
        dephasing_time = measured_dephasing_time(dephasing_time, dephasing_convention, g_factor=g)
    chosen = {"carrier": carrier, "hyperfine": hyperfine, "only": only}
    apart = isolated_isotopes(made, isolated)
    species = _without(
        _species(made, envelope, cells, nuclei, dephasing_time, chosen), apart, carrier
    )
    fields: dict[str, Any] = {
        "local_field": local_field,
        "kinetic_local_field": kinetic_local_field,
    }
    if local_field is None or kinetic_local_field is None or quadrupole_frequencies:
        if (
            isinstance(material, str)
            and neighbour_scale == 1
            and not quadrupole_frequencies
            and not apart
        ):
            sums = _library_fields(material, carrier)
        else:
            frequencies = quadrupole_frequencies or {}
            sums = local_fields(
                made,
                carrier=carrier,
                neighbour_scale=neighbour_scale,
                quadrupole_frequencies=frequencies,
                isolated=apart,
            )
        if quadrupole_frequencies:
            fields["quadrupole_field"] = sums.quadrupole
        used += sums.indirect
        kinetic = _kinetic(sums, species)
        if local_field is not None:  # your own B_L keeps the ratio of the two lattice sums
            kinetic *= positive_scalar("local_field", local_field, FIELD) / sums.heat_capacity
        computed = {"local_field": sums.heat_capacity, "kinetic_local_field": kinetic}
        fields |= {name: value for name, value in computed.items() if fields[name] is None}
    if nuclei is None:
        given = hyperfine or {}
        coupled = [one.isotope for one in species if one.hyperfine_coupling]
        used += [made.hyperfine_constant(carrier, name) for name in coupled if name not in given]
    recalled = "; ".join(fact.what.removeprefix("the ") for fact in used if fact.mark == "R")
    core = {
        "isolated": ", ".join(apart),
        "envelope": envelope,
        "orbit_radius": envelope.bohr_radius if isinstance(envelope, Donor) else None,
        "cell_distance": float(np.min(np.linalg.norm(made.crystal.vectors, axis=1))),
    }
    return {
        "species": species,
        "g_factor": g,
        "material": made.name,
        "unverified": recalled,
        **fields,
        **core,
    }


@lru_cache(maxsize=32)
def _library_fields(name: str, carrier: Carrier) -> LocalFields:
    """Local fields of a crystal of the library, summed once for all orbits in it."""
    return local_fields(name, carrier=carrier)


def _species(
    material: Material,
    envelope: Envelope | None,
    cells: float | None,
    nuclei: float | None,
    dephasing_time: float | None,
    chosen: dict[str, Any],
) -> tuple[Species, ...]:
    """Isotopes of the orbit, its size given in one of four ways."""
    given = {
        "envelope": envelope,
        "cells": cells,
        "nuclei": nuclei,
        "dephasing_time": dephasing_time,
    }
    names = {name for name, value in given.items() if value is not None}
    if names == {"envelope"} and envelope is not None:
        return localized_species(material, envelope, **chosen)
    if names == {"cells"} and cells is not None:
        return species_in_cells(material, cells, **chosen)
    if names == {"dephasing_time"}:
        return species_in_cells(
            material, cells_from_dephasing_time(material, dephasing_time, **chosen), **chosen
        )
    if names == {"nuclei", "dephasing_time"} and nuclei is not None:
        return _one_coupled_isotope(material, nuclei, dephasing_time, chosen["only"])
    raise InvalidInputError(
        "the size of the orbit must be given once: as envelope, as cells, as dephasing_time, or as "
        "nuclei and "
        f"dephasing_time, not as {' and '.join(sorted(names)) or 'nothing'}"
    )


def _one_coupled_isotope(
    material: Material, nuclei: float, dephasing_time: Any, only: Iterable[str] | None
) -> tuple[Species, ...]:
    """N nuclei of the one coupled isotope, its a from a measured T2e*: no A is needed.

    The other isotopes are there in their proportion, with a = 0.
    """
    per_cell = nuclei_per_cell(material)
    present = list(per_cell)
    wanted = (
        present
        if only is None
        else [only]
        if not isinstance(only, Iterable) or isinstance(only, str)
        else list(only)
    )
    if len(wanted) != 1 or wanted[0] not in present:
        known = ", ".join(present)
        raise InvalidInputError(
            "nuclei and dephasing_time fix the coupling of one isotope",
            remedy=f"name it with only, one of {known}",
        )
    nuclei = positive_scalar("nuclei", nuclei)
    occupants = {o.isotope: o for site in material.crystal.sites for o in site.occupants}
    coupling = from_dephasing_time(nuclei, occupants[wanted[0]].spin, dephasing_time)
    return tuple(
        Species(
            nuclei=nuclei * per_cell[name] / per_cell[wanted[0]],
            nuclear_spin=occupants[name].spin,
            hyperfine_coupling=coupling if name == wanted[0] else 0.0,
            nuclear_gyromagnetic_ratio=occupants[name].gyromagnetic_ratio,
            isotope=name,
        )
        for name in present
    )


def _without(
    species: tuple[Species, ...], isolated: tuple[str, ...], carrier: Carrier
) -> tuple[Species, ...]:
    """The isotopes that share a spin temperature; one that is isolated must not be coupled."""
    for one in species:
        if one.isotope in isolated and one.hyperfine_coupling:
            raise InvalidInputError(
                f"isolated names {one.isotope}, to which the {carrier} couples",
                remedy=f"name in only the isotopes that it couples to, or set "
                f"hyperfine.{one.isotope} to 0",
            )
    return tuple(one for one in species if one.isotope not in isolated)


def _kinetic(sums: LocalFields, species: tuple[Species, ...]) -> float:
    """B_KL with the couplings of the site; an isotope that the carrier does not couple to counts as a partner only."""
    coupling = {one.isotope: one.hyperfine_coupling for one in species}
    return sums.sums.kinetic_field(np.array([coupling[isotope] for isotope in sums.sums.kinds]))
