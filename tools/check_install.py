"""Install the wheel of dist/ in clean environments, without extras and with each, and use it there as a stranger would.

    check_install.py [EXTRA ...]     all extras that the wheel names when none is given; "-" is the wheel alone

In each environment: the version, the help, a computation, a type check of a small script where mypy
is, and what needs an extra. That has to work where the extra is, and elsewhere to say in one
sentence which to install.
"""

import os
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from email.message import Message
from email.parser import HeaderParser
from pathlib import Path

from make_venv import install, make_venv

ROOT = Path(__file__).parents[1]
MANY = str(ROOT / "examples" / "sweep.toml")
COMMANDS = (  # the extra, a command that needs it, what that does where the extra is ("": not to be tried here)
    ("crystal", ("cool", "crystal.toml", "--field", "1 mT"), "works"),
    ("posterior", ("fit", "posterior.toml"), "works"),
    ("sweep", ("sweep", MANY, "--output", "sweep.zarr"), "works"),
    ("cluster", ("sweep", MANY, "--slurm", "--output", "slurm.zarr"), ""),  # needs Slurm
    ("explorer", ("explore", "--no-browser"), "serves"),
)
UNTIL_SERVED = """import subprocess, sys
with subprocess.Popen([sys.executable, "-m", *sys.argv[1:]], stderr=subprocess.PIPE, text=True) as server:
    print(next(line for line in server.stderr if "http" in line))
    server.terminate()
"""


def main(wanted: list[str]) -> None:
    """Check the environments named, all when none is."""
    [wheel] = (ROOT / "dist").glob("*.whl")
    metadata = metadata_of(wheel)
    extras = metadata.get_all("Provides-Extra", [])
    for extra in wanted or ["-", *extras]:
        if extra not in ("-", *extras):
            sys.exit(f"{extra!r} is no extra of {wheel.name}; it has {', '.join(extras)}")
        with tempfile.TemporaryDirectory(prefix="install-") as name:
            folder = Path(name)
            python = make_venv(folder / "venv")
            install(python, str(wheel) if extra == "-" else f"{wheel}[{extra}]")
            write_files(folder)
            done = [
                *basics(python, folder, metadata["Version"]),
                *commands(python, folder, extra, metadata),
            ]
        print(f"{'no extra' if extra == '-' else extra}: {', '.join(done)}", flush=True)


def metadata_of(wheel: Path) -> Message:
    """Read the metadata of a wheel."""
    with zipfile.ZipFile(wheel) as archive:
        [member] = (name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
        return HeaderParser().parsestr(archive.read(member).decode("utf-8"))


def write_files(folder: Path) -> None:
    """Write the script, a sample whose crystal is a CIF, and a fit that wants a posterior."""
    examples = ROOT / "examples"
    script = (ROOT / "tools" / "downstream.py").read_text(encoding="utf-8")
    (folder / "downstream.py").write_text(script, encoding="utf-8")
    sample = (examples / "mapbi3-hole.toml").read_text(encoding="utf-8")
    crystal = sample.replace('"MAPbI3"', f"'{examples / 'materials' / 'cspbbr3.toml'}'")
    crystal = crystal.replace('["127I"]', '["79Br", "81Br"]')
    (folder / "crystal.toml").write_text(crystal, encoding="utf-8")
    study = (examples / "fits" / "t1.toml").read_text(encoding="utf-8")
    study = study.replace('"t1.csv"', f"'{examples / 'fits' / 't1.csv'}'")
    (folder / "posterior.toml").write_text(f"{study}\n[fit]\nposterior = 200\n", encoding="utf-8")


def basics(python: Path, folder: Path, version: str) -> Iterator[str]:
    """Check what must work in every environment."""
    expect(run(folder, python, "-m", "coldspin", "--version"), f"coldspin {version}")
    expect(run(folder, python.with_name("coldspin"), "--help"), "Usage: coldspin")
    expect(run(folder, python, "downstream.py"), "coldest at 1.454 mT")
    yield "version, help, computation"
    if run(folder, python, "-c", "import mypy").returncode == 0:
        expect(run(folder, python, "-m", "mypy", "--strict", "downstream.py"), "no issues found")
        yield "types"


def commands(python: Path, folder: Path, extra: str, metadata: Message) -> Iterator[str]:
    """Check what needs an extra: it works with it, and without it names it."""
    for needed, arguments, does in COMMANDS:
        there = needed in metadata.get_all("Provides-Extra", [])
        if there and requirements(metadata, needed) <= requirements(metadata, extra):
            if does == "works":
                expect(run(folder, python, "-m", "coldspin", *arguments), "")
            elif does == "serves":
                expect(
                    run(folder, python, "-c", UNTIL_SERVED, "coldspin", *arguments),
                    "http://127.0.0.1:",
                )
            if does:
                yield f"{needed} {does}"
        elif there:
            done = run(folder, python, "-m", "coldspin", *arguments)
            lines = done.stderr.splitlines()
            if (
                done.returncode != 2
                or len(lines) != 1
                or f"pip install 'coldspin[{needed}]'" not in lines[0]
            ):
                fail(done, f"did not ask for coldspin[{needed}] in one line")
            yield f"{needed} is asked for"


def requirements(metadata: Message, extra: str) -> set[str]:
    """Return what an extra brings."""
    lines = (line.partition(";") for line in metadata.get_all("Requires-Dist", []))
    return {name.strip() for name, _, mark in lines if mark.strip() == f"extra == '{extra}'"}


def run(folder: Path, *command: Path | str) -> subprocess.CompletedProcess[str]:
    """Run a command in `folder`, with nothing of this repository on Python's path."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
    command = tuple(str(part) for part in command)
    return subprocess.run(
        command, capture_output=True, text=True, cwd=folder, env=environment, check=False
    )


def expect(done: subprocess.CompletedProcess[str], text: str) -> None:
    """Stop unless a command succeeded and printed `text`."""
    if done.returncode != 0 or text not in done.stdout:
        fail(done, f"did not succeed, printing {text!r}")


def fail(done: subprocess.CompletedProcess[str], what: str) -> None:
    """Stop with what a command did and said."""
    sys.exit(
        f"{' '.join(done.args)} {what}; it ended with {done.returncode}, "
        f"saying:\n{done.stdout}{done.stderr}"
    )


if __name__ == "__main__":
    main(sys.argv[1:])
