"""The page in Debian's Chromium: a server of its own, a browser that may speak to 127.0.0.1 alone."""

import shutil
import socket
import time
import urllib.request
from pathlib import Path

import pytest

pytest.importorskip("dash", reason="the extra explorer")
from browsing import settled
from processes import COLDSPIN, started

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright, of the extra test")

FLAGS = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync", "--no-first-run"),
]
PATIENCE = 120_000  # ms; a busy machine is no failure


@pytest.fixture(scope="session")
def chromium():
    path = shutil.which("chromium")
    if path is None:
        pytest.skip("there is no chromium; install it with apt-get install chromium")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def address(tmp_path_factory):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    log = tmp_path_factory.mktemp("explore") / "log"
    command = [*COLDSPIN, "explore", "--no-browser", "--port", str(port)]
    with log.open("wb") as out, started(command, stderr=out, stdout=out) as server:
        found = f"http://127.0.0.1:{port}/"
        until = time.monotonic() + 120
        while not answers(found):
            assert server.poll() is None, log.read_text()
            assert time.monotonic() < until, "the page did not start"
            time.sleep(0.2)
        yield found
        server.terminate()
        server.wait(20)
    told = Path(log).read_text()
    assert "Traceback" not in told, told


def answers(address):
    try:
        with urllib.request.urlopen(address, timeout=5):  # noqa: S310  # our own
            return True
    except OSError:
        return False


@pytest.fixture
def visit(chromium, address):
    """Open the page with a query and a width; afterwards nothing was said to the console, nothing left the machine."""
    contexts, told, asked = [], [], []

    def open_(query="", width=1280, height=900):
        context = chromium.new_context(
            viewport={"width": width, "height": height}, accept_downloads=True
        )
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        page = context.new_page()
        page.on(
            "console",
            lambda message: (
                told.append(message.text) if message.type in ("error", "warning") else None
            ),
        )
        page.on("pageerror", lambda problem: told.append(str(problem)))
        page.on("request", lambda request: asked.append(request.url))
        page.goto(f"{address}?{query}" if query else address)
        settled(page)
        return page

    yield open_
    for context in contexts:
        context.close()
    assert told == []
    assert [url for url in asked if not url.startswith((address, "blob:", "data:"))] == []
