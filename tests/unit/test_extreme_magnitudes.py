"""Numbers of any size through the facade: a result without NaN, or InvalidInputError in one sentence; nothing else."""

import warnings

import numpy as np
import pytest

from coldspin import (
    DarkStage,
    InvalidInputError,
    Measure,
    PumpStage,
    Site,
    Species,
    Sweep,
    ValidityWarning,
    branches,
    cool,
    cooling_time,
    optimum,
    relax,
    run,
    validity,
)
from coldspin.heating import ClosedForm, SmallAngle

COMMON = {  # powers of ten of usual samples, and of all that is allowed
    "local_field": ((-6, -2), (-20, 5)),
    "correlation_time": ((-11, -5), (-30, 20)),
    "filling": ((-4, 0), (-20, 0)),
    "electron_gyromagnetic_ratio": ((9, 11.5), (-10, 15)),
}
ISOTOPE = {
    "nuclei": ((2, 6), (0, 30)),
    "hyperfine_coupling": ((4, 9), (-20, 20)),
    "nuclear_gyromagnetic_ratio": ((7, 8.4), (-10, 15)),
}
SIGNED = ("hyperfine_coupling", "nuclear_gyromagnetic_ratio", "electron_gyromagnetic_ratio")
INFINITE = ("spin_temperature", "relaxation_time")  # at β = 0, and where nothing warms
UNKNOWN = ("quadrupole_ratio", "knight_gradient", "diffusion")  # rows that lack what they need


def draw(random, ranges, share):
    """A value for each name: of a usual sample, or with the probability `share` of any size."""
    values = {}
    for name, (usual, allowed) in ranges.items():
        size = 10.0 ** random.uniform(*(allowed if random.random() < share else usual))
        values[name] = -size if name in SIGNED and random.random() < 0.5 else size
    return values


def draw_site(random, share):
    isotopes = [
        draw(random, ISOTOPE, share) | {"nuclear_spin": random.choice([0.5, 1, 1.5, 4.5])}
        for _ in range(random.choice([1, 1, 2]))
    ]
    common = draw(random, COMMON, share)
    if len(isotopes) == 1:
        return Site(**common, **isotopes[0])
    return Site(**common, species=[Species(**one) for one in isotopes])


def calls(random, share, *, hot):
    """What a user may ask of a site, with fields and times of any size."""
    field = float(
        random.choice([-1, 1])
        * 10 ** random.uniform(*((-29, 4.6) if random.random() < share else (-6, 0)))
    )
    spin = float(10 ** random.uniform(*((-20, -0.31) if random.random() < share else (-4, -0.5))))
    time = float(10 ** random.uniform(*((-30, 20) if random.random() < share else (-6, 3))))
    leakage = {"leakage": f"{time!r} s"} if random.random() < 0.3 else {}
    pump = leakage | {"knight_field": bool(random.random() < 0.3), "effective_isotope": True}
    pump["self_consistent"] = bool(random.random() < 0.7)
    pump["method"] = SmallAngle() if random.random() < 0.3 else ClosedForm()
    full = {"high_temperature": not (hot and random.random() < 0.3)}
    every = {name: value for name, value in (pump | full).items() if name != "self_consistent"}
    fields = [0.0, field, 2 * field]
    stages = [
        PumpStage(field, time, spin),
        DarkStage(0.0, time),
        Sweep(field / 2, duration=time),
        Measure(field),
    ]
    return {
        "cool": lambda site: cool(site, fields, spin, **pump, **full),
        "branches": lambda site: branches(site, fields, spin, **every),
        "optimum": lambda site: optimum(site, spin, **pump),
        "relax": lambda site: relax(site, fields, **leakage, method=pump["method"]),
        "validity": lambda site: validity(site, field, spin, **pump, **full),
        "run": lambda site: run(site, stages, points=3, **pump),
        "cooling_time": lambda site: cooling_time(site, field, spin, **pump),
    }


def lost(result):
    """Names of what is not finite without a reason that the documentation gives."""
    if not hasattr(result, "variables"):
        absent = result["stable_states"].value == 0
        return [
            row.name
            for row in result.rows
            if np.isnan(row.value) and row.name not in UNKNOWN and not absent
        ]
    if "no stationary state" in result.attrs.get("warnings", ""):
        return []
    names = []
    for name, column in result.variables.items():
        if column.dtype.kind == "f":
            values = column.values[~np.isinf(column.values)] if name in INFINITE else column.values
            if not np.isfinite(values).all():
                names.append(name)
    return names


def try_all(seed, samples, *, hot):
    random = np.random.default_rng(seed)
    results = 0
    for share in random.choice([0.1, 0.3, 1.0], samples):
        try:
            site = draw_site(random, share)
        except InvalidInputError:
            continue
        for name, call in calls(random, share, hot=hot).items():
            with warnings.catch_warnings():
                warnings.simplefilter("error")
                warnings.simplefilter("ignore", ValidityWarning)
                try:
                    result = call(site)
                except InvalidInputError as refusal:
                    sentence = str(refusal)
                else:
                    sentence, results = "", results + 1
            assert "\n" not in sentence
            if sentence:
                continue
            assert lost(result) == [], f"{name} of {site}"
    return results


def test_any_size_gives_a_number_or_a_sentence():
    assert try_all(5, 5, hot=False) > 15


@pytest.mark.slow
def test_any_size_gives_a_number_or_a_sentence_in_many_samples():
    assert try_all(6, 40, hot=True) > 120


USUAL = {
    "nuclei": 1e5,
    "nuclear_spin": 1.5,
    "hyperfine_coupling": 1.5e6,
    "nuclear_gyromagnetic_ratio": 6.3e7,
    "local_field": 1.5e-4,
    "correlation_time": 4e-9,
    "filling": 0.05,
    "electron_gyromagnetic_ratio": -4e10,
}


@pytest.mark.parametrize("name", USUAL)
@pytest.mark.parametrize("size", [5e-324, 1e-300, 1e-100, 1e100, 1e300, 1.7e308])
def test_one_absurd_parameter_is_refused_in_one_sentence(name, size):
    with pytest.raises(InvalidInputError, match=name) as caught:
        Site(**USUAL | {name: size})
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("size", [1e-300, 1e300, "1e300 T", "1e-300 T", "1.01e5 T"])
def test_an_absurd_field_is_refused_everywhere(size):
    site = Site(**USUAL)
    for call in (
        lambda: cool(site, size, 0.01),
        lambda: branches(site, [0.0, size], 0.01),
        lambda: optimum(site, 0.01, fields=(0.0, size)),
        lambda: relax(site, size),
        lambda: validity(site, size, 0.01),
        lambda: cooling_time(site, size, 0.01),
        lambda: run(site, [PumpStage(size, 1.0, 0.01)]),
        lambda: run(site, [PumpStage("1 mT", 1.0, 0.01), Sweep(size)]),
    ):
        with pytest.raises(InvalidInputError, match=r"field.*T in magnitude"):
            call()
