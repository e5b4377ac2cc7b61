r"""Formulas as MathML, made by docutils at build time: no script, no font and no request when a page is read.

``\tag{S12}`` in a displayed formula sets the number at its right. A command that docutils does not know stops the build
with the formula and the place.
"""

import re
from typing import Any

from docutils import nodes
from docutils.utils.math import MathError
from docutils.utils.math.latex2mathml import tex2mathml
from sphinx.util import logging

_TAG = re.compile(r"\\tag\{([^{}]*)\}")
_ENVIRONMENT = re.compile(r"\\(begin|end)\{(equation|align)\*?\}")
_COMMAND = re.compile(r"\\(?:[A-Za-z]+|.)", re.DOTALL)

_ARGUMENTS = {
    "frac": 2,
    "tfrac": 2,
    "dfrac": 2,
    "sqrt": 1,
    "mathcal": 1,
    "mathrm": 1,
    "boldsymbol": 1,
}
_ACCENTS = ("tilde", "bar", "hat", "dot")
_NAMES = {
    "dfrac": "frac",
    "boldsymbol": "mathbfit",
}  # letters of their own, which need no style sheet


def braced(source: str) -> str:
    r"""Return `source` with the arguments that LaTeX takes token by token in braces, as docutils needs them.

    ``\frac12`` becomes ``\frac{1}{2}``; ``\tilde B_L`` becomes ``{{}\tilde{B}}_L``, so that the accent stands over B
    alone and the subscript beside it.
    """
    result, rest = [], source
    while rest:
        match = _COMMAND.match(rest)
        if match is None:
            result.append(rest[0])
            rest = rest[1:]
            continue
        name, rest = match.group()[1:], rest[match.end() :]
        count = 1 if name in _ACCENTS else _ARGUMENTS.get(name, 0)
        if rest.lstrip().startswith("["):
            count = 0
        taken = rf"\{_NAMES.get(name, name)}"
        for _ in range(count):
            argument, rest = _argument(rest)
            taken += f"{{{braced(argument)}}}"
        result.append(f"{{{{}}{taken}}}" if name in _ACCENTS else taken)
    return "".join(result)


def _argument(source: str) -> tuple[str, str]:
    """One argument, without its braces, and what follows it."""
    source = source.lstrip()
    match = _COMMAND.match(source)
    if match:
        return match.group(), source[match.end() :]
    if not source.startswith("{"):
        return source[:1], source[1:]
    depth = 0
    for i, character in enumerate(source):
        depth += {"{": 1, "}": -1}.get(character, 0)
        if depth == 0:
            return source[1:i], source[i + 1 :]
    raise MathError("a brace is not closed")


def _mathml(translator: Any, node: nodes.Element, source: str, *, block: bool) -> str:
    try:
        return str(tex2mathml(braced(source), as_block=block))
    except (MathError, IndexError) as problem:
        logging.getLogger(__name__).warning(
            "formula %r cannot be shown: %s", source, problem, location=node
        )
        return f"<code>{translator.encode(source)}</code>"


def without_number(source: str) -> str:
    """Return a displayed formula without its tag, and with an environment that docutils knows."""
    source = _TAG.sub("", source)
    return _ENVIRONMENT.sub(
        lambda m: rf"\{m[1]}{{aligned}}" if m[2] == "align" else "", source
    ).strip()


def visit_math(self: Any, node: nodes.Element) -> None:
    """Inline formula."""
    self.body.append(_mathml(self, node, node.astext(), block=False))
    raise nodes.SkipNode


def visit_displayed(self: Any, node: nodes.Element) -> None:
    """Formula on its own line, with its number."""
    source = node.astext()
    tag = _TAG.search(source)
    source = without_number(source)
    self.body.append(self.starttag(node, "div", CLASS="equation"))
    self.body.append(_mathml(self, node, source, block=True))
    if tag:
        self.body.append(f'<span class="eqno">({self.encode(tag[1])})</span>')
    self.body.append("</div>\n")
    raise nodes.SkipNode


def setup(app: Any) -> dict[str, bool]:
    """Register the renderer under the name "mathml"."""
    app.add_html_math_renderer("mathml", (visit_math, None), (visit_displayed, None))
    return {"parallel_read_safe": True, "parallel_write_safe": True}
