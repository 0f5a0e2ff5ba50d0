"""How it is told what a store holds of people."""

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from heatcli.cli.show.console import aligned

if TYPE_CHECKING:
    from heatcli.commands.privacy import Privacy


def kept_text(found: "Privacy") -> str:
    """Return the tables that people read."""
    kinds = [["KEPT", "NUMBER", "OLDEST", "KEPT FOR", "PERSONAL DATA", "WHAT IT TELLS"]]
    kinds += [
        [
            one.kind,
            f"{one.number:,}",
            "-" if one.oldest is None else _age(one.oldest),
            _length(one.kept_for),
            "yes" if one.is_personal else "no",
            one.what,
        ]
        for one in found.kept
    ]
    cameras = [["CAMERA", "CLIPS", "TRAJECTORIES", "FIRST", "LAST", "FOUND BY"]]
    cameras += [
        [
            one.camera,
            f"{one.clips:,}",
            f"{one.trajectories:,}",
            f"{one.first:%Y-%m-%d %H:%M} UTC",
            f"{one.last:%Y-%m-%d %H:%M} UTC",
            "; ".join(one.models),
        ]
        for one in found.cameras
    ]
    profile = "no [privacy] in heatcli.toml: nothing is purged" if found.profile is None else found.profile
    parts = [f"profile: {profile}", aligned(kinds), aligned(cameras)]
    parts += [f"times and places erased on request: {found.erased}"] if found.erased else []
    parts += [
        f"a purge was begun at {time:%Y-%m-%d %H:%M} UTC and did not end: run `heatcli purge`"
        for time in found.unfinished
    ]
    return "\n\n".join(parts)


def privacy_summary(found: "Privacy") -> dict[str, object]:
    """Return the same for `--json`: times are UTC, lengths of time in seconds, null for never."""
    return {
        "profile": found.profile,
        "kept": [
            {
                "kind": one.kind,
                "what": one.what,
                "personal_data": one.is_personal,
                "number": one.number,
                "oldest": None if one.oldest is None else one.oldest.isoformat(),
                "kept_for_s": None if one.kept_for is None else one.kept_for.total_seconds(),
            }
            for one in found.kept
        ],
        "cameras": [
            {
                "camera": one.camera,
                "clips": one.clips,
                "trajectories": one.trajectories,
                "first": one.first.isoformat(),
                "last": one.last.isoformat(),
                "models": list(one.models),
            }
            for one in found.cameras
        ],
        "erased": found.erased,
        "unfinished": [time.isoformat() for time in found.unfinished],
    }


def _age(time: datetime) -> str:
    hours = (datetime.now(UTC) - time) // timedelta(hours=1)
    return f"{hours} h ago" if hours < 48 else f"{hours // 24} d ago"


def _length(time: timedelta | None) -> str:
    if time is None:
        return "forever"
    hours = time // timedelta(hours=1)
    return f"{hours} h" if hours < 48 or hours % 24 else f"{hours // 24} d"
