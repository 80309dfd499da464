"""Numbers as a person reads them: a true minus sign, thin spaces, a fixed count of decimals."""

from __future__ import annotations

from math import isfinite

MINUS = "−"
THIN_SPACE = "\u2009"


def signed(value: float, decimals: int = 2) -> str:
    """A value with its sign; very small and very large ones with a power of ten."""
    if not isfinite(value):
        return "–"
    small = 10**-decimals / 2
    if small / 100 <= abs(value) < small:
        text = f"{value:+.{decimals + 2}f}"
    elif value and not small <= abs(value) < 1e5:
        text = f"{'-' if value < 0 else '+'}{_scientific(abs(value))}"
    else:
        text = f"{value:+.{decimals}f}"
    if text in ("+0." + "0" * decimals, "-0." + "0" * decimals):
        text = text[1:]
    return text.replace("-", MINUS)


def fixed(value: float, decimals: int = 3) -> str:
    """A value with that many decimals, or a dash where there is none."""
    return f"{value:.{decimals}f}".replace("-", MINUS) if isfinite(value) else "–"


def probability(P: float) -> str:
    """P with three decimals; what is nearer to 0 or 1 than they show, by its distance."""
    if 0 < P < 0.0005:
        return _scientific(P)
    if 0.9995 < P < 1:
        return f"1 {MINUS} {_scientific(1 - P)}"
    return fixed(P)


def _scientific(value: float) -> str:
    mantissa, exponent = f"{value:.1e}".split("e")
    return f"{mantissa}e{int(exponent)}".replace("-", MINUS)


def percent(share: float, decimals: int = 1) -> str:
    """A share of 1 as a percentage; with decimals only what is exactly whole reads 0 or 100."""
    if not isfinite(share):
        return "–"
    least = 10.0**-decimals
    shown = share * 100
    if decimals and 0 < share < 1:
        shown = min(max(shown, least), 100 - least)
    return f"{shown:.{decimals}f}{THIN_SPACE}%"


def span(low: float, high: float, *, percents: bool = False) -> str:
    """From low to high, with three decimals, or as percentages with one and without their sign."""
    if not (isfinite(low) and isfinite(high)):
        return ""
    if percents:
        return f"{100 * low:.1f}–{100 * high:.1f}"
    return f"{fixed(low)}–{fixed(high)}"


def a(digit: int) -> str:
    """A digit with its article."""
    return f"an {digit}" if digit == 8 else f"a {digit}"


def count(value: float) -> str:
    """A whole number with thin spaces between thousands."""
    return f"{round(value):,}".replace(",", THIN_SPACE)


def counted(number: int, noun: str) -> str:
    """A number of things: 1 drawing, 31 drawings."""
    return f"{count(number)} {noun}{'' if number == 1 else 's'}"


def large(value: float) -> str:
    """A large number in words: 940, 52 000, 1.9 million."""
    return f"{value / 1e6:.1f} million" if value >= 1e6 else count(float(f"{value:.3g}"))


def duration(seconds: float | None) -> str:
    """A time as a person says it: 0.2 s, 45 s, 3 min 20 s, 2 h 5 min."""
    if seconds is None or not isfinite(seconds):
        return "–"
    if seconds < 10:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    minutes, rest = divmod(whole, 60)
    if minutes < 60:
        return f"{minutes} min {rest} s"
    return f"{minutes // 60} h {minutes % 60} min"
