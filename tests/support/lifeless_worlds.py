"""Clips drawn of people and of things that look like people, and what a detector finds in them.

Everything has a texture of its own. A thing keeps it and its place; a person sways, nods, breathes, turns.
The camera adds noise, light that drifts and the artefacts of JPEG. The detector trembles, misses, and is less
sure of things than of people, but not always.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from heatcli.config.settings import TrackSettings
from heatcli.detect.base import Detections
from heatcli.track.alive.limit import ALIVE
from heatcli.track.alive.linking import link_alive
from heatcli.track.alive.samples import SceneSamples
from heatcli.track.online.online import OnlineTracker
from heatcli.track.processed_frames import ProcessedFrames
from heatcli.video.frame import Frame

WIDTH, HEIGHT = 640, 480
Floats = NDArray[np.float64]
Ints = NDArray[np.intp]
THINGS = ("mannequin", "poster", "coat rack", "sign")


@dataclass(slots=True)
class Actor:
    """Something that a detector takes for a person.

    Attributes:
        name: what it is.
        living: whether it is a person.
        texture: (h, w) float grey levels.
        at: (frames, 2) left and top in pixels, NaN where it is not in the picture.
        lean: (frames,) displacement of the upper half against the lower, in pixels.
        nod: (frames,) displacement of the head, in pixels.
        confidence: mean confidence of the detector.
        found: share of the frames in which it is found.
    """

    name: str
    living: bool
    texture: Floats
    at: Floats
    lean: Floats
    nod: Floats
    confidence: float
    found: float


def texture(rng: np.random.Generator, wide: int, high: int) -> Floats:
    """Draw clothes, head and legs, with a pattern."""
    cloth = cv2.GaussianBlur(rng.normal(0, 1, (high, wide)), (0, 0), max(0.7, wide / 12))
    picture = rng.uniform(40, 200) + cloth / cloth.std() * 22
    picture[: high // 6] = rng.uniform(90, 210) + 0.5 * (picture[: high // 6] - picture.mean())
    picture[high // 2 :] += rng.uniform(-60, 60)
    return np.asarray(picture, np.float64)


def wander(rng: np.random.Generator, count: int, fps: float, deviation: float, time_s: float) -> Floats:
    """Draw an Ornstein-Uhlenbeck process."""
    keep = np.exp(-1 / (fps * time_s))
    value = rng.normal(0, deviation)
    values = np.empty(count)
    for at in range(count):
        values[at] = value
        value = keep * value + np.sqrt(1 - keep**2) * rng.normal(0, deviation)
    return values


def jumps(rng: np.random.Generator, count: int, fps: float, size: float, every_s: float) -> Floats:
    """Draw a displacement that changes now and then, each time within half a second."""
    moments = np.cumsum(rng.exponential(every_s, 200))
    levels = np.append(0.0, rng.normal(0, size, 200))
    time = np.arange(count) / fps
    values = np.interp(time, np.column_stack([moments, moments + 0.5]).ravel(), np.repeat(levels, 2)[1:-1])
    return np.asarray(values)


def cast(rng: np.random.Generator, count: int, fps: float) -> list[Actor]:
    """Return everybody and everything in a clip."""
    time = np.arange(count) / fps
    nothing = np.zeros(count)
    actors: list[Actor] = []

    def add(
        name: str,
        place: tuple[float, float],
        high: int,
        *,
        at: Floats | None = None,
        lean: Floats = nothing,
        nod: Floats = nothing,
        found: float | None = None,
    ) -> None:
        living = name not in THINGS
        wide = max(8, round(0.38 * high))
        far = name == "far"
        sure = (0.3, 0.6) if far else (0.5, 0.8)
        likely = 0.95 if living else rng.uniform(0.5, 0.98)
        actors.append(
            Actor(
                name,
                living,
                texture(rng, wide, high),
                np.tile(np.array(place, float), (count, 1)) if at is None else at,
                lean,
                nod,
                rng.uniform(*(sure if living else (0.2, 0.5))),
                likely if found is None else found,
            )
        )

    for number in range(2):
        add("mannequin", (40 + 70 * number, 60), int(rng.integers(70, 120)))
    add("poster", (200, 40), 90)
    add("coat rack", (280, 60), 80, found=0.5)
    add("sign", (WIDTH - 26, 300), 150)
    high = int(rng.integers(90, 130))
    sway, nods = wander(rng, count, fps, 0.02 * high, 3.0), jumps(rng, count, fps, 0.03 * high, 3.0)
    add("stands", (360, 200), high, lean=sway, nod=nods)
    reading, nods = wander(rng, count, fps, 0.6, 8.0), jumps(rng, count, fps, 3.0, 6.0)
    add("reads", (70, 280), 100, lean=reading, nod=nods)
    add("sleeps", (470, 300), 80, lean=0.8 * np.sin(time * 1.6) + jumps(rng, count, fps, 4.0, 25.0))
    sway, nods = wander(rng, count, fps, 0.8, 3.0), jumps(rng, count, fps, 1.0, 4.0)
    add("far", (420, 60), 26, lean=sway, nod=nods)
    sway, nods = wander(rng, count, fps, 2.0, 3.0), jumps(rng, count, fps, 2.0, 3.0)
    add("cut by the edge", (240, HEIGHT - 70), 150, lean=sway, nod=nods)
    begin = int(rng.integers(0, max(1, count - 3)))
    brief = np.full((count, 2), np.nan)
    brief[begin : begin + max(3, round(0.4 * fps))] = [560, 180]
    add("briefly there", (0, 0), 90, at=brief, found=1.0)
    for number in range(4):
        start, speed = rng.uniform(-10, count / fps), rng.choice([-1, 1]) * rng.uniform(60, 110)
        x = (time - start) * speed + (0 if speed > 0 else WIDTH)
        at = np.column_stack([x, np.full(count, 130 + 60 * number)])
        at[(x < -30) | (x > WIDTH)] = np.nan
        add("walks", (0, 0), int(rng.integers(90, 120)), at=at, nod=2 * np.sin(time * 11))
    return actors


def scenery(rng: np.random.Generator) -> Floats:
    """Draw walls and a floor with edges."""
    soft = cv2.GaussianBlur(rng.normal(0, 1, (HEIGHT, WIDTH)), (0, 0), 12)
    picture = np.asarray(120 + 300 * soft, np.float64)
    for _ in range(25):
        x, y = rng.integers(0, WIDTH), rng.integers(0, HEIGHT)
        picture[y : y + rng.integers(5, 120), x : x + rng.integers(5, 120)] += rng.uniform(-50, 50)
    return picture


def draw_actor(picture: Floats, actor: Actor, frame: int) -> None:
    """Put an actor into a picture, moved by fractions of pixels."""
    x, y = actor.at[frame]
    if np.isnan(x):
        return
    high, wide = actor.texture.shape
    rows = np.arange(high)
    shift = np.where(rows < high / 2, actor.lean[frame], 0.25 * actor.lean[frame])
    shift = np.where(rows < high / 6, shift + actor.nod[frame], shift)
    margin = int(np.ceil(np.abs(shift).max())) + 1
    left, top = int(np.floor(x)) - margin, round(float(y))
    across = (
        np.arange(wide + 2 * margin, dtype=np.float32)[None] - margin - (x - np.floor(x)) - shift[:, None]
    )
    down = np.repeat(rows[:, None], wide + 2 * margin, axis=1)
    source = actor.texture.astype(np.float32)
    body = cv2.remap(
        source,
        across.astype(np.float32),
        down.astype(np.float32),
        cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REPLICATE,
    )
    cover = np.clip(np.minimum(across + 1, wide - across), 0, 1)
    y1, y2, x1, x2 = max(top, 0), min(top + high, HEIGHT), max(left, 0), min(left + wide + 2 * margin, WIDTH)
    if y1 >= y2 or x1 >= x2:
        return
    inside = slice(y1 - top, y2 - top), slice(x1 - left, x2 - left)
    place = picture[y1:y2, x1:x2]
    place += cover[inside] * (body[inside] - place)


def boxes_of(actors: list[Actor], frame: int) -> Floats:
    """(n, 4) boxes of the actors, cut by the frame's edge, NaN where they are not in the picture."""
    boxes = np.array(
        [[*actor.at[frame], *(actor.at[frame] + actor.texture.shape[::-1])] for actor in actors], np.float64
    )
    boxes[:, [0, 2]] += np.array([actor.lean[frame] / 2 for actor in actors])[:, None]
    return boxes.clip(0, (WIDTH, HEIGHT, WIDTH, HEIGHT))


