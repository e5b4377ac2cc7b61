"""The method: Φ and 1/T1e exact for any number of nuclei, from angular-momentum multiplets."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from coldspin.arguments import (
    Array,
    arguments_checked,
    as_given,
    half_integer,
    positive,
    within,
)
from coldspin.exceptions import InvalidInputError
from coldspin.heating.method import Groups, Method
from coldspin.heating.multiplets.cost import estimate_terms
from coldspin.heating.multiplets.couplings import BalancedLattice, Couplings
from coldspin.heating.multiplets.sums import Box, heating, spin_flips

LARGEST_TOLERANCE = 1e-2
LARGEST_FIELD = 1e12
LARGEST_SPIN = 4.5
LARGEST_NUMBER = 1e9
SECONDS_PER_TERM = 1e-9


@arguments_checked
@dataclass(frozen=True)
class Multiplets(Method):
    r"""Φ and 1/T1e to second order in H_SS for N equally coupled nuclei, exact in N, I, b, k and ω_B.

    .. math:: \langle\Delta E_{SS}\rangle = \frac{\beta}{\tau_c}\,\mathrm{Re}\,
              \langle L_1 R_0^\dagger H_e | R_0 | L_1 R_0 H_e\rangle, \qquad
              R_0 = \Bigl(\frac1{\tau_c} + iL_0\Bigr)^{-1}, \qquad
              \Phi = \frac{\langle\Delta E_{SS}\rangle}{\beta x^2\,\mathrm{Tr}\,H_{SS}^2}

    with L_0 = [H_0, ·], H_0 = aJ·S + Ω_B S_z + ω_B J_z, H_e = H_0 − ω_B J_z, L_1 = [H_SS, ·], x =
    aτ_c/ħ = k/√N_I, N_I = 4NI(I+1)/3. This is the average (S29) of the energy that the electron
    spends on H_SS, with the nuclear Zeeman term in the dynamics and in the density matrix.

    `couplings`: which nuclei are coupled by H_SS, :class:`BalancedLattice` (the default),
    :class:`SinglePair`, :class:`Geometry` or :class:`Quadrupole`. `tolerance`: relative error of
    the result, 0 to 1e-2. The sums over J and M are thinned as far as it allows; 0 takes every term
    whose weight exceeds 2⁻⁵³ of the total. `largest_cost`: requests that need more terms (about a
    nanosecond each) are refused.
    """

    whole_nuclei: ClassVar[bool] = True

    couplings: Couplings = field(default_factory=BalancedLattice)
    tolerance: float = 1e-8
    largest_cost: float = field(default=1e12, repr=False)

    def __post_init__(self) -> None:
        if not callable(getattr(self.couplings, "channels", None)) or isinstance(
            self.couplings, type
        ):
            raise InvalidInputError(
                "must be BalancedLattice(), SinglePair(), Geometry(positions, field_direction) or "
                "Quadrupole()",
                parameter="couplings",
                value=self.couplings,
            )
        if np.ndim(within("tolerance", self.tolerance, 0.0, LARGEST_TOLERANCE)):
            raise InvalidInputError(
                "must be a single number", parameter="tolerance", value=self.tolerance
            )
        if np.ndim(positive("largest_cost", self.largest_cost, infinite=True)):
            raise InvalidInputError(
                "must be a single number",
                parameter="largest_cost",
                value=self.largest_cost,
            )

    def heating_coefficient(
        self,
        b: ArrayLike,
        k: ArrayLike,
        *,
        nuclei: ArrayLike,
        spin: float = 0.5,
        nuclear_precession: ArrayLike = 0.0,
    ) -> Any:
        r"""Φ, exact in second order of H_SS.

        b = Ω_B s and `nuclear_precession` = ω_B s of either sign, up to 1e12 in magnitude; k =
        τ_c/s, 1e-100 to 1e12; `nuclei` a whole number up to 1e9 (and as many as the arrangement
        needs), `spin` 1/2 to 9/2; dimensionless, broadcasting. H_SS must be weak: γ_N B_L τ_c ≪ 1.
        In (0, 3/2] at ω_B = 0. Otherwise Φ is the change of the whole nuclear heat, Zeeman part
        included, in second order of H_SS, and where the nuclei precess much faster than the
        electron it may be negative; next to such a zero the relative `tolerance` costs more terms.
        Raises InvalidInputError outside the domain, and for a request that costs more than
        `largest_cost`.

        >>> round(Multiplets().heating_coefficient(0.0, 3.0, nuclei=16), 9)
        0.501304444
        """
        groups = _read_groups(b, k, nuclei, spin, nuclear_precession)
        channels = {
            int(n): self.couplings.channels(int(n), groups.spin) for n in np.unique(groups.nuclei)
        }

        def quantity(box: Box, x: Array) -> Array:
            return heating(box, channels[box.nuclei], x, float(self.tolerance))

        return self._evaluate(groups, quantity)

    def relaxation_rate(
        self,
        b: ArrayLike,
        k: ArrayLike,
        *,
        nuclei: ArrayLike,
        spin: float = 0.5,
        nuclear_precession: ArrayLike = 0.0,
    ) -> Any:
        r"""s/T1e at finite N and with the nuclear Zeeman term, exact without H_SS.

        .. math:: \frac{1}{T_{1,e}} = \tau_c \sum_{J,\,|M|\le J-1/2} \frac{n_J}{2(2I+1)^N}\,
                  \frac{2g^2}{1+\Omega^2\tau_c^2}, \qquad g^2 = a^2\bigl[(J+\tfrac12)^2 - M^2\bigr],
                  \qquad \Omega^2 = (\Omega_B-\omega_B+aM)^2 + g^2

        Arguments and range as for :meth:`heating_coefficient`; the couplings do not enter. For N →
        ∞ it is (S12) at the field Ω_B − ω_B. With it ⟨ΔE_Z⟩ = β ω_B² τ_c/(4T1e), the Zeeman heat
        (S27, S28), is an identity.

        >>> round(Multiplets().relaxation_rate(0.0, 1e-3, nuclei=16) / 1e-3, 5)
        0.5
        """

        def quantity(box: Box, x: Array) -> Array:
            rate: Array = x / np.sqrt(box.effective) * spin_flips(box, x, float(self.tolerance))
            return rate

        groups = _read_groups(b, k, nuclei, spin, nuclear_precession)
        return self._evaluate(groups, quantity)

    def _evaluate(self, groups: Groups, quantity: Callable[[Box, Array], Array]) -> Any:
        """Compute a quantity at all points, those of one field and number of nuclei together."""
        # All costs are added up before anything runs.
        terms = 0.0
        for box, x, _ in _split_by_box(groups):
            terms += estimate_terms(box, x.size, float(x.max()), float(self.tolerance))
            if terms > self.largest_cost:
                hours = terms * SECONDS_PER_TERM / 3600
                raise InvalidInputError(
                    f"the request needs about {terms:.1e} terms ({hours:.2g} hours), more than "
                    f"largest_cost = {float(self.largest_cost):.1e}",
                    remedy="raise tolerance or largest_cost, ask for less, or use Semiclassical, "
                    "made for so many nuclei",
                )
        result = np.empty(groups.k.size)
        for box, x, place in _split_by_box(groups):
            distinct, back = np.unique(x, return_inverse=True)
            result[place] = quantity(box, distinct)[back]
        return as_given(result.reshape(groups.k.shape))


def _read_groups(
    b: ArrayLike, k: ArrayLike, nuclei: ArrayLike, spin: float, nuclear_precession: ArrayLike
) -> Groups:
    """The groups in the ranges of the engine, N whole."""
    b = within("b", b, -LARGEST_FIELD, LARGEST_FIELD)
    omega = within("nuclear_precession", nuclear_precession, -LARGEST_FIELD, LARGEST_FIELD)
    k = within("k", positive("k", k), 1e-100, LARGEST_FIELD)
    number = positive("nuclei", nuclei)
    wrong = np.argwhere((number != np.rint(number)) | (number > LARGEST_NUMBER))
    if len(wrong):
        index = tuple(int(i) for i in wrong[0])
        where = f" at index {index[0] if len(index) == 1 else index}" if index else ""
        raise InvalidInputError(
            f"must be a whole number, at most {LARGEST_NUMBER:.0e}, for Multiplets",
            parameter="nuclei",
            value=float(number[index]),
            shown=f"{float(number[index])!r}{where}",
            remedy="round it, or use Semiclassical",
        )
    spin = half_integer("spin", spin)
    if spin > LARGEST_SPIN:
        raise InvalidInputError("must be at most 9/2 for Multiplets", parameter="spin", value=spin)
    return Groups.read(b, k, number, spin, omega)


def _split_by_box(groups: Groups) -> Iterator[tuple[Box, Array, NDArray[np.intp]]]:
    """Points of one field and number together: the box, their x, and where they belong."""
    if not groups.k.size:
        return
    k = groups.k.ravel()
    fields = np.stack([groups.b.ravel(), groups.nuclear_precession.ravel(), groups.nuclei.ravel()])
    distinct, member = np.unique(fields, axis=1, return_inverse=True)
    member = np.ravel(member)
    order = np.argsort(member, kind="stable")
    places = np.split(order, np.cumsum(np.bincount(member))[:-1])
    for (b, omega, number), place in zip(distinct.T, places, strict=True):
        root = np.sqrt(4 * number * groups.spin * (groups.spin + 1) / 3)
        box = Box(int(number), groups.spin, float((b - omega) * root), float(omega * root))
        yield box, k[place] / root, place
