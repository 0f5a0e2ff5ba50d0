"""The empty shop: where things stand, and its picture and depth as the camera sees them."""

from dataclasses import dataclass
from math import radians

import cv2
import numpy as np
from numpy.typing import NDArray

from samples.shop import textures
from samples.shop.camera import Camera, Floats
from samples.shop.textures import Picture

CAMERA = Camera(640, 360, focal=478.0, position=(0.0, 0.0, 3.4), pitch=radians(24.5), yaw=radians(-2.0))

SUPERSAMPLING = 4  # lines and columns drawn for each one of the image, against jagged edges

# The room, in metres. The camera hangs on the wall at y = 0; the door is an opening in the left wall.
LEFT, RIGHT, BACK, CEILING = -4.2, 4.6, 12.4, 3.3
DOOR = (7.1, 9.3)
DOOR_HEIGHT = 2.25

Box = tuple[float, float, float, float, float]  # x from, x to, y from, y to, height
BACK_SHELF: Box = (-3.7, 4.1, 11.9, 12.4, 2.05)
LEFT_SHELF: Box = (-4.2, -3.75, 9.75, 11.6, 1.95)
RIGHT_SHELF: Box = (4.15, 4.6, 7.7, 11.6, 1.95)
GONDOLA: Box = (-2.4, 0.2, 9.0, 9.7, 1.15)
ISLAND: Box = (1.6, 2.35, 8.0, 10.5, 1.3)
FRUIT: Box = (-3.1, -2.05, 4.9, 6.0, 0.75)
COUNTER: Box = (1.0, 1.6, 4.9, 6.8, 0.9)
CUPBOARD: Box = (3.8, 4.6, 5.5, 7.1, 0.95)
FURNITURE = (BACK_SHELF, LEFT_SHELF, RIGHT_SHELF, GONDOLA, ISLAND, FRUIT, COUNTER, CUPBOARD)

# Ceiling lamps (x, y), for the fall-off of light over the room.
_LAMPS = ((-2.0, 4.5), (2.0, 4.5), (-2.0, 8.5), (2.0, 8.5), (-2.0, 12.0), (2.0, 12.0))


@dataclass(frozen=True, slots=True)
class Scene:
    """The empty shop as the camera sees it.

    Attributes:
        picture: (rows, columns, 3) float32 RGB, 0..255.
        depth: (rows, columns) float32 metres along the optical axis, supersampled.
        floor: (rows, columns) float32, how much of a pixel is floor inside the shop; shadows fall only there.
    """

    picture: Picture
    depth: NDArray[np.float32]
    floor: NDArray[np.float32]


class _Painter:
    """Draws textured rectangles into a picture with a depth buffer."""

    def __init__(self, camera: Camera) -> None:
        self.camera = camera
        self.rays = camera.rays(0, 0, camera.width, camera.height)
        self.picture = np.zeros((camera.height, camera.width, 3), dtype=np.float32)
        self.depth = np.full((camera.height, camera.width), np.inf, dtype=np.float32)

    def quad(self, corners: Floats, texture: Picture) -> None:
        """Draws a rectangle given by its top left, top right, bottom right and bottom left corner."""
        rows, columns = texture.shape[:2]
        image = self.camera.project(corners)[:, :2].astype(np.float32)
        flat = np.array([[0, 0], [columns, 0], [columns, rows], [0, rows]], dtype=np.float32)
        # Between continuous coordinates and those of OpenCV, whose pixel centres are whole numbers.
        matrix = cv2.getPerspectiveTransform(flat - 0.5, image - 0.5)
        low = np.clip(np.floor(image.min(axis=0)), 0, (self.camera.width, self.camera.height)).astype(int)
        high = np.clip(np.ceil(image.max(axis=0)), 0, (self.camera.width, self.camera.height)).astype(int)
        if (high <= low).any():
            return
        window = np.s_[low[1] : high[1], low[0] : high[0]]
        matrix = np.array([[1, 0, -low[0]], [0, 1, -low[1]], [0, 0, 1]]) @ matrix
        size = (high - low).tolist()
        colour = cv2.warpPerspective(texture, matrix, size, borderMode=cv2.BORDER_REPLICATE)
        inside = cv2.warpPerspective(
            np.ones(texture.shape[:2], np.uint8), matrix, size, flags=cv2.INTER_NEAREST
        )
        normal = np.cross(corners[1] - corners[0], corners[3] - corners[0])
        with np.errstate(divide="ignore"):
            depth = (normal @ (corners[0] - self.camera.position)) / (self.rays[window] @ normal)
        seen = (inside > 0) & (depth > 0) & (depth < self.depth[window])
        self.picture[window][seen] = colour[seen]
        self.depth[window][seen] = depth[seen]

    def box(self, box: Box, *, front: Picture, side: Picture, top: Picture, base: float = 0.0) -> None:
        """Draws the faces of a box that a camera at y = 0 can see."""
        x0, x1, y0, y1, z1 = box
        z0 = base
        for corners, texture in (
            ([(x0, y0, z1), (x1, y0, z1), (x1, y0, z0), (x0, y0, z0)], front),
            ([(x0, y1, z1), (x0, y0, z1), (x0, y0, z0), (x0, y1, z0)], side * np.float32(0.86)),
            ([(x1, y0, z1), (x1, y1, z1), (x1, y1, z0), (x1, y0, z0)], side * np.float32(0.92)),
            ([(x0, y1, z1), (x1, y1, z1), (x1, y0, z1), (x0, y0, z1)], top),
        ):
            self.quad(np.array(corners), texture)


