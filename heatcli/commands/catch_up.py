"""Which reports there are to make: the newest one that has recordings, or all that are missing or stale."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from operator import attrgetter
from pathlib import Path
from zoneinfo import ZoneInfo

from heatcli.config.models import Config
from heatcli.errors import UsageError
from heatcli.names import PeriodKind
from heatcli.report.made_of import Asked, is_stale, noted_periods
from heatcli.report.periods import Period
from heatcli.report.recorded_days import days_text, recorded_days
from heatcli.select.cameras import matching_cameras
from heatcli.select.selection import Selection
from heatcli.store.holdings import holdings
from heatcli.store.store import Store


@dataclass(frozen=True, slots=True)
class Calendar:
    """Days with recordings of the selected cameras.

    Attributes:
        days: days on which something was recorded, ascending.
        zones: time zones of the cameras, at least one.
    """

    days: tuple[date, ...]
    zones: tuple[ZoneInfo, ...]

    @classmethod
    def of(cls, store: Store, selection: Selection, config: Config) -> "Calendar":
        """Read the days from a store.

        Raises:
            UsageError: the store holds no clips, or no camera that is selected.
            StoreError: the store cannot be read.
        """
        held = holdings(store)
        if not held:
            raise UsageError(f"{store.path}: the store holds no clips; fill it with `heatcli analyze`")
        if selection.cameras or selection.locations or selection.labels:
            meant = matching_cameras(
                [camera.camera for camera in held],
                config,
                names=selection.cameras,
                locations=selection.locations,
                labels=selection.labels,
            )
            held = [camera for camera in held if camera.camera in meant]
        return cls(tuple(recorded_days(held)), tuple({ZoneInfo(camera.timezone) for camera in held}))

    def complete(self, kind: PeriodKind) -> list[Period]:
        """Return the periods that have recordings and are over by the clocks of all cameras, ascending."""
        last = self.last(kind)
        found = dict.fromkeys(Period.around(kind, day) for day in self.days)
        return [period for period in found if period.last <= last.last]

    def last(self, kind: PeriodKind) -> Period:
        """Return the last period that is over by the clocks of all cameras."""
        return Period.last_complete(kind, datetime.now(UTC), self.zones)

    def newest(self, kind: PeriodKind) -> Period:
        """Return the newest complete period that has recordings.

        Raises:
            UsageError: there is none.
        """
        found = self.complete(kind)
        if not found:
            raise UsageError(
                f"no {kind} period with recordings is over yet: the store has {days_text(self.days)}; name a "
                "day of one with --start"
            )
        return found[-1]

    def is_empty(self, period: Period) -> bool:
        """Return whether nothing was recorded in a period."""
        return not any(period.first <= day <= period.last for day in self.days)

    def empty(self, kind: PeriodKind, periods: Sequence[Period], *, catch_up: bool) -> list[Period]:
        """Return the periods in which nothing was recorded.

        Args:
            kind: kind of the periods.
            periods: periods that there are to be reports of.
            catch_up: whether the last period of the kind is meant instead, if the store is not younger.
        """
        if catch_up:
            last = self.last(kind)
            periods = [last] if self.days and self.days[0] <= last.last else []
        return [period for period in periods if self.is_empty(period)]

    def lacking(self, period: Period) -> str:
        """Say that a period has no recordings, and which days have."""
        return f"{period.name}: nothing was recorded; the store has {days_text(self.days)}"


def due_periods(
    store: Store, calendar: Calendar, kind: PeriodKind, *, output: Path, asked: Asked, config: Config
) -> list[Period]:
    """Find the reports that are missing or stale, from the first one that was ever made on.

    Args:
        store: heat store to read from.
        calendar: days of the store that have recordings.
        kind: kind of the reports.
        output: folder that has the folders of the reports.
        asked: what the reports are asked to show.
        config: configuration (`heatcli.toml`), which has the rooms.

    Returns:
        Periods, ascending. Without any report, only the newest one that has recordings.

    Raises:
        StoreError: the store cannot be read.
    """
    complete = calendar.complete(kind)
    made = [number for number, period in enumerate(complete) if (output / period.name).is_dir()]
    since = made[0] if made else -1
    # Of a day that all its clips were moved out of, nothing but the report is left to tell.
    last = calendar.last(kind).last
    noted = [period for period in noted_periods(output, kind) if period.last <= last]
    snapshot = store.snapshot()
    return [
        period
        for period in sorted({*complete[since:], *noted}, key=attrgetter("first"))
        if is_stale(output, period, asked, snapshot, config)
    ]
