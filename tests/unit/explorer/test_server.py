"""How the page starts: the command, its sentences, and the server itself."""

import signal
import urllib.request
from pathlib import Path

import pytest

from coldspin.cli import explore
from coldspin.explorer import server
from processes import COLDSPIN, PIPE, started

ROOT = Path(__file__).parents[3]


def test_without_dash_the_command_says_what_to_install(coldspin, monkeypatch):
    import importlib.util

    found = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name: None if name == "dash" else found(name)
    )
    done = coldspin("explore", "--no-browser")
    assert done.returncode == 2
    assert "coldspin[explorer]" in done.stderr


@pytest.mark.parametrize("port", ["0", "65536", "-1"])
def test_a_port_that_is_none_is_refused(coldspin, port):
    done = coldspin("explore", "--no-browser", "--port", port)
    assert done.returncode == 2
    assert "1 to 65535" in done.stderr


def test_a_port_that_is_taken_is_said(coldspin):
    handle = server.bind(None)
    try:
        done = coldspin("explore", "--no-browser", "--port", str(handle.getsockname()[1]))
    finally:
        handle.close()
    assert done.returncode == 2
    assert "cannot be taken" in done.stderr


def test_a_file_that_is_wrong_is_said_before_anything_starts(coldspin, tmp_path):
    (tmp_path / "x.toml").write_text("[site]\nfilling = 3\n", encoding="utf-8")
    done = coldspin("explore", str(tmp_path / "x.toml"), "--no-browser")
    assert done.returncode == 2
    assert "x.toml" in done.stderr


def test_the_command_gives_the_state_of_the_file_to_the_server(coldspin, monkeypatch):
    seen = {}
    monkeypatch.setattr(server, "serve", lambda state, **options: seen.update(options, state=state))
    done = coldspin("explore", str(ROOT / "examples" / "cdte-donor.toml"), "--no-browser")
    assert done.returncode == 0
    assert seen["state"].size == "5.2 nm"
    assert seen["browser"] is False
    assert explore.explore.__doc__


def test_the_server_prints_its_address_serves_and_ends_with_its_workers():
    command = [*COLDSPIN, "explore", "--no-browser", str(ROOT / "examples" / "cdte-donor.toml")]
    with started(command, stderr=PIPE, text=True) as process:
        line = process.stderr.readline()
        address = next(word for word in line.split() if word.startswith("http"))
        assert address.startswith("http://127.0.0.1:")
        with urllib.request.urlopen(address, timeout=60) as page:  # noqa: S310  # our own
            assert 'value="5.2 nm"' in page.read().decode()
        process.send_signal(signal.SIGINT)
        _, rest = process.communicate(timeout=60)
    assert process.returncode == 0
    assert "the page has ended" in rest
    assert "Traceback" not in rest
