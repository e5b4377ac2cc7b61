"""Sphinx configuration. Pages with code are executed at build; nothing is fetched, now or when a page is read."""

import sys
from importlib.metadata import distribution
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parent / "_ext"))

import coldspin

project = "coldspin"
author = "The coldspin developers"
copyright = "2026, The coldspin developers"
release = version = coldspin.__version__

extensions = [
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
    "sphinx.ext.mathjax",
    "myst_nb",
    "docstrings",
    "names_elsewhere",
    "command_line",
    "file_keys",
    "material_sources",
    "made_with",
]
exclude_patterns = [
    "benchmarks-table.md",
    "unequal-couplings-table.md",
    "jupyter_execute",
    "_build",
]

myst_enable_extensions = ["amsmath", "colon_fence", "deflist", "dollarmath"]
myst_heading_anchors = 3
math_numfig = False
# MathJax lies beside the pages: one script, which draws formulas as SVG without fonts (decision 6)
mathjax_path = "tex-svg-full.js"
_mathjax = distribution("sphinx-mathjax-offline").locate_file(
    f"sphinx-mathjax-offline/static/mathjax/{mathjax_path}"
)
mathjax3_config = {
    # an error in a formula shows on the page, where a test finds it
    "tex": {"packages": {"[-]": ["noundefined", "noerrors"]}},
    # the menu would offer parts that are not here
    "options": {"enableMenu": False, "enableAssistiveMml": True},
    # MathJax matches the height of x; at 0.9 the capital letters match those of the text
    "svg": {"fontCache": "local", "scale": 0.9},
}

nitpicky = True  # every name of a function or class must lead somewhere
nitpick_ignore = [("py:class", name) for name in ("SixAxis", "LocalOperators")]  # inner classes
nitpick_ignore_regex = [
    (r"py:.*", r"(numpy|collections|xarray|matplotlib)\..*")
]  # not ours, and elsewhere

nb_execution_mode = "force"
nb_execution_raise_on_error = True
nb_execution_timeout = 120
nb_merge_streams = True

autodoc_typehints = "none"
autodoc_member_order = "bysource"
napoleon_numpy_docstring = True
napoleon_google_docstring = False
napoleon_use_rtype = False
napoleon_use_param = False  # types are words, "quantity", not names to link
add_module_names = False

html_theme = "furo"
html_title = "coldspin"
html_static_path = ["_static", str(_mathjax)]
html_css_files = ["formulas.css"]
html_copy_source = False
html_show_sourcelink = False
