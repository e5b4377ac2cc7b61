"""Cooling and heating of nuclear spins by strongly localized electrons.

`Site` describes the sample; `cool`, `optimum` and `relax` compute with it in SI; `precession`, `heating` and
`thermodynamics` hold the formulas in plain numbers. Names are loaded when they are first used.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from coldspin import heating, precession, thermodynamics
    from coldspin.cooling import cool, optimum, relax
    from coldspin.exceptions import InvalidInputError, ValidityWarning
    from coldspin.site import Site

__version__ = "0.1.0"

__all__ = [
    "InvalidInputError",
    "Site",
    "ValidityWarning",
    "__version__",
    "cool",
    "heating",
    "optimum",
    "precession",
    "relax",
    "thermodynamics",
]

_HOMES = {
    "InvalidInputError": "coldspin.exceptions",
    "ValidityWarning": "coldspin.exceptions",
    "Site": "coldspin.site",
    "cool": "coldspin.cooling",
    "optimum": "coldspin.cooling",
    "relax": "coldspin.cooling",
    "heating": "",
    "precession": "",
    "thermodynamics": "",
}


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
