"""Φ of a few nuclei of a crystal with their dipole couplings in a field of any direction."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike

from coldspin.arguments import Array, finite, positive
from coldspin.exceptions import InvalidInputError
from coldspin.heating import Geometry
from coldspin.heating.manybody import (
    Enumeration,
    SpinSystem,
    Typical,
    dipole_tensors,
    heat,
    heating_coefficient,
    torque_square,
)
from coldspin.heating.manybody.states import Traces
from coldspin.materials import Material, material

LARGEST_CLUSTER = 60


@dataclass(frozen=True, eq=False)
class Cluster:
    """Nuclei of a crystal: `positions` [m], N × 3, `isotopes` and `gyromagnetic_ratios` [rad s⁻¹ T⁻¹] of each."""

    positions: Array
    isotopes: tuple[str, ...]
    gyromagnetic_ratios: Array

    def geometry(self, direction: ArrayLike) -> Geometry:
        """The arrangement for `Multiplets`, in a field along `direction`."""
        return Geometry(self.positions, direction, self.gyromagnetic_ratios)

    def local_precession(self) -> float:
        r"""γ_N B_L [rad/s] of these nuclei as spins 1/2: Tr H_SS² = N (ħγ_N B_L)²/4."""
        count = len(self.positions)
        system = SpinSystem(
            np.ones(count), pair_tensors=dipole_tensors(self.positions, self.gyromagnetic_ratios)
        )
        return float(2 * np.sqrt(torque_square(system) / 1.5 / count))


def cluster(nuclei: int, *, crystal: Material | str = "GaAs", seed: int = 0) -> Cluster:
    """The `nuclei` sites nearest to the middle between the first two sites of a crystal, with isotopes drawn at random.

    Of sites that are equally far the first by x, y, z are taken. Every site takes one of its
    isotopes with their probabilities, the same for the same `seed`. Raises InvalidInputError for
    `nuclei` below 4 or above 60.
    """
    if not 4 <= nuclei <= LARGEST_CLUSTER:
        raise InvalidInputError(
            f"must lie between 4 and {LARGEST_CLUSTER}",
            parameter="nuclei",
            value=nuclei,
            shown=f"{nuclei}",
        )
    lattice = (material(crystal) if isinstance(crystal, str) else crystal).crystal
    steps = np.stack(np.meshgrid(*[np.arange(-4, 5)] * 3, indexing="ij"), axis=-1).reshape(-1, 3)
    offsets = np.array([site.position for site in lattice.sites])
    places = ((steps[:, None] + offsets - offsets[:2].mean(axis=0)) @ lattice.vectors).reshape(
        -1, 3
    )
    kinds = np.tile(np.arange(len(offsets)), len(steps))
    scale = lattice.volume ** (1 / 3)
    x, y, z = np.round(places / scale, 9).T
    order = np.lexsort((z, y, x, np.round(np.linalg.norm(places, axis=1) / scale, 9)))[:nuclei]
    random = np.random.default_rng(seed)
    nuclei_of_sites = []
    for kind in kinds[order]:
        occupants = lattice.sites[kind].occupants
        odds = np.array([occupant.fraction for occupant in occupants])
        nuclei_of_sites.append(occupants[random.choice(len(occupants), p=odds / odds.sum())])
    ratios = np.array([occupant.gyromagnetic_ratio for occupant in nuclei_of_sites])
    return Cluster(places[order], tuple(occupant.isotope for occupant in nuclei_of_sites), ratios)


def box_system(
    nuclei: Cluster,
    direction: ArrayLike,
    *,
    dephasing_time: float,
    b: float,
    nuclear_precession: float = 0.0,
) -> SpinSystem:
    """A box electron on the cluster: a = 1/(s√N), spins 1/2, dipole tensors in full, both fields along `direction`.

    s = `dephasing_time` T2e* [s], b = Ω_B s, `nuclear_precession` = ω_B s, the same for all nuclei,
    as in `Multiplets`.
    """
    s = float(positive("dephasing_time", dephasing_time))
    axis = finite("direction", direction)
    along = axis / np.linalg.norm(axis) / s
    count = len(nuclei.positions)
    return SpinSystem(
        hyperfine=np.full(count, 1 / (s * np.sqrt(count))),
        pair_tensors=dipole_tensors(nuclei.positions, nuclei.gyromagnetic_ratios),
        electron_precession=b * along,
        nuclear_precession=nuclear_precession * along,
    )


def whole_heating(
    system: SpinSystem, correlation_time: float, *, traces: Traces, tolerance: float = 1e-6
) -> tuple[float, float]:
    r"""Φ as `Multiplets` defines it, the heat of all nuclei that H_SS brings, to all even orders, and its error.

    .. math:: \Phi = \frac32\,\frac{\frac12[E(H_{SS}) + E(-H_{SS})] - E(0)}
              {\beta\tau_c^2\,\mathrm{Tr}|[H_{SS},H_{hf}]|^2},

    E being what the electron loses. At ω_B = 0, where E(0) = 0, it is :func:`heating_coefficient`,
    which has the odd orders too. Else the three are taken on the same random states, in sets of
    two, since E(0) is the larger part.
    """
    if not np.any(system.nuclear_precession):
        return heating_coefficient(system, correlation_time, traces=traces, tolerance=tolerance)
    sets = [traces] if isinstance(traces, Enumeration) else _sets_of_two(traces)
    tensors = np.asarray(system.pair_tensors)
    systems = [
        (share, replace(system, pair_tensors=sign * tensors))
        for sign, share in ((1, -0.5), (-1, -0.5), (0, 1))
    ]
    estimates = [
        sum(
            share * heat(s, correlation_time, traces=one, tolerance=tolerance).electron
            for share, s in systems
        )
        for one in sets
    ]
    scale = 1.5 / (correlation_time**2 * torque_square(system))
    error = np.std(estimates, ddof=1) / np.sqrt(len(estimates)) if len(estimates) > 1 else 0.0
    return float(scale * np.mean(estimates)), float(scale * error)


def _sets_of_two(traces: Typical) -> list[Traces]:
    if traces.samples < 4:
        raise InvalidInputError(
            "must be 4 or more where nuclei precess",
            parameter="samples",
            value=traces.samples,
            shown=f"{traces.samples}",
        )
    return [Typical(2, 1000 * traces.seed + i) for i in range(traces.samples // 2)]
