"""From a material and the size of the orbit to a site: isotopes, couplings, local fields, g."""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

import numpy as np

from coldspin.exceptions import InvalidInputError
from coldspin.materials.couplings import as_material
from coldspin.materials.envelopes import Donor, Envelope
from coldspin.materials.localization import (
    cells_from_dephasing_time,
    from_dephasing_time,
    localized_species,
    measured_dephasing_time,
    nuclei_per_cell,
    species_in_cells,
)
from coldspin.materials.records import Carrier, Material, check_carrier
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
    """Arguments of :class:`~coldspin.Site` that come from the material."""
    crystal = as_material(material)
    check_carrier(carrier)
    facts = []  # constants of the material that the site rests on
    if g_factor is None:
        fact = crystal.g_factor(carrier)
        g_factor = fact.known("give your own g_factor", "g_factor")
        facts.append(fact)
    if nuclei is None or local_field is None or kinetic_local_field is None:
        # of the library: the lattice constant, from which v0 and the lattice sums follow
        facts += crystal.facts[:1]

    if dephasing_time is not None:
        dephasing_time = measured_dephasing_time(
            dephasing_time, dephasing_convention, g_factor=g_factor
        )
    apart = isolated_isotopes(crystal, isolated)
    options: dict[str, Any] = {"carrier": carrier, "hyperfine": hyperfine, "only": only}
    every_species = _build_species(crystal, envelope, cells, nuclei, dephasing_time, options)
    species = []  # the isotopes that share a spin temperature
    for one in every_species:
        if one.isotope not in apart:
            species.append(one)
        elif one.hyperfine_coupling:
            raise InvalidInputError(
                f"names {one.isotope}, to which the {carrier} couples",
                parameter="isolated",
                remedy=f"name in only the isotopes that it couples to, or set "
                f"hyperfine.{one.isotope} to 0",
            )

    quadrupole: dict[str, Any] = {}
    if local_field is None or kinetic_local_field is None or quadrupole_frequencies:
        plain = neighbour_scale == 1 and not quadrupole_frequencies and not apart
        if isinstance(material, str) and plain:
            sums = _library_fields(material, carrier)
        else:
            sums = local_fields(
                crystal,
                carrier=carrier,
                neighbour_scale=neighbour_scale,
                quadrupole_frequencies=quadrupole_frequencies or {},
                isolated=apart,
            )
        if quadrupole_frequencies:
            quadrupole["quadrupole_field"] = sums.quadrupole
        facts += sums.indirect
        # B_KL with the couplings of the site; an isotope without coupling is a partner only
        couplings = {one.isotope: one.hyperfine_coupling for one in species}
        kinetic = sums.sums.kinetic_field(np.array([couplings[kind] for kind in sums.sums.kinds]))
        if local_field is not None:  # your own B_L keeps the ratio of the two lattice sums
            kinetic *= positive_scalar("local_field", local_field, FIELD) / sums.heat_capacity
        else:
            local_field = sums.heat_capacity
        if kinetic_local_field is None:
            kinetic_local_field = kinetic
    if nuclei is None:
        for one in species:
            if one.hyperfine_coupling and one.isotope not in (hyperfine or {}):
                facts.append(crystal.hyperfine_constant(carrier, one.isotope))
    recalled = [fact.what.removeprefix("the ") for fact in facts if fact.mark == "R"]
    return {
        "species": tuple(species),
        "g_factor": g_factor,
        "material": crystal.name,
        "unverified": "; ".join(recalled),
        "local_field": local_field,
        "kinetic_local_field": kinetic_local_field,
        **quadrupole,
        "isolated": ", ".join(apart),
        "envelope": envelope,
        "orbit_radius": envelope.bohr_radius if isinstance(envelope, Donor) else None,
        "cell_distance": float(np.min(np.linalg.norm(crystal.crystal.vectors, axis=1))),
    }


@lru_cache(maxsize=32)
def _library_fields(name: str, carrier: Carrier) -> LocalFields:
    """Local fields of a crystal of the library, summed once for all orbits in it."""
    return local_fields(name, carrier=carrier)


def _build_species(
    material: Material,
    envelope: Envelope | None,
    cells: float | None,
    nuclei: float | None,
    dephasing_time: float | None,
    options: dict[str, Any],
) -> tuple[Species, ...]:
    """Isotopes of the orbit, its size given in one of four ways."""
    sizes = {
        "envelope": envelope,
        "cells": cells,
        "nuclei": nuclei,
        "dephasing_time": dephasing_time,
    }
    names = {name for name, value in sizes.items() if value is not None}
    if names == {"envelope"} and envelope is not None:
        return localized_species(material, envelope, **options)
    if names == {"dephasing_time"}:
        cells = cells_from_dephasing_time(material, dephasing_time, **options)
        return species_in_cells(material, cells, **options)
    if names == {"cells"} and cells is not None:
        return species_in_cells(material, cells, **options)
    if names == {"nuclei", "dephasing_time"} and nuclei is not None:
        return _build_one_coupled(material, nuclei, dephasing_time, options["only"])
    raise InvalidInputError(
        "must be given once: as envelope, as cells, as dephasing_time, or as nuclei and "
        "dephasing_time",
        parameter="size of the orbit",
        value=names,
        shown=f"as {' and '.join(sorted(names)) or 'nothing'}",
    )


def _build_one_coupled(
    material: Material, nuclei: float, dephasing_time: Any, only: Iterable[str] | None
) -> tuple[Species, ...]:
    """N nuclei of the one coupled isotope, its a from a measured T2e*: no A is needed.

    The other isotopes are there in their proportion, with a = 0.
    """
    per_cell = nuclei_per_cell(material)
    if only is None:
        coupled = list(per_cell)
    elif isinstance(only, str) or not isinstance(only, Iterable):
        coupled = [only]
    else:
        coupled = list(only)
    if len(coupled) != 1 or coupled[0] not in per_cell:
        raise InvalidInputError(
            "nuclei and dephasing_time fix the coupling of one isotope",
            remedy=f"name it with only, one of {', '.join(per_cell)}",
        )
    nuclei = positive_scalar("nuclei", nuclei)
    occupants = {o.isotope: o for site in material.crystal.sites for o in site.occupants}
    coupling = from_dephasing_time(nuclei, occupants[coupled[0]].spin, dephasing_time)
    species = []
    for name, count in per_cell.items():
        isotope = Species(
            nuclei=nuclei * count / per_cell[coupled[0]],
            nuclear_spin=occupants[name].spin,
            hyperfine_coupling=coupling if name == coupled[0] else 0.0,
            nuclear_gyromagnetic_ratio=occupants[name].gyromagnetic_ratio,
            isotope=name,
        )
        species.append(isotope)
    return tuple(species)
