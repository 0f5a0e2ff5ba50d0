"""What a detector makes of a drawn world: who it misses, how its boxes err, what it takes for a person.

Real detectors err for a while, not from frame to frame anew: whom they miss they miss for some frames. So
errors are a process in time (Ornstein-Uhlenbeck), the same at any frame rate.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr

from heatcli.detect.base import Detections
from heatcli.detect.model import CONFIDENCE_FLOOR, NMS_IOU
from heatcli.geometry import iou_matrix
from tests.support.world_floor import Floats, World
from tests.support.world_view import Image, Truth, film

_FOUND = 0.97
"""Share of the frames in which somebody in full view is found."""
_HIDDEN = (0.15, 0.6)
"""Nobody is found of whom less shows than the first, and more from the second on are found like anybody."""
_STEADY_S = 0.4
"""For how long errors stay alike."""
_JITTER = 0.02
"""Standard deviation of each edge of a box, in heights of the box: half of its variance stays alike."""
_FALSE_PER_S = 0.05
_FALSE_S = 0.3
"""How often something is taken for a person, and for how long at most."""


@dataclass(frozen=True, slots=True)
class Moment:
    """A frame, who is in it and what was found in it."""

    image: Image
    truth: Truth
    found: Detections


def detect(world: World, *, seed: int = 0) -> Iterator[Moment]:
    """Film a world and find the people in it."""
    rng = np.random.default_rng(seed)
    keep = float(np.exp(-1 / world.fps / _STEADY_S))
    # Per person: how bad the moment is, and four edges.
    errors = rng.normal(size=(len(world.people), 5))
    false, false_until = np.zeros(4), -1.0
    for image, truth in film(world, seed=seed):
        errors = keep * errors + np.sqrt(1 - keep**2) * rng.normal(size=errors.shape)
        boxes, shows = _boxes(truth, errors, rng)
        time_s = truth.pts_us / 1e6
        if rng.random() < _FALSE_PER_S / world.fps:
            false, false_until = _false_box(world, rng), time_s + rng.uniform(0, _FALSE_S)
        if time_s < false_until:
            boxes, shows = np.vstack([boxes, false]), np.append(shows, rng.uniform(0, 0.3))
        yield Moment(image, truth, _detections(boxes, shows, rng))


def _boxes(truth: Truth, errors: Floats, rng: np.random.Generator) -> tuple[Floats, Floats]:
    """Boxes of those found, and how much of them shows. Legs that are hidden are left out of the box."""
    low, high = _HIDDEN
    chance = _FOUND * np.clip((truth.visibility - low) / (high - low), 0, 1)
    here = np.flatnonzero(ndtr(errors[truth.person, 0]) < chance)
    boxes = truth.boxes[here].copy()
    boxes[:, [1, 3]] = truth.seen[here][:, [1, 3]]
    jitter = (errors[truth.person[here], 1:] + rng.normal(size=(len(here), 4))) / np.sqrt(2)
    boxes += _JITTER * jitter * (boxes[:, 3:] - boxes[:, 1:2])
    return boxes, truth.visibility[here]


def _false_box(world: World, rng: np.random.Generator) -> Floats:
    """Something as large as a person."""
    x, y = rng.uniform(-3, 3), rng.uniform(5, 10)
    corners = world.camera.project(x + np.array([-0.25, 0.25]), y, np.array([0.0, 1.7]))
    return np.concatenate([corners.min(axis=0), corners.max(axis=0)])


def _detections(boxes: Floats, shows: Floats, rng: np.random.Generator) -> Detections:
    """Give confidence to what shows well, and suppress what overlaps it, as detectors do."""
    confidence = np.clip(0.2 + 0.65 * shows + rng.normal(0, 0.08, len(boxes)), 0, 0.95)
    order = np.argsort(-confidence, kind="stable")
    covers = np.triu(iou_matrix(boxes[order], boxes[order]) > NMS_IOU, 1)
    keep = np.ones(len(order), np.bool_)
    for rank in range(len(order)):
        keep[covers[rank] & keep[rank]] = False
    kept = order[keep & (confidence[order] >= CONFIDENCE_FLOOR)]
    kept = kept[(boxes[kept, 2:] - boxes[kept, :2]).min(axis=1, initial=np.inf) >= 2]
    return Detections(
        boxes[kept].astype(np.float32), confidence[kept].astype(np.float32), np.zeros(len(kept), np.int32)
    )
