"""A dense scan of β(B) along every stable branch, by :func:`coldspin.branches` alone, against which `optimum` is tried.

The scan calls nothing of the search: it links the states at neighbouring fields by itself, puts
fields between where a branch moves fast or ends, and takes three neighbours on one branch as the
bracket of an extremum.
"""

import warnings
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import numpy as np

from coldspin import Site, branches, cool, optimum
from coldspin.constants import HBAR
from coldspin.heating import ClosedForm, Multiplets, Semiclassical, SmallAngle, Trajectories
from coldspin.sample.species import Species
from coldspin.thermodynamics.channels import ConstantRelaxation, QuadrupoleRelaxation

# fields a decade, decades, distance of neighbours that calls for one between, how often
DENSE, SPARSE, OF_ENGINES = (30, 7, 0.3, 14), (8, 6, 0.6, 5), (8, 5, 0.6, 6)
_LEAST_STEP = 1e-7  # of B, below which no field is put between
_NOISE = 1e-9  # of β of a formula, relative: a bend that is flatter is no extremum


@dataclass(frozen=True)
class Sample:
    """What is given to `optimum`."""

    site: Site
    spin: float
    options: dict[str, Any]


@dataclass
class Chain:
    """One stable branch: fields in rising order, and β and ⟨Ω_N⟩T2e* there."""

    fields: list[float] = field(default_factory=list)
    beta: list[float] = field(default_factory=list)
    shift: list[float] = field(default_factory=list)


def states(sample, fields):
    """For each field the stable states: rows (β, u, asinh 2b), b along B."""
    options = {key: value for key, value in sample.options.items() if key != "self_consistent"}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if sample.options.get("self_consistent", True):
            data = branches(sample.site, fields, sample.spin, **options)
        else:
            data = cool(sample.site, fields, sample.spin, self_consistent=False, **options)
            beta = data.inverse_spin_temperature.values
            return {b: [(y, 0.0, 0.0)] for b, y in zip(fields, beta, strict=True)}
    found = {b: [] for b in fields}
    kept = data.stable.values & np.isfinite(data.inverse_spin_temperature.values)
    external = sample.site.electron_gyromagnetic_ratio * sample.site.dephasing_time
    for i in np.flatnonzero(kept):
        at = float(data.field.values[i])
        u = float(data.mean_overhauser_precession.values[i])
        found[at].append(
            (float(data.inverse_spin_temperature.values[i]), u, np.arcsinh(2 * (external * at + u)))
        )
    return found


def partners(left, right):
    """Pairs of states at two fields that lie on one branch: each the nearest of the other."""
    pairs = []
    for i, one in enumerate(left):
        j = min(range(len(right)), key=lambda j: distance(one, right[j]), default=None)
        if j is not None and min(range(len(left)), key=lambda m: distance(left[m], right[j])) == i:
            pairs.append((i, j))
    return pairs


def distance(one, other):
    return abs(one[2] - other[2]) + abs(one[0] - other[0]) / max(abs(one[0]), abs(other[0]), 1e-300)


def scan(sample, low, high, grid=DENSE):
    """Every chain of stable states between two fields."""
    ends = max(abs(low), abs(high))
    density, decades, farthest, rounds = grid
    side = np.geomspace(ends * 10.0**-decades, ends, density * decades)
    fields = np.concatenate(
        [-side, side, [low, high], [0.0] if sample.options.get("knight_field") else []]
    )
    fields = np.unique(fields[(low <= fields) & (fields <= high)])
    known = states(sample, fields)
    for _ in range(rounds):
        fields = sorted(known)
        between = []
        for a, b in pairwise(fields):
            if b - a < _LEAST_STEP * max(abs(a), abs(b)):
                continue
            pairs = partners(known[a], known[b])
            ends_here = len(pairs) != max(len(known[a]), len(known[b]))
            far = any(distance(known[a][i], known[b][j]) > farthest for i, j in pairs)
            if (ends_here and b - a > 1e-4 * max(abs(a), abs(b))) or far:
                between.append((a + b) / 2)
        if not between or len(fields) > 4000:
            break
        known |= states(sample, between)
    fields = sorted(known)
    chains, current = [], {}
    for n, at in enumerate(fields):
        following = {}
        pairs = {j: i for i, j in partners(known[fields[n - 1]], known[at])} if n else {}
        for j, (beta, u, _) in enumerate(known[at]):
            chain = current.get(pairs.get(j)) if j in pairs else None
            if chain is None:
                chain = Chain()
                chains.append(chain)
            chain.fields.append(at)
            chain.beta.append(beta)
            chain.shift.append(u)
            following[j] = chain
        current = following
    return chains


