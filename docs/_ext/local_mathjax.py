"""MathJax beside the pages: one script that draws formulas as SVG, without fonts, with no request to anywhere.

The script comes with the package sphinx-mathjax-offline (extra ``docs``), which carries MathJax 3.2.2 as its makers
published it; the digest below is that of their own release. Where it is missing or another, formulas stay MathML.
"""

import hashlib
import shutil
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Any

from sphinx.util import logging

NAME = "tex-svg-full.js"
DIGEST = "a4354ff94fd868aea0cc6eaaa79a57fda0588646fc46ee3700a349ee0a11cbe6"
NOTICE = "MathJax 3.2.2, unmodified. Copyright (c) The MathJax Consortium. Apache License 2.0. https://www.mathjax.org\n"

# no menu: it would offer parts that are not here; what is wrong in a formula shows as an error, which a test finds
CONFIGURATION = {
    "tex": {"packages": {"[-]": ["noundefined", "noerrors"]}},
    "options": {"enableMenu": False, "enableAssistiveMml": True},
    "svg": {"fontCache": "local", "scale": 0.9},
}


def script() -> Path | None:
    """Return the script, if it is there and is the known one."""
    try:
        package = distribution("sphinx-mathjax-offline")
    except PackageNotFoundError:
        return None
    path = Path(str(package.locate_file(f"sphinx-mathjax-offline/static/mathjax/{NAME}")))
    known = path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() == DIGEST
    return path if known else None


def place_script(app: Any) -> None:
    """Put the script among the static files, before the pages refer to it."""
    if app.builder.format != "html" or app.config.html_math_renderer != "mathjax":
        return
    source = script()
    if source is None:
        raise RuntimeError(
            "html_math_renderer is mathjax, but its script is not here: pip install 'coldspin[docs]'"
        )
    target = Path(app.outdir, "_static", "mathjax")
    target.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target / NAME)
    (target / "NOTICE.txt").write_text(NOTICE, encoding="utf-8")


def say_which(_app: Any, config: Any) -> None:
    """Say why formulas are MathML, where that was not asked for."""
    if config.html_math_renderer == "mathml" and script() is None:
        logging.getLogger(__name__).info(
            "MathJax is not installed (extra 'docs'): formulas are MathML"
        )


def setup(app: Any) -> dict[str, bool]:
    """Configure sphinx.ext.mathjax for the script."""
    app.setup_extension("sphinx.ext.mathjax")
    app.connect("config-inited", say_which)
    app.connect("builder-inited", place_script)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
