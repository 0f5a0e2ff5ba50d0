"""Which trajectories of a camera are of people, and on which day they begin."""

import polars as pl

from heatcli.track.alive.limit import ALIVE
from heatcli.track.appearance.attributes import PERSON


def is_person() -> pl.Expr:
    """Tell by the columns of `trajectories` who is a person, and alive as far as that was judged."""
    return (pl.col("object_class") == PERSON) & (pl.col("alive").fill_null(1.0) >= ALIVE)


def local_day(time_us: str | pl.Expr, timezone: str) -> pl.Expr:
    """Return the day of times (UTC µs) in a time zone (IANA name)."""
    return pl.from_epoch(time_us, "us").dt.replace_time_zone("UTC").dt.convert_time_zone(timezone).dt.date()
