"""Which of two states of a place is the empty scene, where somebody or something stands in one of them.

What stands in front of the scene has an outline in the picture; the empty scene goes on across the line
where that outline was. So of two pictures of a place, the one with less contrast along the border of their
difference is the empty scene, however long each was seen (compare Cucchiara et al., Detecting Moving
Objects, Ghosts, and Shadows in Video Streams, PAMI 2003).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

# Least area in pixels of a place whose state is judged: its border is long enough to be measured.
_LEAST_AREA = 48
# Contrast along the border with which a state is no empty scene, compared with the other state's.
_CLEARER = 1.3
# Largest difference of grey levels between two pictures of the same state: four standard deviations of a
# usual camera's noise, which doubles as two pictures have it, and what a codec adds.
_SAME = 16
# Least number of pictures in a row in which a state is seen, and the share of a place that must show it.
_LEAST_SEEN = 3
_SHOWN = 0.7
# Pixels around a place that also change with it: soft edges, and the sway of somebody who stands.
_MARGIN = 3

# Width of a place, divided by its height, above which no one or two people stand there.
_WIDE = 1.3
# Distance from a place, in heights of a person, at which somebody may have had a hand in it: as far as people
# walk in the two seconds between frames that are spread over two minutes; and the least area of somebody, as
# a share of the place's.
_BESIDE = 1.5
_SOMEBODY = 0.3
# Largest probability that somebody is there at the changes by chance.
_BY_CHANCE = 0.15
_KERNEL = np.ones((3, 3), np.uint8)

Window = tuple[slice, slice]
"""Rows and columns of a picture."""


@dataclass(frozen=True, slots=True)
class Place:
    """A place that has two states, of which the plate shows the one that most frames show.

    Attributes:
        window: rows and columns of the picture that hold the place.
        inside: (height, width) bool mask of the place within the window.
        other: (height, width, 3) uint8 picture of the window in the state that is not the plate's.
        frames: indices of the frames in that state.
        emptied: whether this state is the empty scene, and the plate's is not.
        is_thing: whether what stands there in one of the states is no person: it is wider than people are,
            or somebody was beside it whenever it came or went, who brought or took it.
    """

    window: Window
    inside: NDArray[np.bool_]
    other: NDArray[np.uint8]
    frames: NDArray[np.intp]
    emptied: bool
    is_thing: bool


def find_places(
    images: Sequence[NDArray[np.uint8]],
    changed: Sequence[NDArray[np.bool_]],
    plate: NDArray[np.uint8],
    *,
    person: float,
) -> list[Place]:
    """Find places whose empty scene most frames do not show, or in which a thing comes or goes.

    Args:
        images: frames spread over the clip, (height, width, 3) uint8 each.
        changed: where each of them differs from the plate, (height, width) bool each.
        plate: (height, width, 3) uint8 picture that most frames show.
        person: usual height of a person in pixels.
    """
    still = np.zeros(plate.shape[:2], np.uint8)
    for image, later, here, there in zip(images, images[1:], changed, changed[1:], strict=False):
        still += here & there & _same(image, later)
    found = []
    for window, inside in _places(still >= _LEAST_SEEN - 1):
        frames = [k for k, mask in enumerate(changed) if mask[window][inside].mean() >= _SHOWN]
        if len(frames) < _LEAST_SEEN:
            continue
        other = np.median([images[k][window] for k in frames], axis=0).astype(np.uint8)
        frames = [k for k in frames if _same(images[k][window], other)[inside].mean() >= _SHOWN]
        if len(frames) < _LEAST_SEEN:
            continue
        if not _alone(other, plate[window], inside):
            continue
        emptied = _is_emptied(other, plate[window], inside)
        # A head may be apart from its body. What changes with the place belongs to it.
        around = _grown(window, max(inside.shape) // 2)
        share = np.mean([changed[k][around] for k in frames], axis=0)
        size = 2 * _MARGIN + 1
        wider = cv2.dilate((share >= _SHOWN).astype(np.uint8), np.ones((size, size), np.uint8)) > 0
        other = np.median([images[k][around] for k in frames], axis=0).astype(np.uint8)
        rows, columns = np.flatnonzero(inside.any(axis=1)), np.flatnonzero(inside.any(axis=0))
        is_wide = emptied and bool(np.ptp(columns) > _WIDE * np.ptp(rows))
        is_thing = is_wide or _handled(
            changed, (window, inside), (around, wider), frames, emptied=emptied, person=person
        )
        if emptied or is_thing:
            found.append(Place(around, wider, other, np.array(frames), emptied, is_thing))
    return found


def _handled(
    changed: Sequence[NDArray[np.bool_]],
    place: tuple[Window, NDArray[np.bool_]],
    wider: tuple[Window, NDArray[np.bool_]],
    frames: Sequence[int],
    *,
    emptied: bool,
    person: float,
) -> bool:
    """Tell whether somebody else is near in the frame in which the thing is there, at each change.

    In a crowd somebody is near anyway, and that tells nothing.
    """
    window, inside = place
    is_other = np.isin(np.arange(len(changed)), frames)
    known = [k for k in range(len(changed)) if is_other[k] or changed[k][window][inside].mean() < 1 - _SHOWN]
    around = _grown(window, round(_BESIDE * max(person, *inside.shape)))
    without = np.ones(changed[0].shape, np.bool_)
    without[wider[0]] = ~wider[1]
    least = _SOMEBODY * inside.sum()
    beside = {k: bool((changed[k] & without)[around].sum() >= least) for k in known if is_other[k] != emptied}
    at_changes = [
        one if one in beside else other for one, other in pairwise(known) if is_other[one] != is_other[other]
    ]
    if not at_changes or not all(beside[k] for k in at_changes):
        return False
    # Whoever brings or takes it is there for some frames. The rest tells how often others are.
    visits = set(at_changes)
    for k in at_changes:
        for step in (-1, 1):
            n = k + step
            while beside.get(n, False):
                visits.add(n)
                n += step
    rest = [near for k, near in beside.items() if k not in visits]
    by_chance = (sum(rest) + 1) / (len(rest) + 2)
    return bool(by_chance ** len(at_changes) <= _BY_CHANCE)


def clear(images: Sequence[NDArray[np.uint8]], places: Sequence[Place]) -> Iterator[NDArray[np.uint8]]:
    """Yield copies of the frames in which these places are in their other state, as some frames have it."""
    for n, image in enumerate(images):
        empty = image.copy()
        for place in places:
            if n not in place.frames:
                other = images[place.frames[n % len(place.frames)]]
                empty[place.window][place.inside] = other[place.window][place.inside]
        yield empty


def find_ghosts(
    changed: NDArray[np.bool_], now: NDArray[np.uint8], before: NDArray[np.uint8]
) -> NDArray[np.bool_]:
    """Find the places where something has gone: `now` shows the empty scene, and `before` does not.

    Args:
        changed: (height, width) bool mask of where the two pictures differ.
        now: (height, width, 3) uint8 picture.
        before: (height, width, 3) uint8 picture.

    Returns:
        (height, width) bool mask of these places.
    """
    result = np.zeros_like(changed)
    for window, inside in _places(changed):
        here, then = now[window], before[window]
        if _alone(here, then, inside) and _is_emptied(here, then, inside):
            result[window] |= inside
    return result


def _alone(one: NDArray[np.uint8], other: NDArray[np.uint8], place: NDArray[np.bool_]) -> bool:
    """Tell whether two pictures differ in a place and are the same around it.

    Otherwise it is a part of something larger: its border is no outline.
    """
    inner, outer = (
        cv2.dilate(place.astype(np.uint8), np.ones((size, size), np.uint8)) for size in (3, 2 * _MARGIN + 1)
    )
    return bool(_same(one, other)[outer > inner].mean() >= _SHOWN)


def _is_emptied(now: NDArray[np.uint8], before: NDArray[np.uint8], place: NDArray[np.bool_]) -> bool:
    """Tell whether a place shows the empty scene now, and did not before."""
    border = cv2.morphologyEx(place.astype(np.uint8), cv2.MORPH_GRADIENT, _KERNEL) > 0
    return _contrast(before, border) > _CLEARER * _contrast(now, border)


def _same(one: NDArray[np.uint8], other: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """(height, width) bool, true where two pictures show the same."""
    return cv2.inRange(cv2.absdiff(one, other), (0, 0, 0), (_SAME, _SAME, _SAME)) > 0


def _contrast(image: NDArray[np.uint8], border: NDArray[np.bool_]) -> float:
    """Return the mean difference of grey levels between neighbours along a border."""
    soft = cv2.GaussianBlur(image, (3, 3), 0)
    edges = cv2.morphologyEx(soft, cv2.MORPH_GRADIENT, _KERNEL)
    return float(edges.max(axis=2)[border].mean())


def _places(mask: NDArray[np.bool_]) -> Iterator[tuple[Window, NDArray[np.bool_]]]:
    """Yield the connected parts of a mask, less specks: a window around each, and its mask in there."""
    closed = cv2.morphologyEx(mask.astype(np.uint8), cv2.MORPH_CLOSE, _KERNEL)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(closed, connectivity=8)
    for label in range(1, count):
        x, y, wide, tall, area = stats[label]
        if area >= _LEAST_AREA:
            window = _grown((slice(y, y + tall), slice(x, x + wide)), _MARGIN)
            yield window, labels[window] == label


def _grown(window: Window, by: int) -> Window:
    rows, columns = (slice(max(side.start - by, 0), side.stop + by) for side in window)
    return rows, columns
