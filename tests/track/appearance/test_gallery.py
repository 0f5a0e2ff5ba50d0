"""When tracklets are described, and what is kept of it."""

from collections.abc import Sequence

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray

from heatcli.track.appearance.appearance import Descriptors, Looks
from heatcli.track.appearance.gallery import Gallery, whole
from tests.support.drawn_people import BLACK_BLACK, RED_BLUE, WHITE_GREY, described

HALF_A_SECOND_US = 500_000


def seen(descriptors: Descriptors, clear: Sequence[bool]) -> Looks:
    return Looks(np.array(clear), lambda found: descriptors[found])


def take_in(gallery: Gallery, ids: NDArray[np.intp], pts_us: int, looks: Looks) -> None:
    """Look at tracklets that are all there is in a frame, as far as it is time to."""
    due = gallery.due(ids, pts_us, looks.clear[: len(ids)])
    if len(due):
        gallery.add(ids[due], pts_us, looks.describe(due), looks.clear[due])


def test_unclear_sightings_count_only_where_there_is_no_clear_one() -> None:
    mine, passer_by = described(RED_BLUE), described(BLACK_BLACK)
    gallery = Gallery()
    for number in range(40):
        hidden = number < 20 or number >= 30
        looks = seen(np.stack([passer_by if hidden else mine, passer_by]), [not hidden, False])
        take_in(gallery, np.array([7, 8]), number * HALF_A_SECOND_US, looks)
    halves = gallery.halves(np.array([7, 8]))
    np.testing.assert_allclose(halves[0], np.stack([mine, mine]), atol=1e-5)
    np.testing.assert_allclose(halves[1], np.stack([passer_by, passer_by]), atol=1e-5)


def test_who_is_in_clear_view_is_described_twice_a_second() -> None:
    described_us: dict[int, list[int]] = {0: [], 1: [], 2: []}
    gallery = Gallery()
    for pts_us in range(0, 3_000_000, 40_000):

        def describe(found: NDArray[np.intp], now_us: int = pts_us) -> Descriptors:
            for person in found.tolist():
                described_us[person].append(now_us)
            return np.tile(described(RED_BLUE), (len(found), 1))

        # The second is never in clear view; the third comes late, and is in clear view after a while.
        looks = Looks(np.array([True, False, pts_us >= 1_400_000]), describe)
        here = np.arange(3 if pts_us >= 1_200_000 else 2)
        take_in(gallery, here, pts_us, looks)
    assert described_us[0] == [0, 520_000, 1_000_000, 1_520_000, 2_000_000, 2_520_000]
    assert described_us[1] == list(range(0, 3_000_000, 40_000))
    unclear = list(range(1_200_000, 1_400_000, 40_000))
    assert described_us[2] == [*unclear, 1_400_000, 1_520_000, 2_000_000, 2_520_000]


unit = arrays(np.float32, 6, elements=st.floats(0.125, 1, width=32)).map(lambda v: v / np.linalg.norm(v))


@given(st.lists(unit, min_size=2, max_size=70))
@settings(deadline=None)
def test_halves_are_means_of_the_beginning_and_of_the_end(descriptors: list[Descriptors]) -> None:
    gallery = Gallery()
    for number, descriptor in enumerate(descriptors):
        take_in(gallery, np.array([3]), number * HALF_A_SECOND_US, seen(descriptor[None], [True]))
    (halves,) = gallery.halves(np.array([3]))
    count = len(descriptors)
    # Where it is cut: at the middle, give or take the quarter that is kept as one.
    cuts = [
        np.stack([np.mean(descriptors[:cut], axis=0), np.mean(descriptors[cut:], axis=0)])
        for cut in range(max(1, count // 4), min(count - 1, count - count // 4) + 1)
    ]
    fits = [np.abs(halves - cut / np.linalg.norm(cut, axis=1, keepdims=True)).max() for cut in cuts]
    assert min(fits) < 1e-4
    gallery.end([3])
    np.testing.assert_allclose(gallery.halves(np.array([3]))[0], halves, atol=1e-3)
    gallery.forget([3])
    assert np.isnan(gallery.halves(np.array([3]))).all()


def test_whole_is_the_half_that_is_known() -> None:
    one, other = described(RED_BLUE), described(WHITE_GREY)
    nothing = np.full_like(one, np.nan)
    joined = whole(np.stack([[one, nothing], [nothing, other], [nothing, nothing], [one, one]]))
    np.testing.assert_allclose(joined[[0, 1, 3]], np.stack([one, other, one]), atol=1e-6)
    assert np.isnan(joined[2]).all()
