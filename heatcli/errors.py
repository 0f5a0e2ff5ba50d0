"""What can go wrong, as one tree. Only `heatcli.cli` turns these into exit codes.

    HeatcliError
    ├── UsageError               wrong command, option or configuration (exit 2)
    │   ├── ConfigError          heatcli.toml
    │   ├── WeightsError         a model that is missing, corrupt or cannot do what is asked of it
    │   └── StoreNotFoundError   there is no store at the given path
    ├── InputError               one input could not be processed; the others go on (exit 1)
    │   ├── VideoError           a file that is not a readable video
    │   ├── BusyError            a file that is still being written; left for the next run
    │   ├── TracksError          a file of trajectories that cannot be used
    │   ├── PointsError          a file of points that cannot be read
    │   └── SalesError           a file of sales that cannot be read
    ├── OutputError              a file that was asked for cannot be written (exit 1)
    ├── ClusterError             a cluster that cannot be reached, or does not fit this program (exit 1)
    └── StoreError               the store cannot be written or read: disk full, read-only, damaged (exit 1)

Every message is one line that says what happened, to which file, and what to do about it.
"""

import difflib
from collections.abc import Iterable


class HeatcliError(Exception):
    """Base of every error that heatcli raises on purpose."""


class UsageError(HeatcliError):
    """A wrong command, option or configuration."""


class ConfigError(UsageError):
    """`heatcli.toml` is missing or unreadable, or has a wrong value."""


class WeightsError(UsageError):
    """A model that is missing, corrupt, or cannot do what is asked of it, such as find an unknown class."""


class StoreNotFoundError(UsageError):
    """There is no heat store at the given path."""


class InputError(HeatcliError):
    """One input could not be processed. The others are not affected."""


class VideoError(InputError):
    """A file that is not a readable video."""


class BusyError(InputError):
    """A file that something is still writing to."""


class ErasedError(InputError):
    """A recording of which nothing may be stored: it was erased on request, or is older than what is kept."""


class TracksError(InputError):
    """A file of trajectories that cannot be used."""


class PointsError(InputError):
    """A file of points that cannot be read."""


class SalesError(InputError):
    """A file of sales that cannot be read."""


class OutputError(HeatcliError):
    """A file that was asked for cannot be written."""


class ClusterError(HeatcliError):
    """A cluster cannot be reached, has no room, or has nodes on which the work cannot be done."""


class StoreError(HeatcliError):
    """The store cannot be written or read."""


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Return `; did you mean NAME?` with the nearest known name, and nothing where none is near."""
    near = difflib.get_close_matches(name, list(known), n=1)
    return f"; did you mean {near[0]}?" if near else ""


def unknown(name: str, known: Iterable[str], *, kind: str, where: str) -> UsageError:
    """Return an error that gives the nearest known names or, if none is near, the first few."""
    names = sorted(known)
    near = difflib.get_close_matches(name, names, cutoff=0.5) or names[:5]
    has = ", ".join(repr(candidate) for candidate in near) or "none yet"
    return UsageError(f"no {kind} {name!r} in {where}; it has {has}")


def check_known(wanted: Iterable[str], known: Iterable[str], *, kind: str, where: str) -> None:
    """Make sure that names are known.

    Raises:
        UsageError: unknown name; the message gives the nearest known names.
    """
    names = set(known)
    for name in wanted:
        if name not in names:
            raise unknown(name, names, kind=kind, where=where)
