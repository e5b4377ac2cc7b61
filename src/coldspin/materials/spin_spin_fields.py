"""Local fields of a material: the energy between its nuclear spins, and the heat of a carrier.

Derivations of all formulas: docs, derivations, local fields.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import sqrt
from types import MappingProxyType
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from coldspin.arguments import finite, half_integer, keywords_checked, nonzero
from coldspin.constants import HBAR
from coldspin.exceptions import InvalidInputError
from coldspin.materials.couplings import (
    DIPOLE,
    Bond,
    Nuclei,
    as_material,
    bonds_of,
    nuclei_of,
)
from coldspin.materials.lattice_sums import inverse_sixth_sums
from coldspin.materials.quadrupole import quadrupole_local_field
from coldspin.materials.records import Carrier, Fact, Material, check_carrier

Array = NDArray[np.float64]
QuadrupoleFrequencies = Mapping[str, float | tuple[float, float]]


@dataclass(frozen=True, eq=False)
class SpinSpinSums:
    r"""Traces of the spin-spin Hamiltonian, resolved by kinds of nuclei.

    .. math:: \mathcal H_{SS} = \sum_{i<j} \{J_{ij}\,I_i I_j
              + D_{ij}[I_i I_j - 3(I_i n_{ij})(I_j n_{ij})]\} + \sum_i \mathcal H_{Q,i}

    A kind is an isotope, or one nucleus of a cluster.

    With c = I(I+1)/3, all [J²], for a crystal per cell and averaged over the occupation of its
    sites:

    - `zeeman`, (kinds,): Σ c_i (ħγ_i)², the trace of the squared Zeeman energy over B² [J²/T²];
    - `scalar` and `dipolar`, (kinds, kinds): Σ 3 c_i c_j J_ij² and Σ 6 c_i c_j D_ij², each pair
      counted half at [k, l] and half at [l, k], so that the sum of all entries is the trace;
    - `quadrupole`, (kinds,): Σ Tr H_Q².
    """

    kinds: tuple[str, ...]
    zeeman: Array
    scalar: Array
    dipolar: Array
    quadrupole: Array

    def restricted(self, kinds: NDArray[np.intp]) -> "SpinSpinSums":
        """Return the sums over the kinds of these numbers, without their pairs with others."""
        pairs = np.ix_(kinds, kinds)
        return SpinSpinSums(
            tuple(self.kinds[i] for i in kinds),
            self.zeeman[kinds],
            self.scalar[pairs],
            self.dipolar[pairs],
            self.quadrupole[kinds],
        )

    def heat_capacity_field(self) -> float:
        r"""B_L [T] of Tr H_SS² = Tr H_Z²(B_L), equation (S33) for any nuclei.

        .. math:: B_L^2 = \frac{\sum_{i<j} c_i c_j (6 D_{ij}^2 + 3 J_{ij}^2)
                  + \sum_i \mathrm{Tr}\,\mathcal H_{Q,i}^2}{\sum_i c_i (\hbar\gamma_i)^2}
        """
        total = self.dipolar.sum() + self.scalar.sum() + self.quadrupole.sum()
        return sqrt(total / self.zeeman.sum())

    def kinetic_field(self, weights: ArrayLike) -> float:
        r"""B_KL [T] of the heat ∝ B² + B_KL² from a short-lived carrier spin; (S32) for any nuclei.

        .. math:: B_{KL}^2 = -\frac{\sum_\alpha \mathrm{Tr}[\sum_i A_i I_{i\alpha}, \mathcal H_{SS}]^2}
                  {2\sum_i A_i^2 c_i (\hbar\gamma_i)^2}
                  = \frac{\sum_{i<j} c_i c_j \{6 D_{ij}^2 (A_i^2 + A_j^2 + A_i A_j)
                    + 3 J_{ij}^2 (A_i - A_j)^2\}
                    + 3 \sum_i A_i^2\,\mathrm{Tr}\,\mathcal H_{Q,i}^2}{\sum_i A_i^2 c_i (\hbar\gamma_i)^2}

        `weights` are the A_i of the kinds in any unit, not all 0. For equal A and J = 0 it is √3
        B_L, and Φ → 3/2 for τ_c → 0 in equation (9) holds with it for any A. Holds for a carrier
        spread evenly over the nuclei (box), whose correlation time is short against their spin-spin
        time and all precession.
        """
        a = finite("weights", weights)
        if a.shape != self.zeeman.shape or not a.any():
            raise InvalidInputError(
                f"must be one hyperfine constant for each of {', '.join(self.kinds)}, not all of "
                f"them 0",
                parameter="weights",
                value=weights,
            )
        a = a / np.abs(a).max()
        squares = a[:, None] ** 2 + a**2
        product = np.outer(a, a)
        from_dipoles = (self.dipolar * (squares + product)).sum()
        from_scalar = (self.scalar * (squares - 2 * product)).sum()
        heat = from_dipoles + from_scalar
        return sqrt((heat + 3 * a**2 @ self.quadrupole) / (a**2 @ self.zeeman))


@dataclass(frozen=True)
class LocalFields:
    """Local fields of a material [T], with the numbers that they rest on.

    - `heat_capacity`: B_L, all interactions: the nuclear energy at a field B is ∝ B² + B_L².
    - `spin_spin`, `quadrupole`: its two parts, B_L² = B_SS² + B_Q².
    - `dipolar`: of bare dipoles alone, without `neighbour_scale` and indirect couplings.
    - `nearest_share`: part of the nearest neighbours in the square of `dipolar`.
    - `hyperfine`: the constants A [J] that weight `kinetic`.
    - `indirect`: the indirect couplings in use; `left_out`: those that nobody has published and
      that count as 0 here.
    - `sums`: the traces, resolved by isotopes.
    """

    heat_capacity: float
    spin_spin: float
    quadrupole: float
    dipolar: float
    nearest_share: float
    hyperfine: Mapping[str, Fact]
    indirect: tuple[Fact, ...]
    left_out: tuple[Fact, ...]
    sums: SpinSpinSums

    @property
    def kinetic(self) -> float:
        """B_KL [T], B̃_L for several isotopes; InvalidInputError for an unknown constant A."""
        constants = [self.hyperfine[isotope].known() for isotope in self.sums.kinds]
        return self.sums.kinetic_field(constants)

    @property
    def kinetic_equal_constants(self) -> float:
        """B̃_L [T] for equal hyperfine constants (S32): √3 `heat_capacity` without scalar coupling."""
        return self.sums.kinetic_field(np.ones(len(self.sums.kinds)))


@keywords_checked
def local_fields(
    material: Material | str,
    *,
    carrier: Carrier = "electron",
    neighbour_scale: float = 1.0,
    quadrupole_frequencies: QuadrupoleFrequencies = MappingProxyType({}),
    isolated: Iterable[str] | None = None,
) -> LocalFields:
    """Local fields of a material or of its name in the library, in any field, from its crystal.

    Dipole-dipole interaction between all nuclei (lattice sums, relative error below 1e-12),
    indirect couplings between nearest neighbours (within 10% of the shortest distance of the two
    elements), average over random occupation of the sites, no secular approximation.
    :class:`SpinSpinSums` has the equations.

    `carrier` chooses the hyperfine constants. `neighbour_scale` multiplies the dipolar coupling of
    the nearest neighbours in the crystal, in place of an unknown pseudo-dipolar one.
    `quadrupole_frequencies` gives for isotopes with I > 1/2 ν_Q [Hz], or (ν_Q, η): see
    :func:`~coldspin.materials.quadrupole.quadrupole_local_field`.

    `isolated` names isotopes that exchange no energy with the others, as those whose quadrupole
    splitting exceeds γB_L. All fields are then those of the other nuclei alone; the energy between
    both kinds is left out.

    InvalidInputError for a crystal that cannot be (no volume, two sites on one place, fractions
    above 1), without magnetic nuclei, and for frequencies of isotopes that are not in it or have no
    quadrupole moment.
    """
    check_carrier(carrier)
    material = as_material(material)
    apart = isolated_isotopes(material, isolated)
    nuclei = nuclei_of(material.crystal)
    bonds = bonds_of(nuclei, material.indirect, neighbour_scale)
    whole = _crystal_sums(nuclei, bonds, _quadrupole_fields(nuclei, quadrupole_frequencies))
    kinds = np.flatnonzero([name not in apart for name in nuclei.isotopes])
    pairs = np.ix_(kinds, kinds)
    sums = whole.sums.restricted(kinds)
    bare = float(whole.bare[pairs].sum())
    nearest = float(whole.nearest[pairs].sum())
    zeeman = sums.zeeman.sum()
    hyperfine = {name: material.hyperfine_constant(carrier, name) for name in sums.kinds}
    indirect = []
    left_out = []
    for coupling in material.indirect:
        for fact in (coupling.scalar, coupling.pseudo_dipolar):
            if fact.value is None:
                left_out.append(fact)
            else:
                indirect.append(fact)
    return LocalFields(
        heat_capacity=sums.heat_capacity_field(),
        spin_spin=sqrt((sums.dipolar.sum() + sums.scalar.sum()) / zeeman),
        quadrupole=sqrt(sums.quadrupole.sum() / zeeman),
        dipolar=sqrt(bare / zeeman),
        nearest_share=nearest / bare,
        hyperfine=MappingProxyType(hyperfine),
        indirect=tuple(indirect),
        left_out=tuple(left_out),
        sums=sums,
    )


def isolated_isotopes(material: Material, isolated: Iterable[str] | None) -> tuple[str, ...]:
    """Names of the isotopes that exchange no energy with the others; InvalidInputError for others.

    None stands for no isotope.
    """
    if isolated is None:
        return ()
    if not isinstance(isolated, Iterable):
        raise InvalidInputError(
            'must be isotopes, as in ("127I",)', parameter="isolated", value=isolated
        )
    names = (isolated,) if isinstance(isolated, str) else tuple(isolated)
    present = nuclei_of(material.crystal).isotopes
    for name in names:
        if name not in present:
            raise InvalidInputError(
                f"names {name!r}, which is not in {material.name}",
                parameter="isolated",
                remedy=f"its magnetic isotopes are {', '.join(present)}",
            )
    if set(names) == set(present):
        raise InvalidInputError(
            f"names all isotopes of {material.name}",
            parameter="isolated",
            remedy="no nuclei are left to heat or to cool",
        )
    return names


def pair_sums(
    spins: ArrayLike,
    gyromagnetic_ratios: ArrayLike,
    scalar: ArrayLike,
    dipolar: ArrayLike,
    quadrupole: ArrayLike = 0.0,
) -> SpinSpinSums:
    """Traces of a cluster of nuclei with given couplings, each nucleus a kind of its own.

    `spins` I and `gyromagnetic_ratios` γ [rad/s/T] of shape (nuclei,); J_ij and D_ij [J] as
    symmetric matrices, whose diagonal does not count; `quadrupole` is Tr H_Q² of each nucleus [J²]
    or 0. :class:`SpinSpinSums` has the equations.
    """
    spin = np.array([half_integer("spins", value) for value in np.atleast_1d(spins)])
    gamma = nonzero("gyromagnetic_ratios", gyromagnetic_ratios)
    c = spin * (spin + 1) / 3
    half_pairs = np.outer(c, c) * (1 - np.eye(len(c))) / 2
    for name, couplings in (("scalar", np.asarray(scalar)), ("dipolar", np.asarray(dipolar))):
        if couplings.shape != half_pairs.shape or not np.array_equal(couplings, couplings.T):
            raise InvalidInputError(
                f"must be a symmetric matrix of shape {half_pairs.shape}, one coupling for each "
                f"pair of nuclei",
                parameter=name,
            )
    return SpinSpinSums(
        tuple(f"nucleus {i}" for i in range(len(c))),
        c * (HBAR * gamma) ** 2,
        3 * half_pairs * finite("scalar", scalar) ** 2,
        6 * half_pairs * finite("dipolar", dipolar) ** 2,
        np.broadcast_to(finite("quadrupole", quadrupole), c.shape),
    )


class _CrystalSums(NamedTuple):
    """Sums of a crystal per cell, and the traces of its bare dipoles by isotopes [J²].

    `bare` of all pairs, `nearest` of nearest neighbours alone.
    """

    sums: SpinSpinSums
    bare: Array
    nearest: Array


def _crystal_sums(nuclei: Nuclei, bonds: list[Bond], quadrupole: Array) -> _CrystalSums:
    weight = nuclei.fraction * nuclei.variance
    half_pairs = np.outer(weight, weight) / 2
    lattice = inverse_sixth_sums(nuclei.crystal)[np.ix_(nuclei.site, nuclei.site)]
    bare = (DIPOLE * np.outer(nuclei.gamma, nuclei.gamma)) ** 2 * lattice
    # The lattice sum holds bare dipoles; neighbours add what their D² has beyond that.
    beyond_bare = np.zeros_like(bare)
    scalar = np.zeros_like(bare)
    nearest = np.zeros_like(bare)
    for bond in bonds:
        pair = bond.one, bond.other
        beyond_bare[pair] += (bond.dipolar**2 - bond.bare**2).sum()
        scalar[pair] += (bond.scalar**2).sum()
        nearest[pair] += (bond.bare[bond.nearest] ** 2).sum()
    zeeman = weight * (HBAR * nuclei.gamma) ** 2
    sums = SpinSpinSums(
        nuclei.isotopes,
        nuclei.sum_over_isotopes(zeeman),
        nuclei.sum_over_isotopes(3 * half_pairs * scalar),
        nuclei.sum_over_isotopes(6 * half_pairs * (bare + beyond_bare)),
        nuclei.sum_over_isotopes(zeeman * quadrupole[nuclei.isotope] ** 2),
    )
    return _CrystalSums(
        sums,
        bare=nuclei.sum_over_isotopes(6 * half_pairs * bare),
        nearest=nuclei.sum_over_isotopes(6 * half_pairs * nearest),
    )


def _quadrupole_fields(nuclei: Nuclei, frequencies: QuadrupoleFrequencies) -> Array:
    """B_Q of each isotope [T], 0 where no frequency is given."""
    if not isinstance(frequencies, Mapping):
        raise InvalidInputError(
            'must be a mapping like {"75As": 1e4}, of isotopes to Hz',
            parameter="quadrupole_frequencies",
            value=frequencies,
        )
    for name in frequencies:
        if name not in nuclei.isotopes:
            raise InvalidInputError(
                f"names {name}, which is not in the crystal",
                parameter="quadrupole_frequencies",
                remedy=f"its magnetic isotopes are {', '.join(nuclei.isotopes)}",
            )
    gammas = dict(zip(nuclei.isotope.tolist(), nuclei.gamma, strict=True))
    fields = np.zeros(len(nuclei.isotopes))
    for number, name in enumerate(nuclei.isotopes):
        if name not in frequencies:
            continue
        value = frequencies[name]
        parameter = f"quadrupole_frequencies.{name}"
        numbers = np.atleast_1d(finite(parameter, value))
        if numbers.shape not in ((1,), (2,)):
            raise InvalidInputError("must be ν_Q or (ν_Q, η)", parameter=parameter, value=value)
        frequency = numbers[0]
        asymmetry = numbers[1] if len(numbers) == 2 else np.zeros(())
        if frequency < 0:
            raise InvalidInputError(
                "must be 0 or more",
                parameter=parameter,
                value=frequency,
                shown=f"{frequency:g} Hz",
                remedy="its sign does not count, leave it out",
            )
        spin = nuclei.spins[number]
        if frequency == 0:
            continue
        if spin == 0.5:
            raise InvalidInputError(
                "has a frequency for a spin 1/2, which has no quadrupole moment",
                parameter=parameter,
                remedy="leave it out",
            )
        fields[number] = quadrupole_local_field(spin, gammas[number], frequency, asymmetry)
    return fields
