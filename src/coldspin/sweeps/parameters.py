"""What a study may vary: keys of a sample file, each with its dimension, or as text."""

import re
from typing import Literal

from coldspin.exceptions import InvalidInputError
from coldspin.quantities import (
    ANGLE,
    COUPLING,
    DENSITY,
    DIFFUSIVITY,
    FIELD,
    GYROMAGNETIC,
    LENGTH,
    TEMPERATURE,
    TIME,
    Dimension,
)
from coldspin.wording import nearest

Kind = Dimension | Literal["number", "text"]

SAMPLE, PROTOCOL = "sample", "protocol"
PARAMETERS: dict[str, Kind] = {
    SAMPLE: "text",
    PROTOCOL: "text",
    "site.nuclei": "number",
    "site.nuclear_spin": "number",
    "site.hyperfine_coupling": COUPLING,
    "site.nuclear_gyromagnetic_ratio": GYROMAGNETIC,
    "site.electron_gyromagnetic_ratio": GYROMAGNETIC,
    "site.g_factor": "number",
    "site.local_field": FIELD,
    "site.kinetic_local_field": FIELD,
    "site.correlation_time": TIME,
    "site.filling": "number",
    "site.species.nuclei": "number",
    "site.species.nuclear_spin": "number",
    "site.species.hyperfine_coupling": COUPLING,
    "site.species.nuclear_gyromagnetic_ratio": GYROMAGNETIC,
    "site.material": "text",
    "site.carrier": "text",
    "site.cells": "number",
    "site.dephasing_time": TIME,
    "site.dephasing_convention": "text",
    "site.neighbour_scale": "number",
    "electron.spin": "number",
    "electron.optical_axis_angle": ANGLE,
    "method.name": "text",
    "method.tolerance": "number",
    "method.couplings": "text",
    "method.samples": "number",
    "method.seed": "number",
    "method.self_consistent": "text",
    "method.knight_field": "text",
    "method.high_temperature": "text",
    "method.effective_isotope": "text",
    "leakage.factor": "number",
    "leakage.time": TIME,
    "leakage.quadrupole.time": TIME,
    "leakage.quadrupole.correlation_time": TIME,
    "leakage.diffusion.density": DENSITY,
    "leakage.diffusion.diffusivity": DIFFUSIVITY,
    "leakage.diffusion.radius": LENGTH,
    "cool.field": FIELD,
    "relax.field": FIELD,
    "stage.field": FIELD,
    "stage.duration": TIME,
    "stage.spin": "number",
    "stage.optical_axis_angle": ANGLE,
    "stage.leakage": TIME,
    "run.spin_temperature": TEMPERATURE,
}
_LISTS = {
    "site.species": 'one isotope, as in "site.species[1].nuclei"',
    "stage": 'one stage, as in "stage[1].duration"',
}
_ENVELOPE = "site.envelope."
_SHORT = {"electron.spin": "electron_spin", "method.name": "method_name"}


def parameter(key: str, place: str) -> Kind:
    """What the values of `key` are; InvalidInputError with the nearest name for a key that does not exist."""
    plain = re.sub(r"\[\d+\]", "", key)
    if plain.startswith(_ENVELOPE):
        return "text" if plain == f"{_ENVELOPE}shape" else LENGTH
    if plain in PARAMETERS:
        several = next((table for table in _LISTS if plain.startswith(f"{table}.")), None)
        if several and not re.fullmatch(re.escape(several) + r"\[[1-9]\d*\]\.\w+", key):
            raise InvalidInputError(f"{place}.{key} must name {_LISTS[several]}")
        if several or "[" not in key:
            return PARAMETERS[plain]
    ends = {name.rpartition(".")[2]: name for name in PARAMETERS}
    meant = ends.get(plain.rpartition(".")[2])
    hint = f"did you mean {meant}?" if meant else nearest(plain, PARAMETERS)
    raise InvalidInputError(f"{place}.{key} is no parameter of a sample file", remedy=f"{hint}")


def short_name(key: str, taken: set[str]) -> str:
    """Name of a dimension for `key`: its last word, or all of them where a quantity has that word for its name."""
    short = _SHORT.get(key, key.rpartition(".")[2])
    return short if short not in taken and "[" not in key else re.sub(r"\W+", "_", key)
