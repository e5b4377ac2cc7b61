"""Cooling and heating of nuclear spins by strongly localized electrons.

`Site` describes the sample; `cool`, `optimum`, `relax`, `run` compute with it in SI; `validity`
says if they may. `experiments` fits measured curves and plans them. `materials` knows isotopes and
crystals; `precession`, `heating` and `thermodynamics` hold the formulas in plain numbers. Names are
loaded when they are first used.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from coldspin import experiments, heating, materials, precession, thermodynamics
    from coldspin.conditions import validity
    from coldspin.cooling.facade import branches, cool, optimum, relax
    from coldspin.exceptions import InvalidInputError, ValidityWarning
    from coldspin.protocols import (
        DarkStage,
        Measure,
        PumpStage,
        Sweep,
        adiabatic_demagnetization,
        cooling_time,
        run,
        three_stage,
    )
    from coldspin.sample.site import Site
    from coldspin.sample.species import Species

__version__ = "0.1.0"

__all__ = [
    "DarkStage",
    "InvalidInputError",
    "Measure",
    "PumpStage",
    "Site",
    "Species",
    "Sweep",
    "ValidityWarning",
    "__version__",
    "adiabatic_demagnetization",
    "branches",
    "cool",
    "cooling_time",
    "experiments",
    "heating",
    "materials",
    "optimum",
    "precession",
    "relax",
    "run",
    "thermodynamics",
    "three_stage",
    "validity",
]

_NAMES = {
    "coldspin.cooling.facade": ("branches", "cool", "optimum", "relax"),
    "coldspin.exceptions": ("InvalidInputError", "ValidityWarning"),
    "coldspin.protocols": (
        "DarkStage",
        "Measure",
        "PumpStage",
        "Sweep",
        "adiabatic_demagnetization",
        "cooling_time",
        "run",
        "three_stage",
    ),
    "coldspin.sample.site": ("Site",),
    "coldspin.sample.species": ("Species",),
    "coldspin.conditions": ("validity",),
}
_HOMES = {name: home for home, names in _NAMES.items() for name in names}
_HOMES |= dict.fromkeys(("experiments", "heating", "materials", "precession", "thermodynamics"), "")


def __getattr__(name: str) -> Any:
    """Load a public name on first use, so that the command line starts without NumPy."""
    if name not in _HOMES:
        raise AttributeError(f"module 'coldspin' has no attribute {name!r}")
    home = _HOMES[name]
    value = getattr(import_module(home), name) if home else import_module(f"coldspin.{name}")
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
