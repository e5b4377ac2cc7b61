"""The text of a study and of every file that it names: all that a worker needs, and what the store keeps of it."""

import json
import tempfile
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path, PurePosixPath
from typing import Any, NamedTuple

from coldspin.exceptions import InvalidInputError
from coldspin.toml_files import read_toml

_HOW = ("chunk", "time_limit", "slurm")  # keys of [sweep] that do not change what is computed


class Source(NamedTuple):
    """A study by its name and text, and the files that it names, each by its name there and its text."""

    name: str
    text: str
    files: tuple[tuple[str, str], ...] = ()

    @property
    def identity(self) -> str:
        """A digest of all that decides what is computed; comments and the size of chunks do not."""
        content = tomllib.loads(self.text)
        content["sweep"] = {
            key: value for key, value in content["sweep"].items() if key not in _HOW
        }
        return sha256(json.dumps([content, self.files], default=str).encode()).hexdigest()[:32]


def read_source(path: Path | str) -> Source:
    """Read a study and the files that it names: samples, protocols, materials."""
    path = Path(path)
    content = read_toml(path, "study file")
    if not isinstance(content.get("sweep"), dict):
        raise InvalidInputError(
            f"{path} has no table [sweep]", remedy="give [sweep] with command, and [sweep.axes]"
        )
    found: dict[str, str] = {}
    named = _files(content)
    while named:
        name = named.pop()
        if name not in found:
            is_toml = name.endswith(".toml") or name in _samples(content)
            more = read_toml(path.parent / name, "file") if is_toml else {}
            found[name] = _text(path.parent / name)
            if name in _samples(content):
                named += [str(PurePosixPath(name).parent / entry) for entry in _materials(more)]
    return Source(path.name, _text(path), tuple(sorted(found.items())))


def _files(content: dict[str, Any]) -> list[str]:
    return _samples(content) + _materials(content)


def _samples(content: dict[str, Any]) -> list[str]:
    """Files of the axes `sample` and `protocol`, and the one that [sweep] names as protocol."""
    axes, protocol = content["sweep"].get("axes"), content["sweep"].get("protocol")
    given = [axes.get("sample"), axes.get("protocol")] if isinstance(axes, dict) else []
    names = [name for several in given if isinstance(several, list) for name in several]
    return [name for name in (*names, protocol) if isinstance(name, str)]


def _materials(content: dict[str, Any]) -> list[str]:
    """Files among the materials of [site] and of the axis site.material."""
    site, axes = content.get("site"), content.get("sweep", {}).get("axes", {})
    given = [site.get("material")] if isinstance(site, dict) else []
    if isinstance(axes, dict):
        nested = axes.get("site", {})
        varied = axes.get(
            "site.material", nested.get("material") if isinstance(nested, dict) else None
        )
        given += varied if isinstance(varied, list) else []
    return [name for name in given if isinstance(name, str) and name.endswith((".toml", ".cif"))]


def _text(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        raise InvalidInputError(
            f"file {path}, named by the study, does not exist", remedy="check the name"
        ) from None
    except (OSError, UnicodeDecodeError) as problem:
        raise InvalidInputError(
            f"file {path}, named by the study, cannot be read as UTF-8: {problem}"
        ) from None


@contextmanager
def laid_out(source: Source) -> Iterator[Path]:
    """Give a folder in which the study and its files lie under plain names, for the time being."""
    with tempfile.TemporaryDirectory(prefix="coldspin-") as name:
        folder = Path(name)
        for number, (_, text) in enumerate(source.files):
            (folder / place(source, number)).write_text(text, encoding="utf-8")
        yield folder


def place(source: Source, number: int) -> str:
    """Name in that folder of a file of the source."""
    return f"{number}{Path(source.files[number][0]).suffix}"
