"""Exact intervals for the share of errors, from one draw in each of many strata of equal weight.

The draws are independent; draw i shows an error with the probability that it has in stratum i, and the mean
of these probabilities is the share of errors in all. The number of errors then has no heavier tails than that
of as many draws from all (Hoeffding, 1956), so the interval of Clopper and Pearson (1934) covers the share at
least as often as it says.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Interval:
    """A share, or something else that was estimated, with an interval.

    Attributes:
        estimate: most likely value; None where there were no answers.
        low: lower end of the interval.
        high: upper end of the interval.
    """

    estimate: float | None
    low: float
    high: float


def share(found: int, unclear: int, asked: int, *, error: float) -> Interval:
    """Return the share of errors in all, by the errors in a sample.

    What could not be told is right for the lower end, and an error for the upper end.

    Args:
        found: number of draws that showed an error.
        unclear: number of draws of which nobody could tell.
        asked: number of draws.
        error: largest probability with which the interval misses the share, such as 0.05.
    """
    from scipy.special import betaincinv

    told, most = asked - unclear, found + unclear
    low = float(betaincinv(found, asked - found + 1, error / 2)) if found else 0.0
    high = float(betaincinv(most + 1, asked - most, 1 - error / 2)) if most < asked else 1.0
    return Interval(found / told if told else None, low, high)


def counted_share(found: int, unclear: int, asked: int) -> Interval:
    """Return the share of errors where everything was asked, so that nothing is left to chance."""
    told = asked - unclear
    return Interval(
        found / told if told else None,
        found / asked if asked else 0.0,
        (found + unclear) / asked if asked else 0.0,
    )
