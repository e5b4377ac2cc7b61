"""ΔE_n = β{Tr[H_e²] − Tr[H_e H_e(t)]}, the identity on which the engine stands, for random Hamiltonians."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.linalg import expm

import whole_system as whole
from coldspin.heating import Multiplets


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), dimension=st.integers(2, 8), time=st.floats(0, 30))
def test_heat_of_the_nuclei_is_the_decay_of_the_electron_energy_correlator(seed, dimension, time):
    rng = np.random.default_rng(seed)

    def hermitian():
        matrix = rng.normal(size=(dimension, dimension)) + 1j * rng.normal(
            size=(dimension, dimension)
        )
        return matrix + matrix.conj().T

    H_n, H_e = hermitian(), hermitian()
    U = expm(-1j * (H_n + H_e) * time)
    density = -H_n  # first order in β of exp(−βH_n)
    later = U @ density @ U.conj().T
    heat = np.trace(H_n @ (later - density)).real
    correlator = np.trace(H_e @ H_e).real - np.trace(H_e @ U @ H_e @ U.conj().T).real
    assert heat == pytest.approx(correlator, abs=1e-9 * np.trace(H_e @ H_e + H_n @ H_n).real)
    assert heat >= -1e-9 * np.trace(H_e @ H_e + H_n @ H_n).real


@pytest.mark.parametrize(
    ("nuclei", "spin"), [(1, 0.5), (2, 0.5), (5, 0.5), (2, 1.0), (3, 1.5), (1, 4.5)]
)
@pytest.mark.parametrize(
    ("electron_field", "nuclear_field"), [(0.0, 0.3), (1.3, 0.4), (1.3, -0.4), (-6.0, 2.0)]
)
def test_heat_of_the_zeeman_reservoir_is_its_field_over_the_relaxation_time(
    nuclei, spin, electron_field, nuclear_field
):
    """⟨ΔE_Z⟩ = β ω_B² τ_c/(4T1e) (S27, S28), in zeroth order of H_SS, by energy conservation on all states."""
    H_0, H_e = whole.fields(nuclei, spin, electron_field, nuclear_field)
    root = np.sqrt(4 * nuclei * spin * (spin + 1) / 3)
    for x in (0.1, 2.0, 30.0):
        rate = Multiplets(tolerance=0).relaxation_rate(
            electron_field / root,
            x * root,
            nuclei=nuclei,
            spin=spin,
            nuclear_precession=nuclear_field / root,
        )
        per_a = rate * root  # s/T1e × √N_I = 1/(aT1e)
        assert whole.absorbed_energy(H_0, H_e, x) == pytest.approx(
            nuclear_field**2 * x * per_a / 4, rel=1e-12, abs=0
        )