def error(sample):
    """Relative error of β that is not smooth in B: the tolerance of an engine."""
    method = sample.options["method"]
    if isinstance(method, ClosedForm | SmallAngle):
        return _NOISE
    return 3e-5 if isinstance(method, Trajectories) else max(3e-5, method.tolerance)


def brackets(chains, noise):
    """(B before, B after, kind, u) of every extremum of |β| inside a chain that exceeds the noise; zeros are none."""
    found = []
    for chain in chains:
        beta = np.array(chain.beta)
        size = np.abs(beta)
        turns = [
            i
            for i in range(1, len(size) - 1)
            if (size[i] - size[i - 1]) * (size[i] - size[i + 1]) > 0
        ]
        # the shallowest pair of a maximum and a minimum goes first, until all are deeper than the noise
        line = [0, *turns, len(size) - 1]
        while len(line) > 2:
            drops = [
                abs(size[i] - size[j]) / max(size[i], size[j], 1e-300) for i, j in pairwise(line)
            ]
            least = int(np.argmin(drops))
            if drops[least] > noise:
                break
            inner = [n for n in (least, least + 1) if 0 < n < len(line) - 1]
            line = [i for n, i in enumerate(line) if n not in inner]
        for i in line[1:-1]:
            kind = "maximum" if size[i] > size[i - 1] else "minimum"
            if kind == "maximum" or np.all(beta[i - 1 : i + 2] * beta[i] > 0):
                found.append((chain.fields[i - 1], chain.fields[i + 1], kind, chain.shift[i]))
    return found


