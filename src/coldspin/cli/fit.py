"""`coldspin fit`: measured curves, the parameters that explain them, and what the data cannot tell."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from coldspin.cli.reporting import note_unverified, reporting, say
from coldspin.cli.sample import FieldUnit, Force

if TYPE_CHECKING:
    from coldspin.experiments.fitting import Findings
    from coldspin.inputs.study_files import Study

StudyFile = Annotated[
    Path,
    typer.Argument(
        metavar="STUDY.toml", help="Data, models and parameters, see examples/fits/; or a fit.json."
    ),
]
Folder = Annotated[
    Path | None,
    typer.Option(
        "--output", "-o", metavar="DIR", help="Folder for report, figures, tables and fit.json."
    ),
]
Unit = Annotated[
    FieldUnit | None, typer.Option(help="Unit of fields shown; chosen by size when not given.")
]
FIGURES = ("fit.png", "fit.pdf", "fit.svg")


def fit(study: StudyFile, output: Folder = None, unit: Unit = None, force: Force = False) -> None:
    """Fit measured curves; say what the data determine. Ctrl-C ends the search and keeps the best values so far."""
    with reporting():
        from coldspin.experiments.models.sample import unverified_constants
        from coldspin.inputs.study_files.archive import open_study

        with open_study(study) as given:
            names = _names(given)
            if output is not None:
                from coldspin.outputs.files import check_folder

                check_folder(output, names, force=force)
            for note in given.notes:
                say(f"note: {note}")
            found = _findings(given)
            note_unverified(unverified_constants(m.model for m in given.measurements))
            _show(found, unit or given.unit)
            _show_fixed(found, unit or given.unit)
            if output is not None:
                _write(found, given, output, names, unit or given.unit, replace=force)
                say(f"report, figures, tables and fit.json are in {output}")
            if found.fit.stopped == "an interruption":
                raise typer.Exit(130)


def _names(given: "Study") -> list[str]:
    curves = [f"{kind}-{m.name}.csv" for m in given.measurements for kind in ("data", "curve")]
    posterior = ["posterior.png"] if given.options.posterior else []
    return ["fit.json", "report.html", "parameters.csv", *FIGURES, *curves, *posterior]


def _findings(given: "Study") -> "Findings":
    from coldspin.cli.progress import progress_bar
    from coldspin.inputs.study_files.running import fit_study

    with progress_bar() as report:
        return fit_study(given, progress=report)


def _show(found: "Findings", unit: str | None) -> None:
    """Print the parameters, then in sentences what is determined and what is doubtful."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    from coldspin.cli.tabular import console
    from coldspin.outputs.fit_units import between, headline, parameter_display, with_deviation

    fit, out = found.fit, console()
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for heading in ("parameter", "best value", "95%", "by the covariance", "the data say"):
        table.add_column(heading, overflow="fold")
    for i, (v, verdict) in enumerate(zip(fit.problem.variables, found.verdicts, strict=True)):
        shown = parameter_display(fit, v, unit)
        ends = "no profile"
        if fit.intervals:
            ends = between(shown, fit.intervals[v.key][-1], v, unit, best=fit.best[v.key])
        spread = float(fit.deviations[i])
        known = spread < float("inf")
        deviation = (
            with_deviation(shown, fit.best[v.key], spread, scale=v.logarithmic)
            if known
            else "not determined"
        )
        cells = (v.key, headline(fit, v, unit), ends, deviation, verdict.kind)
        table.add_row(*(Text(cell) for cell in cells))
    out.print(table)
    for line in _lines(found):
        out.print(Text(line))


def _show_fixed(found: "Findings", unit: str | None) -> None:
    """Print the parameters that were not varied, with their values and where these are from."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    from coldspin.cli.tabular import console
    from coldspin.outputs.fit_report import fixed_table

    content = fixed_table(found.fit, unit)
    if not content.rows:
        return
    columns = [1, 2, 3] if len(found.fit.problem.measurements) == 1 else [1, 2, 3, 4]
    table = Table(
        title=f"{content.caption}:", title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False
    )
    for column in columns:
        table.add_column(content.heads[column], overflow="fold")
    for row in content.rows:
        table.add_row(*(Text(row[column]) for column in columns))
    console().print(table)


def _lines(found: "Findings") -> list[str]:
    """Sentences under the table."""
    from coldspin.outputs.fit_report import product

    fit = found.fit
    scatter = f"χ² = {fit.chi_square:.4g} for {fit.degrees_of_freedom} degrees of freedom"
    if not fit.problem.errors_known:
        scatter += "; the errors are unknown and taken from the scatter"
    lines = [f"{scatter}; {fit.agreeing} of {fit.attempts} starts came to this minimum."]
    lines += [f"{v.key}: {v.sentence}." for v in found.verdicts if v.kind != "determined"]
    lines += [
        f"Determined together: {product(fit, combination)}." for combination in found.combinations
    ]
    if found.comparison:
        lines.append(f"{found.comparison.sentence()}.")
    if found.bootstrap:
        done, failed = len(found.bootstrap.samples), found.bootstrap.failures
        lines.append(f"bootstrap: {done} samples, {failed} failed.")
    if found.posterior:
        lines.append(f"{found.posterior.sentence()}.")
    return [*lines, *(f"Doubtful: {doubt}." for doubt in found.doubts)]


def _write(
    found: "Findings",
    given: "Study",
    folder: Path,
    names: list[str],
    unit: str | None,
    *,
    replace: bool,
) -> None:
    """Write every file beside its place, and put them all there at the end."""
    from coldspin.experiments.fitting.datasets import band_dataset, curve_dataset, parameter_dataset
    from coldspin.inputs.study_files.archive import study_text, versions, write_archive
    from coldspin.outputs import sample_figures as plots
    from coldspin.outputs import tables
    from coldspin.outputs.files import whole_files
    from coldspin.outputs.fit_figures import draw, panels, plot_posterior
    from coldspin.outputs.fit_report import write_report

    with whole_files(folder, names, replace=replace) as places:
        write_archive(found, given, places["fit.json"])
        write_report(
            found,
            places["report.html"],
            title=given.path.stem,
            study_text=study_text(given),
            provenance=versions(),
            unit=unit,
        )
        tables.write(parameter_dataset(found), places["parameters.csv"])
        shown = panels(found, unit)
        for name in FIGURES:
            plots.save(draw(shown), places[name])
        if found.posterior:
            plots.save(plot_posterior(found, unit), places["posterior.png"])
        for number, m in enumerate(found.fit.problem.measurements):
            tables.write(curve_dataset(found.fit, number), places[f"data-{m.name}.csv"])
            tables.write(band_dataset(found.fit, number), places[f"curve-{m.name}.csv"])
