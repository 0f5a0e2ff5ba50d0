"""From observations to the rows that are stored."""

from datetime import UTC, datetime

import numpy as np
import polars as pl
import pytest

from heatcli.analysis.run_rows import RunKey, tracks_frames, trajectories_frame
from heatcli.store.schema import conform
from heatcli.track.observations import Observations
from heatcli.track.processed_frames import ProcessedFrames

# Two frames before midnight, one after, at an uneven beat.
START = datetime(2026, 3, 14, 23, 59, 59, 600_000, tzinfo=UTC)
KEY = RunKey("door", "c0ffee", "r1", START)
FRAMES = ProcessedFrames(
    np.array([0, 2, 4], np.int32),
    np.array([0, 150_001, 400_000]),
    np.array([150_001, 249_999, 200_000], np.int32),
)
CLASSES = ("person", "car")


def observations(
    rows: list[tuple[int, int, int, tuple[float, float, float, float], float, int, bool]],
) -> Observations:
    frame, track, tracklet, boxes, confidence, class_id, filled = (
        zip(*rows, strict=True) if rows else ((),) * 7
    )
    return Observations(
        frame=np.array(frame, np.int32),
        track=np.array(track, np.int32),
        tracklet=np.array(tracklet, np.int32),
        boxes=np.array(boxes, np.float32).reshape(-1, 4),
        confidence=np.array(confidence, np.float32),
        class_id=np.array(class_id, np.int32),
        filled=np.array(filled, np.bool_),
    )


SEEN = observations(
    [
        (0, 7, 7, (10, 10, 20, 40), 0.5, 0, False),
        (0, 9, 8, (50, 10, 90, 30), 0.75, 1, False),
        (2, 7, 7, (13, 14, 23, 44), np.nan, 0, True),
        (4, 7, 12, (13, 14, 23, 50), 0.25, 0, False),
    ]
)


def test_rows_carry_exact_times_and_null_confidence_where_filled() -> None:
    (rows,) = tracks_frames(KEY, FRAMES, SEEN)
    rows = conform("tracks", rows)
    assert rows.select("track", "tracklet", "frame", "pts_us", "dt_us", "conf", "filled").rows() == [
        (7, 7, 0, 0, 150_001, 0.5, False),
        (9, 8, 0, 0, 150_001, 0.75, False),
        (7, 7, 2, 150_001, 249_999, None, True),
        (7, 12, 4, 400_000, 200_000, 0.25, False),
    ]
    assert rows["time"].to_list()[-1] == datetime(2026, 3, 15, tzinfo=UTC)
    assert rows.select("x1", "y1", "x2", "y2").row(1) == (50.0, 10.0, 90.0, 30.0)


def test_a_trajectory_is_summed_up() -> None:
    rows = conform("trajectories", trajectories_frame(KEY, FRAMES, SEEN, CLASSES, {7: b"blue"}))
    person, car = rows.iter_rows(named=True)
    assert (person["track"], person["object_class"], person["tracklets"]) == (7, "person", 2)
    assert (person["first"], person["last"]) == (START, datetime(2026, 3, 15, tzinfo=UTC))
    assert (person["present_us"], person["filled_us"]) == (600_000, 249_999)
    assert person["path_px"] == 5.0 + 6.0
    assert person["median_height_px"] == 30.0
    # Foot points (15, 40), (18, 44), (18, 50).
    assert [person[name] for name in ("first_x", "first_y", "last_x", "last_y")] == [15, 40, 18, 50]
    assert (person["median_x"], person["median_y"]) == (18, 44)
    # 5th and 95th percentile of three values: a tenth of the way to the middle one.
    assert person["range_px"] == pytest.approx(np.hypot(18 - 15.3, 49.4 - 40.4))
    assert car["range_px"] == 0
    assert (car["object_class"], car["present_us"], car["path_px"]) == ("car", 150_001, 0.0)
    assert (car["tracklets"], car["descriptor"]) == (1, None)
    assert (person["attributes"], person["descriptor"], person["person"]) == ([], b"blue", None)


def test_nobody_came() -> None:
    nobody = observations([])
    assert list(tracks_frames(KEY, FRAMES, nobody)) == []
    rows = trajectories_frame(KEY, FRAMES, nobody, CLASSES, {})
    assert conform("trajectories", rows).is_empty()


def test_many_rows_come_in_chunks() -> None:
    n = 60_001
    many = Observations(
        frame=np.zeros(n, np.int32),
        track=np.arange(n, dtype=np.int32),
        tracklet=np.arange(n, dtype=np.int32),
        boxes=np.ones((n, 4), np.float32),
        confidence=np.ones(n, np.float32),
        class_id=np.zeros(n, np.int32),
        filled=np.zeros(n, np.bool_),
    )
    chunks = list(tracks_frames(KEY, FRAMES, many))
    assert [len(chunk) for chunk in chunks] == [50_000, 10_001]
    assert pl.concat(chunks)["track"].to_list() == list(range(n))
