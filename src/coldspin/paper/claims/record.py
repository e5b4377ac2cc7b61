"""One quantitative statement of the paper beside what follows from its formulas, and the rule of the verdict."""

from dataclasses import dataclass
from typing import Literal

Verdict = Literal["reproduced", "reproduced in part", "not reproduced"]
VERDICTS: tuple[Verdict, ...] = ("reproduced", "reproduced in part", "not reproduced")


@dataclass(frozen=True, kw_only=True)
class Claim:
    """A statement of the paper: where it stands, its value there, ours (computed), the verdict, one sentence why."""

    source: str
    statement: str
    paper: str
    ours: str
    verdict: Verdict
    why: str


def judge(whole: bool, part: bool = False) -> Verdict:
    """Verdict from two criteria: `whole` for the statement as it stands, `part` for what is left of it otherwise."""
    return VERDICTS[0] if whole else VERDICTS[1] if part else VERDICTS[2]
