"""Local fields of crystals against traces of matrices, of clusters that stand alone in a vast cell."""

from dataclasses import replace
from itertools import combinations, product

import numpy as np
import pytest
from scipy.optimize import brentq
from scipy.stats import special_ortho_group

from coldspin.constants import HBAR
from coldspin.materials.records import (
    Crystal,
    CrystalSite,
    Fact,
    IndirectCoupling,
    Material,
    Occupant,
)
from coldspin.materials.spin_spin_fields import local_fields, pair_sums
from coldspin.materials.van_vleck import second_moments
from coldspin.paper.formulas import kinetic_local_field, local_field
from whole_system import spin_matrices

MAGNETIC = 1e-7 * HBAR**2  # µ0/4π to 1.3e-10
GAUSS = 1e-4
MICRO_EV = 1.602176634e-25

GALLIUM = (Occupant("69Ga", 0.60108, 1.5, 6.438855e7), Occupant("71Ga", 0.39892, 1.5, 8.181171e7))
ARSENIC = (Occupant("75As", 1.0, 1.5, 4.596163e7),)
CADMIUM = (Occupant("111Cd", 0.1280, 0.5, -5.698313e7), Occupant("113Cd", 0.1222, 0.5, -5.960916e7))
TELLURIUM = (
    Occupant("123Te", 0.0089, 0.5, -7.059098e7),
    Occupant("125Te", 0.0707, 0.5, -8.510840e7),
)
CHEKHOVICH = {"75As": 43.5, "69Ga": 43.1, "71Ga": 54.8}
PAGET = {"75As": 46, "69Ga": 38, "71Ga": 49}
CADMIUM_TELLURIDE = {"111Cd": -31, "113Cd": -31, "123Te": -45, "125Te": -45}


def approx(expected, rel):
    """Relative alone: pytest's own default passes any two energies in joules."""
    return pytest.approx(expected, rel=rel, abs=0)


def fact(value):
    return Fact("a test value", value, "user", "")


def zinc_blende(lattice_constant, cations, anions):
    half = lattice_constant / 2
    sites = (CrystalSite((0, 0, 0), cations), CrystalSite((0.25, 0.25, 0.25), anions))
    return Crystal(((0, half, half), (half, 0, half), (half, half, 0)), sites)


def material(crystal, constants, indirect=()):
    hyperfine = {"electron": {name: fact(value * MICRO_EV) for name, value in constants.items()}}
    return Material("test", crystal, crystal.volume, hyperfine, {}, tuple(indirect))


GAAS = zinc_blende(5.6533e-10, GALLIUM, ARSENIC)
CDTE = zinc_blende(6.48e-10, CADMIUM, TELLURIUM)


# --- clusters as matrices


def embedded(spins):
    """Spin matrices of several nuclei in their common space, (3, states, states) each."""
    sizes = [round(2 * s + 1) for s in spins]
    return [
        np.array(
            [
                np.kron(
                    np.kron(np.eye(int(np.prod(sizes[:i]))), m),
                    np.eye(int(np.prod(sizes[i + 1 :]))),
                )
                for m in own
            ]
        )
        for i, own in enumerate(map(spin_matrices, spins))
    ]


def dipole_tensor(vector):
    n = vector / np.linalg.norm(vector)
    return np.eye(3) - 3 * np.outer(n, n)


def contract(tensor, one, other):
    return np.einsum("ab,aij,bjk->ik", tensor, one, other)


def trace(matrix):
    return np.trace(matrix).real / len(matrix)


def commutator_square(one, other):
    commutator = one @ other - other @ one
    return trace(commutator @ commutator)


def heat_by_definition(hamiltonian, spins, constants):
    """−Σ_α Tr[ΣA_i I_iα, H]²/2."""
    return (
        -sum(
            commutator_square(
                sum(a * i[alpha] for a, i in zip(constants, spins, strict=True)), hamiltonian
            )
            for alpha in range(3)
        )
        / 2
    )


