"""Feeding aggregators by hand, and cameras to feed them for."""

from collections.abc import Iterable, Sequence
from pathlib import Path

import polars as pl

from heatcli.intervals import Intervals
from heatcli.names import TrackingMode
from heatcli.select.one_pass import AggregatorT, OnePass
from heatcli.select.rows import Rows
from heatcli.select.selected_camera import SelectedCamera
from heatcli.select.selection import Selection


def fed(aggregator: AggregatorT, batches: Iterable[Rows]) -> AggregatorT:
    """Feed batches to an aggregator, but for empty ones, which no reading gives."""
    for rows in batches:
        if len(rows):
            aggregator.add(rows)
    return aggregator


def read_into(aggregator: AggregatorT, camera: SelectedCamera) -> AggregatorT:
    """Feed an aggregator the stored rows of those who count."""
    reading = OnePass(camera)
    reading.counted(aggregator)
    reading.run()
    return aggregator


def camera_of(
    owned_time: Sequence[Intervals],
    *,
    width: int = 512,
    height: int = 256,
    sample_aspect: float = 1.0,
    tracking_mode: TrackingMode = TrackingMode.BOTTOM_CENTER,
) -> SelectedCamera:
    """Make a selection of a camera of which there is no store."""
    return SelectedCamera(
        name="any",
        clips=(),
        owned_time=tuple(owned_time),
        width=width,
        height=height,
        sample_aspect=sample_aspect,
        plate=None,
        timezone="Europe/Zagreb",
        limits=Selection().limits("Europe/Zagreb"),
        asked=Selection(),
        observed_only=False,
        tracking_mode=tracking_mode,
        trajectories=pl.DataFrame(),
        excluded=pl.DataFrame(),
        store=Path(),
        files=pl.DataFrame(),
    )
