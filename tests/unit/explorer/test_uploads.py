import base64

import pytest

from coldspin.exceptions import InvalidInputError
from coldspin.explorer import uploads
from coldspin.explorer.answers import data_answer
from coldspin.explorer.data_figures import MOST
from coldspin.explorer.uploads import LARGEST, Upload, guessed, read, received


def sending(content, name="data.csv"):
    return {"name": name, "content": base64.b64encode(content).decode()}


def test_a_file_comes_through_as_it_is(sent, t1):
    assert received(sent) == t1


@pytest.mark.parametrize("given", [None, 7, {}, {"content": 7}, {"name": "x"}, []])
def test_no_file_is_said_in_a_sentence(given):
    with pytest.raises(InvalidInputError, match="no data file"):
        received(given)


@pytest.mark.parametrize("content", ["a", "!!!!", "äää=", "=="])
def test_damaged_content_is_refused(content):
    with pytest.raises(InvalidInputError, match="damaged"):
        received({"name": "x.csv", "content": content})


def test_a_file_that_is_too_large_is_refused_before_it_is_decoded(monkeypatch):
    monkeypatch.setattr(uploads.base64, "b64decode", lambda *_a, **_k: pytest.fail("it was decoded"))
    with pytest.raises(InvalidInputError, match="larger than 32 MiB"):
        received({"name": "x.csv", "content": "A" * (4 * LARGEST // 3 + 8)})


def test_a_name_is_only_shown_and_never_a_path(tmp_path):
    upload = received(sending(b"1, 2\n", name="../../etc/pass\x00wd\u202e" + "x" * 300))
    assert len(upload.name) <= 80
    assert "\x00" not in upload.name
    with uploads.laid_out(upload) as path:
        assert path.name == "data.txt"
        folder = path.parent
    assert not folder.exists()


def test_messages_name_the_file_as_the_user_knows_it():
    with pytest.raises(InvalidInputError, match=r"notes\.csv") as caught:
        read(Upload("notes.csv", b"B (G), T1 (s)\n1, abc\n"))
    assert "tmp" not in str(caught.value)
    assert "data.txt" not in str(caught.value)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x00\x01\x02" * 100,
        b"\xff\xfeA\x00",
        b"<script>alert(1)</script>",
        b"B (G), T1 (s)\n" + b'"' * 5000,
        b"=cmd|' /C calc'!A0, 1\n2, 3",
        b"cos\nsystem\n(S'rm -rf /'\ntR.",
        b"PK\x03\x04" + bytes(200),
        b"%PDF-1.4",
        "B (G), T1 (s)\n1, 2\n".encode("utf-16-le"),
        b"a,b\n" + b"1,2,3\n" * 10,
        b"9" * 100_000,
    ],
)
def test_hostile_files_end_in_a_sentence(content, donor):
    try:
        said = data_answer(donor, sending(content))["notes"][0]
    except InvalidInputError as problem:
        said = str(problem)
    assert said
    assert "\n" not in said


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("B (G), T1 (s), T1_err (s)", ("B", "T1", "T1_err")),
        ("B (G), T1 (s)", ("B", "T1", "")),
        ("B (G), σ (s), T1 (s)", ("B", "T1", "σ")),
        ("B (G), terror (s), serr (s)", ("B", "terror", "")),
        ("B (G), T1_err (s), B_err (G)", ("B", "T1_err", "B_err")),
    ],
)
def test_columns_are_guessed_by_order_and_name(header, expected):
    cells = ", ".join("1" for _ in header.split(","))
    assert guessed(read(Upload("x", f"{header}\n{cells}\n{cells}\n".encode()))) == expected


def test_a_file_without_a_header_says_what_it_needs(donor):
    with pytest.raises(InvalidInputError, match="header"):
        data_answer(donor, sending(b"1, 2\n3, 4\n"))


def test_data_are_drawn_over_the_theory(one_isotope, sent):
    found = data_answer(one_isotope, sent)
    assert found["chosen"] == ["B", "T1", "T1_err"]
    data, theory = found["figure"]["data"]
    assert len(data["x"]) == 11
    assert len(data["error_y"]["array"]) == 11
    assert theory["name"].startswith("theory")
    assert {name for name, _, on in found["parameters"] if on} == {"correlation_time", "filling", "local_field"}


def test_a_unit_that_does_not_suit_is_said(one_isotope):
    found = data_answer(one_isotope, sending(b"B (G), T1 (m)\n1, 2\n2, 3\n"))
    assert found["figure"] is None
    assert "T1" in found["notes"][0]


@pytest.mark.parametrize("rows", [20_000, pytest.param(1_000_000, marks=pytest.mark.slow)])
def test_many_rows_are_thinned(one_isotope, rows):
    lines = (b"%d.%03d, 3.5\n" % (i // 1000, i % 1000) for i in range(1, rows + 1))
    found = data_answer(one_isotope, sending(b"B (G), T1 (s)\n" + b"".join(lines)))
    assert len(found["figure"]["data"][0]["x"]) == MOST
    assert any(f"{rows} points" in note for note in found["notes"])


def test_more_columns_than_anybody_chooses_from_are_refused(monkeypatch):
    monkeypatch.setattr(uploads, "MOST_COLUMNS", 3)
    three, four = (Upload("x", f"{','.join('abcd'[:n])}\n{','.join('1234'[:n])}\n".encode()) for n in (3, 4))
    assert guessed(read(three))[:2] == ("a", "b")
    with pytest.raises(InvalidInputError, match="4 columns, more than the 3 "):
        guessed(read(four))
