"""`coldspin fit`: fit measured curves, and say what the data determine and what they cannot."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from coldspin.cli.options import Force, SizedUnit
from coldspin.cli.terminal import (
    build_table,
    console,
    note_unverified,
    progress_bar,
    reporting,
    say,
)

if TYPE_CHECKING:
    from coldspin.experiments.fitting import Findings
    from coldspin.inputs.study_files import Study

StudyFile = Annotated[
    Path,
    typer.Argument(
        metavar="STUDY.toml",
        help="Data, models and parameters; see examples/fits/. A fit.json repeats a fit.",
    ),
]
Folder = Annotated[
    Path | None,
    typer.Option(
        "--output", "-o", metavar="DIR", help="Folder for report, figures, tables and fit.json."
    ),
]
FIGURES = ("fit.png", "fit.pdf", "fit.svg")


def fit(
    study: StudyFile, output: Folder = None, unit: SizedUnit = None, force: Force = False
) -> None:
    """Fit measured curves; say what the data determine.

    Ctrl-C ends the search and keeps the best values so far.
    """
    with reporting():
        from coldspin.experiments.models.sample import unverified_constants
        from coldspin.inputs.study_files import fit_study
        from coldspin.inputs.study_files.archive import open_study
        from coldspin.outputs.files import check_folder

        with open_study(study) as given:
            names = _list_files(given)
            if output is not None:
                check_folder(output, names, force=force)
            for note in given.notes:
                say(f"note: {note}")
            with progress_bar() as report:
                findings = fit_study(given, progress=report)
            note_unverified(unverified_constants(m.model for m in given.measurements))
            shown_unit = unit or given.unit
            print_findings(findings, shown_unit)
            if output is not None:
                write_findings(findings, given, output, names, shown_unit, replace=force)
                say(f"report, figures, tables and fit.json are in {output}")
            if findings.fit.stopped == "an interruption":
                raise typer.Exit(130)


def _list_files(study: "Study") -> list[str]:
    names = ["fit.json", "report.html", "parameters.csv", *FIGURES]
    for measurement in study.measurements:
        names += [f"data-{measurement.name}.csv", f"curve-{measurement.name}.csv"]
    if study.options.posterior:
        names.append("posterior.png")
    return names


def print_findings(findings: "Findings", unit: str | None) -> None:
    """Print the free parameters, what is determined and what is doubtful, the fixed parameters."""
    from rich.text import Text

    from coldspin.outputs.fit_report import fixed_table, summary_lines
    from coldspin.outputs.fit_units import (
        choose_parameter_unit,
        format_deviation,
        format_interval,
        format_result,
    )

    fit = findings.fit
    out = console()
    rows = []
    for i, variable in enumerate(fit.problem.variables):
        display = choose_parameter_unit(fit, variable, unit)
        best = fit.best[variable.key]
        spread = float(fit.deviations[i])
        interval = "no profile"
        if fit.intervals:
            widest = fit.intervals[variable.key][-1]
            interval = format_interval(display, widest, variable, unit, best=best)
        deviation = "not determined"
        if spread < float("inf"):
            deviation = format_deviation(display, best, spread, scale=variable.logarithmic)
        value = format_result(fit, variable, unit)
        rows.append((variable.key, value, interval, deviation, findings.verdicts[i].kind))
    headings = ("parameter", "best value", "95%", "by the covariance", "the data say")
    out.print(build_table(headings, rows))
    for line in summary_lines(findings):
        out.print(Text(line))

    table = fixed_table(fit, unit)
    if table.rows:
        # The meaning, in the first column, is left out, and the last one for one measurement.
        end = 4 if len(fit.problem.measurements) == 1 else 5
        fixed = [row[1:end] for row in table.rows]
        out.print(build_table(table.heads[1:end], fixed, title=f"{table.caption}:"))


def write_findings(
    findings: "Findings",
    study: "Study",
    folder: Path,
    names: list[str],
    unit: str | None,
    *,
    replace: bool,
) -> None:
    """Write every file beside its place, and put them all there at the end."""
    from coldspin.experiments.fitting.datasets import band_dataset, curve_dataset, parameter_dataset
    from coldspin.inputs.study_files.archive import study_text, versions, write_archive
    from coldspin.outputs import tables
    from coldspin.outputs.files import whole_files
    from coldspin.outputs.fit_figures import draw_panels, list_panels, plot_posterior
    from coldspin.outputs.fit_report import write_report
    from coldspin.outputs.sample_figures import save

    with whole_files(folder, names, replace=replace) as places:
        write_archive(findings, study, places["fit.json"])
        write_report(
            findings,
            places["report.html"],
            title=study.path.stem,
            study_text=study_text(study),
            provenance=versions(),
            unit=unit,
        )
        tables.write(parameter_dataset(findings), places["parameters.csv"])
        panels = list_panels(findings, unit)
        for name in FIGURES:
            save(draw_panels(panels), places[name])
        if findings.posterior:
            save(plot_posterior(findings, unit), places["posterior.png"])
        for number, measurement in enumerate(findings.fit.problem.measurements):
            name = f"{measurement.name}.csv"
            tables.write(curve_dataset(findings.fit, number), places[f"data-{name}"])
            tables.write(band_dataset(findings.fit, number), places[f"curve-{name}"])
