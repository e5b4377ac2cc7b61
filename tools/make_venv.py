"""Make a virtual environment and install into it: `make_venv.py FOLDER` and what `pip install` would be told."""

import shutil
import subprocess
import sys
from pathlib import Path


def make_venv(folder: Path) -> Path:
    """Make an empty virtual environment for the Python that runs this; return the path of its own."""
    subprocess.run([sys.executable, "-m", "venv", "--clear", str(folder)], check=True)
    return folder / ("Scripts" if sys.platform == "win32" else "bin") / "python"


def install(python: Path, *wanted: str) -> None:
    """Install with uv, which is fetched first when it is missing."""
    uv = shutil.which("uv", path=python.parent) or shutil.which("uv")
    if uv is None:
        subprocess.run([str(python), "-m", "pip", "install", "--quiet", "uv"], check=True)
        uv = str(python.with_name("uv"))
    by_uv = subprocess.run(
        [uv, "pip", "install", "--quiet", "--compile-bytecode", "--python", str(python), *wanted],
        check=False,
    )
    if by_uv.returncode:  # uv does not read pip's configuration, where the only index may stand
        subprocess.run([str(python), "-m", "pip", "install", "--quiet", *wanted], check=True)


if __name__ == "__main__":
    install(make_venv(Path(sys.argv[1])), *sys.argv[2:])
