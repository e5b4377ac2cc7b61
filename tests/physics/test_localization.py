"""Wave functions against quadrature, sums over the nuclei of a lattice, a numerical ground state, known numbers."""

from itertools import product

import numpy as np
import pytest
from scipy import sparse
from scipy.integrate import quad
from scipy.sparse.linalg import eigsh

from coldspin.constants import BOHR_MAGNETON, HBAR
from coldspin.materials.catalogue import material
from coldspin.materials.envelopes import Box, Donor, GaussianDot, HardWallBox, Lens
from coldspin.materials.localization import cells, localized_species, nuclei_per_cell
from coldspin.precession.conventions import convert


def near(value, rel=1e-6):
    """Equal in relative terms: in SI everything is near 0."""
    return pytest.approx(value, rel=rel, abs=0)


NM = 1e-9
ENVELOPES = (
    Donor(1.5 * NM),
    GaussianDot((2 * NM, 1.5 * NM, 1 * NM)),
    Lens(6 * NM, 2 * NM),
    Box((5 * NM, 4 * NM, 3 * NM)),
    HardWallBox((5 * NM, 4 * NM, 3 * NM)),
)
NAMES = [type(one).__name__ for one in ENVELOPES]


def grid_sum(envelope, power, reach=14 * NM, points=141):
    """∫|ψ|^(2 power) d³r by the midpoint rule, on the cube |x| < reach."""
    step = 2 * reach / points
    axis = -reach + step * (np.arange(points) + 0.5)
    total = 0.0
    for x in axis:
        plane = np.stack(np.meshgrid([x], axis, axis, indexing="ij"), axis=-1)
        total += float(np.sum(envelope.density(plane) ** power))
    return total * step**3


@pytest.mark.parametrize("envelope", ENVELOPES, ids=NAMES)
def test_peak_and_steepness_by_differences(envelope):
    """V|ψ|² at random places and from there in random directions: never more, and along an axis as much."""
    random = np.random.default_rng(3)
    volume, step = envelope.participation_volume, 1e-3 * NM
    axes = np.linspace(-3 * NM, 3 * NM, 2401)[:, None, None] * np.eye(3)
    center = (
        np.array([0.0, 0.0, envelope.height / 2]) if isinstance(envelope, Lens) else np.zeros(3)
    )
    places = np.concatenate(
        [random.uniform(-3 * NM, 3 * NM, (200_000, 3)), (axes + center).reshape(-1, 3)]
    )
    directions = random.normal(size=places.shape)
    directions[200_000:] = np.tile(np.eye(3), (len(axes), 1))
    ends = places + step * directions / np.linalg.norm(directions, axis=1)[:, None]
    density, moved = volume * envelope.density(places), volume * envelope.density(ends)
    assert 0.999 * envelope.peak < density.max() <= envelope.peak * (1 + 1e-12)
    if isinstance(envelope, Box):
        assert np.isinf(envelope.steepness)
        assert envelope.largest_step(0.1 * NM) == envelope.peak == np.max(np.abs(moved - density))
        return
    slope = np.max(np.abs(moved - density)) / step
    assert 0.995 * envelope.steepness < slope <= envelope.steepness * (1 + 1e-9)
    assert envelope.largest_step(1e-12) == near(1e-12 * envelope.steepness)
    assert envelope.largest_step(1.0) == envelope.peak


def along(envelope, axis):
    """The factor of a separable density along one axis, up to its norm."""
    origin = (
        np.array([0.0, 0.0, envelope.height / 2]) if isinstance(envelope, Lens) else np.zeros(3)
    )

    def factor(u):
        point = origin.copy()
        point[axis] = u
        return envelope.density(point)

    return factor


def edges(envelope, axis):
    """Where the density along an axis begins and ends, or is negligible."""
    if isinstance(envelope, Lens) and axis == 2:
        return 0.0, envelope.height
    half = envelope.lengths[axis] / 2 if isinstance(envelope, Box | HardWallBox) else 15 * NM
    return -half, half


def width(factor, ends):
    """(∫f)²/∫f² of one factor of the density."""
    peak = factor(sum(ends) / 2)
    first, second = (
        quad(lambda u, p=power: (factor(u) / peak) ** p, *ends, epsabs=0)[0] for power in (1, 2)
    )
    return first**2 / second


@pytest.mark.parametrize("envelope", ENVELOPES[1:], ids=NAMES[1:])
def test_participation_volume_by_quadrature_of_each_factor(envelope):
    volume = float(
        np.prod([width(along(envelope, axis), edges(envelope, axis)) for axis in range(3)])
    )
    assert envelope.participation_volume == near(volume, rel=1e-8)


def test_participation_volume_of_the_donor_by_quadrature():
    donor = Donor(1.5 * NM)

    def radial(power):
        return (
            quad(
                lambda r: 4 * np.pi * r**2 * donor.density([r * NM, 0, 0]) ** power, 0, 60, epsabs=0
            )[0]
            * NM**3
        )

    assert radial(1) == near(1, rel=1e-9)
    assert donor.participation_volume == near(1 / radial(2), rel=1e-9)
    assert donor.participation_volume == near(8 * np.pi * (1.5 * NM) ** 3, rel=1e-14)


@pytest.mark.parametrize("envelope", ENVELOPES, ids=NAMES)
def test_density_is_normalized_and_gives_the_volume(envelope):
    assert grid_sum(envelope, 1) == near(1, rel=0.03)
    assert 1 / grid_sum(envelope, 2) == near(envelope.participation_volume, rel=0.05)


