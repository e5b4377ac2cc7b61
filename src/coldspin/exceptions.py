"""What coldspin raises and warns with."""

from collections.abc import Iterable


class InvalidInputError(ValueError):
    """An argument outside its domain; the message is one sentence naming it, its value, and what to do."""


class ValidityWarning(UserWarning):
    """The input is legal, but the theory that was asked for loses its ground there.

    `subject` names what the warning is about, so that it is said once for many points; of two about one subject the
    larger `size` is the worse. Without a subject it is the sentence itself.
    """

    def __init__(self, sentence: str, subject: str | None = None, size: float = 0.0) -> None:
        super().__init__(sentence)
        self.subject = sentence if subject is None else subject
        self.size = size


def worst_warnings(warnings: Iterable[ValidityWarning]) -> list[ValidityWarning]:
    """Return one warning of each subject, the worst, in the order in which the subjects come first."""
    worst: dict[str, ValidityWarning] = {}
    for warning in warnings:
        if warning.subject not in worst or warning.size > worst[warning.subject].size:
            worst[warning.subject] = warning
    return list(worst.values())
