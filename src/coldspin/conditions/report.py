"""Which assumptions of the theory hold for a site at one field: a table with traffic lights."""

from dataclasses import dataclass
from math import inf, isinf, isnan
from typing import TYPE_CHECKING, Any

import numpy as np

from coldspin.arguments import keywords_checked, within
from coldspin.conditions.rows import Surroundings, ValidityRow, build_rows
from coldspin.conditions.working_point import find_working_point
from coldspin.cooling.evaluation import check
from coldspin.cooling.pump import build_pump
from coldspin.cooling.pumped_site import pump_site
from coldspin.exceptions import InvalidInputError
from coldspin.heating import ClosedForm, Method
from coldspin.materials.envelopes import Donor
from coldspin.quantities import ANGLE, DIFFUSIVITY, FIELD, LENGTH, positive_scalar, scalar
from coldspin.sample.site import Site
from coldspin.thermodynamics.conditions import Level

if TYPE_CHECKING:
    import xarray as xr

_CLOSED_FORM = ClosedForm()
_ORDER: tuple[Level, ...] = ("green", "unknown", "yellow", "red")
HEADINGS = ("level", "condition", "quantity", "value", "yellow", "red")
_COLUMNS = {
    "question": "what the number decides",
    "quantity": "what is compared",
    "value": "its value",
    "yellow_limit": "limit beyond which it is yellow",
    "red_limit": "limit beyond which it is red",
    "level": "green, yellow, red or unknown",
    "meaning": "what it means and what to do",
    "origin": "where the limits come from",
}


@dataclass(frozen=True)
class ValidityReport:
    """The conditions of validity of one site at one field, and the regime that it is in.

    `rows` are :class:`ValidityRow`, each also as ``report["local_phase"]``. `regime` is a sentence,
    `recommended_method` the method that :class:`~coldspin.heating.Automatic` takes here.
    ``print(report)`` shows a table.
    """

    site: Site
    field: float
    electron_spin: float
    method: str
    rows: tuple[ValidityRow, ...]
    regime: str
    recommended_method: Method

    def __getitem__(self, name: str) -> ValidityRow:
        """Return the row of this name."""
        for row in self.rows:
            if row.name == name:
                return row
        raise KeyError(
            f"there is no condition {name!r}; there are {', '.join(row.name for row in self.rows)}"
        )

    @property
    def level(self) -> Level:
        """The worst level of all rows; "unknown" only where all others are green."""
        return max((row.level for row in self.rows), key=_ORDER.index)

    def to_dataset(self) -> "xr.Dataset":
        """Return the rows along `condition`, with parameters, regime and recommended method."""
        import xarray as xr

        def column(values: list[Any], long_name: str) -> tuple[str, list[Any], dict[str, str]]:
            unit = "1" if isinstance(values[0], float) else ""
            return ("condition", values, {"units": unit, "long_name": long_name})

        columns = {}
        for name, long_name in _COLUMNS.items():
            columns[name] = column([getattr(row, name) for row in self.rows], long_name)
        names = column([row.name for row in self.rows], "condition of validity")
        return xr.Dataset(columns, {"condition": names}).assign_attrs(
            self.site.parameters(),
            field=self.field,
            electron_spin=self.electron_spin,
            method=self.method,
            regime=self.regime,
            recommended_method=repr(self.recommended_method),
            level=self.level,
        )

    def cells(self) -> list[tuple[str, ...]]:
        """Return the rows as text, in the order of `HEADINGS`."""
        lines = []
        for row in self.rows:
            value = "unknown" if isnan(row.value) else f"{row.value:.3g}"
            sign = "<" if row.red_limit < row.yellow_limit else ">"
            limits = [
                "none" if isinf(limit) else f"{sign} {limit:.3g}"
                for limit in (row.yellow_limit, row.red_limit)
            ]
            lines.append((row.level, row.name, row.quantity, value, *limits))
        return lines

    def remarks(self) -> list[tuple[Level, str]]:
        """Return level and meaning of each row that is not green, the worst first."""
        rows = [row for row in self.rows if row.level != "green"]
        rows.sort(key=lambda row: -_ORDER.index(row.level))
        return [(row.level, f"{row.name}: {row.meaning}") for row in rows]

    def __str__(self) -> str:
        """The regime, the table, a remark for each row that is not green, unverified constants."""
        table = [HEADINGS, *self.cells()]
        widths = [max(len(line[i]) for line in table) for i in range(len(HEADINGS))]
        lines = [self.regime, ""]
        for cells in table:
            padded = (cell.ljust(width) for cell, width in zip(cells, widths, strict=True))
            lines.append("  ".join(padded).rstrip())
        remarks = [f"{level}: {text}." for level, text in self.remarks()]
        if self.site.unverified:
            remarks.append(f"recalled, not verified: {self.site.unverified}.")
        if remarks:
            lines.append("")
        return "\n".join(lines + remarks)


