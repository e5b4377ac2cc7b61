"""The command line. Nothing here imports NumPy before a command runs."""

import signal
import sys


def main() -> None:
    """Run `coldspin` with the arguments of the process."""
    # The signals of a queue whose time is over (SIGTERM) and of a closed terminal (SIGHUP) stop a
    # command as Ctrl-C does. A signal that the parent ignores, as nohup does, stays ignored.
    for name in ("SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)  # Windows has no SIGHUP
        if number is not None and signal.getsignal(number) == signal.SIG_DFL:
            signal.signal(number, signal.default_int_handler)
    try:
        from coldspin.cli.app import app

        if hasattr(sys.stdout, "reconfigure"):
            sys.stdout.reconfigure(errors="replace")  # a terminal that cannot write θ shows "?"
        app(prog_name="coldspin")
    except KeyboardInterrupt:
        sys.exit(130)
