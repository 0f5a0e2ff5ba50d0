"""Who looks like whom: drawn people whose clothes are known, and descriptors whose spread is."""

import tracemalloc
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray

from heatcli.track.appearance.appearance import Appearance, Descriptors, appearance_of, clear_view
from heatcli.track.appearance.appearance_model import AppearanceModel
from heatcli.track.appearance.colours import Colours
from heatcli.track.appearance.descriptor_bytes import from_bytes, to_bytes
from heatcli.track.appearance.gallery import Gallery, whole

Colour = tuple[int, int, int]
SKIN: Colour = (140, 160, 200)
# Coats and trousers, BGR.
RED_BLUE = ((50, 40, 190), (120, 70, 50))
BLACK_BLUE = ((35, 35, 35), (120, 70, 50))
BLACK_BLACK = ((35, 35, 35), (30, 30, 32))
WHITE_GREY = ((225, 225, 225), (128, 128, 128))
GREEN_BROWN = ((60, 130, 60), (50, 70, 100))
# People that were measured beforehand, who count as so many tracklets.
GENERAL = 64
HALF_A_SECOND_US = 500_000
CLOTHES = (RED_BLUE, BLACK_BLUE, BLACK_BLACK, WHITE_GREY, GREEN_BROWN)


def draw(
    clothes: tuple[Colour, Colour],
    *,
    floor: int = 150,
    light: float = 1.0,
    box: Sequence[float] = (60, 20, 100, 120),
    seed: int = 0,
) -> NDArray[np.uint8]:
    """Draw somebody into a box: head, coat and trousers, under some light, with the camera's noise."""
    rng = np.random.default_rng(seed)
    picture = np.full((144, 176, 3), floor, np.float64)
    x1, y1, x2, y2 = box
    wide, high = x2 - x1, y2 - y1
    for colour, half, top, bottom in (
        (SKIN, 0.15, 0, 1 / 6),
        (clothes[0], 0.3, 1 / 6, 0.5),
        (clothes[1], 0.25, 0.5, 1),
    ):
        rows = slice(round(y1 + top * high), round(y1 + bottom * high))
        columns = slice(round(x1 + (0.5 - half) * wide), round(x1 + (0.5 + half) * wide))
        picture[rows, columns] = colour
    noisy = picture * light + rng.normal(0, 4, picture.shape)
    return noisy.clip(0, 255).astype(np.uint8)


def described(
    clothes: tuple[Colour, Colour], *, floor: int = 150, light: float = 1.0, seed: int = 0
) -> Descriptors:
    """Return the descriptor (60,) of somebody drawn."""
    image = draw(clothes, floor=floor, light=light, seed=seed)
    descriptor: Descriptors = Colours().describe(image, np.array([[60.0, 20, 100, 120]]))[0]
    return descriptor


def test_clothes_are_known_again_under_other_light_and_before_another_wall() -> None:
    before = np.stack([described(clothes, seed=1) for clothes in CLOTHES])
    for light in (0.6, 1.5):
        after = np.stack([described(clothes, light=light, floor=110, seed=2) for clothes in CLOTHES])
        assert ((before @ after.T).argmax(axis=1) == np.arange(len(CLOTHES))).all()


@pytest.mark.parametrize("light", [0.6, 1.5])
def test_a_grey_coat_in_other_light_is_not_taken_for_a_darker_one(light: float) -> None:
    grey, dark = ((120, 120, 120), RED_BLUE[1]), ((72, 72, 72), RED_BLUE[1])
    mine = described(grey)
    assert mine @ described(grey, light=light, seed=1) > mine @ described(dark, seed=2)


@pytest.mark.parametrize("floor", [20, 240])
def test_the_background_counts_little(floor: int) -> None:
    other = described(RED_BLUE) @ described(BLACK_BLUE)
    for clothes in CLOTHES:
        moved = described(clothes) @ described(clothes, floor=floor, seed=1)
        assert 1 - moved < (1 - other) / 2


def test_who_is_near_looks_as_from_afar() -> None:
    near = draw(RED_BLUE, box=(10, 2, 66, 142))
    far = draw(RED_BLUE, box=(100, 30, 112, 60), seed=5)
    (a,) = Colours().describe(near, np.array([[10.0, 2, 66, 142]]))
    (b,) = Colours().describe(far, np.array([[100.0, 30, 112, 60]]))
    others = [described(clothes) for clothes in CLOTHES if clothes != RED_BLUE]
    assert a @ b > max(a @ other for other in others)


