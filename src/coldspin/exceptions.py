"""What coldspin raises and warns with."""


class InvalidInputError(ValueError):
    """An argument outside its domain; the message is one sentence naming it, its value, and what to do."""


class ValidityWarning(UserWarning):
    """The input is legal, but the theory that was asked for loses its ground there."""