@keywords_checked
def validity(
    site: Site,
    field: Any,
    electron_spin: float,
    *,
    optical_axis_angle: Any = 0.0,
    method: Method = _CLOSED_FORM,
    quadrupole_field: Any = None,
    diffusivity: Any = None,
    radius: Any = None,
    lattice_constant: Any = None,
    self_consistent: bool = True,
    knight_field: bool = False,
    leakage: Any = None,
    high_temperature: bool = True,
    effective_isotope: bool = False,
) -> ValidityReport:
    """Judge each assumption of the theory for a site under optical pumping at one field.

    Parameters
    ----------
    site, electron_spin, optical_axis_angle, method, ..., effective_isotope
        As in :func:`coldspin.cool`, with `start="rest"`; an effect that is switched on there has no
        limit here.
    field : float, quantity or str
        B along z, one value ("150 G").
    quadrupole_field : float or quantity, optional
        B_Q [T] of the quadrupole splitting of all nuclei that B_L counts
        (:func:`coldspin.materials.quadrupole.quadrupole_local_field`), in place of the site's. The
        local field of the site contains only the `quadrupole_field` of the site itself.
    diffusivity, radius, lattice_constant : float or quantity, optional
        D [m²/s] of nuclear spins, R [m] of the orbit (|ψ|² ∝ exp(−2r/R)), distance between
        neighbouring cells [m]; the last two are those of the site where it knows them, as a donor
        in a material does. A site with another wave function needs R for the diffusion alone.

    Returns
    -------
    ValidityReport
        A row is "unknown" where what it needs was not given. The call warns of nothing: the report
        is the result.

    Raises
    ------
    InvalidInputError
        For an argument outside its domain; a quadrupole field where all nuclei have spin 1/2.

    Examples
    --------
    >>> from coldspin import Site
    >>> donor = Site(nuclei=1e4, nuclear_spin=0.5, hyperfine_coupling="1 neV",
    ...              nuclear_gyromagnetic_ratio="6e7 rad/s/T", local_field="0.5 G",
    ...              correlation_time="10 ns", filling=1e-3, g_factor=-1.6)
    >>> row = validity(donor, "1 G", 1e-3)["local_phase"]
    >>> row.level, round(row.value, 9)
    ('green', 3e-05)
    """
    check(site, method)
    pump = build_pump(
        scalar("electron_spin", electron_spin),
        optical_axis_angle=scalar("optical_axis_angle", optical_axis_angle, ANGLE),
        self_consistent=self_consistent,
        knight_field=knight_field,
        leakage=leakage,
        high_temperature=high_temperature,
        effective_isotope=effective_isotope,
        method=method,
    )
    known = _read_surroundings(site, quadrupole_field, diffusivity, radius, lattice_constant)
    fields = np.array([scalar("field", field, FIELD)])
    pumped = pump_site(site, fields, pump)
    point = find_working_point(pumped)
    return ValidityReport(
        site=site,
        field=float(fields[0]),
        electron_spin=pump.electron_spin,
        method=pumped.evaluate.name,
        rows=build_rows(point, known),
        regime=point.regime(),
        recommended_method=point.recommended_method(),
    )


def _read_surroundings(
    site: Site, quadrupole: Any, diffusivity: Any, radius: Any, lattice_constant: Any
) -> Surroundings:
    """Arguments in SI, with those that the site knows where they are not given."""
    if quadrupole is not None:
        quadrupole = scalar("quadrupole_field", quadrupole, FIELD)
        quadrupole = float(within("quadrupole_field", quadrupole, 0, inf))
        if quadrupole and all(isotope.nuclear_spin == 0.5 for isotope in site.isotopes):
            raise InvalidInputError(
                "is given, but spin 1/2 has no quadrupole moment",
                parameter="quadrupole_field",
                remedy="leave it out",
            )
    if diffusivity is not None:
        diffusivity = positive_scalar("diffusivity", diffusivity, DIFFUSIVITY)
    if radius is None:
        radius = site.orbit_radius
    if radius is not None:
        radius = positive_scalar("radius", radius, LENGTH)
    if lattice_constant is None:
        lattice_constant = site.cell_distance
    if lattice_constant is not None:
        lattice_constant = positive_scalar("lattice_constant", lattice_constant, LENGTH)
    envelope = site.envelope
    if radius is not None and isinstance(envelope, Donor | None):
        envelope = Donor(radius)
    return Surroundings(quadrupole, diffusivity, radius, lattice_constant, envelope)
