"""The pages as they are built: no warning, every link, every public name, every formula; opened from disk."""

import importlib
import pkgutil
import re
import shutil
import zlib

import pytest

import coldspin
from processes import run

sphinx = pytest.importorskip("sphinx")
pytestmark = (
    pytest.mark.slow
)  # the build takes long, and `make docs` finds warnings and wrong links as well
INNER = {"coldspin.paper.claims"}  # a part of its package
BROWSERS_OWN = (
    ".google.com",
    ".googleapis.com",
    ".gvt1.com",
)  # where Chromium asks for news of itself
CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)


def packages():
    """Every package that lists what it offers."""
    names = [
        "coldspin",
        *(
            found.name
            for found in pkgutil.walk_packages(coldspin.__path__, "coldspin.")
            if found.ispkg
        ),
    ]
    return [
        name
        for name in names
        if name not in INNER and hasattr(importlib.import_module(name), "__all__")
    ]


def inventory(folder):
    """Python names of the pages."""
    raw = (folder / "objects.inv").read_bytes()
    lines = zlib.decompress(raw.split(b"\n", 4)[4]).decode().splitlines()
    return {line.split()[0] for line in lines if line.split()[1].startswith("py:")}


def test_the_build_has_no_warning(built):
    folder, warnings = built
    assert warnings.strip() == ""
    assert (folder / "index.html").is_file()


def test_links_lead_somewhere_and_nothing_is_loaded_from_elsewhere(built):
    import check_pages

    wrong, count = check_pages.check(built[0].resolve())
    assert wrong == []
    assert count > 3000


def test_every_public_name_is_on_the_api_page(built):
    from names_elsewhere import find_object

    there = {id(thing) for name in inventory(built[0]) if (thing := find_object(name)) is not None}
    listed = inventory(built[0])
    missing = [
        f"{package}.{name}"
        for package in packages()
        for name in importlib.import_module(package).__all__
        if f"{package}.{name}" not in listed
        and id(getattr(importlib.import_module(package), name)) not in there
    ]
    assert missing == []
    assert len(packages()) > 15


def test_every_page_is_in_the_side_bar(built):
    index = (built[0] / "index.html").read_text(encoding="utf-8")
    pages = {path.stem for path in built[0].glob("*.html")} - {
        "index",
        "genindex",
        "py-modindex",
        "search",
    }
    assert {page for page in pages if f'href="{page}.html"' not in index} == set()


def test_pages_with_code_say_what_made_them(built):
    text = (built[0] / "start.html").read_text(encoding="utf-8")
    foot = re.search(r'class="made-with">([^<]+)<', text)
    assert foot
    assert f"coldspin {coldspin.__version__}, commit " in foot[1]
    assert 'class="made-with"' not in (built[0] / "theory.html").read_text(encoding="utf-8")


@pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium")
@pytest.mark.parametrize("page", ["theory.html", "api.html"])
def test_formulas_are_typeset_from_disk_without_a_request(built, tmp_path, page):
    source = (built[0] / page).read_text(encoding="utf-8")
    assert "_static/tex-svg-full.js" in source
    log = tmp_path / "net.json"
    options = [
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--no-first-run",
        "--host-resolver-rules=MAP * ~NOTFOUND",
    ]
    options += [
        "--disable-background-networking",
        "--disable-component-update",
        "--virtual-time-budget=30000",
    ]
    options += [f"--user-data-dir={tmp_path / 'profile'}", f"--log-net-log={log}"]
    address = (built[0] / page).resolve().as_uri()
    done = run([CHROMIUM, *options, "--dump-dom", address], text=True)
    formulas = len(re.findall(r'class="math ', source))
    assert formulas > 50
    assert done.stdout.count("<mjx-container") == formulas
    assert re.findall('data-mjx-error="[^"]*"', done.stdout) == []
    hosts = set(
        re.findall(r'"url":"https?://([^/"]+)', log.read_text(encoding="utf-8", errors="replace"))
    )
    assert {host for host in hosts if not host.endswith(BROWSERS_OWN)} == set()
