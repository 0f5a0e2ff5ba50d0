"""The intervals of an audit hold what they promise."""

import numpy as np
import pytest
from scipy.stats import binomtest

from heatcli.score.audit import Answer, Answered, Kind, Measured, audited
from heatcli.score.binomial import share

# An hour in which one person was in view on average.
MEASURED = Measured(persons=10_000, dwell_us=3_600_000_000, covered_us=3_600_000_000)
QUESTIONS = 60

# How often each answer is right, over all: what is not named is right.
CHANCES = {
    Kind.BOX: {Answer.NOBODY: 0.08, Answer.TWO: 0.05},
    Kind.MOMENT: {Answer.MISSED_1: 0.09, Answer.MISSED_2: 0.04, Answer.MISSED_3: 0.02},
    Kind.PERSON: {Answer.NOBODY: 0.06, Answer.TWO: 0.04, Answer.AGAIN: 0.08},
}
TRUTH = {
    (Kind.BOX, "nobody"): 0.08,
    (Kind.BOX, "two people"): 0.05,
    (Kind.MOMENT, "somebody missed"): 0.15,
    (Kind.PERSON, "nobody"): 0.06,
    (Kind.PERSON, "two people"): 0.04,
    (Kind.PERSON, "came back"): 0.08,
}
TRUE_DWELL = 1 - 0.08 + 0.05 + (0.09 + 2 * 0.04 + 3 * 0.02)
TRUE_VISITS = 1 - 0.06 - 0.08 + 0.04


@pytest.mark.parametrize(("found", "asked"), [(0, 60), (1, 60), (7, 60), (59, 60), (60, 60), (3, 4)])
def test_an_interval_is_that_of_clopper_and_pearson(found: int, asked: int) -> None:
    wanted = binomtest(found, asked).proportion_ci(0.95, method="exact")
    interval = share(found, 0, asked, error=0.05)
    assert (interval.low, interval.high) == pytest.approx((wanted.low, wanted.high), abs=1e-9)
    assert interval.estimate == found / asked


def test_what_cannot_be_told_widens_an_interval_to_both_sides() -> None:
    interval = share(3, 5, 60, error=0.05)
    assert interval.low == share(3, 0, 60, error=0.05).low
    assert interval.high == share(8, 0, 60, error=0.05).high


def test_without_an_answer_nothing_is_known() -> None:
    nothing = audited([Answered(kind, 9, 1, Answer.UNCLEAR) for kind in Kind for _ in range(20)], MEASURED)
    assert (nothing.visits.estimate, nothing.visits.low, nothing.visits.high) == (None, 0.0, 2.0)
    assert nothing.dwell.low == 0.0
    assert all((one.share.low, one.share.high) == (0.0, 1.0) for one in nothing.errors)


def test_where_everybody_was_asked_about_nothing_is_left_to_chance() -> None:
    answers = [Answer.RIGHT] * 6 + [Answer.NOBODY, Answer.AGAIN, Answer.TWO, Answer.UNCLEAR]
    few = Measured(persons=10, dwell_us=1, covered_us=1)
    found = audited([Answered(Kind.PERSON, 9, 1, answer) for answer in answers], few)
    # Nine came for the ten that were counted; the one who is unclear is one, none or two.
    assert (found.visits.low, found.visits.high) == pytest.approx((0.8, 1.0))
    # In a zone the errors need not make up for each other.
    assert found.visits_apart == pytest.approx((0.7, 1.2))


@pytest.mark.parametrize("crowded", [1, 3, 5], ids=["alike", "in a third of the strata", "in a fifth"])
def test_intervals_cover_the_truth_however_errors_are_spread_over_the_strata(crowded: int) -> None:
    """Of a thousand audits at most 5 in 100 miss, for each number that they tell."""
    random = np.random.default_rng(7)
    has_errors = np.arange(QUESTIONS) < QUESTIONS // crowded
    misses = dict.fromkeys([*TRUTH, "dwell", "visits"], 0)
    for _ in range(1000):
        answers = []
        for kind, chances in CHANCES.items():
            ends = np.cumsum(list(chances.values())) * crowded
            drawn = np.where(has_errors, np.searchsorted(ends, random.random(QUESTIONS)), len(ends))
            answers += [Answered(kind, 9, 0, [*chances, Answer.RIGHT][at]) for at in drawn]
        found = audited(answers, MEASURED)
        for one in found.errors:
            if one.hour is None and one.place is None:
                true = TRUTH[one.kind, one.error]
                misses[one.kind, one.error] += not one.share.low <= true <= one.share.high
        misses["dwell"] += not found.dwell.low <= TRUE_DWELL <= found.dwell.high
        misses["visits"] += not found.visits.low <= TRUE_VISITS <= found.visits.high
    assert max(misses.values()) <= 50, misses
