"""What `heatcli clips` changes: asked before and told after."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from heatcli.cli.options.clips import ask
from heatcli.cli.show.console import say
from heatcli.names import counted

if TYPE_CHECKING:
    from heatcli.config.models import Config
    from heatcli.store.clips import ClipRow
    from heatcli.store.store import Store


@dataclass(frozen=True, slots=True)
class Upkeep:
    """How clips are changed.

    Attributes:
        store: store with the clips.
        yes: whether nobody is asked.
        dry_run: whether nothing is changed, only told.
        quiet: whether what was done is not told.
    """

    store: "Store"
    yes: bool
    dry_run: bool
    quiet: bool

    def correct(
        self, clips: "Sequence[ClipRow]", *, start: str | None, shift: str | None, warn: bool
    ) -> "Sequence[ClipRow]":
        """Move clips in time; warn, if asked to, of others that they overlap then."""
        from heatcli.select.overlaps import overlap_warning
        from heatcli.store.shift import offset_to, shift_clips

        offset = offset_to(clips, start=start, shift=shift)
        if not self._goes_on("move", clips, f"by {shift}" if start is None else f"to {start}"):
            return clips
        moved = shift_clips(self.store, clips, offset)
        for row in moved:
            self._say(f"{row.clip} of {row.camera} ({row.path}): starts {row.local_start}")
            warning = overlap_warning(self.store, row) if warn else None
            if warning is not None:
                self._say(f"heatcli: warning: {warning}")
        return moved

    def remove(self, clips: "Sequence[ClipRow]", *, for_good: bool) -> "Sequence[ClipRow]":
        """Remove clips; for good, `analyze` passes over their recordings."""
        from heatcli.store.maintenance import remove_clips

        if not self._goes_on("remove", clips, "for good" if for_good else ""):
            return clips
        remove_clips(self.store, clips, for_good=for_good)
        for row in clips:
            self._say(f"removed {row.clip} of {row.camera} ({row.path})")
        if not for_good:
            self._say("analyze does these clips again where it meets them; --forget removes them for good")
        return []

    def rename(self, clips: "Sequence[ClipRow]", old: str, new: str, config: "Config") -> "Sequence[ClipRow]":
        """Give clips of one camera to another."""
        from heatcli.errors import UsageError, check_known
        from heatcli.store.rewrite import rename_camera

        check_known([old], {clip.camera for clip in clips}, kind="camera", where="the store")
        if old == new:
            raise UsageError(f"--rename-camera {old} {new}: both names are the same; give the new one second")
        clips = [clip for clip in clips if clip.camera == old]
        if not self._goes_on("give", clips, f"to camera {new}"):
            return clips
        renamed = rename_camera(self.store, clips, new)
        self._say(f"{_count(renamed)} of {old} are of camera {new} now")
        if old in config.cameras and new not in config.cameras:
            self._say(f"heatcli: warning: heatcli.toml still has camera {old}; rename it there too")
        return renamed

    def _goes_on(self, verb: str, clips: "Sequence[ClipRow]", how: str) -> bool:
        """Tell or ask what is about to be done; return whether it is."""
        from heatcli.errors import UsageError

        if not clips:
            raise UsageError("no clip is chosen; `heatcli clips` with the same options lists what is")
        what = f"{verb} {_described(clips)} {how}".rstrip()
        if self.dry_run:
            self._say(f"would {what}")
        else:
            ask(what, yes=self.yes)
        return not self.dry_run

    def _say(self, what: str) -> None:
        say(what, quiet=self.quiet)


def _described(clips: "Sequence[ClipRow]") -> str:
    """Return how many clips there are, of which cameras, and when they start."""
    cameras = sorted({clip.camera for clip in clips})
    whose = ", ".join(cameras[:3]) + (f" and {len(cameras) - 3} more" if len(cameras) > 3 else "")
    first, last = (choose(clips, key=lambda clip: clip.start).local_start for choose in (min, max))
    when = first if first == last else f"{first} to {last}"
    return f"{_count(clips)} of {whose} ({when})"


def _count(clips: "Sequence[ClipRow]") -> str:
    return counted(len(clips), "clip")
