"""Which reports there are to make: the newest one that has recordings, or all that are missing or stale."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from operator import attrgetter
from pathlib import Path
from zoneinfo import ZoneInfo

from heatcli.clock import days_text
from heatcli.config.models import Config
from heatcli.errors import UsageError
from heatcli.names import PeriodKind
from heatcli.report.made_of import Asked, is_stale, noted_periods
from heatcli.report.periods import Period
from heatcli.report.recorded_days import recorded_days
from heatcli.select.cameras import matching_cameras
from heatcli.select.days_told import gone_text, no_clips
from heatcli.select.selection import Selection
from heatcli.store.holdings import watched
from heatcli.store.kept_days import cameras_with_days, date_of, day_files, read_day
from heatcli.store.store import Store


@dataclass(frozen=True, slots=True)
class Calendar:
    """Days with recordings of the selected cameras.

    Attributes:
        days: days on which something was recorded, ascending.
        zones: time zones of the cameras, at least one.
        gone: other days, of which there are only sums, ascending.
    """

    days: tuple[date, ...]
    zones: tuple[ZoneInfo, ...]
    gone: tuple[date, ...] = ()

    @classmethod
    def of(cls, store: Store, selection: Selection, config: Config, *, with_sums: bool = False) -> "Calendar":
        """Read the days from a store.

        Args:
            store: heat store.
            selection: selection of the cameras.
            config: configuration.
            with_sums: whether days of which there are only sums are days with recordings, as reports to give
                away have them.

        Raises:
            UsageError: the store holds no clips, or no camera that is selected.
            StoreError: the store cannot be read.
        """
        held, summed = watched(store), cameras_with_days(store.path)
        if not held and not (summed and with_sums):
            raise no_clips(store)
        if selection.cameras or selection.locations or selection.labels:
            meant = matching_cameras(
                {*(camera.camera for camera in held), *(summed if with_sums else ())},
                config,
                names=selection.cameras,
                locations=selection.locations,
                labels=selection.labels,
            )
            held = [camera for camera in held if camera.camera in meant]
            summed = [camera for camera in summed if camera in meant]
        days, zones = recorded_days(held), {ZoneInfo(camera.timezone) for camera in held}
        gone = {date_of(file) for camera in summed for file in day_files(store.path, camera)}
        if with_sums:
            newest = (day_files(store.path, camera)[-1] for camera in summed)
            zones |= {ZoneInfo(read_day(store.path, file).timezone) for file in newest}
            days, gone = sorted(gone.union(days)), set()
        return cls(tuple(days), tuple(zones), tuple(sorted(gone.difference(days))))

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
        if gone := [day for day in self.gone if period.first <= day <= period.last]:
            return f"{period.name}: {gone_text(gone)}; `heatcli export --share` has their sums"
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
        config: configuration (`heatcli.toml`), which has the rooms, and says how long clips are kept.

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
    snapshot, summed = store.snapshot(), frozenset(_summed(store, asked))
    return [
        period
        for period in sorted({*complete[since:], *noted}, key=attrgetter("first"))
        if is_stale(output, period, asked, snapshot, config, summed=summed)
    ]


def _summed(store: Store, asked: Asked) -> Iterator[str]:
    """Yield the marks of all clips whose sums a report to give away may have."""
    if asked.share is not None:
        for file in day_files(store.path):
            yield from read_day(store.path, file).clips
