"""The page around the figures: plain HTML with everything that can be typed, filled with a state."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from coldspin.explorer.labels import LABELS
from coldspin.explorer.state import CHOICES, OWN, TABLE, State

if TYPE_CHECKING:
    from jinja2 import Template

MODELS = {
    "dark-rate": "T1 or 1/T1 in the dark against field",
    "cooling": "β, θ_N or Overhauser field against cooling field",
    "optimal-field": "optimal field against correlation time",
    "recovery": "polarization recovery against field",
    "hanle": "Hanle curve with cooled nuclei",
    "decay": "decay or build-up in time",
}
METHOD_HELP = {
    "closed-form": "(S38), at once",
    "small-angle": "(9), at once",
    "semiclassical": "with nuclear precession, seconds",
    "multiplets": "exact in N, seconds to hours",
    "automatic": "the cheapest that is right",
    "trajectories": "unequal couplings, minutes",
}
_ALLOYS = ("Al0.3Ga0.7As", "In0.5Ga0.5As", "Cd0.9Zn0.1Te")


def page(state: State, problem: str, parts: Mapping[str, Any]) -> str:
    """HTML of the page; `parts` are what dash puts into it, made by dash. Everything else is escaped."""
    from markupsafe import Markup

    from coldspin.inputs.sample_files import METHODS

    known = {
        name: Markup(parts[name])  # noqa: S704  # of dash, not of a user
        for name in ("metas", "css", "config", "scripts", "renderer", "app_entry")
    }
    return _template().render(
        state=state,
        problem=problem,
        materials=materials(),
        own=OWN,
        table=TABLE,
        methods=[(name, METHOD_HELP.get(name, "")) for name in METHODS],
        models=MODELS,
        labels=LABELS,
        dash=known,
    )


@cache
def choices() -> Mapping[str, tuple[str, ...]]:
    """What there is to choose from, by field; a material may be any."""
    from coldspin.inputs.sample_files import METHODS

    return {**CHOICES, "method": tuple(METHODS), "model": tuple(MODELS)}


@cache
def materials() -> tuple[str, ...]:
    """Materials to choose from: those of the library, and alloys as examples; any other can be typed."""
    from coldspin.materials.material_tables import names

    return (*names(), *_ALLOYS)


@cache
def _template() -> "Template":
    from jinja2 import Environment, StrictUndefined

    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    return environment.from_string(
        Path(__file__).with_name("page.html.jinja").read_text(encoding="utf-8")
    )
