r"""The strength of the frozen Overhauser field under the names that it has in the literature, and between them.

Every name stands for the same number: σ, the standard deviation of one component of the precession
frequency Ω_N in the frozen fluctuation, ⟨Ω_N,i²⟩ = σ². With the paper's T2e*, σ = 1/(2T2e*) (S14).
Merkulov, Efros and Rosen write the distribution of the field as

.. math:: W(\boldsymbol B_N) \propto \exp\left(-\frac{B_N^2}{\Delta_B^2}\right),
          \qquad T_\Delta = \frac{\hbar}{|g|\mu_B\Delta_B},

so that one component of the field has the variance Δ_B²/2, σ = γ_eΔ_B/√2 = 1/(√2 T_Δ), and T_Δ = √2
T2e*.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from math import log, sqrt
from types import MappingProxyType
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike

from coldspin.arguments import as_given, finite, positive
from coldspin.exceptions import InvalidInputError

FWHM = 2 * sqrt(2 * log(2))
"""Full width at half maximum of a Gaussian, in standard deviations."""


@dataclass(frozen=True)
class Convention:
    """One name of the fluctuation: what it means, its kind and SI unit, and the factor to σ.

    σ = factor/value of a time, factor · value of an angular frequency, factor · |γ_e| · value of a
    field.
    """

    meaning: str
    kind: Literal["time", "angular frequency", "field"]
    factor: float

    @property
    def unit(self) -> str:
        """SI unit of the value."""
        return {"time": "s", "angular frequency": "rad/s", "field": "T"}[self.kind]


CONVENTIONS: Mapping[str, Convention] = MappingProxyType(
    {
        "dephasing_time": Convention("T2e* of the paper (S14)", "time", 1 / 2),
        "merkulov_time": Convention("T_Δ of Merkulov, Efros and Rosen", "time", 1 / sqrt(2)),
        "gaussian_decay_time": Convention(
            "T2* of exp(−t²/T2*²), the transverse spin in B ≫ Δ_B", "time", sqrt(2)
        ),
        "precession_deviation": Convention(
            "standard deviation of one component of Ω_N", "angular frequency", 1
        ),
        "precession_rms": Convention(
            "√⟨Ω_N²⟩ of all three components", "angular frequency", 1 / sqrt(3)
        ),
        "precession_peak": Convention(
            "most probable |Ω_N|, the peak of the spin noise at B = 0",
            "angular frequency",
            1 / sqrt(2),
        ),
        "precession_fwhm": Convention(
            "full width of the distribution of one component of Ω_N, the width of the spin noise "
            "peak in B ≫ Δ_B",
            "angular frequency",
            1 / FWHM,
        ),
        "fluctuation_field": Convention("Δ_B = 1/(|γ_e|T2e*), as in this package", "field", 1 / 2),
        "merkulov_field": Convention("Δ_B of Merkulov, Efros and Rosen", "field", 1 / sqrt(2)),
        "field_deviation": Convention("standard deviation of one component of B_N", "field", 1),
        "field_rms": Convention("√⟨B_N²⟩ of all three components", "field", 1 / sqrt(3)),
        "field_fwhm": Convention(
            "full width of the distribution of one component of B_N", "field", 1 / FWHM
        ),
    }
)


def convention(name: str) -> Convention:
    """Look up one entry of :data:`CONVENTIONS`; InvalidInputError with the nearest name where there is none."""
    if isinstance(name, str) and name in CONVENTIONS:
        return CONVENTIONS[name]
    close = get_close_matches(
        str(name).lower().replace(" ", "_").replace("-", "_"), CONVENTIONS, n=1, cutoff=0.5
    )
    hint = f"did you mean {close[0]}?" if close else f"known are {', '.join(CONVENTIONS)}"
    raise InvalidInputError(f"convention {name!r} is unknown", remedy=f"{hint}")


def convert(
    value: ArrayLike,
    given: str,
    wanted: str,
    *,
    electron_gyromagnetic_ratio: ArrayLike | None = None,
) -> Any:
    """Strength of the fluctuation under another name of :data:`CONVENTIONS`.

    `value` > 0 [s, rad/s or T] is the strength under the convention `given`; the result is that
    under `wanted`. `electron_gyromagnetic_ratio` = gµ_B/ħ [rad/s/T], either sign, is needed between
    a field and another kind. Arrays broadcast. Holds for an isotropic Gaussian fluctuation, that is
    for many nuclei. InvalidInputError for an unknown name, a value that is not positive, a
    gyromagnetic ratio that is missing or 0.

    >>> f"{convert(3.5e-9, 'dephasing_time', 'merkulov_time'):.3g} s"
    '4.95e-09 s'
    >>> f"{convert(3.5e-9, 'dephasing_time', 'merkulov_field', electron_gyromagnetic_ratio=-3.87e10):.3g} T"
    '0.00522 T'
    """
    source, target = convention(given), convention(wanted)
    number = positive(given, value)
    if (source.kind == "field") == (target.kind == "field"):
        ratio = np.asarray(1.0)
    elif electron_gyromagnetic_ratio is None:
        raise InvalidInputError(
            f"must be given to turn {given} into {wanted}", parameter="electron_gyromagnetic_ratio"
        )
    else:
        ratio = positive(
            "|electron_gyromagnetic_ratio|",
            np.abs(finite("electron_gyromagnetic_ratio", electron_gyromagnetic_ratio)),
        )
    deviation = source.factor / number if source.kind == "time" else source.factor * number
    if source.kind == "field":
        deviation = deviation * ratio
    elif target.kind == "field":
        deviation = deviation / ratio
    return as_given(
        target.factor / deviation if target.kind == "time" else deviation / target.factor
    )
