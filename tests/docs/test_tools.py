"""What makes and checks the pages: shown to find what it is there to find."""

import hashlib
import re
import sys
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import pytest

from documentation import DOCS
from processes import run

pytest.importorskip("myst_nb")


def sample_page(folder, body, name="a.html"):
    (folder / name).write_text(f"<html><body>{body}</body></html>", encoding="utf-8")


@pytest.mark.parametrize(
    ("body", "complaint"),
    [
        ('<a href="b.html">x</a>', "a.html: 'b.html' is not there"),
        ('<a href="#none">x</a>', "a.html: '#none' has no such anchor"),
        (
            '<p id="here"></p><a href="a.html#there">x</a>',
            "a.html: 'a.html#there' has no such anchor",
        ),
        (
            '<a href="/a.html">x</a>',
            "a.html: '/a.html' is a path from the root, which a copy on disk does not have",
        ),
        ('<img src="gone.png">', "a.html: 'gone.png' is not there"),
        (
            '<script src="https://cdn.example/x.js"></script>',
            "a.html: 'https://cdn.example/x.js' is loaded from elsewhere",
        ),
        (
            '<link rel="stylesheet" href="//fonts.example/f.css">',
            "a.html: '//fonts.example/f.css' is loaded from elsewhere",
        ),
        (
            '<style>p {background: url("http://x.example/p.png")}</style>',
            "a.html: 'http://x.example/p.png' is loaded from elsewhere",
        ),
        ('<p style="background: url(p.png)"></p>', "a.html: 'p.png' is not there"),
    ],
)
def test_broken_pages_are_found(tmp_path, body, complaint):
    import check_pages

    sample_page(tmp_path, body)
    assert check_pages.check(tmp_path)[0] == [complaint]


def test_whole_pages_pass_and_links_to_the_web_are_links(tmp_path):
    import check_pages

    sample_page(
        tmp_path, '<h1 id="x y">a</h1><a href="b.html#c">b</a><a href="https://example.org">web</a>'
    )
    sample_page(
        tmp_path,
        '<h1 id="c">b</h1><a href="a.html#x%20y">a</a><img src="data:image/png;base64,AA">',
        "b.html",
    )
    (tmp_path / "s.css").write_text("@import 't.css';", encoding="utf-8")
    assert check_pages.check(tmp_path) == (["s.css: 't.css' is not there"], 5)


def test_a_folder_without_pages_is_no_success(tmp_path, capsys):
    import check_pages

    assert check_pages.main(str(tmp_path)) == 1
    assert "has no pages; build them with make docs" in capsys.readouterr().err


def test_every_command_and_option_is_on_the_page():
    import typer
    from command_line import format_reference

    from coldspin.cli.app import app

    text = format_reference()
    group = typer.main.get_command(app)
    assert len(group.commands) >= 11
    for name, command in group.commands.items():
        section = text.split(f"### `coldspin {name}`\n")[1].split("\n### ")[0]
        missing = [
            option
            for parameter in command.params
            if parameter.param_type_name == "option"
            for option in parameter.opts
            if f"{option}" not in section
        ]
        assert missing == []
    assert "--version" in text.split("### ")[0]
    assert "```shell\n  coldspin cool" in text
    assert text.count("`-h, --help`") == 1 + len(group.commands)


def test_help_has_no_character_that_markdown_reads():
    from command_line import format_reference

    from coldspin.cli.app import EXAMPLES

    plain = re.sub(
        r"```.*?```|`[^`]*`", "", format_reference().replace(EXAMPLES, ""), flags=re.DOTALL
    )
    lines = [re.sub(r"^\* |\*\*\w+\*\*", "", line).lstrip("#") for line in plain.splitlines()]
    assert [line for line in lines if re.search(r"[*_#$~\\]|<\w|\]\(", line)] == []


def test_every_key_of_a_file_is_on_the_page():
    from file_keys import _MARK, format_keys

    from coldspin.inputs.sample_files import Tables
    from coldspin.inputs.site_tables import MaterialTable

    text = (DOCS / "files.md").read_text(encoding="utf-8")
    tables = "\n".join(format_keys(*match.groups()) for match in _MARK.finditer(text))
    for key in MaterialTable.model_fields:
        assert f"| `{key}` |" in tables
    assert {name for name in Tables.model_fields if f"[{name}]" not in text} == set()
    assert '| `correlation_time` | with a unit: `"10 ns", "2 h"` | **needed** |' in tables


