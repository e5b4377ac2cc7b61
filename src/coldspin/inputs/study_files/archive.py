"""Archives of fits: one JSON file with the study, its files, versions and results."""

import base64
import json
import platform
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.metadata import version
from math import isfinite, isnan
from pathlib import Path
from typing import Any

import numpy as np

from coldspin import __version__
from coldspin.exceptions import InvalidInputError
from coldspin.experiments.fitting import Findings, Interval, residuals_apart
from coldspin.experiments.fitting.result import FixedValue, list_fixed_values
from coldspin.experiments.models.sample import unverified_constants
from coldspin.inputs.study_files import Study, read_study
from coldspin.outputs.files import whole_file

FORMAT = "coldspin fit 1"
_LIBRARIES = ("numpy", "scipy", "numba")
_LARGEST = 256 << 20  # bytes


def write_archive(findings: Findings, study: Study, path: Path) -> None:
    """Write everything needed to repeat a fit, and its results, whole or not at all."""
    content = {
        "format": FORMAT,
        "versions": versions(),
        "study": {"name": study.path.name, "text": study_text(study)},
        "files": [
            {"name": name, **_encode(place.read_bytes())}
            for name, place in sorted(study.files.items())
        ],
        "result": result(findings),
    }
    with whole_file(path) as beside:
        text = json.dumps(_plain(content), indent=1, ensure_ascii=False, allow_nan=False)
        beside.write_text(text + "\n", encoding="utf-8")


def study_text(study: Study) -> str:
    """The study file as it stands."""
    return study.path.read_bytes().decode("utf-8-sig")


def versions() -> dict[str, str]:
    """Versions of what computes a fit."""
    return {"coldspin": __version__, "python": platform.python_version()} | {
        name: version(name) for name in _LIBRARIES
    }


@contextmanager
def open_study(path: Path, what: str = "fit") -> Iterator[Study]:
    """Open the study of a TOML file, or of an archive; its files lie in a temporary folder."""
    if path.suffix.lower() != ".json":
        yield read_study(path, what=what)
        return
    content = _read(path)
    with tempfile.TemporaryDirectory(prefix="coldspin-") as name:
        folder = Path(name)
        study = folder / "study.toml"
        study.write_bytes(content["study"]["text"].encode())
        places = {}
        for number, entry in enumerate(content["files"]):
            places[entry["name"]] = folder / f"{number}{Path(entry['name']).suffix}"
            places[entry["name"]].write_bytes(_decode(entry))

        def locate(wanted: str) -> Path:
            if wanted not in places:
                raise InvalidInputError(
                    f"{path} does not hold the file {wanted!r} that its study names"
                )
            return places[wanted]

        yield read_study(study, what=what, locate=locate)


def _read(path: Path) -> dict[str, Any]:
    """Content of an archive, checked to be one."""
    try:
        if path.stat().st_size > _LARGEST:
            raise InvalidInputError(
                f"{path} is larger than {_LARGEST >> 20} MiB, too large for an archive of a fit"
            )
        content = json.loads(path.read_bytes().decode("utf-8"))
    except FileNotFoundError:
        raise InvalidInputError(
            f"study file {path} does not exist", remedy="check the name and the folder"
        ) from None
    except (OSError, ValueError, RecursionError) as problem:
        raise InvalidInputError(f"{path} cannot be read as JSON: {problem}") from None
    try:
        good = content["format"] == FORMAT and isinstance(content["study"]["text"], str)
        good &= all(
            isinstance(e["name"], str) and isinstance(e["content"], str) for e in content["files"]
        )
    except (KeyError, TypeError):
        good = False
    if not good:
        raise InvalidInputError(
            f"{path} is no archive of a fit",
            remedy="give a study file, or what fit wrote as fit.json",
        )
    checked: dict[str, Any] = content
    return checked


def _encode(content: bytes) -> dict[str, str]:
    """As text where it is UTF-8, else in base 64."""
    try:
        return {"encoding": "utf-8", "content": content.decode()}
    except UnicodeDecodeError:
        return {"encoding": "base64", "content": base64.b64encode(content).decode()}


def _decode(entry: Mapping[str, str]) -> bytes:
    if entry.get("encoding") != "base64":
        return entry["content"].encode()
    try:
        return base64.b64decode(entry["content"], validate=True)
    except ValueError:
        raise InvalidInputError(f"the file {entry['name']!r} in the archive is damaged") from None