class Cluster:
    """Nuclei with random places, spins, γ, A, scalar, dipolar and quadrupole couplings; energies in units of ħ s⁻¹."""

    def __init__(self, quantum_numbers, seed):
        random = np.random.default_rng(seed)
        number = len(quantum_numbers)
        self.quantum_numbers = np.array(quantum_numbers)
        self.gammas = random.uniform(2e7, 9e7, number) * random.choice([-1, 1], number)
        self.constants = random.uniform(-2, 2, number)
        self.spins = embedded(quantum_numbers)
        self.variances = self.quantum_numbers * (self.quantum_numbers + 1) / 3
        vectors = random.normal(size=(number, number, 3))
        self.scalar, self.dipolar = (
            self.symmetric(random.normal(size=(number, number))) for _ in range(2)
        )
        self.hamiltonian = sum(
            contract(
                HBAR
                * (
                    self.scalar[i, j] * np.eye(3)
                    + self.dipolar[i, j] * dipole_tensor(vectors[i, j])
                ),
                self.spins[i],
                self.spins[j],
            )
            for i, j in combinations(range(number), 2)
        )
        self.quadrupole = np.zeros(number)
        for i, spin in enumerate(quantum_numbers):
            gradient = random.normal(size=(3, 3))
            gradient = gradient + gradient.T - 2 / 3 * np.trace(gradient) * np.eye(3)
            if spin > 0.5:
                own = HBAR * contract(gradient, self.spins[i], self.spins[i])
                self.hamiltonian = self.hamiltonian + own
                self.quadrupole[i] = trace(own @ own)
        self.sums = pair_sums(
            self.quantum_numbers,
            self.gammas,
            HBAR * self.scalar,
            HBAR * self.dipolar,
            self.quadrupole,
        )

    @staticmethod
    def symmetric(matrix):
        return matrix + matrix.T

    def zeeman(self, field):
        return sum(HBAR * g * field * i[2] for g, i in zip(self.gammas, self.spins, strict=True))


CLUSTERS = [
    (0.5, 0.5, 0.5),
    (0.5, 1.5, 1.0),
    (0.5, 1.0, 0.5, 1.5),
    (0.5, 0.5, 1.0, 0.5, 0.5),
    (2.5, 1.5),
]


@pytest.mark.parametrize("spins", CLUSTERS)
def test_heat_capacity_of_clusters_by_matrices(spins):
    cluster = Cluster(spins, 1)
    field = cluster.sums.heat_capacity_field()
    zeeman = cluster.zeeman(field)
    assert trace(cluster.hamiltonian @ cluster.hamiltonian) == approx(
        trace(zeeman @ zeeman), rel=1e-12
    )


@pytest.mark.parametrize("spins", CLUSTERS)
def test_kinetic_field_of_clusters_by_commutators(spins):
    cluster = Cluster(spins, 2)
    zeeman = np.sum(cluster.constants**2 * cluster.variances * (HBAR * cluster.gammas) ** 2)
    heat = heat_by_definition(cluster.hamiltonian, cluster.spins, cluster.constants)
    expected = np.sqrt(heat / zeeman)
    assert cluster.sums.kinetic_field(cluster.constants) == approx(expected, rel=1e-12)
    assert cluster.sums.kinetic_field(-5e-24 * cluster.constants) == approx(expected, rel=1e-12)


def test_one_species_is_the_definition_of_the_paper():
    cluster = Cluster((1.5, 1.5, 1.5), 3)
    gamma, n_i = 5e7, 4 * np.sum(cluster.variances)
    sums = pair_sums(
        [1.5] * 3, [gamma] * 3, HBAR * cluster.scalar, HBAR * cluster.dipolar, cluster.quadrupole
    )
    total = np.sum(cluster.spins, axis=0)
    assert sums.heat_capacity_field() == approx(
        local_field(cluster.hamiltonian, n_i, gamma), rel=1e-12
    )
    assert sums.kinetic_field(np.ones(3)) == approx(
        kinetic_local_field(cluster.hamiltonian, total, n_i, gamma), rel=1e-12
    )


