"""Check built pages: every link, anchor and file that they name is there, and none loads anything from elsewhere.

``python tools/check_pages.py out/docs`` prints what is wrong and ends with 1, or says how much it
looked at. Links that a reader may follow to the web are counted, not followed.
"""

import re
import sys
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

LOADED = {  # what a browser fetches by itself
    "script": ("src",),
    "img": ("src", "srcset"),
    "source": ("src", "srcset"),
    "iframe": ("src",),
    "audio": ("src",),
    "video": ("src", "poster"),
    "embed": ("src",),
    "object": ("data",),
    "use": ("href",),
    "image": ("href",),
    "input": ("src",),
}
LOADING_LINKS = {
    "stylesheet",
    "icon",
    "preload",
    "prefetch",
    "modulepreload",
    "preconnect",
    "dns-prefetch",
    "manifest",
}
IN_STYLES = re.compile(r"""url\(\s*["']?([^"')]+)|@import\s+["']([^"']+)""")


@dataclass
class Page(HTMLParser):
    """Anchors of a page, what it links to, and what it loads."""

    anchors: set[str] = field(default_factory=set)
    links: list[str] = field(default_factory=list)
    loads: list[str] = field(default_factory=list)
    inside_style: bool = False

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Collect from one tag."""
        given = {name: value or "" for name, value in attrs}
        self.anchors |= {given[name] for name in ("id", "name") if name in given}
        self.inside_style = tag == "style"
        self.loads += in_style(given.get("style", ""))
        if tag == "a" and "href" in given:
            self.links.append(given["href"])
        elif tag == "link" and "href" in given:
            loading = LOADING_LINKS & set(given.get("rel", "").lower().split())
            (self.loads if loading else self.links).append(given["href"])
        for name in LOADED.get(tag, ()):
            value = given.get(name)
            if value:
                self.loads += (
                    [part.split()[0] for part in value.split(", ")] if name == "srcset" else [value]
                )

    def handle_data(self, data: str) -> None:
        """Collect from a style sheet inside the page."""
        if self.inside_style:
            self.loads += in_style(data)

    def handle_endtag(self, _tag: str) -> None:
        """Leave a style sheet."""
        self.inside_style = False


def in_style(text: str) -> list[str]:
    """Return what a style sheet loads."""
    return [first or second for first, second in IN_STYLES.findall(text)]


def read(folder: Path) -> dict[Path, Page]:
    """Parse every page."""
    pages = {}
    for path in sorted(folder.rglob("*.html")):
        page = pages[path] = Page()
        page.feed(path.read_text(encoding="utf-8"))
    return pages


def check(folder: Path) -> tuple[list[str], int]:
    """Return what is wrong, a sentence each, and how many addresses were looked at."""
    pages, wrong, count = read(folder), [], 0
    for path, page in pages.items():
        name = path.relative_to(folder)
        for address, loaded in [(a, False) for a in page.links] + [(a, True) for a in page.loads]:
            count += 1
            problem = _problem(path, address, pages, loaded=loaded)
            if problem:
                wrong.append(f"{name}: {address!r} {problem}")
    for path in sorted(folder.rglob("*.css")):
        for address in in_style(path.read_text(encoding="utf-8")):
            count += 1
            problem = _problem(path, address, pages, loaded=True)
            if problem:
                wrong.append(f"{path.relative_to(folder)}: {address!r} {problem}")
    return wrong, count


def _problem(path: Path, address: str, pages: dict[Path, Page], *, loaded: bool) -> str | None:
    parts = urlsplit(address)
    if parts.scheme == "data" or not address:
        return None
    if parts.scheme or parts.netloc:
        return "is loaded from elsewhere" if loaded else None
    if parts.path.startswith("/"):
        return "is a path from the root, which a copy on disk does not have"
    target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
    if not target.is_file():
        return "is not there"
    page = pages.get(target)
    anchor = unquote(parts.fragment)
    if not loaded and page is not None and anchor and anchor not in page.anchors:
        return "has no such anchor"
    return None


def main(folder: str) -> int:
    """Print the outcome and return the exit code."""
    root = Path(folder).resolve()
    wrong, count = check(root)
    if not count:
        wrong = [f"{folder} has no pages; build them with make docs"]
    for sentence in wrong:
        sys.stderr.write(f"{sentence}\n")
    if not wrong:
        sys.stdout.write(
            f"{count} links and files of the pages in {folder}: all there, none loaded from "
            f"elsewhere\n"
        )
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
