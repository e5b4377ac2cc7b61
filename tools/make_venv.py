"""Make the virtual environment that the Makefile works in: locked dependencies, then this package, editable."""

import shutil
import subprocess
import sys
from pathlib import Path


def main(folder: str, lock: str) -> None:
    """Install the lock file and this package into `folder` with uv, which is fetched first when it is missing."""
    venv = Path(folder)
    subprocess.run([sys.executable, "-m", "venv", "--clear", str(venv)], check=True)
    python = venv / ("Scripts" if sys.platform == "win32" else "bin") / "python"
    uv = shutil.which("uv")
    if uv is None:
        subprocess.run([str(python), "-m", "pip", "install", "--quiet", "uv"], check=True)
        uv = str(python.with_name("uv"))
    wanted = ["-r", lock, "--no-deps", "-e", "."]
    by_uv = subprocess.run([uv, "pip", "install", "--quiet", "--python", str(python), *wanted], check=False)
    if by_uv.returncode:  # uv does not read pip's configuration, where the only index may stand
        subprocess.run([str(python), "-m", "pip", "install", "--quiet", *wanted], check=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
