"""The sample: one localized electron and its nuclei, in SI, and their dimensionless groups."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from functools import cached_property
from math import inf, isclose, sqrt
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import ArrayLike

from coldspin.arguments import Array, arguments_checked, keywords_checked, within
from coldspin.constants import BOHR_MAGNETON, HBAR
from coldspin.exceptions import InvalidInputError
from coldspin.quantities import (
    FIELD,
    GYROMAGNETIC,
    LENGTH,
    TIME,
    nonzero_scalar,
    positive_scalar,
    scalar,
    si,
)
from coldspin.sample.species import Species, check_species
from coldspin.thermodynamics.ensemble import Ensemble

if TYPE_CHECKING:
    from coldspin.materials.envelopes import Envelope
    from coldspin.materials.records import Carrier, Material

_ANY_FIELD = FIELD._replace(largest=inf)
_SMALLEST = 1e-20  # of B_L [T] and f
_SMALLEST_G = 1e-20
_LARGEST_G = 1e4
_ONE_ISOTOPE = ("nuclei", "nuclear_spin", "hyperfine_coupling", "nuclear_gyromagnetic_ratio")


@arguments_checked
@dataclass(frozen=True, kw_only=True)
class Site:
    """A localization site: nuclei in one electron orbit, equal within an isotope (box model, (8)).

    H = a J·S + ħγ_e S·B − ħγ_N J·B + H_SS. Numbers are SI; strings with units and pint quantities
    are converted once, here.

    Parameters
    ----------
    nuclei : float
        N ≥ 1, nuclei inside the orbit.
    nuclear_spin : float
        I, a positive multiple of 1/2.
    hyperfine_coupling : float or quantity
        a/ħ per nucleus [rad/s], or a as an energy ("0.9 neV"); either sign, not 0. Hertz is
        refused.
    nuclear_gyromagnetic_ratio : float or quantity
        γ_N [rad/s/T], either sign, not 0.
    local_field : float or quantity
        B_L > 0 [T], of the heat capacity of the spin-spin reservoir (S33): of all nuclei of the
        site, the coupled ones and those with a = 0.
    correlation_time : float or quantity
        τ_c > 0 [s], how long one electron stays.
    filling : float
        f in (0, 1], the fraction of time with an electron present.
    g_factor, electron_gyromagnetic_ratio : float or quantity
        One of the two: g, or γ_e = gµ_B/ħ [rad/s/T]; the sign of γ_e is that of g.
    kinetic_local_field : float or quantity, optional
        B̃_L > 0 [T] of (S32), which sets the heating by the electron; √3 B_L (dipole-dipole
        interaction) when not given.
    species : sequence of Species, optional
        The isotopes, in place of the first four arguments; B̃_L is then the kinetic local field
        B_KL of them all. One with `hyperfine_coupling=0` adds to the heat capacity alone: it shares
        the spin temperature of the others.
    quadrupole_field : float or quantity, optional
        B_Q ≥ 0 [T], the part of the local field that is quadrupole energy, where it is known:
        B_L² = B_SS² + B_Q².
    material, unverified : str
        Where the numbers are from, and which of them are recalled and not verified; written into
        results.
    isolated : str
        Isotopes of the material that exchange no energy with the others: they count neither in the
        local fields nor in the heat capacity. Written into results.
    envelope, orbit_radius, cell_distance : Envelope, float or quantity, optional
        The wave function, R [m] of |ψ|² ∝ exp(−2r/R), and the distance of neighbouring cells [m]:
        :func:`coldspin.validity` alone asks.

    Raises
    ------
    InvalidInputError
        For a value outside its domain, a missing or wrong unit, neither of g_factor and
        electron_gyromagnetic_ratio, or both in disagreement; species together with the values of
        one isotope.

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
    quadrupole_field: Any = None
    isolated: str = ""
    envelope: Any = None
    orbit_radius: Any = None
    cell_distance: Any = None

    def __post_init__(self) -> None:
        """Convert to SI floats and check each."""
        electron, g = self._electron()
        local = positive_scalar("local_field", self.local_field, FIELD)
        kinetic = sqrt(3) * local  # dipole-dipole interaction
        if self.kinetic_local_field is not None:
            kinetic = positive_scalar("kinetic_local_field", self.kinetic_local_field, FIELD)
        filling = within("filling", scalar("filling", self.filling), 0, 1, open_low=True)
        values = self._nuclei() | {
            "local_field": local,
            "correlation_time": positive_scalar("correlation_time", self.correlation_time, TIME),
            "filling": float(filling),
            "g_factor": g,
            "electron_gyromagnetic_ratio": electron,
            "kinetic_local_field": kinetic,
        }
        if self.quadrupole_field is not None:
            quadrupole = scalar("quadrupole_field", self.quadrupole_field, FIELD)
            if not 0 <= quadrupole < local:
                raise InvalidInputError(
                    f"= {quadrupole:g} T must be 0 or more and smaller than local_field = "
                    f"{local:g} T, which contains it: B_L² = B_SS² + B_Q²",
                    parameter="quadrupole_field",
                )
            values["quadrupole_field"] = quadrupole
        if self.envelope is not None and not callable(getattr(self.envelope, "largest_step", None)):
            raise InvalidInputError(
                'must be a wave function such as materials.Donor("10 nm")',
                parameter="envelope",
                value=self.envelope,
            )
        for name in ("orbit_radius", "cell_distance"):
            if getattr(self, name) is not None:
                values[name] = positive_scalar(name, getattr(self, name), LENGTH)
        _check_sizes(values)
        for name, value in values.items():
            object.__setattr__(self, name, value)

    def _nuclei(self) -> dict[str, Any]:
        """Values of the one isotope, or the species with their names."""
        arguments = {name: getattr(self, name) for name in _ONE_ISOTOPE}
        if self.species is None:
            missing = [name for name, value in arguments.items() if value is None]
            if missing:
                also = f", and so are {', '.join(missing[1:])}" if missing[1:] else ""
                raise InvalidInputError(
                    f"is missing{also}", parameter=missing[0], remedy="give them all, or species"
                )
            one = Species(**arguments)
            nonzero_scalar("hyperfine_coupling", one.hyperfine_coupling)
            return {name: getattr(one, name) for name in _ONE_ISOTOPE}
        both = [name for name, value in arguments.items() if value is not None]
        if both:
            raise InvalidInputError(
                f"already say the {', '.join(both)}",
                parameter="species",
                remedy="give one or the other",
            )
        return {"species": check_species(self.species)}

    def _electron(self) -> tuple[float, float]:
        """γ_e and g from one of them, or from both if they agree, as in a copy."""
        if self.g_factor is None and self.electron_gyromagnetic_ratio is None:
            raise InvalidInputError(
                "is missing", parameter="g_factor", remedy="give it or electron_gyromagnetic_ratio"
            )
        if self.electron_gyromagnetic_ratio is None:
            g = nonzero_scalar("g_factor", self.g_factor)
            if not _SMALLEST_G <= abs(g) <= _LARGEST_G:
                raise InvalidInputError(
                    f"must be {_SMALLEST_G:g} to {_LARGEST_G:g} in magnitude",
                    parameter="g_factor",
                    value=g,
                )
            return g * BOHR_MAGNETON / HBAR, g
        ratio = nonzero_scalar(
            "electron_gyromagnetic_ratio", self.electron_gyromagnetic_ratio, GYROMAGNETIC
        )
        g = ratio * HBAR / BOHR_MAGNETON
        if self.g_factor is not None:
            own = nonzero_scalar("g_factor", self.g_factor)
            if not isclose(own, g, rel_tol=1e-9):
                raise InvalidInputError(
                    f"= {self.g_factor} and electron_gyromagnetic_ratio = {ratio:g} rad/s/T "
                    f"disagree",
                    parameter="g_factor",
                    remedy="give one",
                )
        return ratio, g

    @classmethod
    @keywords_checked
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
        isolated: Iterable[str] | None = None,
    ) -> "Site":
        """Site of a carrier in a material, with its isotopes, couplings, g and local fields.

        Parameters
        ----------
        material : str or Material
            "GaAs", "Al0.35Ga0.65As", or a record of :func:`coldspin.materials.material`, a file or
            a CIF.
        correlation_time, filling
            τ_c and f of the sample, as in :class:`Site`.
        carrier : str
            "electron" or "hole".
        envelope, cells, dephasing_time
            The size of the orbit, one of: a wave function of :mod:`coldspin.materials.envelopes`;
            the number N_c of formula volumes; the measured T2e*, or what `dephasing_convention`
            names. Or `nuclei` and `dephasing_time`: N nuclei of the one isotope in `only`, coupled
            as T2e* asks for, where no hyperfine constant is known.
        hyperfine, only
            Your own constants A by isotope ("43 µeV"); the isotopes to which the carrier couples.
            The others have a = 0: they share the spin temperature, and count in B_L and in the heat
            capacity.
        isolated
            Isotopes that exchange no energy with the others, such as those whose quadrupole
            splitting exceeds γB_L. They count neither in B_L and B_KL nor in the heat capacity, and
            the carrier must not couple to them.
        g_factor, local_field, kinetic_local_field
            In place of the material's. Local fields are lattice sums over all nuclei that are not
            isolated, B_KL weighted with the couplings of the site; with your own local_field alone,
            B_KL keeps its ratio to it.
        neighbour_scale, quadrupole_frequencies
            As in :func:`coldspin.materials.local_fields`.

        Raises
        ------
        InvalidInputError
            For a constant of the material that is unknown and not given, a size given twice or not
            at all.

        Examples
        --------
        >>> from coldspin.materials import Donor
        >>> donor = Site.from_material("CdTe", envelope=Donor("5.2 nm"), correlation_time="10 ns", filling=1e-3)
        >>> f"{donor.dephasing_time * 1e9:.1f} ns, B_L = {donor.local_field * 1e4:.2f} G"
        '7.5 ns, B_L = 0.37 G'
        """
        from coldspin.sample.from_material import site_arguments

        arguments = site_arguments(
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
            isolated=isolated,
        )
        return cls(correlation_time=correlation_time, filling=filling, **arguments)

    def replace(
        self,
        *,
        keep: Literal["hyperfine_coupling", "dephasing_time"] = "hyperfine_coupling",
        **changes: Any,
    ) -> "Site":
        """Return a copy with some parameters changed.

        A new g_factor replaces the gyromagnetic ratio, and vice versa.

        A kinetic local field follows the local field where `kinetic_ratio` says so; your own stays
        unless it is named. What part of a new local field is quadrupole energy is unknown, unless
        quadrupole_field is named as well or was 0. Other nuclei (`nuclei`, `nuclear_spin`,
        `species`) keep the coupling a, so T2e* = ħ/(|a|√N_I) changes: four times N halve it. With
        ``keep="dephasing_time"`` T2e* stays, and the couplings of all isotopes are multiplied by
        the one factor that this takes, 1/√N for a change of N alone.

        Raises InvalidInputError for an unknown parameter, a value outside its domain, or a new
        hyperfine_coupling beside ``keep="dephasing_time"``.
        """
        if keep not in ("hyperfine_coupling", "dephasing_time"):
            raise InvalidInputError(
                'must be "hyperfine_coupling" or "dephasing_time"', parameter="keep", value=keep
            )
        resets: dict[str, None] = {}
        if "g_factor" in changes:
            resets["electron_gyromagnetic_ratio"] = None
        if "electron_gyromagnetic_ratio" in changes:
            resets["g_factor"] = None
        if "local_field" in changes and self.material and not self.dipolar:
            local = positive_scalar("local_field", changes["local_field"], FIELD)
            kinetic = self.kinetic_local_field / self.local_field * local
            changes.setdefault("kinetic_local_field", kinetic)
        if "local_field" in changes and self.dipolar:
            resets["kinetic_local_field"] = None
        if "local_field" in changes and self.quadrupole_field:
            resets["quadrupole_field"] = None
        site = replace(self, **(resets | changes))
        if keep == "hyperfine_coupling":
            return site
        if "hyperfine_coupling" in changes:
            raise InvalidInputError(
                'sets T2e*, which keep="dephasing_time" keeps',
                parameter="hyperfine_coupling",
                remedy="leave one out",
            )
        factor = site.dephasing_time / self.dephasing_time
        if site.species is None:
            return replace(site, hyperfine_coupling=site.hyperfine_coupling * factor)
        species = (one.scaled(nuclei=1.0, hyperfine_coupling=factor) for one in site.species)
        return replace(site, species=tuple(species))

    @property
    def dipolar(self) -> bool:
        """Whether B̃_L is that of dipoles, √3 B_L."""
        return isclose(self.kinetic_local_field, sqrt(3) * self.local_field, rel_tol=1e-12)

    @property
    def kinetic_ratio(self) -> float | None:
        """B̃_L/B_L that a change of B_L keeps, or None for a B̃_L of your own.

        It is √3 for dipoles, or the ratio of the material: both lattice sums are over the same
        couplings, and a common factor of these changes both alike.
        """
        if self.dipolar:
            return sqrt(3)
        if not self.material:
            return None
        return float(self.kinetic_local_field / self.local_field)

    @cached_property
    def isotopes(self) -> tuple[Species, ...]:
        """The isotopes in the orbit, one or several."""
        if self.species:
            return self.species
        return (Species(**{name: getattr(self, name) for name in _ONE_ISOTOPE}),)

    @cached_property
    def coupled(self) -> tuple[Species, ...]:
        """The isotopes that the electron couples to, a ≠ 0."""
        return tuple(isotope for isotope in self.isotopes if isotope.hyperfine_coupling)

    @property
    def spin_spin_field(self) -> float:
        """B_SS = √(B_L² − B_Q²) [T]; B_L where the quadrupole energy is unknown."""
        return sqrt(self.local_field**2 - (self.quadrupole_field or 0.0) ** 2)

    @cached_property
    def ensemble(self) -> Ensemble:
        """The isotopes as arrays, with the sums over them that enter the theory."""
        rows = [[getattr(isotope, name) for name in _ONE_ISOTOPE] for isotope in self.isotopes]
        columns = zip(*rows, strict=True)
        return Ensemble(*(np.array(column) for column in columns))

    @cached_property
    def box(self) -> Species:
        """The one coupled isotope, or an effective one of the same T2e*, mean-square angle, γ_eff."""
        if len(self.coupled) == 1:
            return self.coupled[0]
        ensemble = self.ensemble
        spins = {isotope.nuclear_spin for isotope in self.coupled}
        spin = spins.pop() if len(spins) == 1 else 0.5
        coupling = ensemble.effective_coupling
        ratio = GYROMAGNETIC.largest
        if abs(ensemble.drive) > 1 / ratio:
            ratio = 1 / ensemble.drive
        return Species(
            nuclei=3 / (4 * spin * (spin + 1)) / (ensemble.dephasing_time * coupling) ** 2,
            nuclear_spin=spin,
            hyperfine_coupling=coupling,
            nuclear_gyromagnetic_ratio=ratio,
            isotope="effective",
        )

    @property
    def effective_nuclei(self) -> float:
        """N_I = 4NI(I+1)/3; for several isotopes that of the effective one, (T2e* a)⁻²."""
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
        """|a/(2ħγ_N)| [T]: here |ω_B| equals ω_e = |a|/2ħ, the precession in the Knight field."""
        return float(abs(self.box.hyperfine_coupling / (2 * self.box.nuclear_gyromagnetic_ratio)))

    def electron_precession(self, field: ArrayLike) -> Array:
        """Return b = Ω_B T2e* = γ_e B T2e*, signed, for `field` in tesla along z."""
        b: Array = si("field", field, _ANY_FIELD) * (
            self.electron_gyromagnetic_ratio * self.dephasing_time
        )
        return b

    def nuclear_precession(self, field: ArrayLike) -> Array:
        """Return ω_B T2e* = −γ_N B T2e*, signed, for `field` in tesla along z."""
        phase: Array = si("field", field, _ANY_FIELD) * (
            -self.box.nuclear_gyromagnetic_ratio * self.dephasing_time
        )
        return phase

    def parameters(self) -> dict[str, float | str]:
        """Every parameter by name, in SI; those of an isotope follow its name.

        `uncoupled` names the isotopes with a = 0, which share the spin temperature.
        """
        values = {}
        for field in fields(self):
            value = getattr(self, field.name)
            if field.name != "species" and value not in ("", None):
                values[field.name] = value
        if self.envelope is not None:
            values["envelope"] = repr(self.envelope)
        uncoupled = [one.isotope for one in self.isotopes if not one.hyperfine_coupling]
        if uncoupled:
            values["uncoupled"] = ", ".join(uncoupled)
        for one in self.species or ():
            for name in _ONE_ISOTOPE:
                values[f"{one.isotope}_{name}"] = getattr(one, name)
        return values


def _check_sizes(values: Mapping[str, Any]) -> None:
    """Refuse less than one nucleus, and values so small that their squares underflow."""
    isotopes = values.get("species", ())
    nuclei = values.get("nuclei", sum(one.nuclei for one in isotopes))
    if nuclei < 1 - 1e-9:  # a sum may lack the last digits
        raise InvalidInputError(
            "must be at least 1 in the orbit, of all isotopes together",
            parameter="nuclei",
            value=nuclei,
        )
    for name in ("local_field", "kinetic_local_field", "filling"):
        if values[name] < _SMALLEST:
            raise InvalidInputError(
                f"must be at least {_SMALLEST:g}", parameter=name, value=values[name]
            )


def join_unverified(parts: Iterable[str]) -> str:
    """Join what several sites have in `unverified`, each constant once."""
    constants = dict.fromkeys(one for part in parts for one in part.split("; ") if one)
    return "; ".join(constants)
