"""Heat maps and pictures as files."""

import csv
import os
from pathlib import Path

import cv2
import numpy as np
import pytest

from heatcli.errors import InputError, OutputError, UsageError
from heatcli.files import replacing
from heatcli.heat.heatmap import HeatMap
from heatcli.names import Metric
from heatcli.picture.files import (
    check_output,
    default_output,
    read_picture,
    write_grid,
    write_picture,
)


@pytest.fixture
def heat() -> HeatMap:
    raw = np.array([[0.0, 1.0, 1 / 3, np.nan], [4.0, 5.0, 6.0, 7.0]])
    return HeatMap(
        raw, raw * 2, Metric.AVG_OCCUPANCY, "objects", 79.5, 640, 360, "入口/1", 0.05, "within 32 px"
    )


def test_npz_has_all_that_is_known_of_the_map(heat: HeatMap, tmp_path: Path) -> None:
    write_grid(tmp_path / "heat.npz", heat)
    with np.load(tmp_path / "heat.npz", allow_pickle=False) as stored:
        assert set(stored) == {
            *("value", "raw", "metric", "unit", "covered_s", "width", "height", "camera", "reach"),
        }
        assert stored["value"].dtype == stored["raw"].dtype == np.float64
        np.testing.assert_array_equal(stored["value"], heat.value)
        np.testing.assert_array_equal(stored["raw"], heat.raw)
        assert str(stored["metric"]) == "avg_occupancy"
        assert str(stored["unit"]) == "objects"
        assert str(stored["camera"]) == "入口/1"
        assert float(stored["reach"]) == 0.05
        assert (float(stored["covered_s"]), int(stored["width"]), int(stored["height"])) == (79.5, 640, 360)


def test_csv_has_every_cell_with_its_centre_and_exact_values(heat: HeatMap, tmp_path: Path) -> None:
    write_grid(tmp_path / "heat.csv", heat)
    with (tmp_path / "heat.csv").open(encoding="utf-8", newline="") as file:
        lines = list(csv.DictReader(file))
    assert list(lines[0]) == ["row", "column", "x_px", "y_px", "avg_occupancy", "avg_occupancy_raw", "reach"]
    assert len(lines) == 8
    assert [float(lines[0][k]) for k in ("x_px", "y_px")] == [80.0, 90.0]
    assert [float(lines[-1][k]) for k in ("row", "column", "x_px", "y_px")] == [1.0, 3.0, 560.0, 270.0]
    assert float(lines[2]["avg_occupancy_raw"]) == 1 / 3
    assert lines[3]["avg_occupancy"] == lines[3]["avg_occupancy_raw"] == ""


@pytest.mark.parametrize("suffix", [".png", ".jpg", ".PNG"])
def test_a_picture_comes_back(suffix: str, tmp_path: Path) -> None:
    picture = np.full((48, 64, 3), (10, 120, 200), np.uint8)
    write_picture(tmp_path / f"入口{suffix}", picture)
    found = read_picture(tmp_path / f"入口{suffix}")
    assert np.abs(found.astype(int) - picture).max() <= (2 if suffix == ".jpg" else 0)
    assert [p.name for p in tmp_path.iterdir()] == [f"入口{suffix}"]


def test_a_file_that_fails_half_way_leaves_the_old_one(tmp_path: Path) -> None:
    target = tmp_path / "heat.csv"
    target.write_text("old")

    def write_and_stop() -> None:
        with replacing(target) as beside:
            beside.write_text("ne")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_and_stop()
    assert target.read_text() == "old"
    assert list(tmp_path.iterdir()) == [target]
    with replacing(target) as beside:
        beside.write_text("new")
        assert target.read_text() == "old"
    assert target.read_text() == "new"
    assert list(tmp_path.iterdir()) == [target]


def test_an_output_that_cannot_be_written_is_named(heat: HeatMap, tmp_path: Path) -> None:
    (tmp_path / "taken.csv").mkdir()
    with pytest.raises(OutputError, match=r"taken\.csv: cannot be written"):
        write_grid(tmp_path / "taken.csv", heat)
    assert [p.name for p in tmp_path.iterdir()] == ["taken.csv"]


def test_a_hopeless_output_is_refused_before_any_work(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"heat\.gif: .*\.png"):
        check_output(tmp_path / "heat.gif")
    with pytest.raises(UsageError, match="there is no folder"):
        check_output(tmp_path / "nowhere" / "heat.png")
    check_output(tmp_path / "heat.JPG")
    check_output(Path("heat.npz"))


def test_what_is_no_picture_is_refused(tmp_path: Path) -> None:
    for name, content in (("text.png", b"hello"), ("empty.png", b"")):
        (tmp_path / name).write_bytes(content)
        with pytest.raises(InputError, match="is not a picture"):
            read_picture(tmp_path / name)
    with pytest.raises(InputError, match="cannot be read"):
        read_picture(tmp_path / "missing.png")
    os.mkfifo(tmp_path / "pipe.png")  # to open it would be to wait for somebody who writes
    with pytest.raises(InputError, match=r"pipe\.png: is no regular file"):
        read_picture(tmp_path / "pipe.png")


def test_every_camera_has_a_file_of_its_own_in_the_current_folder() -> None:
    cameras = ["a/b", "a%2Fb", "a_b", "..", "../../etc", "入口 1", "till:2", ""]
    outputs = [default_output(camera, Metric.DWELL_TIME) for camera in cameras]
    assert len(set(outputs)) == len(cameras)
    assert all(path.parent == Path() and path.suffix == ".png" for path in outputs)
    assert default_output("入口 1", Metric.DWELL_TIME).name == "heat-入口 1-dwell_time.png"


def test_grey_and_transparent_pictures_are_read_as_colour(tmp_path: Path) -> None:
    for channels in (1, 4):
        cv2.imwrite(str(tmp_path / "background.png"), np.full((4, 6, channels), 9, np.uint8))
        assert read_picture(tmp_path / "background.png").shape == (4, 6, 3)