def test_every_number_of_the_materials_is_on_the_page_with_its_source():
    pytest.importorskip("pybtex")
    from bibliography import read_entries
    from material_sources import (
        DATA,
        format_isotopes,
        format_materials,
        format_sources,
        label,
        read_rows,
    )

    numbers, isotopes, sources = format_materials(), format_isotopes(), format_sources()
    names = ("crystals", "carriers", "hyperfine", "couplings", "facts")
    tables = numbers.count("\n### ")
    assert tables == len({row["material"] for row in read_rows("crystals.csv")})
    assert numbers.count("\n| ") - tables == sum(len(read_rows(f"{name}.csv")) for name in names)
    assert isotopes.count("\n") - 1 == sum(row["spin"] != "0" for row in read_rows("isotopes.csv"))
    known = {entry.key for entry in read_entries(DATA / "sources.bib")}
    assert len(known) == (DATA / "sources.bib").read_text(encoding="utf-8").count("\n@")
    assert all(f"({label(key)})=" in sources for key in known)
    assert {row["source"] for name in names for row in read_rows(f"{name}.csv")} <= known


def test_bibtex_loses_its_markup(tmp_path):
    pytest.importorskip("pybtex")
    from bibliography import read_entries
    from pybtex.exceptions import PybtexError

    path = tmp_path / "a.bib"
    path.write_text(
        r"@article{k1, author = {D{\'e}, A. and {Some Lab}}, title = {On {GaAs} \& more}, doi = {10.1/x}}"
    )
    (one,) = read_entries(path)
    assert one.sentence == "A. Dé; Some Lab, On GaAs & more"
    assert one.address == "https://doi.org/10.1/x"
    path.write_text("@misc{k3, title = {A~b}, url = {http://example.org/~c--d.html}}")
    (one,) = read_entries(path)
    assert (one.sentence, one.address) == ("A b", "http://example.org/~c--d.html")
    path.write_text("@misc{k2, note = {open")
    with pytest.raises(PybtexError):
        read_entries(path)


def test_the_commit_is_told_and_unknown_elsewhere(tmp_path):
    from made_with import read_commit

    def git(*arguments):
        name = ["-c", "user.name=a", "-c", "user.email=a@example.org"]
        run(["git", "-C", tmp_path, *name, *arguments]).check_returncode()

    docs = tmp_path / "docs"
    docs.mkdir()
    assert read_commit(docs) == "unknown"
    git("init", "-q")
    (docs / "a.md").write_text("a")
    git("add", "-A")
    git("commit", "-qm", "a")
    head = read_commit(docs)
    assert len(head) == 10
    (docs / "a.md").write_text("b")
    assert read_commit(docs) == f"{head}, with changes"
    inner = docs / "unpacked" / "docs"
    inner.mkdir(parents=True)
    assert read_commit(inner) == "unknown"


def test_the_foot_says_the_grid(monkeypatch):
    from made_with import format_foot

    monkeypatch.setenv("COLDSPIN_DOCS_GRID", "reduced")
    assert format_foot("0123456789", 3.2).endswith(
        "commit 0123456789, on the reduced grid, in 3 s."
    )
    assert format_foot("unknown", None).endswith("commit unknown, not computed in this build.")


def test_mathjax_is_the_file_of_its_own_release():
    try:
        package = distribution("sphinx-mathjax-offline")
    except PackageNotFoundError:
        pytest.skip("needs the extra docs")
    script = package.locate_file("sphinx-mathjax-offline/static/mathjax/tex-svg-full.js")
    digest = hashlib.sha256(Path(script).read_bytes()).hexdigest()
    assert digest == "a4354ff94fd868aea0cc6eaaa79a57fda0588646fc46ee3700a349ee0a11cbe6"


def test_validation_names_every_reference():
    text = (DOCS / "validation.md").read_text(encoding="utf-8")
    folders = [
        path.name
        for path in (DOCS.parent / "tests" / "reference").iterdir()
        if (path / "README.md").exists()
    ]
    assert len(folders) >= 5
    assert {name for name in folders if f"tests/reference/{name}`" not in text} == set()


def test_check_pages_is_a_command(tmp_path):
    sample_page(tmp_path, '<a href="#x">x</a>')
    done = run(
        [sys.executable, str(DOCS.parent / "tools" / "check_pages.py"), str(tmp_path)], text=True
    )
    assert done.returncode == 1
    assert "no such anchor" in done.stderr
