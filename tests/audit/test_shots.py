"""The pictures of an audit: who is marked, and who is made unrecognisable."""

import base64

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from heatcli.audit.draw import Look
from heatcli.audit.shots import People, Shot, draw_shot
from heatcli.select.rows import Rows

# Two people beside each other who overlap in ten columns of pixels, and one who is left out.
ASKED, OTHER, STAFF = (100.0, 40.0, 140.0, 140.0), (130.0, 40.0, 170.0, 140.0), (300.0, 40.0, 340.0, 140.0)


@pytest.fixture(scope="module")
def people() -> People:
    boxes = np.array([ASKED, OTHER, STAFF], np.float32)
    rows = Rows(
        person=np.arange(3),
        tracklet=np.arange(3),
        clip=np.zeros(3, np.int32),
        frame=np.zeros(3, np.int32),
        time_us=np.zeros(3, np.int64),
        weight_us=np.full(3, 100_000),
        boxes=boxes,
        size=np.full((3, 2), (400, 200), np.int32),
        filled=np.zeros(3, np.bool_),
    )
    return People(rows, np.array([True, True, False]))


def checks(shot: Shot, people: People, *, pixelate: bool) -> NDArray[np.float64]:
    """Contrast of each ten columns of the picture of a chessboard, from 0 for one colour to 1."""
    board = (np.indices((200, 400)).sum(axis=0) // 2 % 2 * 255).astype(np.uint8)
    image = np.repeat(board[:, :, None], 3, axis=2)
    address = draw_shot(image, shot, people, sample_aspect=1.0, pixelate=pixelate)
    data = base64.b64decode(address.removeprefix("data:image/jpeg;base64,"))
    made = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_GRAYSCALE)
    assert made is not None
    assert made.shape == (200, 400)
    contrast: NDArray[np.float64] = made[60:120].reshape(60, 40, 10).std(axis=(0, 2)) / 128
    return contrast


def test_only_who_is_asked_about_can_be_recognised(people: People) -> None:
    shot = Shot(0, Look(0, 50_000, ASKED, 0), whole=True, marked=False)
    plain, hidden = (checks(shot, people, pixelate=pixelate) for pixelate in (False, True))
    assert plain.min() > 0.5
    assert hidden[10:14].min() > 0.5  # also where the other one is in front
    assert max(hidden[14:17].max(), hidden[30:34].max()) < 0.3
    assert hidden[:10].min() > 0.5


def test_in_a_moment_nobody_can_be_recognised(people: People) -> None:
    hidden = checks(Shot(0, Look(0, 50_000), whole=True), people, pixelate=True)
    assert hidden[11:16].max() < 0.4
    assert hidden[:9].min() > 0.5


def test_a_frame_is_shown_as_long_as_its_rows_stand_for(people: People) -> None:
    assert [one.counts for one in people.at(Look(0, 99_999))] == [True, True, False]
    assert people.at(Look(0, 100_000)) == []
    assert people.at(Look(1, 0)) == []
