"""The library of materials: every entry complete and sourced, alloys, isotopic compositions, errors of one sentence."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from coldspin import Site
from coldspin.exceptions import InvalidInputError
from coldspin.materials.catalogue import material, material_names
from coldspin.materials.isotopes import isotope
from coldspin.materials.localization import nuclei_per_cell
from coldspin.materials.material_tables import COLUMNS, FOLDER, read_fact, read_table
from coldspin.materials.records import Fact


def near(value, rel=1e-6):
    """Equal in relative terms: in SI everything is near 0."""
    return pytest.approx(value, rel=rel, abs=0)


ELECTRONVOLT = 1.602176634e-19
ALLOYS = ("AlGaAs", "InGaAs", "CdZnTe")
WANTED = (
    "GaAs AlAs InAs InP AlGaAs InGaAs CdTe ZnSe ZnTe Si Ge CsPbBr3 CsPbI3 MAPbI3 FAPbI3 FAPbBr3"
)


def built(name, **arguments):
    return material(name, **({"x": 0.3} if name in ALLOYS else {}), **arguments)


def every_fact(one):
    """All facts of a material, whichever way they are reached."""
    constants = [fact for facts in one.hyperfine.values() for fact in facts.values()]
    couplings = [fact for pair in one.indirect for fact in (pair.scalar, pair.pseudo_dipolar)]
    return [*constants, *one.g_factors.values(), *couplings, *one.facts]


def test_the_names():
    assert set(WANTED.split()) <= set(material_names())


@pytest.mark.parametrize("name", material_names())
def test_every_material_is_whole(name):
    one = built(name)
    assert one.crystal.volume > 1e-29
    for site in one.crystal.sites:
        assert sum(occupant.fraction for occupant in site.occupants) <= 1 + 1e-12
        for occupant in site.occupants:
            nucleus = isotope(occupant.isotope)
            assert (occupant.spin, occupant.gyromagnetic_ratio) == (
                nucleus.spin,
                nucleus.gyromagnetic_ratio_bare,
            )
    named = {isotope for facts in one.hyperfine.values() for isotope in facts}
    assert named <= set(nuclei_per_cell(one))
    assert {pair for coupling in one.indirect for pair in coupling.isotopes} <= set(
        nuclei_per_cell(one)
    )


@pytest.mark.parametrize("name", material_names())
def test_every_fact_has_its_mark_and_a_source_in_the_bibliography(name):
    keys = set(
        re.findall(
            r"^@\w+\{([^,]+),", (FOLDER / "sources.bib").read_text(encoding="utf-8"), re.MULTILINE
        )
    )
    for fact in every_fact(built(name)):
        assert fact.source in keys, fact
        assert fact.mark in {"S", "D", "R", "none"}
        if fact.mark == "R":
            assert fact.value is not None
            assert fact.note.startswith("unverified"), fact
        if fact.source == "recalled":
            assert fact.mark == ("none" if fact.value is None else "R")


@pytest.mark.parametrize("name", material_names())
def test_constants_of_isotopes_of_one_element_go_as_their_gyromagnetic_ratios(name):
    for facts in built(name).hyperfine.values():
        ratios = {}
        for symbol, fact in facts.items():
            if fact.value is not None:
                nucleus = isotope(symbol)
                ratios.setdefault(nucleus.element, []).append(
                    fact.value / nucleus.gyromagnetic_ratio_bare
                )
        for of_element in ratios.values():
            assert max(of_element) / min(of_element) == pytest.approx(1, abs=0.015)


def test_gallium_arsenide():
    one = material("GaAs")
    assert one.crystal.volume == one.formula_volume == near((5.6533e-10) ** 3 / 4)
    assert one.hyperfine_constant("electron", "75As").value == near(43.5e-6 * ELECTRONVOLT)
    assert one.g_factor("electron").known() == -0.44
    assert nuclei_per_cell(one) == near({"69Ga": 0.60108, "71Ga": 0.39892, "75As": 1})
    others = [
        fact.value
        for fact in one.facts
        if fact.what.startswith("another electron hyperfine constant of 75As")
    ]
    assert others == near([46e-6 * ELECTRONVOLT])


def test_neighbours_stand_where_the_structures_say():
    def nearest(one):
        sites, vectors = one.crystal.sites, one.crystal.vectors
        first, second = (site.position @ vectors for site in sites[:2])
        return sum((first - second) ** 2) ** 0.5

    assert nearest(material("CdTe")) == near(3**0.5 / 4 * 6.482e-10)
    assert nearest(material("Si")) == near(3**0.5 / 4 * 5.43095e-10)
    assert nearest(material("CsPbI3")) == near(3**0.5 / 2 * 6.2e-10)
    assert nuclei_per_cell(material("CsPbI3"))["127I"] == 3
    assert nuclei_per_cell(material("Si")) == {"29Si": near(0.04672)}


@pytest.mark.parametrize(
    ("name", "carrier", "symbol"),
    [
        ("CsPbBr3", "hole", "207Pb"),
        ("MAPbI3", "electron", "127I"),
        ("AlAs", "electron", "27Al"),
        ("Ge", "hole", "73Ge"),
    ],
)
def test_what_nobody_published_is_unknown_and_raises(name, carrier, symbol):
    fact = material(name).hyperfine_constant(carrier, symbol)
    assert fact.value is None
    with pytest.raises(
        InvalidInputError, match=f"{carrier} hyperfine constant of {symbol} in {name}.* is unknown"
    ):
        fact.known()


def test_who_lacks_a_number_learns_which_argument_takes_it():
    size = {"dephasing_time": "1 ns", "correlation_time": "10 ns", "filling": 0.1}
    with pytest.raises(
        InvalidInputError,
        match=r"g-factor of In0\.5Ga0\.5As is unknown .*; give your own g_factor$",
    ):
        Site.from_material("In0.5Ga0.5As", **size)
    with pytest.raises(
        InvalidInputError, match=r"31P in InP .* is unknown .*; give your own in hyperfine, or"
    ):
        Site.from_material("InP", g_factor=1.5, **size)


def test_a_g_factor_without_a_sign_is_unknown():
    with pytest.raises(InvalidInputError, match="the sign is missing"):
        material("MAPbI3").g_factor("hole").known()


def test_molecules_are_named_not_forgotten():
    notes = [fact for fact in material("FAPbBr3").facts if "FA = CH(NH2)2" in fact.what]
    assert len(notes) == 1
    assert notes[0].value is None
    assert "1H" not in nuclei_per_cell(material("FAPbBr3"))


def test_an_alloy_is_random_and_linear_between_its_ends():
    one = material("Al0.35Ga0.65As")
    cation, anion = one.crystal.sites
    assert {o.isotope: o.fraction for o in cation.occupants} == near(
        {"27Al": 0.35, "69Ga": 0.65 * 0.60108, "71Ga": 0.65 * 0.39892}
    )
    assert {o.isotope: o.fraction for o in anion.occupants} == {"75As": 1}
    assert one.crystal.volume == near((0.35 * 5.6605e-10 + 0.65 * 5.6533e-10) ** 3 / 4)
    lattice = one.facts[0]
    assert lattice.value == near(0.35 * 5.6605e-10 + 0.65 * 5.6533e-10)
    assert (lattice.mark, "linear between the ends" in lattice.note) == ("D", True)


def test_constants_of_an_alloy():
    one = material("InGaAs", x=0.5)
    arsenic = one.hyperfine_constant("electron", "75As")
    assert arsenic.value == near(43.5e-6 * ELECTRONVOLT)
    assert (arsenic.mark, arsenic.note.startswith("unverified; linear")) == ("R", True)
    assert one.hyperfine_constant("electron", "115In").known() == near(56e-6 * ELECTRONVOLT)
    assert "pure end" in one.hyperfine_constant("electron", "115In").note
    assert material("AlGaAs", x=0.3).hyperfine_constant("electron", "75As").value is None
    assert one.g_factor("electron").value is None


@pytest.mark.parametrize("name", ["Al0.35Ga0.65As", "Ga0.65Al0.35As", "Al0.35GaAs", "AlGa0.65As"])
def test_ways_to_write_an_alloy(name):
    one = material(name)
    assert one.name == "Al0.35Ga0.65As"
    assert one == material("AlGaAs", x=0.35) == material("GaAlAs", x=0.65)


@pytest.mark.parametrize(("x", "end"), [(0, "GaAs"), (1, "InAs")])
def test_the_ends_of_an_alloy_are_its_compounds(x, end):
    one, pure = material("InGaAs", x=x), material(end)
    assert one.crystal == pure.crystal
    assert nuclei_per_cell(one) == nuclei_per_cell(pure)
    for symbol in nuclei_per_cell(pure):
        assert (
            one.hyperfine_constant("electron", symbol).value
            == pure.hyperfine_constant("electron", symbol).value
        )


def test_isotopic_composition():
    enriched = material("Si", isotopes={"Si": {"29Si": 0.0005}})
    assert nuclei_per_cell(enriched) == {"29Si": near(0.0005)}
    assert nuclei_per_cell(material("Si", isotopes={"Si": {}})) == {}
    pure = material("Al0.2Ga0.8As", isotopes={"Ga": {"71Ga": 1}})
    assert nuclei_per_cell(pure) == near({"27Al": 0.2, "71Ga": 0.8, "75As": 1})


@pytest.mark.parametrize(
    ("name", "arguments", "message"),
    [
        ("GaAz", {}, "material 'GaAz' is unknown; did you mean GaAs?"),
        ("gaas", {}, "material 'gaas' is unknown; did you mean GaAs?"),
        ("MAPbI", {}, "did you mean MAPbI3?"),
        ("unobtainium", {}, "known are GaAs, AlAs,"),
        (7, {}, 'material must be a name such as "GaAs", not 7'),
        ("AlGaAs", {"x": 1.2}, r"x must lie in \[0, 1\], not 1.2"),
        ("AlGaAs", {"x": -0.1}, r"x must lie in \[0, 1\], not -0.1"),
        ("AlGaAs", {"x": float("nan")}, "x must be finite"),
        ("AlGaAs", {}, "AlGaAs needs the fraction x of Al"),
        ("GaAs", {"x": 0.3}, "GaAs is no alloy and takes no x"),
        ("Al0.3Ga0.7As", {"x": 0.3}, "names its fractions already; leave x out"),
        ("Al0.35Ga0.7As", {}, "'Al0.35Ga0.7As': the fractions of Al and Ga sum to 1.05, not to 1"),
        ("Al1.35GaAs", {}, r"'Al1.35GaAs': the fraction of Al must lie in \[0, 1\]"),
        ("Al.Ga0.5As", {}, "holds a fraction that is no number"),
        (
            "Si",
            {"isotopes": {"Si": {"29Si": 1.2}}},
            r"abundance of 29Si must lie in \[0, 1\], not 1.2",
        ),
        (
            "GaAs",
            {"isotopes": {"Ga": {"69Ga": 0.7, "71Ga": 0.4}}},
            r"abundances of Ga \(69Ga 0.7, 71Ga 0.4\) sum to 1.1",
        ),
        (
            "GaAs",
            {"isotopes": {"Ga": {"69Ga": 0.7}}},
            "sum to 0.7, not to 1: all isotopes of Ga have a spin",
        ),
        ("GaAs", {"isotopes": {"Ga": {"75As": 1}}}, "75As is no isotope of Ga; it has 69Ga, 71Ga"),
        ("GaAs", {"isotopes": {"Ga": {"70Ga": 1}}}, "70Ga"),
        ("GaAs", {"isotopes": {"Ge": {}}}, "GaAs has no element 'Ge'; did you mean Ga?"),
        ("Al0.3Ga0.7As", {"isotopes": {"In": {}}}, "Al0.3Ga0.7As has no element 'In'"),
        ("GaAs", {"isotopes": {"Ga": 1}}, "isotopes of Ga must be a mapping"),
    ],
)
def test_bad_input_in_one_sentence(name, arguments, message):
    with pytest.raises(InvalidInputError, match=message) as raised:
        material(name, **arguments)
    assert "\n" not in str(raised.value)


def changed_table(folder: Path, name: str, line: str) -> Path:
    """A folder with one table: its own header and one line."""
    (folder / f"{name}.csv").write_text(
        "# a comment\n" + ",".join(COLUMNS[name]) + "\n" + line + "\n", encoding="utf-8"
    )
    return folder


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (
            "GaAs,electron,many,R,recalled,",
            "carriers.csv, line 3, column g_factor: 'many' is not a number",
        ),
        ("GaAs,electron,inf,R,recalled,", "column g_factor: 'inf' is not finite"),
        (
            "GaAs,electron,1,X,recalled,",
            "carriers.csv, line 3, column mark: 'X' is none of S, D, R",
        ),
        ("GaAs,electron,1,R,,", "column source: '' must name where the value comes from"),
    ],
)
def test_a_bad_cell_is_named(tmp_path, line, message):
    (row,) = read_table("carriers", changed_table(tmp_path, "carriers", line))
    with pytest.raises(InvalidInputError, match=message):
        read_fact(row, "g", "g_factor")


def test_a_bad_line_or_header_is_named(tmp_path):
    with pytest.raises(InvalidInputError, match=r"carriers\.csv, line 3: 2 cells under 6 columns"):
        read_table("carriers", changed_table(tmp_path, "carriers", "GaAs,electron"))
    (tmp_path / "carriers.csv").write_text("material,g\n", encoding="utf-8")
    with pytest.raises(
        InvalidInputError, match=r"carriers\.csv, line 1: the columns must be material, carrier"
    ):
        read_table("carriers", tmp_path)


def test_no_fact_stands_in_a_table_twice():
    identity = {"crystals": 1, "hyperfine": 5, "carriers": 2, "couplings": 4, "facts": 2}
    for name, columns in identity.items():
        found = [
            tuple(row[c] for c in COLUMNS[name][:columns] if c != "value")
            for row in read_table(name)
        ]
        assert len(found) == len(set(found)), name


def test_every_row_belongs_to_a_material_of_the_library():
    names = {row["material"] for row in read_table("crystals")}
    for name in COLUMNS:
        assert {row["material"] for row in read_table(name)} <= names


def test_a_fact_cannot_change():
    with pytest.raises(AttributeError):
        Fact("it", 1.0, "D", "coldspin").value = 2.0


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: material(None), 'material must be a name such as "GaAs", not None'),
        (lambda: material(["GaAs"]), r"material must be a name such as .*, not \['GaAs'\]"),
        (
            lambda: material("GaAs", isotopes=["71Ga"]),
            r"isotopes must be a mapping like .*, not \['71Ga'\]",
        ),
        (lambda: material("AlGaAs", x=0.3, isotopes=["71Ga"]), "isotopes must be a mapping like"),
        (
            lambda: material("GaAs").hyperfine_constant("proton", "75As"),
            "carrier must be electron or hole, not 'pro",
        ),
        (
            lambda: material("GaAs").g_factor("proton"),
            "carrier must be electron or hole, not 'proton'",
        ),
        (
            lambda: material("GaAs").hyperfine_constant("electron", "1H"),
            "GaAs has no isotope '1H'; it has 69Ga, 71Ga, 75As",
        ),
        (
            lambda: replace(material("GaAs"), formula_volume=0.0),
            "formula_volume of GaAs must be greater than zero",
        ),
        (
            lambda: replace(material("GaAs"), formula_volume=-1e-29),
            "formula_volume of GaAs .* not -1e-29",
        ),
        (
            lambda: replace(material("GaAs"), formula_volume=[1e-29]),
            "formula_volume of GaAs must be one number",
        ),
    ],
)
def test_wrong_arguments_in_one_sentence(call, message):
    with pytest.raises(InvalidInputError, match=message) as raised:
        call()
    assert "\n" not in str(raised.value)


def test_what_is_not_on_record_has_no_mark_of_memory():
    bare = replace(material("GaAs"), hyperfine={}, g_factors={})
    assert bare.hyperfine_constant("electron", "75As").mark == "none"
    assert bare.g_factor("hole").mark == "none"
    assert material("Ge").g_factor("electron").mark == "none"


@pytest.mark.parametrize(
    ("name", "arguments", "share"),
    [
        ("AlGaAs", {"x": 1.00002}, 1),
        ("Al1.00002Ga0As", {}, 1),
        ("Al0.50001Ga0.50001As", {}, 0.50001),
    ],
)
def test_fractions_that_exceed_one_by_rounding_are_one(name, arguments, share):
    assert nuclei_per_cell(material(name, **arguments))["27Al"] == near(share)


def test_fluorite_has_two_anions_to_a_cation():
    assert nuclei_per_cell(material("CaF2")) == near({"43Ca": 0.00135, "19F": 2})
