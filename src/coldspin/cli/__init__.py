"""The command line. Nothing here imports NumPy, nor any module that does, before a command runs."""

import sys


def main() -> None:
    """Run `coldspin` with the arguments of the process."""
    try:
        from coldspin.cli.app import app

        if hasattr(sys.stdout, "reconfigure"):
            sys.stdout.reconfigure(errors="replace")  # a terminal that cannot write θ shows "?"
        app(prog_name="coldspin")
    except KeyboardInterrupt:
        sys.exit(130)
