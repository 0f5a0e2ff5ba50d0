"""The pictures of an audit: parts of recorded frames, with people marked and others made unrecognisable."""

from base64 import b64encode
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from operator import attrgetter

import cv2
import numpy as np
from numpy.typing import NDArray

from heatcli.audit.draw import Look, Question
from heatcli.score.audit import Kind
from heatcli.select.rows import Rows

Box = tuple[float, float, float, float]
Picture = NDArray[np.uint8]

# Width of a whole frame, and height of a still, in pixels of the page.
_FRAME_WIDTH, _STILL_HEIGHT = 960, 220
_QUALITY = 74  # of JPEG
_MARK, _COUNTED, _LEFT_OUT = (0, 200, 255), (80, 220, 60), (160, 160, 160)

# Blocks per height of a pixelated person: neither a face nor clothes can be told.
_BLOCKS = 8

# Longest time for which a frame is shown: what a row can stand for.
_LONGEST_US = 2**31


@dataclass(frozen=True, slots=True)
class Shot:
    """A picture to take.

    Attributes:
        question: index of the question.
        look: frame, and the box in it.
        whole: whether the whole frame is shown, and not what is around the box.
        marked: whether the box is drawn; a second earlier or later it would be beside the person.
        earlier: whether it shows somebody who came before.
    """

    question: int
    look: Look
    whole: bool
    marked: bool = True
    earlier: bool = False


def shots_of(questions: Sequence[Question]) -> list[Shot]:
    """List the pictures of all questions, those of a question in the order in which they are shown."""
    shots = []
    for number, question in enumerate(questions):
        if question.kind is not Kind.PERSON:
            shots.append(Shot(number, question.looks[0], whole=True))
        if question.kind is Kind.BOX:
            now, before, after = question.looks
            shots += [Shot(number, look, whole=False, marked=False) for look in (before, now, after)]
        elif question.kind is Kind.PERSON:
            shots += [Shot(number, look, whole=False) for look in question.looks]
            shots += [Shot(number, look, whole=False, earlier=True) for look in question.before]
    return shots


@dataclass(frozen=True, slots=True)
class Seen:
    """Somebody in a frame.

    Attributes:
        box: box of the person.
        person: number of the person.
        counts: whether the person counts, and was not left out.
    """

    box: Box
    person: int
    counts: bool


class People:
    """Where everybody is in each frame.

    Args:
        rows: rows of everybody, those who were left out too.
        counted: (n,) bool, true for rows of people who count.
    """

    def __init__(self, rows: Rows, counted: NDArray[np.bool_]) -> None:
        self._rows = rows
        self._counted = counted

    def at(self, look: Look) -> list[Seen]:
        """Return who is in the frame that is shown at a time."""
        rows = self._rows
        low, high = np.searchsorted(rows.time_us, [look.time_us - _LONGEST_US, look.time_us + 1])
        near = np.arange(low, high)
        ends = rows.time_us[near] + rows.weight_us[near]
        near = near[(rows.clip[near] == look.clip) & (ends > look.time_us)]
        near = near[rows.time_us[near] == rows.time_us[near].max(initial=0)]
        return [
            Seen((x1, y1, x2, y2), person, counts)
            for (x1, y1, x2, y2), person, counts in zip(
                rows.boxes[near].tolist(),
                rows.person[near].tolist(),
                self._counted[near].tolist(),
                strict=True,
            )
        ]


def draw_shot(image: Picture, shot: Shot, people: People, *, sample_aspect: float, pixelate: bool) -> str:
    """Return a picture as a `data:` URL.

    Args:
        image: (height, width, 3) BGR frame.
        shot: what of it is shown.
        people: where everybody is.
        sample_aspect: width of a pixel divided by its height.
        pixelate: whether other people are made unrecognisable.
    """
    box, seen = shot.look.box, people.at(shot.look)
    picture = image.copy()
    own = [one.box for one in seen if one.person == shot.look.person]
    if pixelate:
        _pixelate(picture, [one.box for one in seen if one.box not in own], keep=own)
    if box is None:
        for one in sorted(seen, key=attrgetter("counts")):
            _frame(picture, one.box, _COUNTED if one.counts else _LEFT_OUT)
    elif shot.marked:
        _frame(picture, box, _MARK)
    height, width = picture.shape[:2]
    part = (0, 0, width, height) if shot.whole or box is None else _around(box, width, height)
    x1, y1, x2, y2 = part
    cut = picture[y1:y2, x1:x2]
    scale = min(_FRAME_WIDTH / (x2 - x1), 1.0) if shot.whole else _STILL_HEIGHT / (y2 - y1)
    size = max(1, round((x2 - x1) * scale * sample_aspect)), max(1, round((y2 - y1) * scale))
    cut = np.asarray(cv2.resize(cut, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC))
    _, data = cv2.imencode(".jpg", cut, [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])
    return "data:image/jpeg;base64," + b64encode(data.tobytes()).decode()


def _around(box: Box, width: int, height: int) -> tuple[int, int, int, int]:
    """Return the part of a frame around a box: one and a half times as tall, and nearly square."""
    x1, y1, x2, y2 = box
    tall = max((y2 - y1) * 1.5, (x2 - x1) * 1.5, 24.0)
    x, y = (x1 + x2) / 2, (y1 + y2) / 2
    left, right = max(0, round(x - tall * 0.45)), min(width, round(x + tall * 0.45))
    top, bottom = max(0, round(y - tall / 2)), min(height, round(y + tall / 2))
    return min(left, width - 1), min(top, height - 1), max(right, left + 1), max(bottom, top + 1)


def _inside(picture: Picture, box: Box) -> tuple[slice, slice]:
    """Return the pixels of a box that are in the picture, as rows and columns."""
    height, width = picture.shape[:2]
    x1, y1, x2, y2 = (round(side) for side in box)
    return slice(min(max(y1, 0), height), max(y2, 0)), slice(min(max(x1, 0), width), max(x2, 0))


def _pixelate(picture: Picture, others: Sequence[Box], *, keep: Sequence[Box]) -> None:
    """Make people unrecognisable, except where the one who is asked about is."""
    kept = [picture[_inside(picture, box)].copy() for box in keep]
    for box in others:
        part = picture[_inside(picture, box)]
        if part.size:
            block = max(4, -(-part.shape[0] // _BLOCKS))
            few = max(1, part.shape[1] // block), max(1, part.shape[0] // block)
            small = cv2.resize(part, few, interpolation=cv2.INTER_AREA)
            part[:] = cv2.resize(small, part.shape[1::-1], interpolation=cv2.INTER_NEAREST)
    for box, pixels in zip(keep, kept, strict=True):
        picture[_inside(picture, box)] = pixels


def _frame(picture: Picture, box: Box, colour: Iterable[int]) -> None:
    """Draw a box, thick enough to be seen once the frame is small."""
    x1, y1, x2, y2 = (round(side) for side in box)
    thick = max(1, round(picture.shape[1] / 480))
    cv2.rectangle(picture, (x1, y1), (x2, y2), tuple(colour), thick)