@pytest.mark.parametrize("field_in_local_fields", [0.0, 0.7, 3.0])
def test_a_short_visit_of_an_electron_heats_in_the_ratio_of_the_fields(field_in_local_fields):
    """Nuclei and electron evolve together for a short time; the heat of the nuclei is ∝ B² + B_KL²."""
    cluster = Cluster((0.5, 1.0, 1.5), 5)
    kinetic = cluster.sums.kinetic_field(cluster.constants)

    def heat(field):
        nuclear = np.kron(cluster.hamiltonian + cluster.zeeman(field), np.eye(2)) / HBAR
        electron = [np.kron(np.eye(len(cluster.hamiltonian)), s) for s in spin_matrices(0.5)]
        contact = sum(
            a * np.kron(i[alpha], np.eye(2)) @ electron[alpha]
            for a, i in zip(cluster.constants, cluster.spins, strict=True)
            for alpha in range(3)
        )
        energies, states = np.linalg.eigh(nuclear + contact)
        phases = np.exp(-1j * energies * 1e-4 / np.abs(energies).max())
        evolution = (states * phases) @ states.conj().T
        return (
            trace(contact @ contact - contact @ evolution @ contact @ evolution.conj().T)
            / (1e-4 / np.abs(energies).max()) ** 2
        )

    ratio = heat(field_in_local_fields * kinetic) / heat(0.0)
    assert ratio == approx(field_in_local_fields**2 + 1, rel=1e-5)


@pytest.mark.parametrize(("rank", "ratio"), [(0, 0), (1, 1), (2, 3)])
def test_rank_rule(rank, ratio):
    """ξ = B̃_L²/B_L² = k(k+1)/2 for a coupling of rank k: scalar, Dzyaloshinskii-Moriya, dipole."""
    a = np.random.default_rng(rank).normal(size=(3, 3))
    tensor = {0: np.eye(3), 1: a - a.T, 2: a + a.T - 2 / 3 * np.trace(a) * np.eye(3)}[rank]
    spins = embedded([1.0, 1.5])
    hamiltonian = contract(tensor, *spins)
    squared = trace(hamiltonian @ hamiltonian)
    assert heat_by_definition(hamiltonian, spins, [1, 1]) == pytest.approx(
        ratio * squared, rel=1e-12, abs=1e-12
    )
    if rank != 1:
        sums = pair_sums([1.0, 1.5], [3e7, 3e7], *(np.ones((2, 2)) * (rank == r) for r in (0, 2)))
        found = sums.kinetic_field([1, 1]) ** 2 / sums.heat_capacity_field() ** 2
        assert found == approx(ratio, rel=1e-12)


# --- crystals with published or closed-form values


@pytest.mark.parametrize("spin", [0.5, 1.5, 4.5])
def test_one_species_on_fcc_in_closed_form(spin):
    gamma, nearest = 4e7, 2.5e-10
    cell = np.array([[0, 1, 1], [1, 0, 1], [1, 1, 0]]) * nearest / np.sqrt(2)
    crystal = Crystal(
        tuple(map(tuple, cell)), (CrystalSite((0.2, 0.1, 0), (Occupant("1X", 1.0, spin, gamma),)),)
    )
    fields = local_fields(material(crystal, {"1X": 10}))
    expected = 1e-7 * HBAR * gamma * np.sqrt(spin * (spin + 1) * 14.4539210437) / nearest**3
    assert fields.heat_capacity == approx(expected, rel=1e-9)
    assert fields.kinetic == approx(np.sqrt(3) * expected, rel=1e-9)
    assert fields.kinetic_equal_constants == approx(np.sqrt(3) * expected, rel=1e-9)
    moments = second_moments(material(crystal, {}))
    assert fields.dipolar**2 == approx(5 / 3 * moments.isotopes["1X"].total / gamma**2, rel=1e-12)
    assert moments.secular_local_field**2 == approx(
        moments.isotopes["1X"].like / (3 * gamma**2), rel=1e-12
    )


