"""The field that the nuclei see: the external one and the mean Knight field of the electron."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from coldspin.arguments import Array, as_given, finite, nonzero, within


def knight_field(
    electron_spin: ArrayLike,
    hyperfine_coupling: float,
    nuclear_gyromagnetic_ratio: float,
    filling: float,
) -> Any:
    r"""Time-averaged Knight field B_e = −f a⟨S⟩/(ħγ_N) [T] along ⟨S⟩, from H = aJ·S − ħγ_N J·B.

    ⟨S⟩ signed along the optical axis, a/ħ [rad/s], γ_N [rad/s/T], f in (0, 1]. It is a mean field
    while the electron visits often within T2N; a static one, of the whole electron, does not
    follow.
    """
    share = within("filling", filling, 0, 1, open_low=True) * finite(
        "hyperfine_coupling", hyperfine_coupling
    )
    gamma = nonzero("nuclear_gyromagnetic_ratio", nuclear_gyromagnetic_ratio)
    return as_given(-share * finite("electron_spin", electron_spin) / gamma)


class NuclearField(NamedTuple):
    """External and Knight field together: B along its own axis n [T], and projections on n.

    n lies in the plane of B and the optical axis, its component along z is not negative. `along`,
    `squared` and `product` hold B_k·n, B_k² and ⟨S⟩·B_k, stacked by isotopes, of the field B_k that
    each isotope sees; `parallel` and `across` are its components along z and along x, to which the
    optical axis leans. One row stands for all isotopes where they see the same.
    """

    field: Array
    spin_along: Array
    cosine: Array
    sine: Array
    along: Array
    squared: Array
    product: Array
    parallel: Array
    across: Array


def nuclear_field(
    field: ArrayLike,
    electron_spin: float,
    angle: float,
    knight: float,
    isotopes: tuple[float, ...] = (),
) -> NuclearField:
    """Add `knight` [T] along the optical axis, at `angle` [rad] to z, to `field` [T] along z.

    `electron_spin` is ⟨S⟩ along the optical axis. Without a Knight field n is z, and ⟨S⟩·n = |⟨S⟩|
    cosθ. `isotopes` are the Knight fields of each isotope, `knight` their mean; all equal to it
    when not given.
    """
    cosine, sine = (float(f(angle)) if abs(f(angle)) > 1e-15 else 0.0 for f in (np.cos, np.sin))
    external = finite("field", field)
    along, across = external + knight * cosine, np.full(np.shape(field), knight * sine)
    size = np.hypot(along, across)
    zero = size == 0
    orientation = np.where(along < 0, -1.0, 1.0)
    n_along = np.where(zero, 1.0, orientation * along / np.where(zero, 1.0, size))
    n_across = np.where(zero, 0.0, orientation * across / np.where(zero, 1.0, size))
    own = np.array(isotopes or (knight,))[:, None]
    own_along, own_across = external + own * cosine, own * sine
    return NuclearField(
        orientation * size,
        electron_spin * (n_along * cosine + n_across * sine),
        n_along,
        n_across,
        own_along * n_along + own_across * n_across,
        own_along**2 + own_across**2,
        electron_spin * (own_along * cosine + own_across * sine),
        own_along,
        np.broadcast_to(own_across, own_along.shape),
    )
