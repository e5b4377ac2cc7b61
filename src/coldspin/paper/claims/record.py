"""The record of one quantitative statement of the paper, and the rule of its verdict."""

from dataclasses import dataclass
from typing import Literal

Verdict = Literal["reproduced", "reproduced in part", "not reproduced"]
VERDICTS: tuple[Verdict, ...] = ("reproduced", "reproduced in part", "not reproduced")


@dataclass(frozen=True, kw_only=True)
class Claim:
    """A statement of the paper: place, value there, value computed here, verdict, reason."""

    source: str
    statement: str
    paper: str
    ours: str
    verdict: Verdict
    why: str


def judge(whole: bool, part: bool = False) -> Verdict:
    """Verdict from two criteria: `whole` for the statement, `part` for a weaker one."""
    return VERDICTS[0] if whole else VERDICTS[1] if part else VERDICTS[2]
