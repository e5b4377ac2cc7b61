"""The text of a study and of every file that it names: all that a worker needs."""

import json
import tempfile
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path, PurePosixPath
from typing import Any, NamedTuple

from coldspin.exceptions import InvalidInputError
from coldspin.toml_files import read_toml

Places = Mapping[str, str]

_NOT_COMPUTED = ("chunk", "time_limit", "slurm")  # keys of [sweep] that change no number


class Source(NamedTuple):
    """A study by its name and text, and the files that it names, each by its name and its text."""

    name: str
    text: str
    files: tuple[tuple[str, str], ...] = ()

    @property
    def identity(self) -> str:
        """A digest of all that decides what is computed, without comments and sizes of chunks."""
        content = tomllib.loads(self.text)
        content["sweep"] = {
            key: value for key, value in content["sweep"].items() if key not in _NOT_COMPUTED
        }
        return sha256(json.dumps([content, self.files], default=str).encode()).hexdigest()[:32]


def read_source(path: Path | str) -> Source:
    """Read a study and the files that it names: samples, protocols, materials."""
    path = Path(path)
    content = read_toml(path, "study file")
    sweep = content.get("sweep")
    if not isinstance(sweep, dict):
        raise InvalidInputError(
            f"{path} has no table [sweep]", remedy="give [sweep] with command, and [sweep.axes]"
        )
    axes = sweep.get("axes")
    if not isinstance(axes, dict):
        axes = {}
    site_axes = axes.get("site")
    varied = site_axes.get("material") if isinstance(site_axes, dict) else None
    samples = [*_names(axes.get("sample")), *_names(axes.get("protocol"))]
    samples += _names([sweep.get("protocol")])
    materials = [*_material_of(content), *_names(axes.get("site.material", varied))]

    files: dict[str, str] = {}
    for name in samples:
        folder = PurePosixPath(name).parent
        sample = read_toml(path.parent / name, "file")
        materials += [str(folder / material) for material in _material_of(sample)]
        files[name] = _read_text(path.parent / name)
    for name in filter(is_material_file, materials):
        if name.endswith(".toml"):
            read_toml(path.parent / name, "file")
        files[name] = _read_text(path.parent / name)
    return Source(path.name, _read_text(path), tuple(sorted(files.items())))


def is_material_file(material: Any) -> bool:
    """Whether a material is a file, by its suffix, and not a name of the library."""
    return isinstance(material, str) and material.endswith((".toml", ".cif"))


def _names(values: Any) -> list[str]:
    return [value for value in values if isinstance(value, str)] if isinstance(values, list) else []


def _material_of(content: dict[str, Any]) -> list[str]:
    """The material file of [site], if it has one."""
    site = content.get("site")
    material = site.get("material") if isinstance(site, dict) else None
    return [material] if isinstance(material, str) and is_material_file(material) else []


def _read_text(path: Path) -> str:
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
def write_files(source: Source) -> Iterator[Places]:
    """Write the files of a study into a folder for the time being; give the place of each."""
    with tempfile.TemporaryDirectory(prefix="coldspin-") as folder:
        places: dict[str, str] = {}
        for number, (name, text) in enumerate(source.files):
            place = Path(folder, f"{number}{Path(name).suffix}")
            place.write_text(text, encoding="utf-8")
            places[name] = str(place)
        yield places
