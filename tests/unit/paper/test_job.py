"""write_paper: what it writes, what it refuses, and that an interrupted run leaves nothing half done."""

import csv
import stat
import tempfile

import pytest

from coldspin.exceptions import InvalidInputError
from coldspin.paper import FILES, figure2, job, write_paper
from coldspin.paper.claims import heating_limits
from scale import needs_compiler

pytestmark = needs_compiler


@pytest.fixture(autouse=True)
def small(monkeypatch):
    """Few points and few claims: these tests are about files."""
    monkeypatch.setattr(figure2, "TIMES", 6)
    monkeypatch.setattr(job, "CLAIMS", heating_limits.CLAIMS[:3])


@pytest.fixture
def nothing_to_draw(monkeypatch):
    def figures(_say):
        return {
            name: lambda path: path.write_text("new") for name in FILES if name.startswith("fig")
        }

    monkeypatch.setattr(job, "_figures", figures)


@pytest.mark.slow
def test_writes_all_and_only_the_listed_files(tmp_path):
    steps = []
    claims = write_paper(
        tmp_path / "out" / "paper",
        force=False,
        progress=lambda label, share: steps.append((label, share)),
    )
    written = sorted((tmp_path / "out" / "paper").iterdir())
    assert [path.name for path in written] == sorted(FILES)
    assert len(claims) == 3
    for path in written:
        head = path.read_bytes()[:8]
        assert path.stat().st_size > 100
        assert stat.S_IMODE(path.stat().st_mode) & 0o444
        assert (head == b"\x89PNG\r\n\x1a\n") == (path.suffix == ".png")
        assert head.startswith(b"%PDF") == (path.suffix == ".pdf")
    shares = [share for _, share in steps]
    assert shares == sorted(shares)
    assert shares[0] == 0
    assert shares[-1] == 1


def test_claims_files_hold_every_claim(tmp_path, nothing_to_draw):
    claims = write_paper(tmp_path, force=False)
    rows = list(csv.DictReader((tmp_path / "claims.csv").read_text(encoding="utf-8").splitlines()))
    assert [row["statement"] for row in rows] == [claim.statement for claim in claims]
    markdown = (tmp_path / "claims.md").read_text(encoding="utf-8")
    table = [line for line in markdown.splitlines() if line.startswith("|")]
    assert len(table) == 2 + len(claims)
    assert all(line.replace(r"\|", "").count("|") == 7 for line in table)
    captions = (tmp_path / "captions.md").read_text(encoding="utf-8")
    assert all(
        text in captions for text in ("Fig. 2", "Fig. 3", "Fig. S1", "N_I = 10⁶", "100 B̃_L", "T2e*")
    )


def test_refuses_existing_files_before_computing(tmp_path, monkeypatch):
    (tmp_path / "claims.md").write_text("mine")
    monkeypatch.setattr(job, "_figures", lambda _say: pytest.fail("computed before checking"))
    with pytest.raises(InvalidInputError, match=r"claims\.md") as refusal:
        write_paper(tmp_path, force=False)
    assert "--force" in str(refusal.value)
    assert "\n" not in str(refusal.value)
    assert [path.name for path in tmp_path.iterdir()] == ["claims.md"]


def test_force_replaces_and_leaves_strangers_alone(tmp_path, nothing_to_draw):
    (tmp_path / "fig3.csv").write_text("old")
    (tmp_path / "notes.txt").write_text("mine")
    write_paper(tmp_path, force=True)
    assert (tmp_path / "fig3.csv").read_text() == "new"
    assert (tmp_path / "notes.txt").read_text() == "mine"
    assert {path.name for path in tmp_path.iterdir()} == {*FILES, "notes.txt"}


def test_a_file_in_place_of_the_folder_is_refused(tmp_path):
    (tmp_path / "paper").write_text("")
    for output in (tmp_path / "paper", tmp_path / "paper" / "deeper"):
        with pytest.raises(InvalidInputError, match="paper"):
            write_paper(output, force=True)


def test_an_unwritable_folder_is_refused_before_computing(tmp_path, monkeypatch):
    def denied(**_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(tempfile, "TemporaryFile", denied)
    monkeypatch.setattr(job, "_figures", lambda _say: pytest.fail("computed before checking"))
    with pytest.raises(InvalidInputError, match=r"cannot be written.*Permission denied"):
        write_paper(tmp_path / "new", force=True)


@pytest.mark.parametrize(
    "failure", [KeyboardInterrupt, OSError("no space left")], ids=["interrupt", "full disk"]
)
def test_nothing_half_written(tmp_path, monkeypatch, failure):
    def broken(_path):
        raise failure

    def figures(_say):
        return {name: lambda path: path.write_text("new") for name in FILES} | {"figS1.csv": broken}

    monkeypatch.setattr(job, "_figures", figures)
    (tmp_path / "fig2.png").write_text("old")
    with pytest.raises((KeyboardInterrupt, OSError)):
        write_paper(tmp_path, force=True)
    assert [path.name for path in tmp_path.iterdir()] == ["fig2.png"]
    assert (tmp_path / "fig2.png").read_text() == "old"