def test_what_is_mostly_outside_the_frame_is_unknown() -> None:
    boxes = np.array([[60.0, 20, 100, 120], [-30, 20, 10, 120], [170, 20, 260, 120], [400, 400, 440, 500]])
    descriptors = Colours().describe(draw(RED_BLUE), boxes)
    assert np.isfinite(descriptors[0]).all()
    np.testing.assert_allclose(np.linalg.norm(descriptors[0]), 1, rtol=1e-5)
    assert np.isnan(descriptors[1:]).all()


def test_a_frame_without_people_has_no_looks() -> None:
    appearance = appearance_of(Colours(), draw(RED_BLUE), np.zeros((0, 4), np.float32))
    assert appearance.describe(np.zeros(0, np.intp)).shape == (0, 60)
    assert appearance.clear.shape == (0,)


@pytest.mark.parametrize(
    ("other", "clear"),
    [
        pytest.param((65, 40, 105, 130), False, id="somebody in front"),
        pytest.param((65, 0, 105, 90), True, id="somebody behind"),
        pytest.param((95, 40, 135, 130), True, id="an elbow in front"),
        pytest.param((130, 40, 160, 130), True, id="somebody aside"),
    ],
)
def test_who_stands_in_front_spoils_the_view(other: tuple[int, ...], clear: bool) -> None:
    boxes = np.array([[60.0, 20, 100, 120], other])
    assert clear_view(boxes, width=176, height=144)[0] == clear


@pytest.mark.parametrize(
    "box", [(0, 20, 40, 120), (60, 1, 100, 120), (140, 20, 175.5, 120), (60, 50, 100, 144)]
)
def test_the_edge_of_the_frame_spoils_the_view(box: tuple[float, ...]) -> None:
    assert not clear_view(np.array([box]), width=176, height=144)[0]


def seen(descriptors: Descriptors, clear: Sequence[bool]) -> Appearance:
    return Appearance(np.array(clear), lambda found: descriptors[found])


def take_in(gallery: Gallery, ids: NDArray[np.intp], pts_us: int, appearance: Appearance) -> None:
    """Look at tracklets that are all there is in a frame, as far as it is time to."""
    due = gallery.due(ids, pts_us, appearance.clear[: len(ids)])
    if len(due):
        gallery.add(ids[due], pts_us, appearance.describe(due), appearance.clear[due])


def test_unclear_sightings_count_only_where_there_is_no_clear_one() -> None:
    mine, passer_by = described(RED_BLUE), described(BLACK_BLACK)
    gallery = Gallery()
    for number in range(40):
        hidden = number < 20 or number >= 30
        appearance = seen(np.stack([passer_by if hidden else mine, passer_by]), [not hidden, False])
        take_in(gallery, np.array([7, 8]), number * HALF_A_SECOND_US, appearance)
    half_embeddings = gallery.half_embeddings(np.array([7, 8]))
    np.testing.assert_allclose(half_embeddings[0], np.stack([mine, mine]), atol=1e-5)
    np.testing.assert_allclose(half_embeddings[1], np.stack([passer_by, passer_by]), atol=1e-5)


