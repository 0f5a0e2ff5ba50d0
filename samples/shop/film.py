"""One frame of the clip at a time: people in the scene, their shadows, the truth about them, the sensor."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from samples.shop import scene
from samples.shop.camera import Floats
from samples.shop.figure import solids
from samples.shop.posture import pose
from samples.shop.scene import CAMERA, SUPERSAMPLING, Scene
from samples.shop.script import DURATION, Person
from samples.shop.solids import Drawing, Solid, draw

FPS = 12.5
FRAMES = round(DURATION * FPS)

# Of a person's whole silhouette, how much the walls and furniture must leave in sight for a row in the truth.
# Inside the shop they always do, so this says when somebody has come in or gone.
MIN_VISIBLE = 0.1

_NOISE = 4.0  # grey levels, standard deviation
_BLUR = 0.6  # pixels, standard deviation
# How far a shadow is displaced along x and y per metre of height, and how dark it is.
_SHADOWS = ((0.42, 0.12, 0.28), (-0.25, 0.30, 0.18))
_SOFTNESS = 2.2  # pixels, standard deviation


@dataclass(frozen=True, slots=True)
class Truth:
    """Where a person is in a frame.

    Attributes:
        number: the person's id.
        box: left, top, right, bottom of the whole figure and of what it carries, in pixels, clipped to the
            frame; parts that others or a shelf hide are included.
        foot: x, y on the floor, in metres.
        visible: how much of the silhouette neither furniture nor people in front of it hide, 0..1.
    """

    number: int
    box: tuple[float, float, float, float]
    foot: tuple[float, float]
    visible: float


class Film:
    """Draws frames in any order; the same seed and frame give the same pixels."""

    def __init__(self, people: tuple[Person, ...], seed: int) -> None:
        self.people = people
        self.seed = seed
        self.scene: Scene = scene.build(seed)
        rows, columns = np.mgrid[0 : CAMERA.height, 0 : CAMERA.width]
        radius = np.hypot(columns - CAMERA.width / 2, rows - CAMERA.height / 2) / (CAMERA.width / 2)
        self._vignette = (1 - 0.16 * radius**2).astype(np.float32)[..., None]

    def frame(self, index: int) -> tuple[NDArray[np.uint8], list[Truth]]:
        """Frame `index` from 0: (360, 640, 3) uint8 RGB before encoding, and who is in it, by id."""
        present = self._present(index / FPS)
        drawings = {person.number: drawing for person, _, drawing in present}
        colour, owner = self._layer(drawings)
        shade = self._shade([parts for _, parts, _ in present])
        alpha = scene.reduced((owner > 0).astype(np.float32))[..., None]
        image = self.scene.picture * shade[..., None] * (1 - alpha) + scene.reduced(colour)
        truth = []
        for person, _, drawing in present:
            silhouette = np.isfinite(drawing.depth)
            behind = drawing.depth < self.scene.depth[_window(drawing)]
            if np.count_nonzero(behind) < MIN_VISIBLE * np.count_nonzero(silhouette):
                continue
            seen = np.count_nonzero(owner[_window(drawing)] == person.number) / np.count_nonzero(silhouette)
            truth.append(Truth(person.number, _box(drawing), person.motion.place(index / FPS), seen))
        return self._sensor(image, index), truth

    def _present(self, time: float) -> list[tuple[Person, list[Solid], Drawing]]:
        """Who is about at a time, in the frame, drawn each for themselves."""
        camera = CAMERA.scaled(SUPERSAMPLING)
        present = []
        for person in self.people:
            if person.motion.times[0] <= time <= person.motion.times[-1]:
                parts = solids(person.look, pose(person.look, person.motion, time))
                drawing = draw(parts, camera)
                if np.isfinite(drawing.depth).any():
                    present.append((person, parts, drawing))
        return present

    def _layer(self, drawings: dict[int, Drawing]) -> tuple[NDArray[np.float32], NDArray[np.uint8]]:
        """Draw everybody where nothing nearer hides them: colours, and whose each pixel is, or 0."""
        depth = self.scene.depth.copy()
        colour = np.zeros((*depth.shape, 3), dtype=np.float32)
        owner = np.zeros(depth.shape, dtype=np.uint8)
        for number, drawing in drawings.items():
            at = _window(drawing)
            nearer = drawing.depth < depth[at]
            depth[at][nearer] = drawing.depth[nearer]
            colour[at][nearer] = drawing.colour[nearer]
            owner[at][nearer] = number
        return colour, owner

    def _shade(self, people: list[list[Solid]]) -> NDArray[np.float32]:
        """(rows, columns): what the people's shadows leave of the light, 1 where there are none."""
        left = np.ones((CAMERA.height, CAMERA.width), dtype=np.float32)
        for dx, dy, strength in _SHADOWS:
            mask = np.zeros((CAMERA.height, CAMERA.width), dtype=np.uint8)
            for outline in (outline for parts in people for outline in _shadows(parts, dx, dy)):
                cv2.fillConvexPoly(mask, np.round(outline * 16).astype(np.int32), 255, cv2.LINE_AA, shift=4)
            soft = cv2.GaussianBlur(mask.astype(np.float32) / 255, (0, 0), _SOFTNESS)
            left *= 1 - strength * self.scene.floor * soft
        return left

    def _sensor(self, image: NDArray[np.floating], index: int) -> NDArray[np.uint8]:
        """Lens blur and vignetting, the washed-out colours of a cheap sensor, and its noise."""
        blurred = cv2.GaussianBlur(image * self._vignette, (0, 0), _BLUR)
        grey = blurred.mean(axis=2, keepdims=True)
        muted = 8 + 0.98 * (grey + 0.84 * (blurred - grey))
        rng = np.random.default_rng((self.seed, index))
        noise = _NOISE * rng.standard_normal(muted.shape, dtype=np.float32)
        return np.asarray(np.clip(np.round(muted + noise), 0, 255), dtype=np.uint8)


def _window(drawing: Drawing) -> tuple[slice, slice]:
    rows, columns = drawing.depth.shape
    return np.s_[drawing.top : drawing.top + rows, drawing.left : drawing.left + columns]


def _box(drawing: Drawing) -> tuple[float, float, float, float]:
    """Left, top, right and bottom of the silhouette, in pixels of the frame."""
    rows, columns = np.nonzero(np.isfinite(drawing.depth))
    return (
        float(drawing.left + columns.min()) / SUPERSAMPLING,
        float(drawing.top + rows.min()) / SUPERSAMPLING,
        float(drawing.left + columns.max() + 1) / SUPERSAMPLING,
        float(drawing.top + rows.max() + 1) / SUPERSAMPLING,
    )


def _shadows(parts: list[Solid], dx: float, dy: float) -> list[Floats]:
    """(n, 2) outlines in pixels of solids' shadows on the floor; soft, so a solid is taken as round."""
    centres = np.array([[solid.a, solid.b] for solid in parts])
    radii = np.array([[solid.radius_a, solid.radius_b] for solid in parts])
    ground = centres[..., :2] + centres[..., 2:] * (dx, dy)
    angles = np.arange(8) * np.pi / 4
    circle = np.column_stack([np.cos(angles), np.sin(angles)])
    rims = ground[:, :, None] + radii[:, :, None, None] * circle
    points = np.concatenate([rims.reshape(-1, 2), np.zeros((rims.size // 2, 1))], axis=1)
    pixels = CAMERA.project(points)[:, :2].astype(np.float32).reshape(len(parts), 16, 2)
    return [np.asarray(cv2.convexHull(outline), dtype=np.float64).reshape(-1, 2) for outline in pixels]
