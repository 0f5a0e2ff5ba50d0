"""Stages: order, errors and early ends."""

import threading
from collections.abc import Iterator

import pytest

from heatcli.analysis.stage import Stage


def test_items_come_in_order_through_two_stages() -> None:
    with Stage(iter(range(100)), ahead=2) as first, Stage((2 * i for i in first), ahead=1) as second:
        assert list(second) == list(range(0, 200, 2))


def test_an_error_comes_out_in_its_place() -> None:
    def broken() -> Iterator[int]:
        yield 1
        raise OSError("torn cable")

    with Stage(broken(), ahead=1) as first, Stage((i for i in first), ahead=1) as second:
        taken = iter(second)
        assert next(taken) == 1
        with pytest.raises(OSError, match="torn cable"):
            next(taken)


def test_leaving_early_stops_every_thread() -> None:
    def endless() -> Iterator[int]:
        while True:
            yield 1

    before = threading.active_count()
    with Stage(endless(), ahead=2) as first, Stage((i for i in first), ahead=2) as second:
        assert next(iter(second)) == 1
    assert threading.active_count() == before


def test_it_never_runs_further_ahead_than_asked() -> None:
    made: list[int] = []

    def counted() -> Iterator[int]:
        for i in range(20):
            made.append(i)
            yield i

    with Stage(counted(), ahead=3) as stage:
        for taken, item in enumerate(stage, start=1):
            assert item == taken - 1
            # one in the consumer's hands, three waiting, one in the producer's
            assert len(made) <= taken + 4
