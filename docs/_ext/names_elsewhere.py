"""Names under which an object stands in the code, but not on the API page, lead to where it stands there.

``coldspin.experiments.fit`` is documented as ``coldspin.experiments.fitting.fit``; a docstring that says
:func:`fit` means what Python would find under that name there.
"""

from importlib import import_module
from typing import Any

from sphinx.util.nodes import make_refnode


def find_object(path: str) -> Any:
    """Return what Python finds under a dotted name: attributes go before submodules of the same name."""
    first, *rest = path.split(".")
    here: Any = import_module(first)
    for i, part in enumerate(rest, start=1):
        if hasattr(here, part):
            here = getattr(here, part)
        else:
            try:
                here = import_module(".".join([first, *rest[:i]]))
            except ImportError:
                return None
    return here


def list_names(app: Any) -> dict[int, str]:
    """Names on the pages by the identity of their object."""
    objects = app.env.get_domain("py").objects
    return {id(thing): name for name in objects if (thing := find_object(name)) is not None}


def resolve(app: Any, _env: Any, node: Any, contnode: Any) -> Any:
    """Make the link, if the object is documented under any name; else leave it unresolved, with a warning."""
    if node.get("refdomain") != "py":
        return None
    target = node["reftarget"]
    here = [node.get("py:module"), node.get("py:class")]
    homes = [
        ".".join(filter(None, parts)) for parts in ([*here, target], [here[0], target], [target])
    ]
    homes += [
        home.rpartition(".")[0] for home in homes if "." in target
    ]  # of a field of a class, the class
    domain = app.env.get_domain("py")
    if not hasattr(app, "coldspin_names"):
        app.coldspin_names = list_names(app)
    things = (find_object(home) for home in homes if home.startswith("coldspin"))
    names = [app.coldspin_names.get(id(thing)) for thing in things if thing is not None]
    whole = target.split(".")[0]
    ending = [
        name for name in domain.objects if name.endswith(f".{whole}")
    ]  # of the module where the docstring stands
    known = next(filter(None, [*names, *(ending if len(ending) == 1 else ())]), None)
    if known is None:
        return None
    entry = domain.objects[known]
    return make_refnode(
        app.builder, node["refdoc"], entry.docname, entry.node_id, [contnode], known
    )


def setup(app: Any) -> dict[str, bool]:
    """Connect to references that Sphinx did not resolve."""
    app.connect("missing-reference", resolve)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
