"""What the package offers, and that it offers it without delay."""

import ast
import importlib
import sys
from importlib.resources import files

import pytest

import coldspin
from durations import least_seconds
from processes import run

PUBLIC = {
    "DarkStage",
    "InvalidInputError",
    "Measure",
    "PumpStage",
    "Site",
    "Species",
    "Sweep",
    "ValidityWarning",
    "__version__",
    "adiabatic_demagnetization",
    "branches",
    "cool",
    "cooling_time",
    "experiments",
    "heating",
    "materials",
    "optimum",
    "precession",
    "relax",
    "run",
    "thermodynamics",
    "three_stage",
    "validity",
}
PACKAGES = (
    "coldspin",
    "coldspin.experiments",
    "coldspin.experiments.fitting",
    "coldspin.experiments.models",
    "coldspin.experiments.planning",
    "coldspin.heating",
    "coldspin.heating.manybody",
    "coldspin.materials",
    "coldspin.inputs.measurements",
    "coldspin.precession",
    "coldspin.protocols",
    "coldspin.sweeps",
)


def test_the_public_names():
    assert set(coldspin.__all__) == PUBLIC
    assert set(dir(coldspin)) == PUBLIC


@pytest.mark.parametrize("package", PACKAGES)
def test_every_public_name_is_there(package):
    module = importlib.import_module(package)
    assert list(module.__all__) == sorted(module.__all__)
    for name in module.__all__:
        assert getattr(module, name) is not None


@pytest.mark.parametrize("package", PACKAGES[1:])
def test_all_names_that_a_package_gathers_are_public(package):
    tree = ast.parse(files(package).joinpath("__init__.py").read_text(encoding="utf-8"))
    imports = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module.startswith(package)
    ]
    gathered = {alias.name for node in imports for alias in node.names}
    assert gathered == set(importlib.import_module(package).__all__)


def test_type_checkers_see_the_names_that_are_loaded_late():
    tree = ast.parse(files("coldspin").joinpath("__init__.py").read_text(encoding="utf-8"))
    guarded = next(node for node in tree.body if isinstance(node, ast.If))
    seen = {alias.name for node in guarded.body for alias in node.names}
    assert seen == PUBLIC - {"__version__"}


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'colder'"):
        _ = coldspin.colder


def test_the_package_is_typed():
    assert files("coldspin").joinpath("py.typed").is_file()


def test_the_version_is_that_of_the_distribution():
    metadata = importlib.import_module("importlib.metadata")
    assert metadata.version("coldspin") == coldspin.__version__


def test_import_loads_no_numpy():
    code = "import sys, coldspin; print([m for m in ('numpy', 'scipy', 'xarray', 'pint', 'typer') if m in sys.modules])"
    done = run([sys.executable, "-c", code], text=True)
    assert done.stdout.strip() == "[]"


def test_import_is_as_quick_as_none():
    with_import, without = least_seconds(("-c", "import coldspin"), ("-c", "pass"), rounds=15)
    assert with_import < 4 * without
