"""Bad input to Multiplets: one clear sentence each. And the shapes of good input."""

import numpy as np
import pytest

from coldspin.exceptions import InvalidInputError
from coldspin.heating import BalancedLattice, Geometry, Multiplets, Quadrupole, SinglePair

LINE = ((0.0, 0.0, 0.0), (0.0, 0.0, 1.0), (0.0, 0.0, 2.0))


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"nuclei": 10.5}, r"nuclei must be a whole number,.* not 10\.5; round it"),
        ({"nuclei": 0}, r"nuclei must be greater than zero and finite, not 0"),
        ({"nuclei": [4, 4.5]}, r"nuclei must be a whole number.* not 4\.5 at index 1"),
        ({"nuclei": 1e10}, r"nuclei must be a whole number,.* use Semiclassical"),
        ({"nuclei": np.nan}, r"nuclei must be greater than zero and finite, not nan"),
        ({"spin": 0.7}, r"spin must be a positive multiple of 1/2"),
        ({"spin": 5}, r"spin must be at most 9/2"),
        ({"k": 0.0}, r"k must be greater than zero and finite, not 0"),
        ({"k": [1.0, -2.0]}, r"k must be greater than zero and finite, not -2 at index 1"),
        ({"k": np.inf}, r"k must be greater than zero and finite, not inf"),
        ({"b": np.nan}, r"b must lie in"),
        ({"b": "strong"}, r"b must be a real number"),
        ({"nuclear_precession": np.inf}, r"nuclear_precession must lie in"),
    ],
)
@pytest.mark.parametrize("quantity", ["heating_coefficient", "relaxation_rate"])
def test_arguments_outside_their_domain(change, sentence, quantity):
    arguments = {"b": 1.0, "k": 1.0, "nuclei": 10, **change}
    with pytest.raises(InvalidInputError, match=sentence):
        getattr(Multiplets(), quantity)(**arguments)


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (lambda: Multiplets(tolerance=0.1), r"tolerance must lie in \[0, 0\.01\], not 0\.1"),
        (lambda: Multiplets(tolerance=-1e-9), r"tolerance must lie in"),
        (lambda: Multiplets(tolerance=np.nan), r"tolerance must lie in .* not nan"),
        (lambda: Multiplets(tolerance=[1e-3]), r"tolerance must be a single number"),
        (lambda: Multiplets(couplings=SinglePair), r"couplings must be BalancedLattice\(\)"),
        (lambda: Multiplets(couplings="lattice"), r"couplings must be BalancedLattice\(\)"),
        (lambda: Multiplets(largest_cost=0), r"largest_cost must be greater than zero"),
        (lambda: Geometry(LINE[:1], (0, 0, 1)), r"positions must be N >= 2 rows of x, y, z"),
        (lambda: Geometry([1, 2, 3], (0, 0, 1)), r"positions must be .* shape \(3,\)"),
        (
            lambda: Geometry((*LINE, LINE[1]), (0, 0, 1)),
            r"positions must differ .* rows 1 and 3 coincide",
        ),
        (
            lambda: Geometry(LINE, (0, 0, 1), (1, 2)),
            r"gyromagnetic_ratios must be one or 3 numbers",
        ),
        (lambda: Geometry(LINE, (0, 0, 1), 0), r"gyromagnetic_ratios must be different from 0"),
        (lambda: Geometry(LINE, (0, 0, 0)), r"field_direction must be three components"),
        (lambda: Geometry(LINE, (0, 1)), r"field_direction must be three components"),
        (lambda: Geometry([[0, 0, np.nan], [1, 1, 1]], (0, 0, 1)), r"positions must be finite"),
    ],
)
def test_methods_and_arrangements_that_cannot_be(make, sentence):
    with pytest.raises(InvalidInputError, match=sentence):
        make()


@pytest.mark.parametrize(
    ("couplings", "nuclei", "sentence"),
    [
        (BalancedLattice(), 3, r"BalancedLattice needs nuclei >= 4, not 3; use SinglePair"),
        (SinglePair(), 1, r"SinglePair needs nuclei >= 2, not 1"),
        (
            Geometry(LINE, (0, 0, 1)),
            4,
            r"nuclei must be 3, the number of positions in Geometry, not 4",
        ),
        (Quadrupole(), 4, r"Quadrupole needs spin >= 1, not 0\.5"),
    ],
)
def test_arrangements_that_do_not_fit_the_nuclei(couplings, nuclei, sentence):
    with pytest.raises(InvalidInputError, match=sentence):
        Multiplets(couplings=couplings).heating_coefficient(1.0, 1.0, nuclei=nuclei)


def test_a_request_too_large_says_what_it_costs_and_what_to_do():
    with pytest.raises(
        InvalidInputError,
        match=r"needs about 5\.\de\+12 terms .* largest_cost = 1\.0e\+12; raise .* Semi",
    ):
        Multiplets(tolerance=0).heating_coefficient(1.0, np.linspace(1, 2, 60), nuclei=10**8)
    with pytest.raises(InvalidInputError, match=r"largest_cost = 1\.0e\+02"):
        Multiplets(largest_cost=100).relaxation_rate(1.0, 2.0, nuclei=10)


def test_scalar_in_scalar_out_and_arrays_broadcast():
    method = Multiplets()
    assert isinstance(method.heating_coefficient(1, 2, nuclei=8), float)
    assert isinstance(method.relaxation_rate(1, 2, nuclei=8), float)
    b, k, nuclei = (
        np.array([1.0, -1.0, 1.0])[:, None, None],
        np.array([3.0, 0.2])[:, None],
        np.array([6, 9, 6, 8]),
    )
    for quantity in (method.heating_coefficient, method.relaxation_rate):
        table = quantity(b, k, nuclei=nuclei, nuclear_precession=0.1)
        assert table.shape == (3, 2, 4)
        for index in np.ndindex(table.shape):
            one = quantity(
                b[index[0], 0, 0], k[index[1], 0], nuclei=nuclei[index[2]], nuclear_precession=0.1
            )
            assert table[index] == pytest.approx(one, rel=1e-14, abs=0)
        assert quantity(np.zeros((0,)), 1.0, nuclei=8).shape == (0,)


def test_values_compare_and_hash():
    assert Multiplets() == Multiplets(couplings=BalancedLattice())
    assert len({Multiplets(), Multiplets(tolerance=0), Multiplets(Geometry(LINE, (0, 0, 1)))}) == 3
    assert Geometry(LINE, (0, 0, 1)) == Geometry(np.array(LINE), [0.0, 0.0, 1.0])


@pytest.mark.parametrize("k", [1e-100, 1e-6, 1.0, 1e12])
@pytest.mark.parametrize("b", [0.0, 1e-12, 1.0, 1e12])
def test_extreme_arguments_give_numbers(b, k):
    for zeeman in (0.0, 1e-12, 1e12):
        group = {"nuclei": 12, "nuclear_precession": zeeman}
        assert np.isfinite(Multiplets().heating_coefficient(b, k, **group))
        assert np.isfinite(Multiplets().relaxation_rate(b, k, **group))