def light(x: Floats, y: Floats) -> NDArray[np.float64]:
    """Relative brightness at floor positions in metres: about 1, more under the lamps and near the door."""
    lamps = sum(np.exp(-((x - a) ** 2 + (y - b) ** 2) / (2 * 2.2**2)) for a, b in _LAMPS)
    daylight = np.exp(-((x - LEFT) ** 2 + (y - sum(DOOR) / 2) ** 2) / (2 * 1.4**2))
    return np.asarray(0.84 + 0.12 * lamps + 0.14 * daylight)


def build(seed: int) -> Scene:
    """Draws the empty shop for `CAMERA`. The same seed gives the same arrays."""
    camera = CAMERA.scaled(SUPERSAMPLING)
    rng = np.random.default_rng(seed)
    painter = _Painter(camera)
    _room(painter, rng)
    _furniture(painter, rng)
    points = camera.position + painter.rays * painter.depth[..., None]
    floor = (np.abs(points[..., 2]) < 0.01) & (points[..., 0] > LEFT)
    size = camera.width // SUPERSAMPLING, camera.height // SUPERSAMPLING
    places = np.asarray(cv2.resize(points[..., :2], size, interpolation=cv2.INTER_NEAREST), dtype=np.float64)
    picture = reduced(painter.picture) * light(places[..., 0], places[..., 1])[..., None]
    return Scene(
        np.clip(picture, 0, 255).astype(np.float32), painter.depth, reduced(floor.astype(np.float32))
    )


def reduced(pixels: NDArray[np.float32]) -> NDArray[np.float32]:
    """Supersampled pixels averaged to those of `CAMERA`."""
    size = pixels.shape[1] // SUPERSAMPLING, pixels.shape[0] // SUPERSAMPLING
    return np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), dtype=np.float32)


def _room(painter: _Painter, rng: np.random.Generator) -> None:
    """Floor, walls, door and what is seen through it."""
    near = 1.0
    tiles = textures.tiles(rng, RIGHT - LEFT, BACK - near, (172, 164, 152))
    tiles *= _ambient_occlusion(tiles.shape[0], tiles.shape[1], near)[..., None]
    painter.quad(
        np.array([(LEFT, BACK, 0), (RIGHT, BACK, 0), (RIGHT, near, 0), (LEFT, near, 0)], dtype=float), tiles
    )
    wall = (198, 190, 174)
    back = textures.shaded(textures.plain(RIGHT - LEFT, CEILING, wall), 1.0, 0.9)
    painter.quad(
        np.array([(LEFT, BACK, CEILING), (RIGHT, BACK, CEILING), (RIGHT, BACK, 0), (LEFT, BACK, 0)]), back
    )
    right = textures.shaded(textures.plain(BACK - near, CEILING, (184, 178, 166)), 1.0, 0.82)
    painter.quad(
        np.array([(RIGHT, BACK, CEILING), (RIGHT, near, CEILING), (RIGHT, near, 0), (RIGHT, BACK, 0)]), right
    )
    outside = LEFT - 0.25
    for y0, y1, base in ((near, DOOR[0], 0.0), (*DOOR, DOOR_HEIGHT), (DOOR[1], BACK, 0.0)):
        face = textures.shaded(textures.plain(y1 - y0, CEILING - base, (190, 184, 170)), 1.0, 0.86)
        jamb = textures.plain(0.25, CEILING - base, (210, 212, 212))
        painter.box((outside, LEFT, y0, y1, CEILING), front=jamb, side=face, top=jamb, base=base)
    frame = textures.plain(0.1, DOOR_HEIGHT, (70, 76, 82))
    for y in DOOR:
        painter.box(
            (LEFT - 0.04, LEFT + 0.04, y - 0.05, y + 0.05, DOOR_HEIGHT), front=frame, side=frame, top=frame
        )
    painter.box(
        (LEFT - 0.04, LEFT + 0.04, *DOOR, DOOR_HEIGHT + 0.1),
        front=frame,
        side=frame,
        top=frame,
        base=DOOR_HEIGHT,
    )
    pavement = textures.plain(1.0, 1.0, (206, 208, 208))
    painter.quad(np.array([(-9.0, 30.0, 0), (LEFT, 30.0, 0), (LEFT, 4.0, 0), (-9.0, 4.0, 0)]), pavement)
    houses = textures.street(rng, 26.0, 6.0)
    painter.quad(np.array([(-9.0, 4.0, 6.0), (-9.0, 30.0, 6.0), (-9.0, 30.0, 0), (-9.0, 4.0, 0)]), houses)
    mat = textures.plain(1.0, 1.9, (84, 80, 78)) * rng.normal(1, 0.06, (380, 200, 1)).astype(np.float32)
    y0, y1 = DOOR[0] + 0.15, DOOR[1] - 0.15
    lift = 0.002  # above the tiles, so that it is drawn over them
    painter.quad(
        np.array([(LEFT, y1, lift), (LEFT + 1, y1, lift), (LEFT + 1, y0, lift), (LEFT, y0, lift)]), mat
    )


