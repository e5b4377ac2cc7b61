"""What local fields report and refuse."""

from dataclasses import FrozenInstanceError, replace

import numpy as np
import pytest

from coldspin.constants import HBAR
from coldspin.exceptions import InvalidInputError
from coldspin.materials.catalogue import material as library_material
from coldspin.materials.couplings import bonds_of, element, nuclei_of
from coldspin.materials.lattice_sums import angular_sums, inverse_sixth_sums, legendre_sums
from coldspin.materials.quadrupole import (
    quadrupole_factor,
    quadrupole_frequency,
    quadrupole_local_field,
)
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

CELL = ((5e-10, 0.0, 0.0), (0.0, 5e-10, 0.0), (0.0, 0.0, 5e-10))
CADMIUM = Occupant("113Cd", 0.12, 0.5, -5.96e7)
TELLURIUM = Occupant("125Te", 0.07, 0.5, -8.51e7)
LIGHT_TELLURIUM = Occupant("123Te", 0.01, 0.5, -7.06e7)
CRYSTAL = Crystal(
    CELL,
    (
        CrystalSite((0, 0, 0), (CADMIUM,)),
        CrystalSite((0.5, 0.5, 0.5), (TELLURIUM, LIGHT_TELLURIUM)),
    ),
)


def fact(value, what="a test value"):
    return Fact(what, value, "user", "")


MATERIAL = Material(
    "CdTe",
    CRYSTAL,
    1e-28,
    {
        "electron": {"113Cd": fact(-5e-24), "125Te": fact(-7e-24), "123Te": fact(-6e-24)},
        "hole": {"113Cd": fact(1e-24)},
    },
    {},
)


def with_crystal(**changes):
    return replace(MATERIAL, crystal=replace(CRYSTAL, **changes))


def occupied(*occupants):
    return with_crystal(sites=(CrystalSite((0, 0, 0), occupants),))


def test_an_unknown_hyperfine_constant_stops_the_kinetic_field_alone():
    fields = local_fields(MATERIAL, carrier="hole")
    assert fields.heat_capacity > 0
    assert fields.dipolar > 0
    assert fields.kinetic_equal_constants > 0
    with pytest.raises(
        InvalidInputError, match=r"hyperfine constant of 12\dTe in CdTe is unknown .* give your own"
    ):
        _ = fields.kinetic
    assert local_fields(MATERIAL).kinetic > 0
    assert fields.hyperfine["113Cd"].value == 1e-24
    assert fields.hyperfine["125Te"].value is None


def test_a_carrier_that_couples_to_nothing_has_no_kinetic_field():
    silent = replace(
        MATERIAL, hyperfine={"electron": dict.fromkeys(("113Cd", "125Te", "123Te"), fact(0.0))}
    )
    fields = local_fields(silent)
    with pytest.raises(InvalidInputError, match="not all of them 0"):
        _ = fields.kinetic


def test_indirect_constants_that_nobody_knows_are_left_out_and_named():
    unknown = fact(None, "the pseudo-dipolar coupling of Cd and Te")
    coupling = IndirectCoupling(("113Cd", "125Te"), fact(4000.0), unknown)
    fields = local_fields(replace(MATERIAL, indirect=(coupling,)))
    assert fields.left_out == (unknown,)
    assert fields.indirect == (coupling.scalar,)
    zero = local_fields(replace(MATERIAL, indirect=(replace(coupling, pseudo_dipolar=fact(0.0)),)))
    assert fields.heat_capacity == zero.heat_capacity > local_fields(MATERIAL).heat_capacity
    assert fields.dipolar == local_fields(MATERIAL).dipolar


def test_a_pseudo_dipolar_coupling_adds_to_the_dipolar_one_with_its_sign():
    distance = 5e-10 * 0.75**0.5
    dipolar = 1e-7 * HBAR * 5.96e7 * 8.51e7 / distance**3
    opposite = IndirectCoupling(("113Cd", "125Te"), fact(0.0), fact(-dipolar))
    fields = local_fields(replace(MATERIAL, indirect=(opposite,)))
    cancelled = local_fields(MATERIAL, neighbour_scale=0.0)
    assert fields.heat_capacity == pytest.approx(cancelled.heat_capacity, rel=1e-8, abs=0)
    doubled = local_fields(
        replace(MATERIAL, indirect=(replace(opposite, pseudo_dipolar=fact(dipolar)),))
    )
    assert doubled.heat_capacity == pytest.approx(
        local_fields(MATERIAL, neighbour_scale=2.0).heat_capacity, rel=1e-8, abs=0
    )
    assert fields.heat_capacity < fields.dipolar < doubled.heat_capacity


