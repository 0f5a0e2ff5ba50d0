"""Which of the eleven basic colours clothes and vehicles have.

The colour names are those that languages have in common (Berlin and Kay, Basic Color Terms, 1969). Hue,
chroma and lightness in CIELAB decide which name a colour has: brown is a dark orange, pink a light red. The
limits are round numbers that follow the survey of R. Munroe (xkcd.com/color/rgb, 2010), in which 222,500
people named colours, but leave more room to black, white and grey: clothes are duller than screens.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from heatcli.track.appearance.attributes import Shares
from heatcli.track.appearance.patches import places, sample_boxes

# The upper body, as fractions of the box across and down: between the arms, from the shoulders to the hips of
# a standing person.
_UPPER_BODY = ((0.3, 0.7), (1 / 6, 1 / 2))
# The body of a vehicle, as the same fractions: below most of its windows and above its wheels and shadow.
_BODY = ((0.2, 0.8), (0.35, 0.75))
# Number of pixels sampled in each box, across and down.
_ACROSS, _DOWN = 8, 12
# Mean of a frame, of 0..255, that cameras expose for. Pixels are scaled by the square root of its ratio to
# the frame's mean: that halves each change of light, and each error where the scene itself is light or dark.
_EXPOSURE = 110.0
# Step of the pixels, across and down, from which a frame's mean is taken: it needs only some of them.
_MEAN_STEP = 16

# Chroma below which nobody sees a colour in a recorder's picture: video codecs shift greys by about 5, and
# lamps shift them all. Nearly black pixels have more chroma from noise alone, nearly white ones from the
# lamp.
_LEAST_CHROMA = 10.0
_DARK, _LEAST_DARK_CHROMA = 12.0, 15.0
_LIGHT, _LEAST_LIGHT_CHROMA = 88.0, 15.0
# Lightness at which black turns to grey, and grey to white.
_BLACK, _WHITE = 25.0, 70.0
# Names of colours that are not grey, as (first hue, last hue, least lightness, least chroma, name), hues in
# degrees: the first line that fits decides. Purple begins at 308 degrees, which is -52.
_FIRST_HUE = -52
_HUES = (
    (-52, -30, 0, 0, "purple"),
    (-30, 12, 45, 0, "pink"),
    (-30, 0, 0, 0, "purple"),
    (0, 12, 0, 0, "red"),
    (12, 45, 60, 0, "pink"),
    (12, 45, 0, 35, "red"),
    (45, 80, 55, 45, "orange"),
    (45, 80, 45, 60, "orange"),
    (80, 113, 65, 30, "yellow"),
    (12, 100, 0, 0, "brown"),
    (100, 188, 0, 0, "green"),
    (188, 308, 0, 0, "blue"),
)


class ColorNames:
    """Names the colours of upper bodies and vehicles, as the module describes."""

    names = ("black", "white", "grey", "red", "orange", "yellow", "green", "blue", "purple", "pink", "brown")
    # A third of the clothes, where a quarter of the sampled pixels are background, a bag or a hand.
    least = 0.25

    def classify(
        self, image: NDArray[np.uint8], boxes: NDArray[np.floating], persons: NDArray[np.bool_]
    ) -> Shares:
        """Compute the share of each body that has each colour.

        Args:
            image: (height, width, 3) uint8 BGR image of the frame.
            boxes: (n, 4) boxes x1 y1 x2 y2 in pixels, all of them in the image.
            persons: (n,) mask of the persons, whose upper body counts; of others the middle of the box does.
        """
        (x, y), (body_x, body_y) = (
            [places(*side, count) for side, count in zip(part, (_ACROSS, _DOWN), strict=True)]
            for part in (_UPPER_BODY, _BODY)
        )
        of_person = persons[:, None]
        pixels, _ = sample_boxes(
            image, boxes, across=np.where(of_person, x, body_x), down=np.where(of_person, y, body_y)
        )
        light = max(float(image[::_MEAN_STEP, ::_MEAN_STEP].mean()), 1.0)
        exposed = np.minimum(pixels.reshape(len(boxes), -1, 3) / 255 * np.sqrt(_EXPOSURE / light), 1)
        lab = np.asarray(cv2.cvtColor(exposed.astype(np.float32), cv2.COLOR_BGR2Lab))
        named = name_colors(lab)[..., None]
        shares: Shares = (named == np.arange(len(self.names))).mean(axis=1, dtype=np.float32)
        return shares

    def close(self) -> None:
        """Release nothing."""


def name_colors(lab: NDArray[np.floating]) -> NDArray[np.uint8]:
    """Return indices (...) into `ColorNames.names` for colours (..., 3) in CIELAB under D65."""
    lightness, a, b = np.moveaxis(np.asarray(lab, np.float64), -1, 0)
    chroma = np.hypot(a, b)
    hue = (np.degrees(np.arctan2(b, a)) - _FIRST_HUE) % 360 + _FIRST_HUE
    least = np.select(
        [lightness < _DARK, lightness >= _LIGHT], [_LEAST_DARK_CHROMA, _LEAST_LIGHT_CHROMA], _LEAST_CHROMA
    )
    grey = chroma < least
    rules = [
        (grey & (lightness < _BLACK), "black"),
        (grey & (lightness >= _WHITE), "white"),
        (grey, "grey"),
        *(
            ((hue >= begin) & (hue < end) & (lightness >= least_lightness) & (chroma >= least_chroma), name)
            for begin, end, least_lightness, least_chroma, name in _HUES
        ),
    ]
    names = [np.uint8(ColorNames.names.index(name)) for _, name in rules]
    return np.select([holds for holds, _ in rules], names)
