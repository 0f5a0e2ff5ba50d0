"""A street whose camera was calibrated with its lens: how fast people walk in every part of the picture."""

from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from heatcli.config.calibration import Calibration
from heatcli.config.lens import LensConfig
from heatcli.config.places import FloorConfig, FloorPoint
from heatcli.zones.moments import ConstantRate, Moments
from heatcli.zones.walking import speeds
from tests.zones.test_moments import SCALE, rows_of

Floats = NDArray[np.float64]
SIZE = np.array([1920.0, 1080.0])
MARKS = np.array([(x, y) for x in (100.0, 700.0, 1300.0, 1850.0) for y in (300.0, 650.0, 1000.0)])


class Authors:
    """The authors' calibration, by OpenCV and the pose that they give."""

    def __init__(self, folder: Path) -> None:
        lines = (folder / "street-1080p.calibration.ci").read_text().splitlines()
        self.value = {name: float(number) for name, number in (line.split(" = ") for line in lines)}
        self.k1, self.k2, self.p1, self.p2 = (self.value[f"Distortion{n}"] for n in ("K1", "K2", "P1", "P2"))
        self.focal = self.value["FocalLengthX"], self.value["FocalLengthY"]
        self.centre = self.value["PrincipalPointX"], self.value["PrincipalPointY"]

    def on_the_ground(self, pixels: Floats) -> Floats:
        """(n, 2) metres of the world of (n, 2) pixels, the y axis turned as on a plan."""
        (fx, fy), (cx, cy) = self.focal, self.centre
        matrix, distortion = (
            np.array([[fx, 0, cx], [0, fy, cy], [0, 0, 1]]),
            np.array([self.k1, self.k2, self.p1, self.p2]),
        )
        stop = (cv2.TERM_CRITERIA_COUNT + cv2.TERM_CRITERIA_EPS, 500, 1e-15)
        straight = cv2.undistortPoints(pixels[:, None], matrix, distortion, None, None, None, stop)[:, 0]
        turn = Rotation.from_quat([self.value[f"Rotation{name}"] for name in "XYZW"]).as_matrix()
        move = np.array([self.value[f"Translation{name}"] for name in "XYZ"])
        rays, eye = np.column_stack([straight, np.ones(len(straight))]) @ turn, -turn.T @ move
        return np.asarray((eye - rays * (eye[2] / rays[:, 2:]))[:, :2] * (1, -1) + 20)


def calibration(authors: Authors) -> Calibration:
    points = [
        FloorPoint(image=(x / SIZE[0], y / SIZE[1]), plan=tuple(plan))
        # The middle of OpenCV's first pixel is at (0, 0), and half a pixel from the edge of the picture.
        for (x, y), plan in zip(
            (MARKS + 0.5).tolist(), (authors.on_the_ground(MARKS) / SCALE).tolist(), strict=True
        )
    ]
    lens = LensConfig(
        size=(1920, 1080),
        focal=authors.focal,
        centre=authors.centre,
        k1=authors.k1,
        k2=authors.k2,
        p1=authors.p1,
        p2=authors.p2,
    )
    floor = FloorConfig(plan="plan.png", metres_per_pixel=SCALE, points=tuple(points), lens=lens)
    return Calibration.of("street", floor, Path())


def test_people_in_the_street_walk_as_people_do_in_every_part_of_the_picture(test_data: Path) -> None:
    authors = Authors(test_data)
    found = calibration(authors)
    assert found.rms_m < 1e-9
    # Their camera is that high above the ground.
    assert found.projection.camera_height_m is not None
    assert abs(found.projection.camera_height_m - 7.844) < 0.001
    table = np.loadtxt(test_data / "street-1080p.gt.txt", delimiter=",")
    feet = np.column_stack([table[:, 2] + table[:, 4] / 2, table[:, 3] + table[:, 5]])
    places = found.projection.apply(feet / SIZE)
    np.testing.assert_allclose(places, authors.on_the_ground(feet - 0.5), atol=1e-8)
    times = ((table[:, 0] - 1) * 1e6 / 30).round().astype(int).tolist()
    paths = ConstantRate(SCALE)
    people = table[:, 1].astype(int).tolist()
    first = paths.add(rows_of(list(zip(times, people, *(places / SCALE).T.tolist(), strict=True))))
    moments = Moments.joined([first, paths.rest()])
    speed = speeds(moments)
    walks = speed > 0.5
    assert 1.2 < np.median(speed[walks]) < 1.6
    column, row = (found.projection.seen_at(moments.xy) * 3).astype(int).clip(0, 2).T
    for part in range(9):
        there = walks & (row == part // 3) & (column == part % 3)
        # Of two to seven people in each part, and two of the nine parts are at 1.63.
        assert 1.2 < np.median(speed[there]) < 1.7