def test_the_order_of_the_isotopes_and_their_elements_do_not_matter():
    one = IndirectCoupling(("113Cd", "125Te"), fact(4000.0), fact(500.0))
    ratio = 7.06 / 8.51
    other = IndirectCoupling(("123Te", "113Cd"), fact(4000.0 * ratio), fact(500.0 * ratio))
    fields = [local_fields(replace(MATERIAL, indirect=(c,))).heat_capacity for c in (one, other)]
    assert fields[0] == pytest.approx(fields[1], rel=1e-12, abs=0)
    own = local_fields(
        replace(MATERIAL, indirect=(one, replace(other, scalar=fact(0.0))))
    ).heat_capacity
    assert own < fields[0]


def test_a_coupling_of_an_element_that_is_not_in_the_crystal_is_idle():
    idle = IndirectCoupling(("71Ga", "75As"), fact(4000.0), fact(500.0))
    assert (
        local_fields(replace(MATERIAL, indirect=(idle,))).heat_capacity
        == local_fields(MATERIAL).heat_capacity
    )


@pytest.mark.parametrize(("length", "number"), [(5.0e-10, 6), (5.4e-10, 6), (5.6e-10, 4)])
def test_bonds_up_to_a_tenth_longer_are_nearest_neighbours_too(length, number):
    stretched = replace(
        CRYSTAL, cell=(CELL[0], CELL[1], (0.0, 0.0, length)), sites=CRYSTAL.sites[:1]
    )
    (bond,) = bonds_of(nuclei_of(stretched), (), 1.0)
    assert bond.nearest.sum() == number


def test_sites_and_isotopes_without_spins_do_not_count():
    empty = CrystalSite((0, 0, 0), ())
    never = CrystalSite((0.2, 0.3, 0.4), (Occupant("67Zn", 0.0, 2.5, 1.7e7),))
    fields = local_fields(with_crystal(sites=(*CRYSTAL.sites, empty, never)))
    assert fields.heat_capacity == pytest.approx(
        local_fields(MATERIAL).heat_capacity, rel=1e-13, abs=0
    )
    assert fields.sums.kinds == ("113Cd", "125Te", "123Te")


def test_results_cannot_be_changed():
    fields = local_fields(MATERIAL)
    with pytest.raises(FrozenInstanceError):
        fields.dipolar = 0.0
    with pytest.raises(TypeError):
        fields.hyperfine["113Cd"] = fact(1.0)


def test_an_isotope_name_loses_its_number_only():
    assert [element(name) for name in ("113Cd", "1H", "75As")] == ["Cd", "H", "As"]


@pytest.mark.parametrize(
    ("material", "arguments", "words"),
    [
        (MATERIAL, {"carrier": "muon"}, "carrier must be electron or hole, not 'muon'"),
        (MATERIAL, {"neighbour_scale": np.nan}, "neighbour_scale must be finite"),
        (
            MATERIAL,
            {"neighbour_scale": -1},
            "neighbour_scale must be one number, 0 or more, not -1",
        ),
        (MATERIAL, {"neighbour_scale": [1, 2]}, "neighbour_scale must be one number"),
        (
            MATERIAL,
            {"quadrupole_frequencies": ["113Cd"]},
            r"must be a mapping like .*, not \['113Cd'\]",
        ),
        (
            MATERIAL,
            {"quadrupole_frequencies": {"113Cd": -1e4}},
            "quadrupole_frequencies.113Cd must be 0 or more, not -10000 Hz",
        ),
        (None, {}, 'material must be a name such as "GaAs" or a Material, not None'),
        ("GaSa", {}, "material 'GaSa' is unknown; did you mean GaAs?"),
        (
            MATERIAL,
            {"quadrupole_frequencies": {"75As": 1e4}},
            "75As, which is not in the crystal.*113Cd, 125Te",
        ),
        (
            MATERIAL,
            {"quadrupole_frequencies": {"113Cd": 1e4}},
            "quadrupole_frequencies.113Cd has a frequency for a spin 1/2",
        ),
        (
            MATERIAL,
            {"quadrupole_frequencies": {"113Cd": (1, 2, 3)}},
            r"113Cd must be ν_Q or \(ν_Q, η\)",
        ),
        (
            MATERIAL,
            {"quadrupole_frequencies": {"113Cd": np.inf}},
            "quadrupole_frequencies.113Cd must be finite",
        ),
        (
            with_crystal(sites=(*CRYSTAL.sites, CrystalSite((1.0, 0, 0), (CADMIUM,)))),
            {},
            "sites 0 and 2 .* no distance between nuclei",
        ),
        (
            with_crystal(sites=(CRYSTAL.sites[1], CRYSTAL.sites[1])),
            {},
            "sites 0 and 1 .* every place once",
        ),
        (with_crystal(sites=()), {}, "no site of the crystal has an isotope with a spin"),
        (
            with_crystal(sites=(CrystalSite((0, 0, 0), ()),)),
            {},
            "no site of the crystal has an isotope with a spin",
        ),
        (
            occupied(replace(CADMIUM, fraction=0.7), replace(TELLURIUM, fraction=0.4)),
            {},
            "site 0 sum to 1.1",
        ),
        (
            occupied(replace(CADMIUM, fraction=-0.1)),
            {},
            r"fraction of 113Cd on site 0 must lie in \[0, 1\]",
        ),
        (occupied(replace(CADMIUM, spin=0.3)), {}, "spin of 113Cd on site 0"),
        (
            occupied(replace(CADMIUM, gyromagnetic_ratio=0.0)),
            {},
            "gyromagnetic_ratio of 113Cd on site 0",
        ),
        (
            occupied(CADMIUM, replace(CADMIUM, gyromagnetic_ratio=5e7)),
            {},
            r"113Cd has two different \(spin, gyromagnetic_ratio\)",
        ),
        (
            replace(
                MATERIAL, indirect=(IndirectCoupling(("111Cd", "125Te"), fact(1.0), fact(1.0)),)
            ),
            {},
            "111Cd is not in the crystal",
        ),
        (
            replace(
                MATERIAL,
                indirect=tuple(
                    IndirectCoupling(pair, fact(1.0), fact(1.0))
                    for pair in (("113Cd", "125Te"), ("125Te", "113Cd"))
                ),
            ),
            {},
            "113Cd and 125Te is given twice",
        ),
    ],
)
def test_refusals(material, arguments, words):
    with pytest.raises(InvalidInputError, match=words):
        local_fields(material, **arguments)


