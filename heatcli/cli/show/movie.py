"""Writing the video of a camera, and the line or JSON that tells of it."""

from pathlib import Path
from typing import TYPE_CHECKING

from heatcli.cli.show.console import emit, say
from heatcli.cli.show.maps import line, summary
from heatcli.cli.show.progress import FrameProgress
from heatcli.names import counted

if TYPE_CHECKING:
    from heatcli.cli.options.movie import MovieChoice
    from heatcli.config.settings import RenderSettings
    from heatcli.select.selection import Selection


def write_movie(
    movie: "MovieChoice",
    output: Path,
    selection: "Selection",
    settings: "RenderSettings",
    *,
    store: Path,
    config: Path | None,
    quiet: bool,
    as_json: bool,
) -> None:
    """Write the video, and say what was written."""
    from heatcli.commands.render_movie import Showing, render_movie
    from heatcli.config.models import load_config
    from heatcli.store.store import Store

    with FrameProgress(quiet=quiet) as progress:
        written = render_movie(
            store=Store.open(store),
            selection=selection,
            settings=settings,
            output=output,
            showing=Showing(
                boxes=movie.boxes,
                speed=movie.speed,
                videos=tuple(movie.videos or ()),
                anonymise=movie.anonymise,
            ),
            progress=progress,
            config=load_config(config),
        )
    length = f"{counted(written.frames, 'frame')} in {written.duration_s:.1f} s of video"
    say(f"{line(written.rendered)}; {length}", quiet=quiet)
    if movie.anonymise:
        warn_of_visible(output, written.unseen_pct)
    if as_json:
        told: dict[str, float | None] = {"frames": written.frames, "duration_s": written.duration_s}
        if movie.anonymise:
            told["unseen_pct"] = written.unseen_pct
        emit({"store": str(store), "cameras": [summary(written.rendered) | told]})


def warn_of_visible(output: Path, unseen_pct: float | None) -> None:
    """Say that not everybody may be hidden in a video, and what share of people's time tells of it."""
    said = f"heatcli: warning: {output}: people whom the detector never found are visible; look through it"
    if unseen_pct is not None:
        said += f" (those it did find, it missed for {unseen_pct:.0f} % of their time)"
    say(said)
