"""A person's body: looks, and the solids that a pose of it is drawn with. Lengths are parts of the height.

Proportions of the skeleton follow Drillis and Contini, Body Segment Parameters (1966), as in Winter,
Biomechanics and Motor Control of Human Movement: hip at 0.530, shoulder at 0.818 of the height, thigh 0.245,
shank 0.246, upper arm 0.186, forearm 0.146, here with a little of the hand.
"""

from dataclasses import dataclass

import numpy as np

from samples.shop.camera import Floats
from samples.shop.solids import Colour, Patch, Solid

HIP, ANKLE = 0.530, 0.043
THIGH, SHANK = 0.245, 0.246
UPPER_ARM, FOREARM = 0.186, 0.160
SHOULDER = 0.818
_CLOTHES = 1.08  # what clothes add to the girth of a body
_HEAD = 1.06  # so that the head with its hair is 1 / 7.5 of the height


@dataclass(frozen=True, slots=True)
class Look:
    """What a person looks like.

    Attributes:
        height: in metres.
        girth: width of trunk and limbs, 1 for an average build.
        skin: RGB, 0..255.
        hair: RGB.
        top: RGB of shirt or jacket.
        bottom: RGB of trousers or skirt.
        shoes: RGB.
        hair_style: "short", "long", "bun", "bald" or "cap".
        short_sleeves: whether the forearms are bare.
        garment: "trousers", "skirt" or "coat".
        stripes: RGB of the shirt's stripes, or None.
        apron: RGB, or None.
        bag: "none", "backpack", "basket" or "tote".
        bag_colour: RGB.
    """

    height: float
    girth: float
    skin: Colour
    hair: Colour
    top: Colour
    bottom: Colour
    shoes: Colour = (44, 42, 44)
    hair_style: str = "short"
    short_sleeves: bool = False
    garment: str = "trousers"
    stripes: Colour | None = None
    apron: Colour | None = None
    bag: str = "none"
    bag_colour: Colour = (60, 62, 70)


@dataclass(frozen=True, slots=True)
class Pose:
    """Where a person's joints are. Every point is (3,) in metres; pairs are left, right.

    Attributes:
        forward: unit vector that the pelvis faces.
        gaze: unit vector that the head faces.
        pelvis: midway between the hips.
        chest: midway between the shoulders.
        head: its centre.
        shoulders, elbows, hands, hips, knees, ankles, toes: the limbs.
    """

    forward: Floats
    gaze: Floats
    pelvis: Floats
    chest: Floats
    head: Floats
    shoulders: tuple[Floats, Floats]
    elbows: tuple[Floats, Floats]
    hands: tuple[Floats, Floats]
    hips: tuple[Floats, Floats]
    knees: tuple[Floats, Floats]
    ankles: tuple[Floats, Floats]
    toes: tuple[Floats, Floats]


UP = np.array([0.0, 0.0, 1.0])


def _flattened(direction: Floats, factor: float) -> Floats:
    """Return the matrix that makes round again what is `factor` times as thick along `direction`."""
    return np.asarray(np.eye(3) + (1 / factor - 1) * np.outer(direction, direction))


def solids(look: Look, pose: Pose) -> list[Solid]:
    """Build the person, ready to be drawn."""
    return [
        *_legs(look, pose),
        *_trunk(look, pose),
        *_arms(look, pose),
        *_head(look, pose),
        *_bag(look, pose),
    ]


def _legs(look: Look, pose: Pose) -> list[Solid]:
    h, g = look.height, _CLOTHES * look.height * look.girth
    shin = look.skin if look.garment == "skirt" else look.bottom
    thigh = look.top if look.garment == "coat" else look.bottom
    parts = []
    for hip, knee, ankle, toe in zip(pose.hips, pose.knees, pose.ankles, pose.toes, strict=True):
        parts.append(Solid(hip, knee, 0.050 * g, 0.034 * g, thigh))
        parts.append(Solid(knee, ankle, 0.034 * g, 0.023 * g + 0.002 * h, shin))
        heel = ankle - 0.018 * h * UP + 0.12 * (ankle - toe)
        parts.append(Solid(heel, toe + 0.006 * h * UP, 0.024 * h, 0.018 * h, look.shoes))
    if look.garment != "trousers":
        colour = look.bottom if look.garment == "skirt" else look.top
        drop = 0.20 if look.garment == "skirt" else 0.17
        knees = (pose.knees[0] + pose.knees[1]) / 2
        hem = pose.pelvis + (knees - pose.pelvis) * 0.5 - (drop - 0.12) * h * UP
        spread = float(np.linalg.norm(pose.knees[0] - pose.knees[1])) * 0.28
        waist = pose.pelvis + 0.05 * h * UP
        parts.append(
            Solid(waist, hem, 0.080 * g, 0.080 * g + spread, colour, _flattened(pose.forward, 0.82), hem=True)
        )
    return parts


