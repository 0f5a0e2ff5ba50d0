"""Drawn empty scenes of a fixed camera over many days: sun, clouds, lamps, infra-red, furniture, people.

A place is drawn once, larger than the picture, in visible light and in infra-red, where other things are
bright; each picture of it is lit by its hour and its day, taken through a camera that may have been turned,
and compressed, as plates are.
"""

from dataclasses import dataclass, field, replace

import cv2
import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.uint8]
_Light = NDArray[np.float32]

SIZE = (640, 360)
"""Width and height of the pictures in pixels."""

# Margin of the place around what the camera sees, so that it can be turned.
_MARGIN = 160


@dataclass(frozen=True, slots=True, kw_only=True)
class Camera:
    """How a camera hangs, compared with the day on which it was put up.

    Attributes:
        turned: angle in degrees by which its picture has turned, clockwise.
        moved: pixels by which its picture has moved to the right and down.
        blur: standard deviation in pixels by which it is out of focus.
        covered: part of the picture, from the left, that something covers.
        lit: part of the light that reaches it.
    """

    turned: float = 0.0
    moved: tuple[float, float] = (0.0, 0.0)
    blur: float = 0.0
    covered: float = 0.0
    lit: float = 1.0

    @property
    def matrix(self) -> NDArray[np.float64]:
        """(2, 3) matrix that takes a pixel of the first day to where it is now."""
        width, height = SIZE
        middle = (width - 1) / 2, (height - 1) / 2
        turned = np.asarray(cv2.getRotationMatrix2D(middle, -self.turned, 1), np.float64)
        turned[:, 2] += np.array(self.moved)
        return turned


