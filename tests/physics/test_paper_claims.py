"""The claims table: every verdict as established, and the numbers behind the surprising ones by another route."""

import re

import numpy as np
import pytest
from scipy.optimize import minimize_scalar

import quadrature
from coldspin.constants import HBAR
from coldspin.paper.claims import CLAIMS, VERDICTS, heating_limits, thermalization
from coldspin.paper.claims.record import judge
from coldspin.paper.parameters import HYPERFINE_ENERGY, SPIN_SPIN_TIME
from scale import needs_compiler

pytestmark = needs_compiler

IN_PART = {
    "same_saturation",
    "described_by_two_parameters",
    "equation_10",
    "saturation_many",
    "saturation_few",
    "squared_product",
    "lorentzian_accuracy",
    "optima",
    "heating_coefficient",
    "rotation_about_the_field",
    "suppression",
    "threshold",
    "small_dot",
    "reservoir",
}
NOT = {"precession_sense", "minimum"}


@pytest.fixture(scope="module")
def claims():
    return {claim.__name__: claim() for claim in CLAIMS}


def numbers(text):
    return [float(n) for n in re.findall(r"[-+]?\d+(?:\.\d+)?(?:e[-+]?\d+)?", text)]


def test_names_are_distinct(claims):
    assert len(claims) == len(CLAIMS)
    assert {*IN_PART, *NOT} <= claims.keys()


def test_verdicts(claims):
    expected = {
        name: VERDICTS[2 if name in NOT else 1 if name in IN_PART else 0] for name in claims
    }
    assert {name: claim.verdict for name, claim in claims.items()} == expected


def test_every_cell_is_one_line_of_text(claims):
    for claim in claims.values():
        for text in (
            claim.source,
            claim.statement,
            claim.paper,
            claim.ours,
            claim.verdict,
            claim.why,
        ):
            assert text
            assert "\n" not in text
            assert "nan" not in text.lower().split()


def test_judge():
    assert judge(True) == judge(True, False) == "reproduced"
    assert judge(False, True) == "reproduced in part"
    assert judge(False) == "not reproduced"


def test_a_wrong_formula_is_not_called_reproduced(monkeypatch):
    """The criteria bite: a heating coefficient ten percent high changes the verdict."""
    original = heating_limits.SmallAngle.heating_coefficient

    def wrong(*arguments, **keywords):
        return 1.1 * original(*arguments, **keywords)

    monkeypatch.setattr(heating_limits.SmallAngle, "heating_coefficient", wrong)
    assert heating_limits.short_heating().verdict == "not reproduced"
    assert heating_limits.main_result().verdict == "not reproduced"
    assert heating_limits.microscopic_flux().verdict == "not reproduced"


def test_minimum_of_the_polarization_time_by_quadrature(claims):
    found = minimize_scalar(
        lambda k: 1 / float(quadrature.rate(0.0, k)), bounds=(0.3, 3), method="bounded"
    )
    value, place = thermalization.shortest_polarization_time()
    assert value == pytest.approx(found.fun, rel=1e-9, abs=0)
    assert place == pytest.approx(found.x, rel=1e-3, abs=0)
    assert claims["minimum"].ours.startswith("4.024 N_I T2e*/f at τ_c = 1.116")


def test_the_reservoir_of_section_s2_by_quadrature(claims):
    """T1N/T_E(0) with averages by quadrature, and the shortest T_E(0) over τ_c for N = 10⁶, I = 1/2."""
    ratios = [
        (float(quadrature.lorentzian(0.0, k)) + 0.5) * k**2 / float(quadrature.loss(0.0, k))
        for k in (1.0, 100.0)
    ]
    assert [thermalization.warming_ratio(k) for k in (1.0, 100.0)] == pytest.approx(
        ratios, rel=1e-8, abs=0
    )
    assert ratios[1] == pytest.approx(0.75 * 100**2, rel=2e-3, abs=0)
    k = np.geomspace(300, 5000, 400)
    x = k / 1e3
    warming = k * (
        quadrature.lorentzian(0.0, k) + 0.4 * (1 / (1 + x**2) + 1 / (4 + x**2))
    )  # N_I s/(f T_E)
    coupling = HYPERFINE_ENERGY / HBAR / 1e6
    filling = 1e6 / (SPIN_SPIN_TIME * coupling * 1e3 * np.max(warming))  # s = 1/(a √N_I)
    assert filling == pytest.approx(0.23, abs=0.005)
    assert claims["reservoir"].ours.endswith("f < 0.23 for N = 10⁶, f < 0.0023 for N = 10⁴")


def largest_by_grid(k, slow):
    """B_0/B̃_L as the highest point of a dense grid of (6), with averages by quadrature; Δ_B = 100 B̃_L."""
    h = np.linspace(20, 150, 26001)
    b = h / 100
    phi = quadrature.lorentzian(b, k) + slow
    return h[np.argmax(h / (h**2 + phi / quadrature.loss(b, k) * k**2 / 3))]


def test_saturations_of_the_optimal_field_by_quadrature(claims):
    k = 1e5
    many, few = (largest_by_grid(k, 0.8 * n / k**2) for n in (1e6, 1e4))
    assert many == pytest.approx(91.20, abs=0.02)
    assert few == pytest.approx(53.85, abs=0.02)
    stated = numbers(claims["saturation_many"].ours)
    assert stated[0] == pytest.approx(many, abs=0.02)
    assert numbers(claims["saturation_few"].ours)[0] == pytest.approx(few, abs=0.02)
    assert largest_by_grid(k, 0.5) == pytest.approx(91.98, abs=0.02)
    assert "91.98 with (9)" in claims["saturation_many"].ours


def test_strong_field_limit_of_the_nuclear_spin(claims):
    """B_h²/B² → (2Φ/3)(k B̃_L/Δ_B)², since τ_c/T1e → 1/(2b²): at k = 100 with x = 0.1."""
    phi = 0.4 * (1 / 1.01 + 1 / 4.01)
    assert f"{1 / (1 + 2 * phi / 3):.3f}" in claims["same_saturation"].ours


def test_exact_rotation_heats_more_than_s38_by_24_to_20(claims):
    assert numbers(claims["heating_coefficient"].ours)[-2] == pytest.approx(
        100 * (20 / 24 - 1), abs=0.1
    )
