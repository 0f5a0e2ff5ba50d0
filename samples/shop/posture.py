"""From a motion to the joints of a body: legs by inverse kinematics, arms that swing, a head that turns."""

from math import cos, pi, sin

import numpy as np

from samples.shop.camera import Floats
from samples.shop.figure import ANKLE, FOREARM, HIP, SHANK, SHOULDER, THIGH, UP, UPPER_ARM, Look, Pose
from samples.shop.gait import Foot, Motion

_BALL = 0.095  # from the ankle forward to the ball of the foot, as a fraction of the height
_TOE = 0.03  # from there to where the shoe's tip is round


def _pair(left: Floats, right: Floats) -> tuple[Floats, Floats]:
    return left, right


def _level(heading: float) -> Floats:
    """(3,) unit vector along a heading."""
    return np.array([cos(heading), sin(heading), 0.0])


def pose(look: Look, motion: Motion, time: float) -> Pose:
    """Where the joints are at `time` seconds."""
    h = look.height
    speed = motion.speed(time)
    # Nobody stands like a post: the weight shifts and the body turns a little, with a rhythm of one's own.
    rhythm = 2 * pi * time / (3.1 + h) + 40 * h
    idle = 1 - min(1.0, speed)
    heading = motion.heading(time) + 0.12 * idle * sin(0.61 * rhythm)
    forward, aside = _level(heading), _level(heading + pi / 2)
    sway = 0.02 * idle * sin(rhythm) * aside
    ground = np.array([*motion.place(time), 0.0]) + sway
    left, right = (_foot(motion.foot(side, time), h) for side in (0, 1))
    ankles, toes = _pair(left[0], right[0]), _pair(left[1], right[1])
    apart = float((ankles[0] - ankles[1]) @ forward)
    sides = ((aside, apart), (-aside, -apart))
    level_hips = [ground + 0.05 * h * side + 0.06 * lead * forward for side, lead in sides]
    pelvis_height = min(
        (HIP - 0.004) * h,
        *(_hip_height(hip, ankle, h) for hip, ankle in zip(level_hips, ankles, strict=True)),
    )
    hips = _pair(*(hip + pelvis_height * UP for hip in level_hips))
    knees = _pair(
        *(_bend(hip, ankle, THIGH * h, SHANK * h, forward) for hip, ankle in zip(hips, ankles, strict=True))
    )
    pelvis = ground + pelvis_height * UP
    lean = 0.02 + 0.05 * speed + 0.10 * max((reach.weight(time) for reach in motion.reaches), default=0.0)
    spine = cos(lean) * UP + sin(lean) * forward
    chest = pelvis + (SHOULDER - HIP) * h * spine
    broad = 0.098 * h * (0.75 + 0.25 * look.girth)
    shoulders = _pair(*(chest + broad * side - 0.07 * lead * forward for side, lead in sides))
    hands = _pair(*(_hand(look, motion, time, k, shoulders[k], apart, forward, aside) for k in (0, 1)))
    elbows = _pair(
        *(
            _bend(shoulder, hand, UPPER_ARM * h, FOREARM * h, -forward + 0.3 * side - 0.2 * UP)
            for shoulder, hand, (side, _) in zip(shoulders, hands, sides, strict=True)
        )
    )
    yaw = heading + 0.3 * sin(0.83 * rhythm) * (0.5 + 0.5 * idle)
    nod = 0.12 + 0.12 * sin(0.57 * rhythm)
    gaze = cos(nod) * _level(yaw) - sin(nod) * UP
    head = chest + 0.120 * h * (0.99 * UP + 0.14 * forward + 0.3 * sin(lean) * forward)
    return Pose(forward, gaze, pelvis, chest, head, shoulders, elbows, hands, hips, knees, ankles, toes)


def _foot(foot: Foot, height: float) -> tuple[Floats, Floats]:
    """Ankle and toes of a foot that rolls over its ball when the heel is up, and over its heel otherwise."""
    forward = _level(foot.place.heading)
    ankle = np.array([foot.place.x, foot.place.y, ANKLE * height + foot.lift])
    sole = _BALL * height * forward - (ANKLE - 0.018) * height * UP
    ball = ankle + sole
    rolled = cos(foot.roll) * forward - sin(foot.roll) * UP
    upright = sin(foot.roll) * forward + cos(foot.roll) * UP
    turned = _BALL * height * rolled - (ANKLE - 0.018) * height * upright
    if foot.roll > 0:
        ankle = ball - turned
        return ankle, ball + _TOE * height * forward
    return ankle, ankle + turned + _TOE * height * rolled


def _hip_height(hip: Floats, ankle: Floats, height: float) -> float:
    """How high a hip can be over an ankle; legs are stretched by up to 4 % before the body dips."""
    reach = 1.04 * (THIGH + SHANK) * height
    across = float(np.hypot(*(hip - ankle)[:2]))
    return float(ankle[2] + max(reach**2 - across**2, 0.0) ** 0.5)


def _hand(
    look: Look,
    motion: Motion,
    time: float,
    side: int,
    shoulder: Floats,
    apart: float,
    forward: Floats,
    aside: Floats,
) -> Floats:
    """Swing a hand against the leg of its side, unless it carries or reaches for something."""
    h = look.height
    out = aside if side == 0 else -aside
    laden = look.bag in ("basket", "tote") and side == 0
    angle = 0.08 - (0.25 if laden else 0.8) * (apart if side == 0 else -apart)
    length = (UPPER_ARM + FOREARM) * h * (0.985 - 0.10 * max(0.0, angle))
    hand = shoulder + length * (sin(angle) * forward - cos(angle) * UP) + 0.03 * h * out
    for reach in motion.reaches:
        if reach.hand == side and (weight := reach.weight(time)) > 0:
            ahead, left, up = (h * part for part in reach.target)
            target = np.array([*motion.place(time), up]) + ahead * forward + left * aside
            hand = hand + weight * (target - hand)
    return np.asarray(hand)


def _bend(start: Floats, end: Floats, first: float, second: float, towards: Floats) -> Floats:
    """Find the joint of two bones from `start` to `end`, bent `towards`; a limb too short is stretched."""
    line = end - start
    distance = float(np.linalg.norm(line))
    line = line / distance
    along = min(
        (first**2 - second**2 + distance**2) / (2 * distance), first * max(1.0, distance / (first + second))
    )
    side = towards - (towards @ line) * line
    off = max(first**2 - along**2, 0.0) ** 0.5
    return np.asarray(start + along * line + off * side / np.linalg.norm(side))
