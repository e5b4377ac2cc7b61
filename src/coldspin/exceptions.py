"""The error and the warning of the package: records whose sentence is formatted in one place."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, Self

from coldspin.wording import format_problem, format_value

_NOT_GIVEN: Any = object()


class InvalidInputError(ValueError):
    """An argument outside its domain. Its `str` is one sentence, made from the fields.

    Parameters
    ----------
    rule : str
        What the parameter must be ("must be greater than zero"), or what is wrong, as a sentence.
    parameter : str
        Name of the argument, of the key of a file with its table ("site.filling"), or of the
        option.
    value : object
        The value that was given.
    remedy : str
        What to do.
    place : str
        Where it stands: a file, a stage, a line.
    shown : str
        The value as the sentence shows it, after ", not", where its `repr` would not do; "" hides
        it.
    """

    def __init__(
        self,
        rule: str,
        *,
        parameter: str = "",
        value: Any = _NOT_GIVEN,
        remedy: str = "",
        place: str = "",
        shown: str | None = None,
    ) -> None:
        super().__init__(rule)
        self.rule = rule
        self.parameter = parameter
        if shown is None:
            shown = "" if value is _NOT_GIVEN else format_value(value)
        self.value = None if value is _NOT_GIVEN else value
        self.remedy = remedy
        self.place = place
        self.shown = shown

    def __str__(self) -> str:
        """The sentence."""
        return format_problem(
            place=self.place,
            parameter=self.parameter,
            rule=self.rule,
            value=self.shown,
            remedy=self.remedy,
        )

    def within(self, place: str = "", table: str = "") -> Self:
        """Return the same error, met in a place (a file, a stage) or in a table of a file.

        The name of the table goes before the parameter ("site.filling"). It goes before the place
        of an error without a parameter, and of one that has a place already: there the parameter
        belongs to that place, such as another file.
        """
        parameter, inner = self.parameter, self.place
        if table and parameter and not inner:
            parameter = f"{table}.{parameter}"
        elif table:
            inner = f"{table}: {inner}" if inner else table
        if place:
            inner = f"{place}: {inner}" if inner else place
        error = type(self)(self.rule)
        error.parameter = parameter
        error.value = self.value
        error.shown = self.shown
        error.remedy = self.remedy
        error.place = inner
        return error


@contextmanager
def locate_errors(place: str = "", table: str = "") -> Iterator[None]:
    """Give every :class:`InvalidInputError` of the block a place or a table, by its `within`."""
    try:
        yield
    except InvalidInputError as problem:
        raise problem.within(place, table) from None


class ValidityWarning(UserWarning):
    """The input is legal, but the theory that was asked for is not reliable there.

    `rule` says what is doubtful; `parameter`, `value`, `remedy` and `place` are as in
    :class:`InvalidInputError`. `subject` names what the warning is about, so that it is given once
    for many points; of two about one subject the larger `size` is the worse. Without a subject it
    is the rule itself.
    """

    def __init__(
        self,
        rule: str,
        subject: str | None = None,
        size: float = 0.0,
        *,
        parameter: str = "",
        value: Any = None,
        remedy: str = "",
        place: str = "",
    ) -> None:
        super().__init__(rule)
        self.rule = rule
        self.subject = rule if subject is None else subject
        self.size = size
        self.parameter = parameter
        self.value = value
        self.remedy = remedy
        self.place = place

    def __str__(self) -> str:
        """The sentence."""
        return format_problem(
            place=self.place, parameter="", rule=self.rule, value="", remedy=self.remedy
        )


def worst_warnings(warnings: Iterable[ValidityWarning]) -> list[ValidityWarning]:
    """Return one warning of each subject, the worst, in the order in which the subjects come first."""
    worst: dict[str, ValidityWarning] = {}
    for warning in warnings:
        if warning.subject not in worst or warning.size > worst[warning.subject].size:
            worst[warning.subject] = warning
    return list(worst.values())