def test_gallium_arsenide():
    fields = local_fields(material(GAAS, CHEKHOVICH))
    assert fields.dipolar / GAUSS == pytest.approx(1.778, abs=5e-4)
    assert fields.heat_capacity == approx(fields.dipolar, rel=1e-14)
    assert fields.dipolar * np.sqrt(fields.nearest_share) / GAUSS == pytest.approx(1.52, abs=5e-3)
    assert fields.kinetic / GAUSS == pytest.approx(3.02, abs=5e-3)
    assert fields.kinetic_equal_constants / GAUSS == pytest.approx(3.080, abs=5e-4)
    assert local_fields(material(GAAS, PAGET)).kinetic / GAUSS == pytest.approx(3.09, abs=5e-3)


def test_neighbour_scale_leads_to_the_quoted_field_of_gallium_arsenide():
    def field(scale):
        return local_fields(material(GAAS, CHEKHOVICH), neighbour_scale=scale)

    scale = brentq(lambda s: field(s).heat_capacity - 1.5 * GAUSS, 0, 1)
    bare = field(1.0)
    expected = 1 - (1 - (1.5 * GAUSS / bare.dipolar) ** 2) / bare.nearest_share
    assert scale**2 == approx(expected, rel=1e-9)
    assert field(scale).dipolar == bare.dipolar


@pytest.mark.parametrize(
    ("hertz", "heat_capacity", "kinetic"),
    [(0, 0.244, 0.430), (650, 0.353, 0.441), (750, 0.383, 0.445)],
)
def test_cadmium_telluride_with_scalar_coupling(hertz, heat_capacity, kinetic):
    coupling = IndirectCoupling(("113Cd", "125Te"), fact(2 * np.pi * hertz), fact(0.0))
    fields = local_fields(material(CDTE, CADMIUM_TELLURIDE, [coupling]))
    assert fields.dipolar / GAUSS == pytest.approx(0.244, abs=5e-4)
    assert fields.heat_capacity / GAUSS == pytest.approx(heat_capacity, abs=6e-4)
    assert fields.kinetic / GAUSS == pytest.approx(kinetic, abs=6e-4)


def test_the_conventional_cell_gives_what_the_primitive_one_does():
    corners = [(0, 0, 0), (0, 0.5, 0.5), (0.5, 0, 0.5), (0.5, 0.5, 0)]
    sites = [CrystalSite(c, GALLIUM) for c in corners]
    sites += [CrystalSite(tuple(np.array(c) + 0.25), ARSENIC) for c in corners]
    cubic = Crystal(tuple(map(tuple, 5.6533e-10 * np.eye(3))), tuple(sites))
    coupling = [IndirectCoupling(("71Ga", "75As"), fact(300.0), fact(-400.0))]
    frequencies = {"75As": (1e4, 0.3), "69Ga": 5e3}
    one, other = (
        local_fields(
            material(c, CHEKHOVICH, coupling),
            neighbour_scale=0.9,
            quadrupole_frequencies=frequencies,
        )
        for c in (GAAS, cubic)
    )
    for name in ("heat_capacity", "spin_spin", "quadrupole", "dipolar", "nearest_share", "kinetic"):
        assert getattr(one, name) == approx(getattr(other, name), rel=1e-12)
    moments = [
        second_moments(material(c, CHEKHOVICH, coupling), direction=(1, 2, 3))
        for c in (GAAS, cubic)
    ]
    assert moments[0].secular_local_field == approx(moments[1].secular_local_field, rel=1e-12)
    for name, moment in moments[0].isotopes.items():
        assert moment == approx(moments[1].isotopes[name], rel=1e-12)


