"""`heatcli cameras`: what the configuration and the store hold of each camera."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from heatcli.cli.options.common import DEFAULT_STORE, ConfigFile, Json, Quiet, Store, read_config
from heatcli.cli.options.types import PATH, text
from heatcli.cli.show.clips import size_text
from heatcli.cli.show.console import aligned, emit, say, show
from heatcli.cli.show.fits import show_check

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from heatcli.config.models import Config
    from heatcli.store.holdings import Holding


def command(
    check_floor: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            parser=text(),
            help="Draw this camera's floor plan, with a grid in metres, onto its picture.",
        ),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "-o",
            "--output",
            metavar="FILE",
            parser=PATH,
            help="Picture for --check-floor.  [default: floor-CAMERA.png]",
        ),
    ] = None,
    store: Store = DEFAULT_STORE,
    config: ConfigFile = None,
    quiet: Quiet = False,
    as_json: Json = False,
) -> None:
    """List the cameras that are configured or in the store, and what the store holds of each.

    Times are in the camera's local time. A gap is a time of more than a minute without any recording,
    between the first and the last recorded moment.
    """
    from heatcli.errors import StoreNotFoundError, UsageError
    from heatcli.store.holdings import holdings
    from heatcli.store.store import Store as HeatStore

    configured = read_config(config, store, quiet=quiet)
    if check_floor is not None:
        show_check(HeatStore.open(store), configured, check_floor, output, quiet=quiet, as_json=as_json)
        return
    if output is not None:
        raise UsageError(f"-o {output} is for --check-floor; the list of cameras goes to stdout")
    try:
        held = {holding.camera: holding for holding in holdings(HeatStore.open(store))}
    except StoreNotFoundError as error:
        if not configured.cameras:
            raise
        say(f"heatcli: {error}", quiet=quiet)
        held = {}
    names = sorted(held.keys() | configured.cameras.keys())
    cameras = [_summary(name, configured, held.get(name)) for name in names]
    if as_json:
        emit({"store": str(store), "cameras": cameras})
    else:
        show(_table(cameras))


def _summary(name: str, config: "Config", held: "Holding | None") -> dict[str, Any]:
    from heatcli.clock import time_zone

    camera = config.camera(name)
    zone = time_zone(held.timezone if held else camera.timezone or config.timezone)
    bounds = held.covered.bounds.ravel().tolist() if held else []
    gaps_us = held.gaps_us if held else []
    return {
        "camera": name,
        "configured": name in config.cameras,
        "location": camera.location,
        "labels": camera.labels,
        "timezone": zone.key,
        "clips": held.clips if held else 0,
        "first": _local(bounds[0], zone) if bounds else None,
        "last": _local(bounds[-1], zone) if bounds else None,
        "covered_s": held.covered.total_us / 1e6 if held else 0.0,
        "stored_bytes": held.stored_bytes if held else 0,
        "gaps": len(gaps_us),
        "longest_gap_s": max(gaps_us) / 1e6 if gaps_us else None,
    }


def _local(time_us: int, zone: "ZoneInfo") -> str:
    """Write UTC µs as local time, to the second."""
    return datetime.fromtimestamp(time_us // 1_000_000, zone).isoformat()


def _table(cameras: list[dict[str, Any]]) -> str:
    held = ("CLIPS", "FIRST", "LAST", "COVERED", "STORED", "GAPS", "LONGEST GAP")
    lines = [("CAMERA", "LOCATION", "LABELS", *held)]
    for camera in cameras:
        place = (camera["camera"], camera["location"] or "-", ", ".join(camera["labels"]) or "-")
        times = ((camera[end] or "-").replace("T", " ") for end in ("first", "last"))
        gap_s = camera["longest_gap_s"]
        sums = (_hours(camera["covered_s"]), size_text(camera["stored_bytes"]))
        gaps = (str(camera["gaps"]), "-" if gap_s is None else _hours(gap_s))
        lines.append((*place, str(camera["clips"]), *times, *sums, *gaps))
    return aligned(lines)


def _hours(seconds: float) -> str:
    return f"{seconds / 3600:.2f} h"
