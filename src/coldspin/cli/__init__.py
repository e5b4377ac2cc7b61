"""The command line. Nothing here imports NumPy, nor any module that does, before a command runs."""

import signal
import sys


def main() -> None:
    """Run `coldspin` with the arguments of the process."""
    _end_as_by_ctrl_c()
    try:
        from coldspin.cli.app import app

        if hasattr(sys.stdout, "reconfigure"):
            sys.stdout.reconfigure(errors="replace")  # a terminal that cannot write θ shows "?"
        app(prog_name="coldspin")
    except KeyboardInterrupt:
        sys.exit(130)


def _end_as_by_ctrl_c() -> None:
    """Let the end of a queue's time (SIGTERM) and of a terminal (SIGHUP) stop a command as Ctrl-C does.

    A signal that whoever started the command ignores, as nohup does, stays ignored; so does SIGINT,
    by Python itself.
    """
    for name in ("SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)  # Windows has no SIGHUP
        if number is not None and signal.getsignal(number) == signal.SIG_DFL:
            signal.signal(number, signal.default_int_handler)