# --- random occupation, indirect couplings and second moments: every configuration of a lone cluster, by matrices

A = 3e-10
PLACES = A * np.array([[0, 0, 0], [1, 0.2, 0], [0.0, 0.78, 0.35], [1.4, 1.3, -0.2]])
OCCUPANTS = [
    (Occupant("111Cd", 0.3, 0.5, -5.7e7), Occupant("113Cd", 0.5, 0.5, -6.0e7)),
    (Occupant("125Te", 1.0, 0.5, -8.5e7),),
    (Occupant("113Cd", 0.4, 0.5, -6.0e7), Occupant("67Zn", 0.6, 1.5, 1.7e7)),
    (Occupant("125Te", 0.2, 0.5, -8.5e7), Occupant("123Te", 0.5, 0.5, -7.1e7)),
]
INDIRECT = [
    IndirectCoupling(("125Te", "113Cd"), fact(4500.0), fact(-2500.0)),
    IndirectCoupling(("111Cd", "125Te"), fact(-900.0), fact(800.0)),
    IndirectCoupling(("125Te", "125Te"), fact(1500.0), fact(700.0)),
]
SCALE = 0.8
CONSTANTS = {"111Cd": -31, "113Cd": -35, "125Te": -45, "123Te": 20, "67Zn": 12}
VAST = 200 * A


def lone_cluster():
    sites = tuple(CrystalSite(tuple(p / VAST), o) for p, o in zip(PLACES, OCCUPANTS, strict=True))
    return material(Crystal(tuple(map(tuple, VAST * np.eye(3))), sites), CONSTANTS, INDIRECT)


def pair_couplings(one, other, vector):
    """J and D [J] of two occupants, from the words of the definitions."""
    r = np.linalg.norm(vector)
    nearest = np.linalg.norm(PLACES[2] - PLACES[0])
    dipolar = (
        (SCALE if r <= 1.1 * nearest else 1)
        * MAGNETIC
        * one.gyromagnetic_ratio
        * other.gyromagnetic_ratio
        / r**3
    )
    isotopes = {one.isotope, other.isotope}
    if isotopes <= {"123Te", "125Te"}:
        bond, named, reference = np.linalg.norm(PLACES[3] - PLACES[1]), (1500.0, 700.0), 8.5 * 8.5
    elif not isotopes & {"123Te", "125Te"} or "67Zn" in isotopes:
        return 0.0, dipolar
    elif isotopes == {"111Cd", "125Te"}:
        bond, named, reference = np.linalg.norm(PLACES[1] - PLACES[0]), (-900.0, 800.0), 5.7 * 8.5
    else:
        bond, named, reference = np.linalg.norm(PLACES[1] - PLACES[0]), (4500.0, -2500.0), 6.0 * 8.5
    if r > 1.1 * bond:
        return 0.0, dipolar
    ratio = HBAR * one.gyromagnetic_ratio * other.gyromagnetic_ratio / (reference * 1e14)
    return ratio * named[0], dipolar + ratio * named[1]


def test_the_shells_of_the_cluster_are_what_the_tests_take_them_for():
    distances = {
        (i, j): np.linalg.norm(PLACES[i] - PLACES[j]) / A for i, j in combinations(range(4), 2)
    }
    assert sorted(distances, key=distances.get)[:4] == [(0, 2), (0, 1), (1, 3), (1, 2)]
    assert distances[0, 1] > 1.1 * distances[0, 2]
    assert 1.1 * distances[0, 1] < distances[1, 2] < 1.1 * distances[1, 3]


def configurations():
    """All occupations with their probabilities: list of (place, occupant)."""
    choices = [[*enumerate(o), (None, None)] for o in OCCUPANTS]
    for choice in product(*choices):
        probability, present = 1.0, []
        for place, (_, occupant) in enumerate(choice):
            empty = 1 - sum(o.fraction for o in OCCUPANTS[place])
            probability *= empty if occupant is None else occupant.fraction
            if occupant is not None:
                present.append((place, occupant))
        if probability > 1e-12 and present:
            yield probability, present