@dataclass(slots=True)
class DrawnPlace:
    """A place that a camera looks at.

    Args:
        seed: number that decides what is there.
        textured: whether shelves full of goods are there, or little but walls and a door.
        infra_red: whether the camera has a lamp of its own at night; without one its nights are dark.
        outdoors: whether daylight is everywhere, rain and fog included, or comes through a window.
    """

    seed: int
    textured: bool = True
    infra_red: bool = True
    outdoors: bool = False
    _visible: _Light = field(init=False)
    _infra_red: _Light = field(init=False)

    def __post_init__(self) -> None:
        chance = np.random.default_rng(self.seed)
        width, height = (side + 2 * _MARGIN for side in SIZE)
        self._visible = np.full((height, width, 3), 0.55, np.float32)
        self._infra_red = np.full((height, width), 0.5, np.float32)
        horizon = int(height * chance.uniform(0.35, 0.45))
        self._fill([(0, horizon), (width, horizon), (width, height), (0, height)], chance)
        corner = int(width * chance.uniform(0.2, 0.4))
        self._fill([(0, 0), (corner, 0), (corner, horizon), (0, height * 3 // 4)], chance)
        joints = int(chance.integers(12, 28)) if self.textured else 5
        vanishing = width * chance.uniform(0.2, 0.8)
        for line in range(joints):  # of the floor
            x = width * line / joints
            self._line((int(vanishing + (x - vanishing) / 3), horizon), (int(3 * x - width), height), chance)
        for line in range(joints // 2):
            y = int(horizon + (height - horizon) * ((line + 1) / (joints // 2)) ** 1.6)
            self._line((0, y), (width, y), chance)
        self._box(width * 0.7, horizon * 0.45, 70, 160, chance)  # a door
        if self.textured:
            for _ in range(7):
                self._shelf(chance, width, horizon)
        for _ in range(12 if self.textured else 2):  # posters, signs, sockets
            left, top = chance.uniform(0.1, 0.9) * width, chance.uniform(0.05, 0.8) * horizon
            self._box(left, top, chance.uniform(8, 60), chance.uniform(8, 40), chance)

    def at(self, day: int, hour: float, camera: Camera | None = None) -> Picture:
        """Draw the empty scene of an hour.

        Args:
            day: number of the day, which decides on weather, furniture and who stands around.
            hour: hour of the day, from 0 to 24.
            camera: how the camera hangs; None for as on the first day.

        Returns:
            (height, width, 3) uint8 BGR picture.
        """
        camera = camera or Camera()
        chance = np.random.default_rng([self.seed, day, int(hour * 60)])
        albedo, dark = self._furnished(day), self._infra_red.copy()
        if is_day := 7 <= hour < 19:
            picture = albedo * self._daylight(day, hour)[..., None]
        elif self.infra_red:
            dark = 0.75 * dark + 0.25 * albedo.mean(axis=2)
            picture = np.repeat((dark * self._spot())[..., None], 3, axis=2)
        else:
            picture = albedo * 0.004
        self._people(picture, chance, lit=is_day or self.infra_red)
        if self.outdoors and is_day:
            fog = np.random.default_rng([self.seed, day, 1]).beta(1, 6) * 0.5
            picture = picture * (1 - fog) + fog * picture.mean()
        shaken = np.add(camera.moved, chance.normal(0, 0.25, 2))
        seen = _seen(picture, replace(camera, moved=(float(shaken[0]), float(shaken[1]))))
        if is_day or self.infra_red:  # automatic exposure
            seen *= chance.uniform(0.37, 0.5) / max(float(seen.mean()), 0.05)
        seen = np.clip(seen, 0, 1) ** 0.8 * 255 * camera.lit
        if camera.blur:
            seen = np.asarray(cv2.GaussianBlur(seen, (0, 0), camera.blur), np.float32)
        if camera.covered:
            seen[:, : round(camera.covered * SIZE[0])] = chance.uniform(40, 90)
        seen += chance.normal(0, 1.5 if is_day else 3, seen.shape)  # what a median leaves of noise
        quality = int(chance.integers(35, 90))
        _, packed = cv2.imencode(
            ".jpg", np.clip(seen, 0, 255).astype(np.uint8), [cv2.IMWRITE_JPEG_QUALITY, quality]
        )
        return np.asarray(cv2.imdecode(packed, cv2.IMREAD_COLOR), np.uint8)

    def _fill(self, corners: list[tuple[int, int]], chance: np.random.Generator) -> None:
        grey = float(chance.uniform(0.25, 0.85))
        colour = [float(np.clip(grey + c, 0.05, 0.95)) for c in chance.normal(0, 0.06, 3)]
        points = np.array(corners, np.int32)
        cv2.fillPoly(self._visible, [points], colour)
        cv2.fillPoly(self._infra_red, [points], float(chance.uniform(0.25, 0.85)))

    def _line(self, a: tuple[int, int], b: tuple[int, int], chance: np.random.Generator) -> None:
        darker = float(chance.uniform(0.25, 0.45))
        cv2.line(self._visible, a, b, [darker] * 3, 2, cv2.LINE_AA)
        cv2.line(self._infra_red, a, b, darker, 2, cv2.LINE_AA)

    def _box(self, x: float, y: float, width: float, height: float, chance: np.random.Generator) -> None:
        left, top = int(x), int(y)
        right, bottom = int(x + width), int(y + height)
        self._fill([(left, top), (right, top), (right, bottom), (left, bottom)], chance)

    def _shelf(self, chance: np.random.Generator, width: int, horizon: int) -> None:
        x, y = chance.uniform(0.02, 0.9) * width, horizon * chance.uniform(0.5, 1.3)
        boards, long = int(chance.integers(2, 5)), chance.uniform(60, 190)
        self._box(x, y, long, boards * 28, chance)
        for board in range(boards):
            for goods in range(int(long / 14)):
                high = chance.uniform(10, 24)
                self._box(x + goods * 14 + 2, y + board * 28 + 26 - high, 10, high, chance)

    def _furnished(self, day: int) -> _Light:
        """Return the place with the furniture of a day: racks and boxes, moved each few days."""
        place = self._visible.copy()
        for rack in range(4):
            chance = np.random.default_rng([self.seed, 99, rack, (day + rack) // 4])
            height, width = place.shape[:2]
            x, y = chance.uniform(0.15, 0.8) * width, chance.uniform(0.5, 0.8) * height
            colour = [float(c) for c in chance.uniform(0.1, 0.9, 3)]
            low = (int(x), int(y))
            cv2.rectangle(
                place,
                low,
                (low[0] + int(chance.uniform(20, 70)), low[1] + int(chance.uniform(30, 80))),
                colour,
                -1,
            )
        return place

    def _daylight(self, day: int, hour: float) -> _Light:
        """(height, width) light: lamps, the sky, and sunlight with hard edges where it falls in."""
        weather = np.random.default_rng([self.seed, day, 2])
        height, width = self._visible.shape[:2]
        across, down = np.meshgrid(np.linspace(-1, 1, width), np.linspace(-1, 1, height))
        clouds = float(np.clip(weather.normal(0.5, 0.35) + 0.2 * np.sin(hour * 3 + day), 0, 1))
        sun = (hour - 13) / 6
        sky = (1 - 0.5 * sun * sun) * (0.5 + 0.5 * clouds) * (1 + 0.4 * across * sun)
        lamps = 0.6 + 0.15 * np.cos(4 * across) * np.cos(3 * down) + 0.03 * np.sin(60 * down + day)
        light = (sky if self.outdoors else 0.35 * sky + lamps).astype(np.float32)
        beam = np.zeros((height, width), np.float32)
        for window in range(3):  # sunlight through windows, or between the shadows of houses and trees
            x = width * (0.2 + 0.3 * window + 0.5 * sun)
            y, slant = height * (0.4 + 0.15 * abs(sun)), 180 * sun
            corners = [(x, y), (x + 110, y), (x + 150 + slant, height), (x + slant, height)]
            cv2.fillPoly(beam, [np.array(corners, np.int32)], 1.0, cv2.LINE_AA)
        if self.outdoors:
            beam = 1 - beam
        return light + (1 - clouds) * (1.6 if self.outdoors else 1.2) * beam * np.float32(
            max(0, 1 - sun * sun)
        )

    def _spot(self) -> _Light:
        """(height, width) light of the infra-red lamp, which fades to the sides."""
        height, width = self._visible.shape[:2]
        across, down = np.meshgrid(np.linspace(-1, 1, width), np.linspace(-1, 1, height))
        return (0.08 + np.exp(-1.6 * (across**2 + 0.7 * (down - 0.1) ** 2))).astype(np.float32)

    def _people(self, picture: _Light, chance: np.random.Generator, *, lit: bool) -> None:
        """Draw who stood there for so long that a plate shows them."""
        height, width = picture.shape[:2]
        for _ in range(int(chance.integers(0, 4)) if lit else 0):
            x, y, tall = (
                chance.uniform(0.2, 0.8) * width,
                chance.uniform(0.5, 0.75) * height,
                chance.uniform(40, 110),
            )
            colour = [float(c) for c in np.full(3, chance.uniform(0.05, 0.7))]
            axes = (int(tall / 6), int(tall / 2))
            cv2.ellipse(picture, ((int(x), int(y))), axes, 0, 0, 360, colour, -1, cv2.LINE_AA)


def _seen(place: _Light, camera: Camera) -> _Light:
    """Return what a camera sees of a place."""
    matrix = np.vstack([camera.matrix, [0, 0, 1]]) @ [[1, 0, -_MARGIN], [0, 1, -_MARGIN], [0, 0, 1]]
    return np.asarray(
        cv2.warpAffine(place.astype(np.float32), matrix[:2], SIZE, flags=cv2.INTER_LINEAR), np.float32
    )
