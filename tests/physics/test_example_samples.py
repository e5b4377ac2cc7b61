"""The example samples of real materials against the paper's equations, written out in SI."""

import math
from pathlib import Path

import numpy as np
import pytest

from coldspin import cool
from coldspin.constants import BOHR_MAGNETON, HBAR
from coldspin.inputs.sample_files import read_sample
from isotope_spread import heat_apart

pytestmark = pytest.mark.filterwarnings("ignore::coldspin.exceptions.ValidityWarning")

EXAMPLES = Path(__file__).parents[2] / "examples"


def frozen_averages(b, k):
    """⟨1/(1+Ω²τ²)⟩ and ⟨Ω_⊥²τ²/(1+Ω²τ²)⟩ over the Gaussian (S23), by integration along and across the field."""
    x, w = np.polynomial.legendre.leggauss(240)
    along, across = 4 * x[:, None], 2 * (x + 1)[None, :]
    weight = w[:, None] * w[None, :] * across * np.exp(-2 * (along**2 + across**2))
    lorentzian = 1 / (1 + k**2 * ((b + along) ** 2 + across**2))
    return (weight * lorentzian).sum() / weight.sum(), (
        weight * (k * across) ** 2 * lorentzian
    ).sum() / weight.sum()


@pytest.mark.parametrize("field", [1e-4, -5e-3])
@pytest.mark.parametrize("name", ["cdte-donor", "mapbi3-hole", "gaas-dot"])
def test_an_example_by_hand(name, field):
    """β (6) with (S38) and T1e (3), (S12); isotopes by Σ N_k a_k², and by their heat against each other."""
    site = read_sample(EXAMPLES / f"{name}.toml").site
    rows = [
        (one.nuclei, one.nuclear_spin, one.hyperfine_coupling, one.nuclear_gyromagnetic_ratio)
        for one in site.isotopes
    ]
    squares = [4 / 3 * n * i * (i + 1) * a**2 for n, i, a, _ in rows]
    s, tau = 1 / math.sqrt(sum(squares)), site.correlation_time
    b = site.g_factor * BOHR_MAGNETON / HBAR * field * s
    lorentzian, loss = frozen_averages(b, tau / s)
    x = tau * s * math.sqrt(sum(q * a**2 for q, (_, _, a, _) in zip(squares, rows, strict=True)))
    phi = lorentzian + 2 / (5 * x**2) * (2 - 1 / (1 + x**2) - 4 / (4 + x**2))
    shares = [q * s**2 for q in squares]
    brought = (
        0.01 * HBAR * field * loss * sum(w * row[3] for w, row in zip(shares, rows, strict=True))
    )
    square = HBAR**2 * sum(w * row[3] ** 2 for w, row in zip(shares, rows, strict=True))
    taken = loss * square * field**2 / 4 + heat_apart(rows, field, b, lorentzian, loss, tau)
    taken += phi * (tau / s) ** 2 * square * site.kinetic_local_field**2 / 12
    data = cool(site, field, 0.01, self_consistent=False).isel(field=0)
    assert float(data.electron_relaxation_time) == pytest.approx(tau / loss, rel=1e-8, abs=0)
    assert float(data.heating_coefficient) == pytest.approx(phi, rel=1e-7, abs=0)
    assert float(data.inverse_spin_temperature) == pytest.approx(brought / taken, rel=1e-7, abs=0)