@pytest.mark.parametrize(
    "envelope",
    [e for e in ENVELOPES if not isinstance(e, Box)],
    ids=[n for n in NAMES if n != "Box"],
)
def test_couplings_summed_over_the_nuclei_of_the_lattice(envelope):
    """T2e* and the Overhauser field of every single nucleus of GaAs against the equal couplings of the site."""
    gaas = material("GaAs")
    species = {one.isotope: one for one in localized_species(gaas, envelope)}
    reach = 30
    index = np.array(list(product(range(-reach, reach + 1), repeat=3)))
    squares, firsts = 0.0, 0.0
    for site in gaas.crystal.sites:
        positions = (index + np.array(site.position) + 0.137) @ gaas.crystal.vectors
        weights = gaas.formula_volume * envelope.density(positions)
        for nucleus in site.occupants:
            coupling = gaas.hyperfine_constant("electron", nucleus.isotope).known() / HBAR
            single = nucleus.fraction * coupling * weights
            firsts += float(single.sum()) * nucleus.spin
            squares += (
                4 / 3 * nucleus.spin * (nucleus.spin + 1) * float(single @ weights) * coupling
            )
    equal = sum(one.nuclei * one.hyperfine_coupling * one.nuclear_spin for one in species.values())
    rate = sum(one.effective_nuclei * one.hyperfine_coupling**2 for one in species.values())
    assert firsts == near(equal, rel=1e-3)
    assert squares == near(rate, rel=1e-3)


def test_the_overhauser_field_is_independent_of_the_wave_function():
    gaas = material("GaAs")
    full = sum(
        count * gaas.hyperfine_constant("electron", name).known() * 1.5 / HBAR
        for name, count in nuclei_per_cell(gaas).items()
    )
    for envelope in ENVELOPES:
        species = localized_species(gaas, envelope)
        assert sum(one.nuclei * one.hyperfine_coupling * 1.5 for one in species) == near(full)


@pytest.mark.parametrize(
    ("name", "radius", "g", "number", "time", "merkulov_time", "merkulov_field", "field"),
    [
        ("GaAs", "10.2 nm", 0.44, 5.9e5, 3.5e-9, 4.9e-9, 5.2e-3, 7.4e-3),
        ("CdTe", "5.2 nm", 1.6, 5.2e4, 7.5e-9, 10.7e-9, 0.67e-3, 0.95e-3),
    ],
)
def test_numbers_of_donors(name, radius, g, number, time, merkulov_time, merkulov_field, field):
    """Two digits, as printed in the project's collection of experiments, from the same unverified constants."""
    one = material(name)
    assert cells(one, Donor(radius)) == near(number, rel=0.01)
    species = localized_species(one, Donor(radius))
    dephasing = sum(s.effective_nuclei * s.hyperfine_coupling**2 for s in species) ** -0.5
    ratio = g * BOHR_MAGNETON / HBAR
    assert dephasing == near(time, rel=0.01)
    assert convert(dephasing, "dephasing_time", "merkulov_time") == near(merkulov_time, rel=0.01)
    for convention, value in (("merkulov_field", merkulov_field), ("fluctuation_field", field)):
        found = convert(dephasing, "dephasing_time", convention, electron_gyromagnetic_ratio=ratio)
        assert found == near(value, rel=0.01)


def cap_volume(radius, height, across=90, up=60):
    """1/∫|ψ|⁴ of the ground state in a spherical cap with hard walls: finite differences in ρ and z, ψ = u/√ρ."""
    reach = min(radius, 5.5 * np.sqrt(height * radius / (np.sqrt(2) * np.pi)))
    d_rho, dz = reach / across, height / up
    rho, z = (np.arange(across) + 0.5) * d_rho, (np.arange(up - 1) + 1) * dz
    sphere = (radius**2 + height**2) / (2 * height)
    top = np.sqrt(sphere**2 - rho**2) - (sphere - height)
    number = {
        place: k
        for k, place in enumerate(
            (i, j) for i in range(across) for j in range(up - 1) if z[j] < top[i]
        )
    }
    matrix = sparse.lil_matrix((len(number), len(number)))
    for (i, j), k in number.items():
        gap = dz if (i, j + 1) in number else min(dz, max(top[i] - z[j], 1e-3 * dz))
        faces = {(i + 1, j): (i + 1) * d_rho, (i - 1, j): i * d_rho}
        matrix[k, k] = (
            1 / (dz * gap) + 1 / dz**2 + sum(face / (rho[i] * d_rho**2) for face in faces.values())
        )
        for place, face in faces.items():
            if place in number:
                matrix[k, number[place]] = -face / (d_rho**2 * np.sqrt(rho[i] * rho[place[0]]))
        for place in ((i, j + 1), (i, j - 1)):
            if place in number:
                matrix[k, number[place]] = -1 / dz**2
    u = eigsh(matrix.tocsc(), k=1, sigma=0)[1][:, 0]
    ring = 2 * np.pi * d_rho * dz
    weights = rho[[i for i, _ in number]]
    return np.sum(u**2) ** 2 * ring / np.sum(u**4 / weights)


@pytest.mark.parametrize(
    ("height", "error"), [(0.1, 0.01), (1 / 3, 0.01), (0.5, 0.03), (1.0, 0.13)]
)
def test_the_lens_against_the_ground_state_of_a_cap(height, error):
    assert Lens(NM, height * NM).participation_volume == near(
        cap_volume(1.0, height) * NM**3, rel=error
    )
