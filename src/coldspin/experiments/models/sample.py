"""Parameters of a site as a fit sees them, and the site that values of them make."""

import warnings
from collections.abc import Callable, Iterable
from math import copysign, sqrt
from typing import Any

from xarray import Dataset

from coldspin.exceptions import ValidityWarning
from coldspin.experiments.models.model import Model, Parameter, Values
from coldspin.quantities import FIELD, RATE, TIME
from coldspin.sample.site import Site, join_unverified
from coldspin.thermodynamics.channels import Channel, ConstantRelaxation, QuadrupoleRelaxation


def site_parameters(site: Site) -> dict[str, Parameter]:
    """Parameters of the sample, with its own values.

    `nuclei` and `dephasing_time` are independent of each other: T2e* is what curves show, and N
    enters by f/N_I and by the angle x = k/√N_I; it counts the coupled nuclei, in proportion to
    which there are others. B̃_L follows B_L where it does so in the site: as for dipoles, or in the
    ratio that both have in a material; your own B̃_L stays.
    """
    return {
        p.name: p
        for p in (
            Parameter(
                "nuclei",
                "number of nuclei N",
                None,
                count_coupled_nuclei(site),
                1.0,
                logarithmic=True,
            ),
            Parameter("filling", "filling f", None, site.filling, 0.0, 1.0, logarithmic=True),
            Parameter(
                "correlation_time",
                "correlation time τ_c",
                TIME,
                site.correlation_time,
                0.0,
                logarithmic=True,
            ),
            Parameter(
                "dephasing_time",
                "dephasing time T2e*",
                TIME,
                site.dephasing_time,
                0.0,
                logarithmic=True,
            ),
            Parameter("g_factor", "g factor", None, float(site.g_factor or 0.0)),
            Parameter(
                "local_field", "local field B_L", FIELD, site.local_field, 0.0, logarithmic=True
            ),
            Parameter(
                "kinetic_local_field",
                "kinetic local field B̃_L",
                FIELD,
                site.kinetic_local_field,
                0.0,
                logarithmic=True,
                follows=None if site.kinetic_ratio is None else ("local_field", site.kinetic_ratio),
            ),
        )
    }


def count_coupled_nuclei(site: Site) -> float:
    """N of all isotopes that the electron couples to."""
    return float(sum(isotope.nuclei for isotope in site.coupled))


CHANNELS = {
    p.name: p
    for p in (
        Parameter("constant_rate", "relaxation rate at any field", RATE, 0.0, 0.0),
        Parameter("quadrupole_rate", "quadrupole relaxation rate 1/T_Q at B = 0", RATE, 0.0, 0.0),
        Parameter(
            "quadrupole_correlation_time",
            "correlation time of the gradients τ_Q",
            TIME,
            1e-3,
            0.0,
            logarithmic=True,
        ),
        Parameter("diffusion_rate", "rate 4πnDR of diffusion to sinks", RATE, 0.0, 0.0),
    )
}
"""Relaxation besides that by the electron, zero when not given."""


_LEAST = 1e-300  # rate whose inverse is a number


def channels(values: Values) -> tuple[Channel, ...]:
    """Channels whose rate is not zero, or next to it."""
    result: list[Channel] = [
        ConstantRelaxation(1 / values[name])
        for name in ("constant_rate", "diffusion_rate")
        if values[name] > _LEAST
    ]
    if values["quadrupole_rate"] > _LEAST:
        result.append(
            QuadrupoleRelaxation(
                1 / values["quadrupole_rate"], values["quadrupole_correlation_time"]
            )
        )
    return tuple(result)


# Range of values of a site. Beyond it a search gets the curve of the nearest end.
_REACH = {
    "nuclei": (1.0, 1e30),
    "dephasing_time": (1e-17, 1e3),
    "correlation_time": (TIME.smallest, TIME.largest),
    "filling": (1e-20, 1.0),
    "local_field": (1e-20, FIELD.largest),
    "kinetic_local_field": (1e-20, FIELD.largest),
}


def unverified_constants(models: Iterable[Model]) -> str:
    """Constants of the models' samples that are recalled and not verified, each once."""
    sites = [getattr(model, "site", None) for model in models]
    return join_unverified(site.unverified for site in sites if site is not None)


def vary_site(site: Site, values: Values) -> Site:
    """Return the site with these values.

    Isotopes keep their shares and the ratios of their couplings.

    Values that no site may have, as a search may try, are moved to the nearest that it may have.
    """
    values = dict(values)
    for name, (low, high) in _REACH.items():
        values[name] = min(max(values[name], low), high)
    values["g_factor"] = copysign(min(max(abs(values["g_factor"]), 1e-20), 1e4), values["g_factor"])
    count = values["nuclei"] / count_coupled_nuclei(site)
    time = values["dephasing_time"] / site.dephasing_time
    coupling = 1 / (time * sqrt(count))
    own = ("filling", "correlation_time", "g_factor", "local_field", "kinetic_local_field")
    changes = {name: values[name] for name in own}
    if site.species is None:
        changes |= {
            "nuclei": site.nuclei * count,
            "hyperfine_coupling": site.hyperfine_coupling * coupling,
        }
    else:
        changes["species"] = tuple(
            one.scaled(nuclei=count, hyperfine_coupling=coupling) for one in site.species
        )
    return site.replace(**changes)


def collect_warnings(
    compute: Callable[..., Dataset], *arguments: Any, **options: Any
) -> tuple[ValidityWarning, ...]:
    """Call a function of the facade and return the warnings that it gives."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", ValidityWarning)
        compute(*arguments, **options)
    return tuple(one.message for one in caught if isinstance(one.message, ValidityWarning))
