"""Writing the video of a camera, and the line or JSON that tells of it."""

from pathlib import Path
from typing import TYPE_CHECKING

from heatcli.cli.show.console import emit, say
from heatcli.cli.show.maps import line, summary
from heatcli.cli.show.progress import FrameProgress

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
    length = f"{written.frames} frames in {written.duration_s:.1f} s of video"
    say(f"{line(written.rendered)}; {length}", quiet=quiet)
    if as_json:
        told = {"frames": written.frames, "duration_s": written.duration_s}
        emit({"store": str(store), "cameras": [summary(written.rendered) | told]})
