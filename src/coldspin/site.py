"""One localized electron and the nuclei that it visits: the sample, in SI, and its dimensionless groups."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from functools import cached_property
from math import isclose, sqrt
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from coldspin.arguments import Array, within
from coldspin.constants import BOHR_MAGNETON, HBAR
from coldspin.exceptions import InvalidInputError
from coldspin.quantities import FIELD, GYROMAGNETIC, LENGTH, TIME, nonzero_scalar, positive_scalar, scalar, si
from coldspin.species import Species
from coldspin.thermodynamics.ensemble import Ensemble

if TYPE_CHECKING:
    from coldspin.materials.envelopes import Envelope
    from coldspin.materials.records import Carrier, Material

_ONE_ISOTOPE = ("nuclei", "nuclear_spin", "hyperfine_coupling", "nuclear_gyromagnetic_ratio")


@dataclass(frozen=True, kw_only=True)
class Site:
    """A localization site: nuclei in one electron orbit, equal within an isotope ("box" approximation, H of (8)).

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
    species : sequence of Species, optional
        The isotopes, in place of the first four arguments; B̃_L is then the kinetic local field B_KL of them all.
    material, unverified : str
        Where the numbers are from, and which of them are recalled and not verified; written into results.
    orbit_radius, cell_distance : float or quantity, optional
        R [m] of |ψ|² ∝ exp(−2r/R), and the distance of neighbouring cells [m]: :func:`coldspin.validity` alone asks.

    Raises
    ------
    InvalidInputError
        For a value outside its domain, a missing or wrong unit, neither of g_factor and
        electron_gyromagnetic_ratio, or both in disagreement; species together with the values of one isotope.

    Examples
    --------
    >>> dot = Site(nuclei=1e5, nuclear_spin=1.5, hyperfine_coupling="0.9 neV",
    ...            nuclear_gyromagnetic_ratio="5.7e7 rad/s/T", local_field="1.8 G",
    ...            correlation_time="50 ns", filling=0.1, g_factor=-0.44)
    >>> f"{dot.dephasing_time:.3g} s, k = {dot.k:.3g}"
    '1.03e-09 s, k = 48.3'
    """

    nuclei: Any = None
    nuclear_spin: Any = None
    hyperfine_coupling: Any = None
    nuclear_gyromagnetic_ratio: Any = None
    local_field: Any
    correlation_time: Any
    filling: float
    g_factor: float | None = None
    electron_gyromagnetic_ratio: Any = None
    kinetic_local_field: Any = None
    species: tuple[Species, ...] | None = None
    material: str = ""
    unverified: str = ""
    orbit_radius: Any = None
    cell_distance: Any = None

    def __post_init__(self) -> None:
        """Convert to SI floats and check each."""
        electron, g = self._electron()
        local = positive_scalar("local_field", self.local_field, FIELD)
        kinetic = self.kinetic_local_field
        values = self._nuclei() | {
            "local_field": local,
            "correlation_time": positive_scalar("correlation_time", self.correlation_time, TIME),
            "filling": float(within("filling", scalar("filling", self.filling), 0, 1, open_low=True)),
            "g_factor": g,
            "electron_gyromagnetic_ratio": electron,
            "kinetic_local_field": sqrt(3) * local
            if kinetic is None
            else positive_scalar("kinetic_local_field", kinetic, FIELD),
        }
        for name in ("orbit_radius", "cell_distance"):
            if getattr(self, name) is not None:
                values[name] = positive_scalar(name, getattr(self, name), LENGTH)
        for name, value in values.items():
            object.__setattr__(self, name, value)

    def _nuclei(self) -> dict[str, Any]:
        """Values of the one isotope, or the checked species."""
        given = {name: getattr(self, name) for name in _ONE_ISOTOPE}
        if self.species is None:
            missing = [name for name, value in given.items() if value is None]
            if missing:
                raise InvalidInputError(f"{', '.join(missing)} of the nuclei not given; give them all, or species")
            return {name: getattr(Species(**given), name) for name in _ONE_ISOTOPE}
        both = [name for name, value in given.items() if value is not None]
        if both:
            raise InvalidInputError(f"species already say the {', '.join(both)}; give one or the other")
        return {"species": _checked_species(self.species)}

    def _electron(self) -> tuple[float, float]:
        """γ_e and g from whichever is given; from both only when they say the same, as in a copy."""
        if self.g_factor is None and self.electron_gyromagnetic_ratio is None:
            raise InvalidInputError("give g_factor or electron_gyromagnetic_ratio: neither is there")
        if self.electron_gyromagnetic_ratio is None:
            g = nonzero_scalar("g_factor", self.g_factor)
            return g * BOHR_MAGNETON / HBAR, g
        ratio = nonzero_scalar("electron_gyromagnetic_ratio", self.electron_gyromagnetic_ratio, GYROMAGNETIC)
        g = ratio * HBAR / BOHR_MAGNETON
        if self.g_factor is not None and not isclose(nonzero_scalar("g_factor", self.g_factor), g, rel_tol=1e-9):
            raise InvalidInputError(
                f"g_factor = {self.g_factor} and electron_gyromagnetic_ratio = {ratio:g} rad/s/T disagree; give one"
            )
        return ratio, g

    @classmethod
    def from_material(
        cls,
        material: "Material | str",
        *,
        correlation_time: Any,
        filling: float,
        carrier: "Carrier" = "electron",
        envelope: "Envelope | None" = None,
        cells: float | None = None,
        nuclei: float | None = None,
        dephasing_time: Any = None,
        dephasing_convention: str = "dephasing_time",
        hyperfine: Mapping[str, Any] | None = None,
        only: Iterable[str] | None = None,
        g_factor: float | None = None,
        local_field: Any = None,
        kinetic_local_field: Any = None,
        neighbour_scale: float = 1.0,
        quadrupole_frequencies: Mapping[str, Any] | None = None,
    ) -> "Site":
        """Site of a carrier in a material, with the isotopes, couplings, g and local fields of the material.

        Parameters
        ----------
        material : str or Material
            "GaAs", "Al0.35Ga0.65As", or a record of :func:`coldspin.materials.material`, a file or a CIF.
        correlation_time, filling
            τ_c and f of the sample, as in :class:`Site`.
        carrier : str
            "electron" or "hole".
        envelope, cells, dephasing_time
            The size of the orbit, one of: a wave function of :mod:`coldspin.materials.envelopes`; the number N_c of
            formula volumes; the measured T2e*, or what `dephasing_convention` names. Or `nuclei` and `dephasing_time`:
            N nuclei of the one isotope in `only`, coupled as T2e* asks for, where no hyperfine constant is known.
        hyperfine, only
            Your own constants A by isotope ("43 µeV"); the isotopes to which the carrier couples.
        g_factor, local_field, kinetic_local_field
            In place of the material's. Local fields are lattice sums, B_KL weighted with the couplings of the site;
            with your own local_field alone, B_KL keeps its ratio to it.
        neighbour_scale, quadrupole_frequencies
            As in :func:`coldspin.materials.local_fields`.

        Raises
        ------
        InvalidInputError
            For a constant of the material that is unknown and not given, a size given twice or not at all.

        Examples
        --------
        >>> from coldspin.materials import Donor
        >>> donor = Site.from_material("CdTe", envelope=Donor("5.2 nm"), correlation_time="10 ns", filling=1e-3)
        >>> f"{donor.dephasing_time * 1e9:.1f} ns, B_L = {donor.local_field * 1e4:.2f} G"
        '7.5 ns, B_L = 0.37 G'
        """
        from coldspin.material_sites import site_arguments

        made = site_arguments(
            material,
            carrier=carrier,
            envelope=envelope,
            cells=cells,
            nuclei=nuclei,
            dephasing_time=dephasing_time,
            dephasing_convention=dephasing_convention,
            hyperfine=hyperfine,
            only=only,
            g_factor=g_factor,
            local_field=local_field,
            kinetic_local_field=kinetic_local_field,
            neighbour_scale=neighbour_scale,
            quadrupole_frequencies=quadrupole_frequencies,
        )
        return cls(correlation_time=correlation_time, filling=filling, **made)

    def replace(self, **changes: Any) -> "Site":
        """Return a copy with some parameters changed; a new g_factor replaces the gyromagnetic ratio, and vice versa.

        A kinetic local field follows the local field where `kinetic_ratio` says so; your own stays unless it is named.
        """
        partner = {"g_factor": "electron_gyromagnetic_ratio", "electron_gyromagnetic_ratio": "g_factor"}
        dropped = {partner[name]: None for name in changes if name in partner}
        if "local_field" in changes and self.material and not self.dipolar:
            local = positive_scalar("local_field", changes["local_field"], FIELD)
            changes.setdefault("kinetic_local_field", self.kinetic_local_field / self.local_field * local)
        if "local_field" in changes and self.dipolar:
            dropped["kinetic_local_field"] = None
        return replace(self, **(dropped | changes))

    @property
    def dipolar(self) -> bool:
        """Whether B̃_L is that of dipoles, √3 B_L."""
        return isclose(self.kinetic_local_field, sqrt(3) * self.local_field, rel_tol=1e-12)

    @property
    def kinetic_ratio(self) -> float | None:
        """B̃_L/B_L that a change of B_L keeps: √3 of dipoles, or that of a material; None for a B̃_L of your own.

        The lattice sums of a material are over the same couplings, and a common factor of these changes both alike.
        """
        if self.dipolar:
            return sqrt(3)
        return float(self.kinetic_local_field / self.local_field) if self.material else None

    @cached_property
    def isotopes(self) -> tuple[Species, ...]:
        """The isotopes in the orbit, one or several."""
        return self.species or (Species(**{name: getattr(self, name) for name in _ONE_ISOTOPE}),)

    @cached_property
    def ensemble(self) -> Ensemble:
        """The isotopes as arrays, with the sums over them that enter the theory."""
        columns = (np.array([getattr(isotope, name) for isotope in self.isotopes]) for name in _ONE_ISOTOPE)
        return Ensemble(*columns)

    @cached_property
    def box(self) -> Species:
        """The one isotope, or that which stands for several of equal T2e*, mean square angle of rotation, and γ_eff."""
        if self.species is None or len(self.species) == 1:
            return self.isotopes[0]
        ensemble = self.ensemble
        alike = len(set(ensemble.spin)) == 1
        spin = float(ensemble.spin[0]) if alike else 0.5
        coupling = ensemble.effective_coupling
        return Species(
            nuclei=3 / (4 * spin * (spin + 1)) / (ensemble.dephasing_time * coupling) ** 2,
            nuclear_spin=spin,
            hyperfine_coupling=coupling,
            nuclear_gyromagnetic_ratio=1 / ensemble.drive if ensemble.drive else np.finfo(float).max,
            isotope="effective",
        )

    @property
    def effective_nuclei(self) -> float:
        """N_I = 4NI(I+1)/3; of several isotopes that of the one which stands for them, (T2e* a)⁻²."""
        return self.box.effective_nuclei

    @property
    def dephasing_time(self) -> float:
        """T2e* = ħ/(|a|√N_I) [s] (S14), called s in the formulas; 1/T2e*² sums over isotopes."""
        return self.ensemble.dephasing_time

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
        return float(abs(self.box.hyperfine_coupling / (2 * self.box.nuclear_gyromagnetic_ratio)))

    def electron_precession(self, field: ArrayLike) -> Array:
        """Return b = Ω_B T2e* = γ_e B T2e*, signed, for `field` in tesla along z."""
        b: Array = si("field", field, FIELD) * (self.electron_gyromagnetic_ratio * self.dephasing_time)
        return b

    def nuclear_precession(self, field: ArrayLike) -> Array:
        """Return ω_B T2e* = −γ_N B T2e*, signed, for `field` in tesla along z."""
        phase: Array = si("field", field, FIELD) * (-self.box.nuclear_gyromagnetic_ratio * self.dephasing_time)
        return phase

    def parameters(self) -> dict[str, float | str]:
        """Every parameter by name, in SI; those of an isotope follow its name."""
        own = {f.name: getattr(self, f.name) for f in fields(self) if f.name != "species"}
        own = {name: value for name, value in own.items() if value not in ("", None)}
        if self.species is None:
            return own
        several = {f"{s.isotope}_{name}": getattr(s, name) for s in self.species for name in _ONE_ISOTOPE}
        return {name: value for name, value in own.items() if name not in _ONE_ISOTOPE} | several


def _checked_species(species: Any) -> tuple[Species, ...]:
    """Species as a tuple, each with a name of its own."""
    if not isinstance(species, Iterable) or isinstance(species, str):
        raise InvalidInputError(f"species must be a sequence of Species, not {species!r}")
    checked = tuple(species)
    if not checked or not all(isinstance(one, Species) for one in checked):
        raise InvalidInputError("species must be one or more Species(nuclei=..., nuclear_spin=..., ...)")
    named = tuple(one if one.isotope else replace(one, isotope=f"isotope {i}") for i, one in enumerate(checked, 1))
    names = [one.isotope for one in named]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise InvalidInputError(f"species names {twice[0]!r} twice; give each isotope once, or a name of its own")
    return named


def join_unverified(parts: Iterable[str]) -> str:
    """Join what several sites have in `unverified`, each constant once."""
    constants = dict.fromkeys(one for part in parts for one in part.split("; ") if one)
    return "; ".join(constants)
