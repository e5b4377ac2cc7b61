import re
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coldspin.exceptions import InvalidInputError
from coldspin.explorer.page import list_choices
from coldspin.explorer.state import (
    CHOICES,
    DEFAULT,
    LONGEST_QUERY,
    PageState,
    StageRow,
    check_state,
    read_query,
    write_query,
)
from patience import patient

SHORT = st.text(max_size=30)
STAGES = st.builds(
    StageRow,
    kind=st.sampled_from(["pump", "dark", "sweep", "measure"]),
    field=SHORT,
    duration=SHORT,
    spin=SHORT,
    sudden=st.booleans(),
)
STATES = st.builds(
    PageState,
    material=SHORT,
    carrier=st.sampled_from(["electron", "hole"]),
    size=SHORT,
    correlation_time=SHORT,
    filling=SHORT,
    self_consistent=st.booleans(),
    knight_field=st.booleans(),
    field=SHORT,
    unit=st.sampled_from(["G", "mT", "T"]),
    temperature=st.sampled_from(["µK", "1/β"]),
    tab=st.sampled_from(["curves", "protocol", "data"]),
    stages=st.lists(STAGES, max_size=4).map(tuple),
    free=SHORT,
    more=st.text(max_size=80),
)


@patient
@given(STATES)
def test_a_link_gives_the_state_back(state):
    query = write_query(state)
    assert read_query(query)[0] == state
    assert query.isascii()


def test_the_page_as_it_opens_has_no_query():
    assert write_query(DEFAULT) == ""
    assert read_query("")[0] == DEFAULT


@patient
@given(st.text(max_size=200))
def test_any_text_as_a_link_gives_a_state_or_a_sentence(text):
    try:
        found, said = read_query(text)[0], ""
    except InvalidInputError as problem:
        found, said = DEFAULT, str(problem)
    assert isinstance(found, PageState)
    assert "\n" not in said


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("colour=red", "'colour' unknown"),
        ("material=CdTe&material=GaAs", "twice"),
        ("self_consistent=perhaps", "damaged"),
        ("unit=furlong", "damaged"),
        ("stages=[", "stages cannot be read"),
        ("stages=" + "[" * 5000, "stages"),
        ("stages=7", "damaged"),
        ("spin", "damaged"),
        ("size=" + "9" * 300, "damaged"),
        ("x" * (LONGEST_QUERY + 1), "longer than"),
        ("more=" + "x" * 10_001, "damaged"),
    ],
)
def test_a_link_that_is_none_is_refused_in_a_sentence(query, said):
    with pytest.raises(InvalidInputError, match=said):
        read_query(query)[0]


@pytest.mark.parametrize(
    "given", [None, 7, "x", [], {"material": 7}, {"stages": [{"kind": "dance"}]}, {"extra": ""}]
)
def test_a_state_of_another_shape_is_refused(given):
    with pytest.raises(InvalidInputError, match="state of the page"):
        check_state(given)


def test_text_is_not_taken_for_a_truth_value():
    with pytest.raises(InvalidInputError, match="self_consistent"):
        check_state({"self_consistent": "yes"})


@pytest.mark.parametrize(
    ("query", "said"),
    [
        (
            "method=closd-form",
            (
                "'closd-form' for “Method”, .* small-angle.*'closed-form' is nearest, and closed-form "
                "is"
            ),
        ),
        ("model=Dark-Rates", "“What was measured”.* dark-rate, cooling.*'dark-rate' is nearest"),
        ("unit=mt", "“Unit of fields”.* G, mT and T, of which 'mT' is nearest, and G is shown"),
        (
            "tab=zzzz",
            (
                "“What to look at”, which is unknown; there are curves, protocol and data, and curves "
                "is shown"
            ),
        ),
        ("carrier=positron", "“Carrier”.* electron and hole"),
        ("size_kind=%3Cb%3E", "'<b>' for “Size of the orbit, by”"),
        ("temperature=K", "“Temperature as”.* µK and 1/β"),
    ],
)
def test_an_unknown_choice_in_a_link_is_said_and_replaced(query, said):
    state, problem = read_query(f"filling=0.003&{query}", list_choices())
    assert state == PageState(filling="0.003")
    assert re.search(said, problem)
    assert problem.count("is unknown") == 1
    assert problem.endswith("instead.")


@pytest.mark.parametrize("name", list_choices())
def test_every_choice_of_the_page_is_known_and_nothing_is_said(name):
    for value in list_choices()[name]:
        state, problem = read_query(urlencode({name: value}), list_choices())
        assert (getattr(state, name), problem) == (value, "")


def test_few_values_are_choices_and_any_other_text_is_not():
    assert set(CHOICES) == {"carrier", "size_kind", "unit", "temperature", "tab"}
    assert set(list_choices()["unit"]) == {"G", "mT", "T"}
    state, problem = read_query("unit=x&method=z", list_choices())
    assert state == DEFAULT
    assert problem.count("is shown instead") == 2