def _ambient_occlusion(rows: int, columns: int, near: float) -> NDArray[np.float32]:
    """How much of the ceiling's light reaches each point of the floor: less beside furniture and walls."""
    scale = 25  # pixels per metre are enough for what is blurred over decimetres
    blocked = np.zeros((round((BACK - near) * scale), round((RIGHT - LEFT) * scale)), dtype=np.float32)
    for x0, x1, y0, y1, _ in FURNITURE:
        left, right = (max(0, round((x - LEFT) * scale)) for x in (x0, x1))
        top, bottom = (max(0, round((BACK - y) * scale)) for y in (y1, y0))
        blocked[top:bottom, left:right] = 1
    blocked[:, [0, -1]] = 0.6
    soft = cv2.GaussianBlur(blocked, (0, 0), 0.16 * scale)
    wide = cv2.GaussianBlur(blocked, (0, 0), 0.5 * scale)
    return np.asarray(cv2.resize(1 - 0.34 * soft - 0.22 * wide, (columns, rows)), dtype=np.float32)


def _furniture(painter: _Painter, rng: np.random.Generator) -> None:
    metal, wood = (150, 150, 150), (150, 116, 82)
    for box, boards in ((BACK_SHELF, 5), (LEFT_SHELF, 5), (RIGHT_SHELF, 5), (GONDOLA, 3), (ISLAND, 3)):
        x0, x1, y0, y1, height = box
        along_wall = x1 - x0 < y1 - y0
        goods = textures.shelf(rng, max(x1 - x0, y1 - y0), height, boards)
        end = textures.shaded(textures.plain(0.5, height, metal), 1.0, 0.75)
        top = textures.plain(x1 - x0, y1 - y0, (176, 172, 164))
        painter.box(box, front=end if along_wall else goods, side=goods if along_wall else end, top=top)
    banner = textures.sign(
        BACK_SHELF[1] - BACK_SHELF[0], 0.3, (46, 92, 84), ("BAKERY", "COFFEE", "DRINKS", "FROZEN")
    )
    green = textures.plain(0.5, 0.3, (46, 92, 84))
    x0, x1, y0, y1, height = BACK_SHELF
    painter.box((x0, x1, y0 - 0.02, y1, height + 0.3), front=banner, side=green, top=green, base=height)
    x0, x1, y0, y1, height = FRUIT
    painter.box(
        FRUIT,
        front=textures.shaded(textures.planks(rng, x1 - x0, height, wood), 1.0, 0.7),
        side=textures.shaded(textures.planks(rng, y1 - y0, height, wood), 1.0, 0.7),
        top=textures.crates(rng, x1 - x0, y1 - y0, 3, 2),
    )
    _till(painter, rng)


def _till(painter: _Painter, rng: np.random.Generator) -> None:
    x0, x1, y0, y1, height = CUPBOARD
    doors = textures.shaded(textures.planks(rng, y1 - y0, height, (112, 122, 122)), 1.05, 0.75)
    painter.box(CUPBOARD, front=doors, side=doors, top=textures.plain(x1 - x0, y1 - y0, (196, 192, 184)))
    boxes = textures.shelf(rng, 1.2, 0.4, 1)
    painter.box(
        (x0 + 0.4, x1, y0 + 0.1, y1 - 0.1, height + 0.4), front=boxes, side=boxes, top=boxes[:40], base=height
    )
    x0, x1, y0, y1, height = COUNTER
    panel = textures.shaded(textures.planks(rng, y1 - y0, height, (96, 112, 116)), 1.05, 0.7)
    painter.box(COUNTER, front=panel, side=panel, top=textures.plain(x1 - x0, y1 - y0, (204, 200, 192)))
    belt = textures.plain(0.38, 0.95, (52, 52, 54))
    painter.box(
        (x0 + 0.08, x0 + 0.46, y0 + 0.85, y1 - 0.1, height + 0.02),
        front=belt,
        side=belt,
        top=belt,
        base=height,
    )
    for box, colour in (
        ((x0 + 0.26, x0 + 0.56, y0 + 0.25, y0 + 0.6, height + 0.14), (66, 66, 70)),
        ((x0 + 0.3, x0 + 0.5, y0 + 0.34, y0 + 0.38, height + 0.42), (38, 44, 52)),
        ((x0 + 0.08, x0 + 0.2, y0 + 0.5, y0 + 0.62, height + 0.16), (176, 62, 52)),
    ):
        face = textures.plain(0.2, 0.2, colour)
        painter.box(box, front=face, side=face, top=face * np.float32(1.15), base=height)