def _trunk(look: Look, pose: Pose) -> list[Solid]:
    h, g = look.height, _CLOTHES * look.height * look.girth
    across = pose.shoulders[0] - pose.shoulders[1]
    facing = np.cross(across / np.linalg.norm(across), UP)
    oval = _flattened(facing, 0.66 if look.girth < 1.1 else 0.8)
    apron = None if look.apron is None else Patch(look.apron, facing, 0.25)
    belly = pose.pelvis + 0.075 * h * UP
    seat = look.bottom if look.garment != "coat" else look.top
    ribs = pose.chest - 0.065 * h * UP
    nape = pose.chest + 0.012 * h * UP
    return [
        Solid(pose.pelvis - 0.005 * h * UP, belly, 0.086 * g, 0.080 * g, seat, oval, apron),
        Solid(belly, ribs, 0.082 * g, 0.096 * g, look.top, oval, apron, look.stripes),
        Solid(ribs, pose.chest - 0.02 * h * UP, 0.096 * g, 0.070 * g, look.top, oval, apron, look.stripes),
        *(Solid(shoulder, nape, 0.034 * g, 0.040 * h, look.top) for shoulder in pose.shoulders),
        Solid(pose.chest, pose.head - 0.03 * h * UP, 0.046 * h, 0.031 * h, look.skin),
    ]


def _arms(look: Look, pose: Pose) -> list[Solid]:
    h, g = look.height, _CLOTHES * look.height * look.girth
    sleeve = look.skin if look.short_sleeves else look.top
    parts = []
    for shoulder, elbow, hand in zip(pose.shoulders, pose.elbows, pose.hands, strict=True):
        wrist = elbow + 0.93 * (hand - elbow)
        parts.append(Solid(shoulder, elbow, 0.034 * g, 0.026 * g, look.top))
        parts.append(Solid(elbow, wrist, 0.0255 * g, 0.018 * g, sleeve))
        parts.append(Solid(hand, hand + 0.22 * (hand - elbow), 0.021 * h, 0.017 * h, look.skin))
    return parts


def _head(look: Look, pose: Pose) -> list[Solid]:
    h = _HEAD * look.height
    skull = Solid(pose.head - 0.020 * h * UP, pose.head + 0.012 * h * UP, 0.043 * h, 0.050 * h, look.skin)
    nose = pose.head + 0.05 * h * pose.gaze - 0.012 * h * UP
    aside = np.cross(UP, pose.gaze)
    parts = [skull, Solid(nose, nose, 0.009 * h, 0.009 * h, look.skin)]
    for side in (-0.019, 0.019):
        eye = pose.head + 0.042 * h * pose.gaze + side * h * aside + 0.004 * h * UP
        parts.append(Solid(eye, eye, 0.0065 * h, 0.0065 * h, (58, 46, 42)))
    if look.hair_style == "bald":
        return parts
    # The hair is a slightly larger ball, set back and up so that the face looks out of it.
    crown = pose.head + 0.014 * h * UP - 0.011 * h * pose.gaze
    low = crown - 0.022 * h * UP - 0.014 * h * pose.gaze
    parts.append(Solid(crown, low, 0.0535 * h, 0.040 * h, look.hair))
    if look.hair_style == "long":
        nape = pose.head - 0.035 * h * pose.gaze
        parts.append(Solid(nape, nape - 0.085 * h * UP, 0.046 * h, 0.038 * h, look.hair))
    if look.hair_style == "bun":
        bun = pose.head - 0.055 * h * pose.gaze + 0.035 * h * UP
        parts.append(Solid(bun, bun, 0.026 * h, 0.026 * h, look.hair))
    if look.hair_style == "cap":
        brim = pose.head + 0.05 * h * pose.gaze + 0.034 * h * UP
        flat = _flattened(UP, 0.25)
        parts.append(Solid(brim, brim - 0.02 * h * pose.gaze, 0.036 * h, 0.04 * h, look.hair, flat))
    return parts


def _bag(look: Look, pose: Pose) -> list[Solid]:
    h = look.height
    if look.bag == "backpack":
        back = pose.chest - 0.095 * h * look.girth * pose.forward
        return [Solid(back - 0.03 * h * UP, back - 0.19 * h * UP, 0.062 * h, 0.076 * h, look.bag_colour)]
    if look.bag == "none":
        return []
    grip = pose.hands[0]
    side = np.cross(UP, pose.forward)
    drop = 0.10 if look.bag == "basket" else 0.15
    low = grip - drop * h * UP + 0.02 * h * side
    if look.bag == "tote":
        flat = _flattened(side, 0.4)
        return [
            Solid(grip, low, 0.006 * h, 0.010 * h, look.bag_colour),
            Solid(low, low - 0.055 * h * UP, 0.062 * h, 0.075 * h, look.bag_colour, flat),
        ]
    bottom = low - 0.085 * h * UP
    oval = _flattened(side, 0.72)
    return [
        *(Solid(grip, low + k * h * pose.forward, 0.006 * h, 0.006 * h, (70, 70, 74)) for k in (-0.07, 0.07)),
        Solid(bottom, low, 0.058 * h, 0.078 * h, look.bag_colour, oval, hem=True),
        Solid(low - 0.02 * h * UP, low - 0.02 * h * UP, 0.068 * h, 0.068 * h, (196, 178, 132), oval),
    ]
