"""How likely two descriptors are of one person."""

import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray

from heatcli.track.appearance.appearance import Descriptors
from heatcli.track.appearance.appearance_model import AppearanceModel
from tests.support.drawn_people import (
    BLACK_BLUE,
    CLOTHES,
    RED_BLUE,
    Colour,
    crowd,
    described,
)

# People that were measured beforehand, who count as so many tracklets.
GENERAL = 64


def costs(
    halves: Descriptors, person: NDArray[np.intp], model: AppearanceModel
) -> tuple[NDArray[np.float64], ...]:
    """Return what pieces of one person, and of different people, cost."""
    cost = model.cost(halves[:, None, 1], halves[None, :, 0])
    same = person[:, None] == person
    return cost[same & ~np.eye(len(person), dtype=bool)], cost[~same]


@pytest.mark.parametrize("lasted_s", [1.0, 4.0, 30.0])
def test_odds_come_true_however_short_the_tracklets_were(lasted_s: float) -> None:
    halves, _, together = crowd(12, apart=0.15, change=0.1, lasted_s=lasted_s)
    model = AppearanceModel.fit(halves, together, lasted_s=np.full(len(halves), lasted_s))
    same, different = costs(*crowd(12, apart=0.15, change=0.1, seed=1)[:2], model)
    # Cllr (Brümmer and du Preez): mean loss in bits; who knows nothing has 1, and who is wrong and sure more.
    loss = (np.log2(1 + np.exp(same)).mean() + np.log2(1 + np.exp(-different)).mean()) / 2
    assert loss < 0.6
    assert np.median(same) < 0 < np.median(different)


def test_same_clothes_decide_nothing() -> None:
    halves, person, together = crowd(2, apart=0.0, change=0.05, pieces=20)
    model = AppearanceModel.fit(halves, together, lasted_s=np.full(len(halves), 8.0))
    same, different = costs(halves, person, model)
    assert np.abs(np.concatenate([same, different])).max() < 1


def test_drawn_twins_cost_nothing_and_others_much() -> None:
    """Two in the same clothes and one in others walk together, in four tracklets each."""
    rng = np.random.default_rng(3)
    people = (BLACK_BLUE, BLACK_BLUE, RED_BLUE)

    def one_piece(clothes: tuple[Colour, Colour]) -> Descriptors:
        seen = [
            described(
                clothes, light=float(rng.uniform(0.8, 1.2)), floor=int(rng.integers(120, 180)), seed=int(seed)
            )
            for seed in rng.integers(0, 1000, 2)
        ]
        return np.stack(seen)

    twins = np.stack([one_piece(clothes) for clothes in people[:2] * 8])
    pairs = np.arange(16).reshape(-1, 2)
    lasted_s = np.full(len(twins), 8.0)
    assert (
        np.abs(AppearanceModel.fit(twins, pairs, lasted_s=lasted_s).cost(twins[:, 0], twins[::-1, 1])).max()
        < 1
    )

    mixed = np.stack([one_piece(clothes) for clothes in (BLACK_BLUE, RED_BLUE) * 8])
    model = AppearanceModel.fit(mixed, pairs, lasted_s=lasted_s)
    assert model.cost(mixed[0, 1], mixed[2, 0]) < 0
    assert model.cost(mixed[0, 1], mixed[3, 0]) > 1


@pytest.mark.parametrize("known", [0, 1, 4])
def test_clothes_differ_also_where_nobody_was_ever_in_view_with_another(known: int) -> None:
    """One by one people pass: nothing in the clip tells how much two of them differ, but people do."""
    looks = np.stack(
        [
            [described(clothes, seed=2 * i), described(clothes, seed=2 * i + 1, floor=120)]
            for i, clothes in enumerate(CLOTHES)
        ]
    )
    halves = looks[:4].copy()
    halves[known:] = np.nan
    model = AppearanceModel.fit(halves, np.zeros((0, 2), np.intp), lasted_s=np.full(4, 8.0))
    cost = model.cost(looks[:, None, 0], looks[None, :, 1])
    same = np.eye(len(CLOTHES), dtype=bool)
    assert cost[same].max() < -0.5
    assert np.median(cost[~same]) > 1


def test_few_tracklets_give_no_strong_odds() -> None:
    halves, _, _ = crowd(2, apart=0.5, change=0.01, pieces=1)
    model = AppearanceModel.fit(halves, np.array([[0, 1]]), lasted_s=np.full(2, 8.0))
    everything = model.cost(*crowd(10, apart=1.0, change=0.3, seed=2)[0][:, None].swapaxes(0, 2)[:2])
    assert np.abs(everything).max() <= np.log(2 + GENERAL + 1) + 1e-9


def test_a_crowded_day_is_learned_from_in_bounded_memory() -> None:
    halves, _, together = crowd(400, apart=0.15, change=0.1, pieces=1)
    lasted_s = np.full(len(halves), 8.0)
    tracemalloc.start()
    model = AppearanceModel.fit(halves, together, lasted_s=lasted_s)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    # With all of its 80,000 pairs it takes 56 MB.
    assert most < 25e6
    few = AppearanceModel.fit(halves, together[::4], lasted_s=lasted_s)
    assert model.slope == pytest.approx(few.slope, rel=0.05)


def test_noise_is_no_difference() -> None:
    """People so small that their descriptors are noise: nobody is told from anybody."""
    rng = np.random.default_rng(0)
    noise = np.abs(rng.normal(0.5, 1, (24, 2, 16)))
    halves = (noise / np.linalg.norm(noise, axis=2, keepdims=True)).astype(np.float32)
    together = np.arange(24).reshape(-1, 2)
    model = AppearanceModel.fit(halves, together, lasted_s=np.full(24, 8.0))
    assert np.median(np.abs(model.cost(halves[:, None, 0], halves[None, :, 1]))) < 1


descriptor_rows = arrays(np.float32, (5, 16), elements=st.floats(0.125, 1, width=32)).map(
    lambda v: (v / np.linalg.norm(v, axis=1, keepdims=True)).astype(np.float32)
)


@given(descriptor_rows, descriptor_rows, st.integers(0, 4))
@settings(deadline=None)
def test_costs_are_symmetric_bounded_and_nothing_where_unknown(
    a: Descriptors, b: Descriptors, unknown: int
) -> None:
    halves, _, together = crowd(6, apart=0.15, change=0.1)
    model = AppearanceModel.fit(halves, together, lasted_s=np.full(len(halves), 8.0))
    cost = model.cost(a[:, None], b[None])
    np.testing.assert_allclose(cost, model.cost(b[:, None], a[None]).T, atol=1e-6)
    np.testing.assert_allclose(cost.diagonal(), model.cost(a, b), atol=1e-6)
    assert np.abs(cost).max() <= np.log(len(halves) + GENERAL + 1) + 1e-9
    # Nobody is more like anybody than like themselves.
    assert (model.cost(a, a)[:, None] <= cost + 1e-6).all()
    a[unknown] = np.nan
    assert (model.cost(a[unknown], b) == 0).all()
