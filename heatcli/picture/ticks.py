"""The numbers beside a colour bar."""

import math


def nice_ticks(end: float, at_most: int) -> list[float]:
    """Choose round numbers from 0 up to the end of a scale, in steps of 1, 2 or 5 times a power of ten.

    Args:
        end: value at the end of the scale, at least 0.
        at_most: greatest number of ticks that fit, at least 2.

    Returns:
        Values of the ticks, 0 first; only 0 where the scale is empty.
    """
    if end == 0:
        return [0.0]
    magnitude = 10.0 ** (math.floor(math.log10(end)) - 1)
    for step in (factor * tens * magnitude for tens in (1, 10, 100) for factor in (1, 2, 5)):
        # The end is a tick too if it is a multiple of the step, up to rounding errors.
        count = math.floor(end / step * (1 + 1e-9)) + 1
        if count <= at_most:
            return [i * step for i in range(count)]
    raise ValueError(f"at_most must be at least 2, got {at_most}")


def number_text(value: float, end: float) -> str:
    """Write a number to the place at which the scale's end has three significant digits, without final zeros.

    Args:
        value: number to write, at least 0.
        end: value at the end of the scale, which sets the number of decimals.
    """
    if value == 0:
        return "0"
    decimals = max(0, 2 - math.floor(math.log10(end)))
    if decimals > 5:
        return f"{value:.3g}"
    text = f"{value:,.{decimals}f}"
    return text.rstrip("0").rstrip(".") if decimals else text
