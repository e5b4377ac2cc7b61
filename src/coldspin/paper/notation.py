"""Numbers as a physicist writes them, for captions and claims."""

_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def number(value: float) -> str:
    """Powers of ten as 10⁶, other numbers in at most three significant digits.

    >>> number(1e6), number(100), number(0.88), number(3.77e6)
    ('10⁶', '100', '0.88', '3.8·10⁶')
    """
    if 1e-3 <= abs(value) < 1e3:
        return f"{value:.3g}"
    mantissa, exponent = f"{value:.1e}".split("e")
    power = "10" + str(int(exponent)).translate(_SUPERSCRIPTS)
    return power if mantissa == "1.0" else f"{mantissa}·{power}"


def percent(ratio: float, *, signed: bool = True) -> str:
    """A relative deviation in percent, two significant digits or three.

    >>> percent(0.0965), percent(-0.00288), percent(0.087, signed=False)
    ('+9.7%', '-0.29%', '8.7%')
    """
    sign = "+" if signed else ""
    return f"{100 * ratio:{sign}.2g}%" if abs(ratio) < 0.1 else f"{100 * ratio:{sign}.1f}%"


def deviation(value: float) -> str:
    """Order of magnitude of a deviation; rounding errors all give 1e-12.

    Numbers below 1e-12 differ from machine to machine; the reports are the same everywhere without
    them.

    >>> deviation(3e-16), deviation(2.6e-7)
    ('< 1e-12', '3e-07')
    """
    return "< 1e-12" if value < 1e-12 else f"{value:.0e}"
