"""The claims and the captions as text files."""

import csv
from collections.abc import Sequence
from dataclasses import astuple, fields
from pathlib import Path

from coldspin.paper import figure2, figure3, figure_s1
from coldspin.paper.claims import VERDICTS, Claim

_TITLES = ("Source", "Statement", "Paper", "Ours", "Verdict", "Why")


def write_claims_csv(claims: Sequence[Claim], path: Path) -> None:
    """One row a claim, columns by the names of the fields of Claim."""
    with path.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream)
        writer.writerow([field.name for field in fields(Claim)])
        writer.writerows(astuple(claim) for claim in claims)


def write_claims_markdown(claims: Sequence[Claim], path: Path) -> None:
    """The claims as one table under a count of the verdicts."""
    lines = [
        "# What the paper states, and what follows from its formulas",
        "",
        summary(claims)
        + ". b = B/Δ_B with Δ_B = 1/(γ_e T2e*), k = τ_c/T2e*; Δ_B = 100 B̃_L unless said otherwise.",
        "",
        _row(_TITLES),
        _row(["---"] * len(_TITLES)),
        *(_row(astuple(claim)) for claim in claims),
    ]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def write_captions(path: Path) -> None:
    """Captions of all figures, with their parameters."""
    captions = [figure2.caption(), figure3.caption(), figure_s1.caption()]
    path.write_text("# Figures\n\n" + "\n\n".join(captions) + "\n", encoding="utf-8")


def summary(claims: Sequence[Claim]) -> str:
    """How many claims have which verdict."""
    counts = [
        f"{sum(claim.verdict == verdict for claim in claims)} {verdict}" for verdict in VERDICTS
    ]
    return f"{len(claims)} statements: " + ", ".join(counts)


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cell.replace("|", r"\|") for cell in cells) + " |"