def result(findings: Findings) -> dict[str, Any]:
    """Every number of a fit, in SI."""
    fit = findings.fit
    return {
        "parameters": _parameters(findings),
        "covariance": fit.covariance,
        "chi_square": fit.chi_square,
        "degrees_of_freedom": fit.degrees_of_freedom,
        "goodness": findings.goodness,
        "errors_known": fit.problem.errors_known,
        "attempts": fit.attempts,
        "agreeing": fit.agreeing,
        "converged": fit.converged,
        "trouble": fit.trouble,
        "stopped": fit.stopped,
        "other_minima": [
            {"rise": rival.rise, "values": dict(rival.values)} for rival in fit.rivals
        ],
        "combinations": [
            {"exponents": dict(c.exponents), "value": c.value, "relative_error": c.relative_error}
            for c in findings.combinations
        ],
        "classical": _comparison(findings),
        "doubts": [str(doubt) for doubt in findings.doubts],
        "fixed": [_fixed(value) for value in list_fixed_values(fit)],
        "unverified": unverified_constants(m.model for m in fit.problem.measurements),
        "posterior": findings.posterior.sentence() if findings.posterior else None,
        "measurements": _measurements(findings),
    }


def _parameters(findings: Findings) -> list[dict[str, Any]]:
    fit = findings.fit
    parameters = []
    by = {"profile": fit.intervals}
    by["bootstrap"] = findings.bootstrap.intervals() if findings.bootstrap else None
    by["posterior"] = findings.posterior.intervals() if findings.posterior else None
    for v, verdict, deviation in zip(
        fit.problem.variables, findings.verdicts, fit.deviations, strict=True
    ):
        dimension = v.parameter.dimension
        parameters.append(
            {
                "name": v.key,
                "meaning": v.parameter.meaning,
                "unit": dimension.symbol if dimension else "",
                "value": fit.best[v.key],
                "coordinate": "ln" if v.logarithmic else "linear",
                "standard_deviation_of_coordinate": deviation,
                "intervals": {how: _ends(values[v.key]) for how, values in by.items() if values},
                "start": v.start,
                "low": v.low,
                "high": v.high,
                "verdict": verdict.kind,
                "sentence": verdict.sentence,
            }
        )
    return parameters


def _fixed(value: FixedValue) -> dict[str, Any]:
    dimension = value.parameter.dimension
    return {
        "name": value.parameter.name,
        "meaning": value.parameter.meaning,
        "unit": dimension.symbol if dimension else "",
        "value": value.value,
        "given": value.given,
        "follows": {"name": value.follows[0], "factor": value.follows[1]}
        if value.follows
        else None,
        "measurements": value.measurements,
    }


def _ends(intervals: tuple[Interval, ...]) -> list[dict[str, float]]:
    return [{"level": i.level, "low": i.low, "high": i.high} for i in intervals]


def _comparison(findings: Findings) -> dict[str, Any] | None:
    comparison = findings.comparison
    if comparison is None:
        return None
    return {
        "sentence": comparison.sentence(),
        "delta_aicc": comparison.delta_aicc,
        "likelihood_ratio": comparison.likelihood_ratio,
        "extra_parameters": comparison.extra_parameters,
        "probability": comparison.probability,
        "chi_square": comparison.classical.chi_square,
        "parameters": comparison.classical.best,
    }


def _measurements(findings: Findings) -> list[dict[str, Any]]:
    fit = findings.fit
    return [
        {
            "name": m.name,
            "model": type(m.model).__name__,
            "parameters": fit.problem.values(number, fit.coordinates),
            "x": m.x,
            "y": m.y,
            "error": m.error,
            "curve": fit.problem.curve(number, fit.coordinates),
            "residuals": residuals,
            "runs": vars(findings.runs[m.name]),
        }
        for number, (m, residuals) in enumerate(
            zip(fit.problem.measurements, residuals_apart(fit), strict=True)
        )
    ]


def _plain(value: Any) -> Any:
    """What JSON can hold; numbers that it has no sign for as text."""
    if isinstance(value, Mapping):
        return {str(key): _plain(entry) for key, entry in value.items()}
    if isinstance(value, np.ndarray | list | tuple):
        return [_plain(entry) for entry in value]
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float) and not isfinite(value):
        return "NaN" if isnan(value) else "Infinity" if value > 0 else "-Infinity"
    return value