def test_refusals_of_the_asymmetry():
    heavy = occupied(Occupant("75As", 1.0, 1.5, 4.6e7))
    with pytest.raises(InvalidInputError, match="asymmetry must lie in"):
        local_fields(heavy, quadrupole_frequencies={"75As": (1e4, 1.2)})


@pytest.mark.parametrize("direction", [(0, 0, 0), (1, 2), (0, np.nan, 1), "up"])
def test_refusals_of_directions(direction):
    with pytest.raises(InvalidInputError, match="direction must be"):
        second_moments(MATERIAL, direction=direction)


def test_refusals_of_lattice_sums():
    with pytest.raises(InvalidInputError, match="rank must be 0, 2 or 4, not 1"):
        legendre_sums(CRYSTAL, 1, (0, 0, 1))
    with pytest.raises(InvalidInputError, match="the crystal has no sites"):
        inverse_sixth_sums(replace(CRYSTAL, sites=()))
    with pytest.raises(InvalidInputError, match=r"sites 0 and 1 .* no distance between nuclei"):
        angular_sums(replace(CRYSTAL, sites=(CRYSTAL.sites[0],) * 2), (0, 0, 1))


@pytest.mark.parametrize(
    ("cell", "words"),
    [
        ((CELL[0], CELL[1], CELL[0]), "has no volume"),
        (((np.nan, 0, 0), CELL[1], CELL[2]), "cell of the crystal must be finite"),
        (((1.0, 0.0), (0.0, 1.0)), "three vectors of three components"),
        (None, "cell of the crystal must be a real number or an array"),
    ],
)
def test_refusals_of_cells(cell, words):
    with pytest.raises(InvalidInputError, match=words):
        with_crystal(cell=cell)


def test_materials_by_their_names():
    gaas = library_material("GaAs")
    assert local_fields("GaAs").heat_capacity == local_fields(gaas).heat_capacity
    assert second_moments("GaAs") == second_moments(gaas)
    with pytest.raises(InvalidInputError, match="or a Material, not 3"):
        second_moments(3)


def test_refusals_of_explicit_clusters():
    pair = np.ones((2, 2))
    with pytest.raises(InvalidInputError, match="dipolar must be a symmetric matrix"):
        pair_sums([0.5, 0.5], [1e7, 1e7], pair, [[0, 1], [2, 0]])
    with pytest.raises(InvalidInputError, match="scalar must be a symmetric matrix"):
        pair_sums([0.5, 0.5], [1e7, 1e7], np.ones(3), pair)
    with pytest.raises(InvalidInputError, match="gyromagnetic_ratios must be different from 0"):
        pair_sums([0.5, 0.5], [1e7, 0.0], pair, pair)
    with pytest.raises(InvalidInputError, match="weights must be one hyperfine constant"):
        pair_sums([0.5, 0.5], [1e7, 2e7], pair, pair).kinetic_field([1.0])


def test_spin_half_has_no_quadrupole_interaction():
    with pytest.raises(InvalidInputError, match="spin 1/2 has no quadrupole interaction"):
        quadrupole_factor(0.5)
    with pytest.raises(InvalidInputError, match="spin 1/2 has no quadrupole interaction"):
        quadrupole_local_field(0.5, 1e7, 1e3)
    with pytest.raises(InvalidInputError, match="spin 1/2 has no quadrupole interaction"):
        quadrupole_frequency(0.5, 1e-29, 1e21)


def test_quadrupole_fields_broadcast():
    fields = quadrupole_local_field(1.5, 4.6e7, np.array([1e3, -2e3]), [[0.0], [1.0]])
    assert fields.shape == (2, 2)
    np.testing.assert_allclose(fields[:, 1], 2 * fields[:, 0], rtol=1e-14)
    assert isinstance(quadrupole_local_field(1.5, 4.6e7, 1e3), float)
