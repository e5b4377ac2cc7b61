"""One localized electron and the nuclei that it visits: the sample, in SI, and its dimensionless groups."""

from dataclasses import dataclass, fields, replace
from math import isclose, sqrt
from typing import Any

from numpy.typing import ArrayLike

from coldspin.arguments import Array, finite, half_integer, positive, within
from coldspin.constants import BOHR_MAGNETON, HBAR
from coldspin.exceptions import InvalidInputError
from coldspin.precession import dephasing_time, effective_nuclei
from coldspin.quantities import COUPLING, FIELD, GYROMAGNETIC, TIME, Dimension, si


@dataclass(frozen=True, kw_only=True)
class Site:
    """A localization site: N equal nuclei in one electron orbit ("box" approximation, H of equation (8)).

    H = a J·S + ħγ_e S·B − ħγ_N J·B + H_SS. Numbers are SI; strings with units and pint quantities are converted
    once, here.

    Parameters
    ----------
    nuclei : float
        N > 0, nuclei inside the orbit.
    nuclear_spin : float
        I, a positive multiple of 1/2.
    hyperfine_coupling : float or quantity
        a/ħ per nucleus [rad/s], or a as an energy ("0.9 neV"); either sign, not 0. Hertz is refused.
    nuclear_gyromagnetic_ratio : float or quantity
        γ_N [rad/s/T], either sign, not 0.
    local_field : float or quantity
        B_L > 0 [T], of the heat capacity of the spin-spin reservoir (S33).
    correlation_time : float or quantity
        τ_c > 0 [s], how long one electron stays.
    filling : float
        f in (0, 1], the fraction of time with an electron present.
    g_factor, electron_gyromagnetic_ratio : float or quantity
        One of the two: g, or γ_e = gµ_B/ħ [rad/s/T]; the sign of γ_e is that of g.
    kinetic_local_field : float or quantity, optional
        B̃_L > 0 [T] of (S32), which sets the heating by the electron; √3 B_L (dipole-dipole interaction) when not given.

    Raises
    ------
    InvalidInputError
        For a value outside its domain, a missing or wrong unit, neither of g_factor and
        electron_gyromagnetic_ratio, or both in disagreement.

    Examples
    --------
    >>> dot = Site(nuclei=1e5, nuclear_spin=1.5, hyperfine_coupling="0.9 neV",
    ...            nuclear_gyromagnetic_ratio="5.7e7 rad/s/T", local_field="1.8 G",
    ...            correlation_time="50 ns", filling=0.1, g_factor=-0.44)
    >>> f"{dot.dephasing_time:.3g} s, k = {dot.k:.3g}"
    '1.03e-09 s, k = 48.3'
    """

    nuclei: float
    nuclear_spin: float
    hyperfine_coupling: Any
    nuclear_gyromagnetic_ratio: Any
    local_field: Any
    correlation_time: Any
    filling: float
    g_factor: float | None = None
    electron_gyromagnetic_ratio: Any = None
    kinetic_local_field: Any = None

    def __post_init__(self) -> None:
        """Convert to SI floats and check each."""
        electron, g = self._electron()
        local = _positive("local_field", self.local_field, FIELD)
        kinetic = self.kinetic_local_field
        values = {
            "nuclei": _positive("nuclei", self.nuclei),
            "nuclear_spin": half_integer("nuclear_spin", self.nuclear_spin),
            "hyperfine_coupling": _nonzero("hyperfine_coupling", self.hyperfine_coupling, COUPLING),
            "nuclear_gyromagnetic_ratio": _nonzero(
                "nuclear_gyromagnetic_ratio", self.nuclear_gyromagnetic_ratio, GYROMAGNETIC
            ),
            "local_field": local,
            "correlation_time": _positive("correlation_time", self.correlation_time, TIME),
            "filling": float(within("filling", _scalar("filling", self.filling), 0, 1, open_low=True)),
            "g_factor": g,
            "electron_gyromagnetic_ratio": electron,
            "kinetic_local_field": sqrt(3) * local
            if kinetic is None
            else _positive("kinetic_local_field", kinetic, FIELD),
        }
        for name, value in values.items():
            object.__setattr__(self, name, value)

    def _electron(self) -> tuple[float, float]:
        """γ_e and g from whichever is given; from both only when they say the same, as in a copy."""
        if self.g_factor is None and self.electron_gyromagnetic_ratio is None:
            raise InvalidInputError("give g_factor or electron_gyromagnetic_ratio: neither is there")
        if self.electron_gyromagnetic_ratio is None:
            g = _nonzero("g_factor", self.g_factor)
            return g * BOHR_MAGNETON / HBAR, g
        ratio = _nonzero("electron_gyromagnetic_ratio", self.electron_gyromagnetic_ratio, GYROMAGNETIC)
        g = ratio * HBAR / BOHR_MAGNETON
        if self.g_factor is not None and not isclose(_nonzero("g_factor", self.g_factor), g, rel_tol=1e-9):
            raise InvalidInputError(
                f"g_factor = {self.g_factor} and electron_gyromagnetic_ratio = {ratio:g} rad/s/T disagree; give one"
            )
        return ratio, g

    def replace(self, **changes: Any) -> "Site":
        """Return a copy with some parameters changed; a new g_factor replaces the gyromagnetic ratio, and vice versa.

        A kinetic local field that is that of dipoles follows the local field; any other stays unless it is named.
        """
        partner = {"g_factor": "electron_gyromagnetic_ratio", "electron_gyromagnetic_ratio": "g_factor"}
        dropped = {partner[name]: None for name in changes if name in partner}
        if "local_field" in changes and isclose(self.kinetic_local_field, sqrt(3) * self.local_field, rel_tol=1e-12):
            dropped["kinetic_local_field"] = None
        return replace(self, **(dropped | changes))

    @property
    def effective_nuclei(self) -> float:
        """N_I = 4NI(I+1)/3."""
        return float(effective_nuclei(self.nuclei, self.nuclear_spin))

    @property
    def dephasing_time(self) -> float:
        """T2e* = ħ/(|a|√N_I) [s] (S14), called s in the formulas."""
        return float(dephasing_time(self.nuclei, self.nuclear_spin, self.hyperfine_coupling))

    @property
    def k(self) -> float:
        """τ_c/T2e*."""
        return float(self.correlation_time / self.dephasing_time)

    @property
    def fluctuation_field(self) -> float:
        """Δ_B = 1/(|γ_e| T2e*) [T], the field at which |b| = 1."""
        return float(1 / (abs(self.electron_gyromagnetic_ratio) * self.dephasing_time))

    @property
    def knight_resonance(self) -> float:
        """|a/(2ħγ_N)| [T], the field whose nuclear precession |ω_B| equals ω_e = |a|/2ħ in the Knight field."""
        return float(abs(self.hyperfine_coupling / (2 * self.nuclear_gyromagnetic_ratio)))

    def electron_precession(self, field: ArrayLike) -> Array:
        """Return b = Ω_B T2e* = γ_e B T2e*, signed, for `field` in tesla along z."""
        b: Array = si("field", field, FIELD) * (self.electron_gyromagnetic_ratio * self.dephasing_time)
        return b

    def nuclear_precession(self, field: ArrayLike) -> Array:
        """Return ω_B T2e* = −γ_N B T2e*, signed, for `field` in tesla along z."""
        phase: Array = si("field", field, FIELD) * (-self.nuclear_gyromagnetic_ratio * self.dephasing_time)
        return phase

    def parameters(self) -> dict[str, float]:
        """Every parameter by name, in SI."""
        return {field.name: getattr(self, field.name) for field in fields(self)}


def _scalar(name: str, value: Any, dimension: Dimension | None = None) -> float:
    array = finite(name, value) if dimension is None else si(name, value, dimension)
    if array.ndim:
        raise InvalidInputError(f"{name} must be one value, not an array of {array.size}")
    return float(array)


def _positive(name: str, value: Any, dimension: Dimension | None = None) -> float:
    return float(positive(name, _scalar(name, value, dimension)))


def _nonzero(name: str, value: Any, dimension: Dimension | None = None) -> float:
    number = _scalar(name, value, dimension)
    if number == 0:
        raise InvalidInputError(f"{name} must not be 0")
    return number
