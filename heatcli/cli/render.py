"""`heatcli render`: heat maps from the store."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from heatcli.cli.options import common
from heatcli.cli.options.conflicts import refuse_conflicts
from heatcli.cli.options.density import DensityChoice, with_density
from heatcli.cli.options.drawing import with_settings
from heatcli.cli.options.movie import MovieChoice, with_movie
from heatcli.cli.options.picture import PictureChoice, with_picture
from heatcli.cli.options.selection import with_selection
from heatcli.cli.options.types import PATH, whole
from heatcli.cli.show.floors import show_floors
from heatcli.cli.show.maps import show_cameras, write_points
from heatcli.cli.show.movie import write_movie
from heatcli.config.bounds import COLUMNS
from heatcli.names import Plane, Scale

if TYPE_CHECKING:
    from heatcli.config.settings import RenderSettings
    from heatcli.select.selection import Selection


@with_settings
@with_selection
@with_picture
@with_density
@with_movie
def command(
    output: Annotated[
        Path | None,
        typer.Option(
            *("-o", "--output"),
            metavar="FILE",
            parser=PATH,
            help="File to write: picture, .mp4, .npz or .csv; or a folder, for several cameras.  [default: "
            "heat-CAMERA-METRIC-PERIOD.png]",
        ),
    ] = None,
    on: Annotated[
        Plane, typer.Option(help="Draw in the camera's picture, or on the floor plan in heatcli.toml.")
    ] = Plane.PICTURE,
    *,
    settings: "RenderSettings",
    selection: "Selection",
    choice: DensityChoice | None,
    picture: PictureChoice,
    columns: Annotated[
        int | None,
        typer.Option(parser=whole(COLUMNS), help="Put all cameras into one picture, in one or two columns."),
    ] = None,
    scale: Annotated[
        Scale | None,
        typer.Option(
            help="For --columns: one colour scale for all cameras, or one for each.  [default: shared]"
        ),
    ] = None,
    movie: MovieChoice | None,
    store: common.Store = common.DEFAULT_STORE,
    config: common.ConfigFile = None,
    no_cache: common.NoCache = False,
    quiet: common.Quiet = False,
    as_json: common.Json = False,
) -> None:
    """Draw heat maps of stored trajectories. Only a video (-o heat.mp4) needs the recording again."""
    from heatcli.commands.render import render_cameras
    from heatcli.commands.render_floor import render_floor
    from heatcli.store.store import Store as HeatStore

    refuse_conflicts(
        on=on, settings=settings, choice=choice, picture=picture, columns=columns, scale=scale, output=output
    )
    if choice is not None and choice.points is not None:
        write_points(choice, settings, picture, output=output, quiet=quiet, as_json=as_json)
        return
    if movie is not None and output is not None:
        write_movie(
            movie, output, selection, settings, store=store, config=config, quiet=quiet, as_json=as_json
        )
        return
    heat_store = HeatStore.open(store, keeps=not no_cache)
    known = common.read_config(config, store, quiet=quiet)
    drawing = picture.drawing(settings, choice)
    if on is Plane.FLOOR:
        floors = render_floor(
            store=heat_store,
            selection=selection,
            drawing=drawing,
            config=known,
            output=output,
            columns=columns,
            scale=scale or Scale.SHARED,
        )
        show_floors(floors, store=store, quiet=quiet, as_json=as_json)
        return
    rendered = render_cameras(
        store=heat_store,
        selection=selection,
        drawing=drawing,
        config=known,
        output=output,
        columns=columns,
        scale=scale or Scale.SHARED,
    )
    show_cameras(rendered, store=store, quiet=quiet, as_json=as_json)