def disagreements(sample, grid=DENSE):
    """Sentences on each extremum that one of the two has and the other has not."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        data = optimum(sample.site, sample.spin, **sample.options)
    low, high = data.attrs["search_minimum"], data.attrs["search_maximum"]
    noise = error(sample)
    chains = scan(sample, low, high, grid if noise == _NOISE else OF_ENGINES)
    feedback = sample.options.get("self_consistent", True)
    shifts = (
        data.mean_overhauser_precession.values if feedback else np.zeros(data.sizes["extremum"])
    )
    mine = list(
        zip(data.field.values.tolist(), data.kind.values.tolist(), shifts.tolist(), strict=True)
    )
    margin = 1e-9 if noise == _NOISE else 2 * np.sqrt(noise)
    problems = []
    for before, after, kind, u in brackets(chains, 3 * noise):
        slack = margin * max(abs(before), abs(after))
        if not any(before - slack <= b <= after + slack and k == kind for b, k, _ in mine):
            problems.append(f"lost: {kind} in {before!r} to {after!r} T, u = {u:.4g}")
    seen = brackets(chains, noise / 3)
    for at, kind, u in mine:
        slack = margin * abs(at)
        if any(before - slack <= at <= after + slack and k == kind for before, after, k, _ in seen):
            continue
        if not confirmed(sample, at, kind, u):
            problems.append(f"invented: {kind} at {at!r} T, u = {u:.4g}")
    return problems


def confirmed(sample, at, kind, shift):
    """Whether β on the branch through a state turns there, on a finer grid about it."""
    for width in (1e-2, 1e-3, 1e-4):
        fields = at + width * abs(at) * np.linspace(-1, 1, 5)
        known = states(sample, fields)
        line = []
        for b in fields:
            if not known[b]:
                break
            line.append(min(known[b], key=lambda state: abs(state[1] - shift)))
        if len(line) < 5:
            continue
        beta = np.array([state[0] for state in line])
        if np.any(beta * beta[2] <= 0):
            continue
        size = np.abs(beta)
        inner, outer = (size[1] + size[3]) / 2, (size[0] + size[4]) / 2
        falls = size[2] > inner > outer if kind == "maximum" else size[2] < inner < outer
        if falls and np.ptp(size) > 1e-12 * size[2]:
            return True
    return False


_MATERIALS = ("GaAs", "InAs", "CdTe", "InP", "GaN", "Si", "ZnSe", "AlAs")


def draw(rng, *, methods="closed"):
    """A random sample: material or isotopes, pump and method."""
    site = (
        _material(rng)
        if rng.random() < 0.35 and methods != "few"
        else _isotopes(rng, few=methods == "few")
    )
    spin = float(10 ** rng.uniform(-3.5, np.log10(0.5))) * rng.choice([-1, 1])
    if rng.random() < 0.1:
        spin = 0.5 * np.sign(spin)
    options: dict[str, Any] = {"self_consistent": bool(rng.random() < 0.85)}
    if rng.random() < 0.3:
        options["knight_field"] = True
    if rng.random() < 0.3:
        options["optical_axis_angle"] = float(rng.uniform(0, 1.4))
    leakage = [
        None,
        None,
        None,
        float(rng.uniform(0.1, 1)),
        ConstantRelaxation(float(10 ** rng.uniform(-1, 4))),
        (
            ConstantRelaxation(float(10 ** rng.uniform(0, 4))),
            QuadrupoleRelaxation(float(10 ** rng.uniform(-1, 3)), 1e-5),
        ),
    ][rng.integers(6)]
    if leakage is not None:
        options["leakage"] = leakage
    if rng.random() < 0.08:
        options["high_temperature"] = False
    several = len(site.isotopes) > 1
    if methods == "closed":
        options["method"] = ClosedForm() if rng.random() < 0.8 else SmallAngle()
    elif methods == "few":
        tolerance = float(10 ** rng.uniform(-6, -3))
        options["method"] = (
            Multiplets(tolerance=tolerance)
            if rng.random() < 0.8
            else Trajectories(samples=512, tolerance=0.5)
        )
    else:
        options["method"] = Semiclassical(tolerance=float(10 ** rng.uniform(-6, -3)))
    if several and methods != "closed":
        options["effective_isotope"] = True
    return Sample(site, float(spin), options)


def _material(rng):
    while True:
        try:
            return Site.from_material(
                str(rng.choice(_MATERIALS)),
                dephasing_time=float(10 ** rng.uniform(-9.5, -7.5)),
                correlation_time=float(10 ** rng.uniform(-10, -6)),
                filling=float(10 ** rng.uniform(-3, 0)),
                g_factor=float(rng.choice([-1, 1]) * 10 ** rng.uniform(-1.5, 0.3)),
            )
        except ValueError:
            continue


def _isotopes(rng, *, few):
    count = 1 if few else int(rng.integers(1, 4))
    total = float(10 ** (rng.uniform(0.7, 1.8) if few else rng.uniform(1, 6)))
    share = rng.dirichlet(np.ones(count))
    gamma = rng.uniform(1, 15, count) * 1e7 * rng.choice([-1, 1, 1, 1], count)
    coupling = (
        rng.uniform(0.2, 1, count)
        * np.sign(gamma)
        * 1e-6
        * 1.602e-19
        / HBAR
        * 10 ** rng.uniform(-4, -1)
    )
    species = tuple(
        Species(
            nuclei=float(max(round(total * share[i]), 4) if few else total * share[i] + 1),
            nuclear_spin=float(rng.choice([0.5] if few else [0.5, 1.0, 1.5, 2.5, 4.5])),
            hyperfine_coupling=float(coupling[i]),
            nuclear_gyromagnetic_ratio=float(gamma[i]),
            isotope=f"{i + 1}X",
        )
        for i in range(count)
    )
    local = float(10 ** rng.uniform(-6, -3.5))
    return Site(
        species=species,
        local_field=local,
        kinetic_local_field=local * float(rng.uniform(0.5, 3)),
        correlation_time=float(10 ** rng.uniform(-10, -6)),
        filling=float(10 ** rng.uniform(-3, 0)),
        g_factor=float(rng.choice([-1, 1]) * 10 ** rng.uniform(-1.5, 0.3)),
    )
