import hashlib
from collections import OrderedDict

import pytest

from coldspin.exceptions import InvalidInputError
from coldspin.explorer import uploads
from coldspin.explorer.answers import data_answer
from coldspin.explorer.data_figures import MOST_POINTS
from coldspin.explorer.uploads import Upload, UploadStore, clean_name, guess_columns, read_upload

A, B = "a" * 32, "b" * 32


def sending(content, name="data.csv"):
    return Upload(name, content)


def speaking_of(upload, name="data.csv"):
    return {"name": name, "sha256": upload.digest}


def test_a_file_comes_through_as_it_is_and_belongs_to_its_tab(t1):
    kept = UploadStore()
    assert kept.put(A, t1) == hashlib.sha256(t1.content).hexdigest()
    assert kept.get(A, speaking_of(t1, "t1.csv")) == t1
    assert kept.get(B, speaking_of(t1)) is None


@pytest.mark.parametrize("given", [None, 7, {}, {"sha256": 7}, {"name": "x"}, []])
def test_no_file_is_said_in_a_sentence(given):
    with pytest.raises(InvalidInputError, match="no data file"):
        UploadStore().get(A, given)


def test_few_files_are_kept_and_those_asked_for_last():
    kept, files = UploadStore(most=3, largest=100), [sending(b"%d" % i) for i in range(4)]
    for file in files[:3]:
        kept.put(A, file)
    kept.get(A, speaking_of(files[0]))
    kept.put(B, files[3])
    found = [kept.get(tab * 32, speaking_of(file)) for tab, file in zip("aaab", files, strict=True)]
    assert [one is None for one in found] == [False, True, False, False]
    kept.put(A, sending(b"x" * 99))
    assert [
        kept.get(tab * 32, speaking_of(file)) is None
        for tab, file in zip("aaab", files, strict=True)
    ] == [*(True, True, True, False)]


def test_a_file_is_read_once_and_again_when_others_came_between(monkeypatch):
    count = []
    reader = uploads.read_measurements
    monkeypatch.setattr(
        uploads, "read_measurements", lambda path: count.append(path) or reader(path)
    )
    monkeypatch.setattr(uploads, "_tables", OrderedDict())
    files = [
        Upload(f"{i}.csv", b"B (G), T1 (s)\n1, %d\n" % i) for i in range(uploads.MOST_TABLES + 1)
    ]
    for _ in range(3):
        assert read_upload(files[0]).column("T1").values == [0]
    assert len(count) == 1
    for file in files:
        read_upload(file)
    assert len(count) == len(uploads._tables) + 1 == uploads.MOST_TABLES + 1
    read_upload(files[0])
    assert len(count) == uploads.MOST_TABLES + 2
    monkeypatch.setattr(uploads, "MOST_NUMBERS", 1)
    read_upload(files[-1])
    assert len(uploads._tables) == 0


def test_a_file_that_is_known_is_named_as_it_is_called_now():
    content = b"B (G), T1 (s)\n1, 2\n"
    read_upload(Upload("one.csv", content))
    with pytest.raises(InvalidInputError, match=r"two\.csv: no column"):
        read_upload(Upload("two.csv", content)).column("x")


def test_a_name_is_only_shown_and_never_a_path(tmp_path):
    upload = sending(b"1, 2\n", name=clean_name("../../etc/pass\x00wd\u202e" + "x" * 300))
    assert len(upload.name) <= 80
    assert "\x00" not in upload.name
    with uploads.write_upload(upload) as path:
        assert path.name == "data.txt"
        folder = path.parent
    assert not folder.exists()


def test_columns_of_text_are_not_guessed():
    log = Upload(
        "log.txt",
        b"time\tB (G)\tstate\tT1 (s)\tT1_err (s)\n12:00\t1\tok\t2\t0.1\n12:05\t2\tok\t3\t0.1\n",
    )
    assert guess_columns(read_upload(log)) == ("B", "T1", "T1_err")
    with pytest.raises(InvalidInputError, match=r"'abc' in row 2, column 2 \(T1\) is not a number"):
        guess_columns(read_upload(Upload("notes.csv", b"B (G), T1 (s)\n1, abc\n")))


def test_messages_name_the_file_as_the_user_knows_it():
    with pytest.raises(InvalidInputError, match=r"notes\.csv") as caught:
        read_upload(Upload("notes.csv", b"B (G), T1 (s)\n1, abc\n")).column("T1")
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
    assert (
        guess_columns(read_upload(Upload("x", f"{header}\n{cells}\n{cells}\n".encode())))
        == expected
    )


def test_a_file_without_a_header_says_what_it_needs(donor):
    with pytest.raises(InvalidInputError, match="header"):
        data_answer(donor, sending(b"1, 2\n3, 4\n"))


def test_data_are_drawn_over_the_theory(one_isotope, t1, drawn_numbers):
    found = data_answer(one_isotope, t1)
    assert found["chosen"] == ["B", "T1", "T1_err"]
    data, theory = found["figure"]["data"]
    assert drawn_numbers(data["x"]).size == 11
    assert drawn_numbers(data["error_y"]["array"]).size == 11
    assert theory["name"].startswith("theory")
    assert {name for name, _, on in found["parameters"] if on} == {
        "correlation_time",
        "filling",
        "local_field",
    }


def test_a_unit_that_does_not_suit_is_said(one_isotope):
    found = data_answer(one_isotope, sending(b"B (G), T1 (m)\n1, 2\n2, 3\n"))
    assert found["figure"] is None
    assert "T1" in found["notes"][0]


@pytest.mark.parametrize("rows", [20_000, pytest.param(1_000_000, marks=pytest.mark.slow)])
def test_many_rows_are_thinned(one_isotope, rows, drawn_numbers):
    lines = (b"%d.%03d, 3.5\n" % (i // 1000, i % 1000) for i in range(1, rows + 1))
    found = data_answer(one_isotope, sending(b"B (G), T1 (s)\n" + b"".join(lines)))
    assert drawn_numbers(found["figure"]["data"][0]["x"]).size == MOST_POINTS
    assert any(f"{rows} points" in note for note in found["notes"])


def test_more_columns_than_anybody_chooses_from_are_refused(monkeypatch):
    monkeypatch.setattr(uploads, "MOST_COLUMNS", 3)
    three, four = (
        Upload("x", f"{','.join('abcd'[:n])}\n{','.join('1234'[:n])}\n".encode()) for n in (3, 4)
    )
    assert guess_columns(read_upload(three))[:2] == ("a", "b")
    with pytest.raises(InvalidInputError, match="4 columns, more than the 3 "):
        guess_columns(read_upload(four))


@pytest.mark.parametrize(
    "line", [b"1, " * 7_000_000, b"B" * 2_000_000 + b"\n1\n", b"B (G), T1 (s)\n" + b"1" * 300_000]
)
def test_a_file_without_line_ends_is_refused_before_it_is_read(line, monkeypatch):
    from coldspin.inputs.measurements import reader

    monkeypatch.setattr(reader, "_decide", lambda *_: pytest.fail("it was read"))
    with pytest.raises(
        InvalidInputError, match=r"x\.csv: row [12] has \d+ characters, more than .* line break"
    ):
        read_upload(Upload("x.csv", line))