def test_who_is_in_clear_view_is_described_twice_a_second() -> None:
    described_us: dict[int, list[int]] = {0: [], 1: [], 2: []}
    gallery = Gallery()
    for pts_us in range(0, 3_000_000, 40_000):

        def describe(found: NDArray[np.intp], now_us: int = pts_us) -> Descriptors:
            for person in found.tolist():
                described_us[person].append(now_us)
            return np.tile(described(RED_BLUE), (len(found), 1))

        # The second is never in clear view; the third comes late, and is in clear view after a while.
        appearance = Appearance(np.array([True, False, pts_us >= 1_400_000]), describe)
        here = np.arange(3 if pts_us >= 1_200_000 else 2)
        take_in(gallery, here, pts_us, appearance)
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
    (half_embeddings,) = gallery.half_embeddings(np.array([3]))
    count = len(descriptors)
    # Where it is cut: at the middle, give or take the quarter that is kept as one.
    cuts = [
        np.stack([np.mean(descriptors[:cut], axis=0), np.mean(descriptors[cut:], axis=0)])
        for cut in range(max(1, count // 4), min(count - 1, count - count // 4) + 1)
    ]
    fits = [np.abs(half_embeddings - cut / np.linalg.norm(cut, axis=1, keepdims=True)).max() for cut in cuts]
    assert min(fits) < 1e-4
    gallery.end([3])
    np.testing.assert_allclose(gallery.half_embeddings(np.array([3]))[0], half_embeddings, atol=1e-3)
    gallery.forget([3])
    assert np.isnan(gallery.half_embeddings(np.array([3]))).all()


def test_whole_is_the_half_that_is_known() -> None:
    one, other = described(RED_BLUE), described(WHITE_GREY)
    nothing = np.full_like(one, np.nan)
    joined = whole(np.stack([[one, nothing], [nothing, other], [nothing, nothing], [one, one]]))
    np.testing.assert_allclose(joined[[0, 1, 3]], np.stack([one, other, one]), atol=1e-6)
    assert np.isnan(joined[2]).all()


def crowd(
    people: int, *, apart: float, change: float, pieces: int = 4, lasted_s: float = 8.0, seed: int = 0
) -> tuple[Descriptors, NDArray[np.intp], NDArray[np.intp]]:
    """Draw descriptors of pieces of people, whose pictures change as an Ornstein-Uhlenbeck process does.

    Args:
        people: how many; all are in view all the time.
        apart: deviation of people from each other, each dimension.
        change: deviation of a person from itself in the long run, likewise.
        pieces: tracklets of each, far apart in time.
        lasted_s: length of each.
        seed: of the random numbers.

    Returns:
        (people * pieces, 2, 16) half embeddings, whose each is, and (p, 2) pairs that are in view together.
    """
    rng = np.random.default_rng(seed)
    person = np.repeat(np.arange(people), pieces)
    mean = np.abs(rng.normal(1, apart, (people, 16)))[person]
    begin = rng.normal(0, change, (len(person), 16))
    keep = np.exp(-lasted_s / 2 / 4)
    end = keep * begin + np.sqrt(1 - keep**2) * rng.normal(0, change, begin.shape)
    half_embeddings = np.stack([mean + begin, mean + end], axis=1)
    half_embeddings /= np.linalg.norm(half_embeddings, axis=2, keepdims=True)
    piece = np.tile(np.arange(pieces), people)
    one, other = np.triu_indices(len(person), 1)
    together = (piece[one] == piece[other]) & (person[one] != person[other])
    return half_embeddings.astype(np.float32), person, np.column_stack([one, other])[together]


def costs(
    half_embeddings: Descriptors, person: NDArray[np.intp], model: AppearanceModel
) -> tuple[NDArray[np.float64], ...]:
    """Return what pieces of one person, and of different people, cost."""
    cost = model.cost(half_embeddings[:, None, 1], half_embeddings[None, :, 0])
    same = person[:, None] == person
    return cost[same & ~np.eye(len(person), dtype=bool)], cost[~same]


@pytest.mark.parametrize("lasted_s", [1.0, 4.0, 30.0])
def test_odds_come_true_however_short_the_tracklets_were(lasted_s: float) -> None:
    half_embeddings, _, together = crowd(12, apart=0.15, change=0.1, lasted_s=lasted_s)
    model = AppearanceModel.fit(half_embeddings, together, lasted_s=np.full(len(half_embeddings), lasted_s))
    same, different = costs(*crowd(12, apart=0.15, change=0.1, seed=1)[:2], model)
    # Cllr (Brümmer and du Preez): mean loss in bits; who knows nothing has 1, and who is wrong and sure more.
    loss = (np.log2(1 + np.exp(same)).mean() + np.log2(1 + np.exp(-different)).mean()) / 2
    assert loss < 0.6
    assert np.median(same) < 0 < np.median(different)


def test_same_clothes_decide_nothing() -> None:
    half_embeddings, person, together = crowd(2, apart=0.0, change=0.05, pieces=20)
    model = AppearanceModel.fit(half_embeddings, together, lasted_s=np.full(len(half_embeddings), 8.0))
    same, different = costs(half_embeddings, person, model)
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
    appearance = np.stack(
        [
            [described(clothes, seed=2 * i), described(clothes, seed=2 * i + 1, floor=120)]
            for i, clothes in enumerate(CLOTHES)
        ]
    )
    half_embeddings = appearance[:4].copy()
    half_embeddings[known:] = np.nan
    model = AppearanceModel.fit(half_embeddings, np.zeros((0, 2), np.intp), lasted_s=np.full(4, 8.0))
    cost = model.cost(appearance[:, None, 0], appearance[None, :, 1])
    same = np.eye(len(CLOTHES), dtype=bool)
    assert cost[same].max() < -0.5
    assert np.median(cost[~same]) > 1


def test_few_tracklets_give_no_strong_odds() -> None:
    half_embeddings, _, _ = crowd(2, apart=0.5, change=0.01, pieces=1)
    model = AppearanceModel.fit(half_embeddings, np.array([[0, 1]]), lasted_s=np.full(2, 8.0))
    everything = model.cost(*crowd(10, apart=1.0, change=0.3, seed=2)[0][:, None].swapaxes(0, 2)[:2])
    assert np.abs(everything).max() <= np.log(2 + GENERAL + 1) + 1e-9


def test_a_crowded_day_is_learned_from_in_bounded_memory() -> None:
    half_embeddings, _, together = crowd(400, apart=0.15, change=0.1, pieces=1)
    lasted_s = np.full(len(half_embeddings), 8.0)
    tracemalloc.start()
    model = AppearanceModel.fit(half_embeddings, together, lasted_s=lasted_s)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    # With all of its 80,000 pairs it takes 56 MB.
    assert most < 25e6
    few = AppearanceModel.fit(half_embeddings, together[::4], lasted_s=lasted_s)
    assert model.slope == pytest.approx(few.slope, rel=0.05)


def test_noise_is_no_difference() -> None:
    """People so small that their descriptors are noise: nobody is told from anybody."""
    rng = np.random.default_rng(0)
    noise = np.abs(rng.normal(0.5, 1, (24, 2, 16)))
    half_embeddings = (noise / np.linalg.norm(noise, axis=2, keepdims=True)).astype(np.float32)
    together = np.arange(24).reshape(-1, 2)
    model = AppearanceModel.fit(half_embeddings, together, lasted_s=np.full(24, 8.0))
    assert np.median(np.abs(model.cost(half_embeddings[:, None, 0], half_embeddings[None, :, 1]))) < 1


descriptor_rows = arrays(np.float32, (5, 16), elements=st.floats(0.125, 1, width=32)).map(
    lambda v: (v / np.linalg.norm(v, axis=1, keepdims=True)).astype(np.float32)
)


@given(descriptor_rows, descriptor_rows, st.integers(0, 4))
@settings(deadline=None)
def test_costs_are_symmetric_bounded_and_nothing_where_unknown(
    a: Descriptors, b: Descriptors, unknown: int
) -> None:
    half_embeddings, _, together = crowd(6, apart=0.15, change=0.1)
    model = AppearanceModel.fit(half_embeddings, together, lasted_s=np.full(len(half_embeddings), 8.0))
    cost = model.cost(a[:, None], b[None])
    np.testing.assert_allclose(cost, model.cost(b[:, None], a[None]).T, atol=1e-6)
    np.testing.assert_allclose(cost.diagonal(), model.cost(a, b), atol=1e-6)
    assert np.abs(cost).max() <= np.log(len(half_embeddings) + GENERAL + 1) + 1e-9
    # Nobody is more like anybody than like themselves.
    assert (model.cost(a, a)[:, None] <= cost + 1e-6).all()
    a[unknown] = np.nan
    assert (model.cost(a[unknown], b) == 0).all()


@given(arrays(np.float32, (4, 2, 12), elements=st.floats(0, 1, width=16)), st.integers(0, 3))
def test_descriptors_survive_the_store(half_embeddings: Descriptors, unknown: int) -> None:
    half_embeddings[unknown] = np.nan
    half_embeddings[0, 1] = np.nan
    column = to_bytes(half_embeddings, b"12345678")
    assert column[unknown] is None
    np.testing.assert_array_equal(from_bytes(column), half_embeddings)


def test_descriptors_of_another_kind_or_damaged_are_unknown() -> None:
    half_embeddings, _, _ = crowd(3, apart=0.2, change=0.1, pieces=1)
    ours, theirs = to_bytes(half_embeddings, b"ours    "), to_bytes(half_embeddings, b"theirs  ")
    read = from_bytes([ours[0], theirs[1], ours[2], None, b"", b"ours    odd"])
    assert np.isfinite(read[[0, 2]]).all()
    assert np.isnan(read[[1, 3, 4, 5]]).all()
    for damaged in (None, b"", b"ours", b"ours    "):
        assert from_bytes([damaged, damaged]).shape[:2] == (2, 2)
        assert np.isnan(from_bytes([damaged, damaged])).all()
        assert np.isfinite(from_bytes([damaged, damaged, ours[0]])[2]).all()


def test_stored_bytes_are_as_documented() -> None:
    """Kind, then float16, little endian, on every machine."""
    (stored,) = to_bytes(np.array([[[0.6, 0.8], [1.0, 0.0]]], np.float32), Colours.kind)
    assert stored is not None
    assert stored == b"\x01" + bytes(7) + np.array([0.6, 0.8, 1.0, 0.0], "<f2").tobytes()
