"""`coldspin --help` stays light."""

import sys

from durations import least_seconds
from processes import run

HEAVY = (
    "numpy",
    "scipy",
    "numba",
    "xarray",
    "pandas",
    "pint",
    "matplotlib",
    "pydantic",
    "h5netcdf",
    "rich.markdown",
    "dash",
    "dask",
    "distributed",
    "zarr",
)


def test_help_costs_at_most_two_and_a_half_bare_imports():
    ours, bare = least_seconds(("-m", "coldspin", "--help"), ("-c", "import typer, rich"), rounds=7)
    assert ours < 2.5 * bare


def test_help_and_version_load_nothing_heavy():
    for flag in ("--help", "--version"):
        code = (
            "import sys, contextlib, io\nfrom coldspin.cli import main\n"
            f"sys.argv = ['coldspin', '{flag}']\n"
            "with contextlib.redirect_stdout(io.StringIO()), contextlib.suppress(SystemExit):\n    "
            "main()\n"
            f"print([name for name in {HEAVY!r} if name in sys.modules])"
        )
        done = run([sys.executable, "-c", code], text=True)
        assert done.stdout.strip() == "[]"