def averages(direction=None):
    """Averages over the configurations of what the fields are made of, by matrices."""
    total = dict.fromkeys(("squared", "heat", "zeeman", "weighted", "secular"), 0.0)
    moments, present_in_all = {}, {}
    for probability, present in configurations():
        spins = embedded([o.spin for _, o in present])
        hamiltonian = secular = np.zeros(spins[0][0].shape, complex)
        for (i, (p, one)), (j, (q, other)) in combinations(enumerate(present), 2):
            vector = PLACES[q] - PLACES[p]
            scalar, dipolar = pair_couplings(one, other, vector)
            tensor = scalar * np.eye(3) + dipolar * dipole_tensor(vector)
            hamiltonian = hamiltonian + contract(tensor, spins[i], spins[j])
            if direction is not None:
                secular = secular + contract(
                    truncated(tensor, one, other, direction), spins[i], spins[j]
                )
        constants = [CONSTANTS[o.isotope] for _, o in present]
        variances = np.array([o.spin * (o.spin + 1) / 3 for _, o in present])
        gammas = HBAR * np.array([o.gyromagnetic_ratio for _, o in present])
        total["squared"] += probability * trace(hamiltonian @ hamiltonian)
        total["heat"] += probability * heat_by_definition(hamiltonian, spins, constants)
        total["zeeman"] += probability * variances @ gammas**2
        total["weighted"] += probability * variances @ (gammas * constants) ** 2
        total["secular"] += probability * trace(secular @ secular)
        for name in {o.isotope for _, o in present} if direction is not None else ():
            across = perpendicular(direction)
            own = [s for s, (_, o) in zip(spins, present, strict=True) if o.isotope == name]
            # every nucleus of an isotope counts the same in its line: M2 = Σ −Tr[H', ΣI_x]²/ΣTr I_x²
            line = sum(np.tensordot(across, s, axes=1) for s in own)
            variance = next(
                v for v, (_, o) in zip(variances, present, strict=True) if o.isotope == name
            )
            moments[name] = (
                moments.get(name, 0) - probability * commutator_square(secular, line) / HBAR**2
            )
            present_in_all[name] = present_in_all.get(name, 0) + probability * len(own) * variance
    return total, {name: moments[name] / present_in_all[name] for name in moments}


def perpendicular(direction):
    across = np.cross(direction, [0.3, -0.5, 0.9])
    return across / np.linalg.norm(across)


def truncated(tensor, one, other, direction):
    """Average of a coupling over the precession of its two spins: together if like, each alone if unlike."""
    n = direction / np.linalg.norm(direction)
    along = n @ tensor @ n * np.outer(n, n)
    if one.isotope != other.isotope:
        return along
    return along + (np.trace(tensor) - n @ tensor @ n) / 2 * (np.eye(3) - np.outer(n, n))


def test_random_occupation_and_indirect_couplings_by_enumeration():
    total, _ = averages()
    fields = local_fields(lone_cluster(), neighbour_scale=SCALE)
    assert fields.heat_capacity**2 == approx(total["squared"] / total["zeeman"], rel=1e-8)
    assert fields.kinetic**2 == approx(total["heat"] / total["weighted"], rel=1e-8)


def test_the_share_of_nearest_neighbours_is_that_of_the_closest_pair_of_the_cluster():
    weights = np.array(
        [
            sum(o.fraction * o.spin * (o.spin + 1) * o.gyromagnetic_ratio**2 for o in s)
            for s in OCCUPANTS
        ]
    )
    parts = {
        (i, j): weights[i] * weights[j] / np.linalg.norm(PLACES[i] - PLACES[j]) ** 6
        for i, j in combinations(range(4), 2)
    }
    share = local_fields(lone_cluster()).nearest_share
    assert share == approx(parts[0, 2] / sum(parts.values()), rel=1e-8)