@dataclass(frozen=True, slots=True)
class Counted:
    """How much of the time for which an actor was followed counts.

    Attributes:
        name: what it is.
        living: whether it is a person.
        share: share of the time that counts.
        left_out_s: rest of the time in seconds.
    """

    name: str
    living: bool
    share: float
    left_out_s: float


def judged(seed: int, fps: float, seconds: float) -> list[Counted]:
    """Draw a clip, follow what a detector finds in it, and judge it."""
    rng = np.random.default_rng(seed)
    count = round(seconds * fps)
    actors, empty = cast(rng, count, fps), scenery(rng)
    noise, quality = rng.uniform(1.5, 5), int(rng.integers(55, 90))
    light = 1 + 0.06 * np.sin(np.arange(count) / fps * rng.uniform(0.02, 0.3) + rng.uniform(0, 6))
    samples, tracker = SceneSamples(), OnlineTracker(TrackSettings(), confidence=0.25)
    order = sorted(actors, key=lambda actor: np.nan_to_num(actor.at[:, 1]).max() + actor.texture.shape[0])
    pts_us = np.round(np.arange(count) * 1e6 / fps).astype(np.int64)
    due_us = 0
    whose: list[Ints] = []
    detected: list[Floats] = []
    for frame in range(count):
        boxes = boxes_of(actors, frame)
        high = boxes[:, 3] - boxes[:, 1]
        found = ~np.isnan(boxes[:, 0]) & (rng.random(len(actors)) < [actor.found for actor in actors])
        found &= np.nan_to_num(np.minimum(high, boxes[:, 2] - boxes[:, 0])) > 8
        whose.append(np.flatnonzero(found))
        trembling = boxes[found] + rng.normal(0, 0.015, (found.sum(), 4)) * high[found, None]
        trembling = trembling.clip(0, (WIDTH, HEIGHT, WIDTH, HEIGHT))
        detected.append(trembling)
        sure = np.array([actor.confidence for actor in actors])[found] + rng.normal(0, 0.06, found.sum())
        detections = Detections(
            trembling.astype(np.float32),
            sure.clip(0.1, 0.95).astype(np.float32),
            np.zeros(found.sum(), np.int32),
        )
        tracker.update(frame, int(pts_us[frame]), detections, None)
        if pts_us[frame] >= due_us:
            due_us = pts_us[frame] + 500_000
            picture = empty.copy()
            for actor in order:
                draw_actor(picture, actor, frame)
            picture = picture * light[frame] + rng.normal(0, noise, picture.shape)
            _, code = cv2.imencode(
                ".jpg", picture.clip(0, 255).astype(np.uint8), [cv2.IMWRITE_JPEG_QUALITY, quality]
            )
            image = cv2.imdecode(code, cv2.IMREAD_COLOR)
            assert image is not None
            samples.add(Frame(frame, int(pts_us[frame]), image.astype(np.uint8)), detections.boxes)
    index = np.arange(count, dtype=np.int32)
    dt_us = np.full(count, round(1e6 / fps), np.int32)
    seen, _, told = link_alive(
        tracker.finish(),
        tracker.half_embeddings(),
        samples,
        frames=ProcessedFrames(index, pts_us, dt_us),
        people=np.array([True]),
        width=WIDTH,
        height=HEIGHT,
        settings=TrackSettings(),
    )
    assert told is not None
    actor_of = np.array(
        [
            whose[frame][np.abs(detected[frame] - box).sum(axis=1).argmin()]
            for frame, box in zip(seen.frame, seen.boxes, strict=True)
        ]
    )
    counts = np.array([told[track] >= ALIVE for track in seen.track.tolist()])
    return [
        Counted(
            actors[who].name,
            actors[who].name not in THINGS,
            float(counts[actor_of == who].mean()),
            float((~counts[actor_of == who]).sum() / fps),
        )
        for who in np.unique(actor_of).tolist()
    ]
