"""Names of the fields as the page shows them: the page takes them from here, and so does what is said of a field."""

import re
from collections.abc import Mapping

LABELS: Mapping[str, str] = {
    "material": "Material",
    "carrier": "Carrier",
    "size_kind": "Size of the orbit, by",
    "size": "Size",
    "nuclei": "Nuclei N",
    "nuclear_spin": "Nuclear spin I",
    "hyperfine_coupling": "Hyperfine coupling a",
    "nuclear_gyromagnetic_ratio": "Nuclear γ_N",
    "local_field": "Local field B_L",
    "correlation_time": "Correlation time τ_c",
    "filling": "Filling f",
    "g_factor": "g factor",
    "spin": "Mean spin ⟨S⟩ along the light",
    "optical_axis_angle": "Angle of the light to the field",
    "method": "Method",
    "self_consistent": "mean Overhauser field acts back",
    "knight_field": "nuclei see the Knight field",
    "effective_isotope": "one isotope stands for several, in an engine",
    "field": "Fields drawn",
    "at": "Validity at the field",
    "unit": "Unit of fields",
    "temperature": "Temperature as",
    "tab": "What to look at",
    "more": "More, as TOML",
    "stages": "Stages",
    "model": "What was measured",
}

_KEYS: Mapping[str, tuple[str, ...]] = {
    "size": ("dephasing_time", "bohr_radius", "cells"),
    "spin": ("spin", "electron_spin"),
    "method": ("name",),
    "at": ("field",),
    "stages": (),
}
"""What files call the field where that is another name; "stages" is a table, whose lines have names of their own."""


def labelled(sentence: str, at: str) -> str:
    """Let a sentence about a field begin with its label; the name that files have for it follows in brackets."""
    if at not in LABELS:
        return sentence
    label, key = LABELS[at], re.match(r"[A-Za-z_][\w.]*(?= )", sentence)
    name = key[0].rpartition(".")[2] if key else ""
    if key is None or name not in _KEYS.get(at, (at,)):
        return sentence if at == "stages" else f"{label}: {sentence}"
    shown = label if name in (label.lower(), "name") else f"{label} ({name})"
    return shown + sentence[key.end() :]