def test_second_moments_by_enumeration():
    direction = np.array([0.4, -1.1, 0.6])
    total, expected = averages(direction)
    moments = second_moments(lone_cluster(), direction=direction, neighbour_scale=SCALE)
    assert moments.secular_local_field**2 == approx(total["secular"] / total["zeeman"], rel=1e-8)
    assert {name: m.total for name, m in moments.isotopes.items()} == approx(expected, rel=1e-8)


def test_the_powder_is_the_average_over_directions():
    powder = second_moments(lone_cluster(), neighbour_scale=SCALE)
    cosines, weights = np.polynomial.legendre.leggauss(3)
    average = dict.fromkeys(powder.isotopes, 0.0)
    like = dict.fromkeys(powder.isotopes, 0.0)
    secular = 0.0
    for c, w in zip(cosines, weights, strict=True):
        for phi in 2 * np.pi * np.arange(5) / 5:
            s = np.sqrt(1 - c**2)
            direction = (s * np.cos(phi), s * np.sin(phi), c)
            at = second_moments(lone_cluster(), direction=direction, neighbour_scale=SCALE)
            secular += w / 10 * at.secular_local_field**2
            for name, moment in at.isotopes.items():
                average[name] += w / 10 * moment.total
                like[name] += w / 10 * moment.like
    assert {name: m.total for name, m in powder.isotopes.items()} == approx(average, rel=1e-12)
    assert {name: m.like for name, m in powder.isotopes.items()} == approx(like, rel=1e-12)
    assert powder.secular_local_field**2 == approx(secular, rel=1e-12)


def test_a_rotated_crystal_has_the_same_fields():
    rotation = special_ortho_group.rvs(3, random_state=3)
    direction = np.array([0.4, -1.1, 0.6])
    straight = material(
        GAAS, CHEKHOVICH, [IndirectCoupling(("71Ga", "75As"), fact(300.0), fact(-400.0))]
    )
    turned = replace(
        straight, crystal=replace(GAAS, cell=tuple(map(tuple, GAAS.vectors @ rotation.T)))
    )
    one, other = local_fields(straight), local_fields(turned)
    assert (other.heat_capacity, other.kinetic) == approx(
        (one.heat_capacity, one.kinetic), rel=1e-12
    )
    moments = (
        second_moments(straight, direction=direction),
        second_moments(turned, direction=rotation @ direction),
    )
    assert moments[1].isotopes["75As"] == approx(moments[0].isotopes["75As"], rel=1e-12)
    unmoved = second_moments(turned, direction=direction)
    assert unmoved.isotopes["75As"] != approx(moments[0].isotopes["75As"], rel=1e-3)


def test_cubic_second_moments_along_the_axes():
    """Simple cubic: the sums of (1 − 3cos²θ)² r⁻⁶ along [100], [110] and [111] obey cubic symmetry, a + b Σn⁴."""
    crystal = Crystal(
        tuple(map(tuple, 3e-10 * np.eye(3))),
        (CrystalSite((0, 0, 0), (Occupant("1X", 1.0, 0.5, 1e8),)),),
    )
    axes = ((1, 0, 0), (1, 1, 0), (1, 1, 1), (3, 2, 0))
    values = [second_moments(material(crystal, {}), direction=n).isotopes["1X"].like for n in axes]
    fourth = [np.sum(np.array(n) ** 4) / np.sum(np.array(n) ** 2) ** 2 for n in axes]
    slope = (values[0] - values[2]) / (fourth[0] - fourth[2])
    assert slope > 0
    for value, order in zip(values, fourth, strict=True):
        assert value == approx(values[2] + slope * (order - fourth[2]), rel=1e-12)
    powder = second_moments(material(crystal, {})).isotopes["1X"].like
    assert powder == approx(values[2] + slope * (3 / 5 - fourth[2]), rel=1e-12)
