"""The work behind `heatcli zones`: a page on which the zones of a camera are drawn."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path

from heatcli.config.models import Config, load_config
from heatcli.editor.content import Drawable, drawable
from heatcli.editor.page import editor_page
from heatcli.editor.saving import base_of, check_writable, save_drawn
from heatcli.editor.server import PageServer
from heatcli.errors import ConfigError, OutputError, UsageError
from heatcli.files import check_output_file, file_name, output_file
from heatcli.store.store import Store


def zones_page(
    *, store: Store, config: Config, camera: str, output: Path | None = None
) -> tuple[Drawable, Path]:
    """Write a page on which zones, lines, masks and floor points of a camera are drawn; it gives their text.

    Args:
        store: heat store that has the camera's empty scene.
        config: configuration, whose zones of this camera are on the page.
        camera: name of the camera, or part of a name or pattern that fits one camera only.
        output: page to write; None for `zones-<camera>.html` in the current folder.

    Returns:
        What there is to draw on, and path of the written file.

    Raises:
        UsageError: no camera or several have that name, the camera has no empty scene, or the output cannot
            be written.
        InputError: the empty scene cannot be read.
        OutputError: the file cannot be written.
    """
    if output is not None:
        check_output_file(output, (".html",))
    found = drawable(store, config, camera)
    file = output or Path(f"zones-{file_name(found.camera)}.html")
    check_output_file(file, (".html",))
    with output_file(file) as beside:
        beside.write_text(editor_page({**found.content, "save": None}), encoding="utf-8")
    return found, file


def serve_zones(*, store: Store, config: Config, camera: str, ready: Callable[[Drawable, str], None]) -> None:
    """Serve the page to this machine until Ctrl-C; it writes what is drawn into the configuration.

    Args:
        store: heat store that has the camera's empty scene.
        config: configuration, which was read from a file and has the camera.
        camera: name of the camera, or part of a name or pattern that fits one camera only.
        ready: receiver of what there is to draw on and of the page's address, which gives the right to write.

    Raises:
        UsageError: as of `zones_page`; or there is no configuration file, it is read-only, or it does not
            have the camera.
        InputError: the empty scene cannot be read.
        OutputError: there is no free port.
    """
    file = config.file
    if file is None:
        raise ConfigError(
            "there is no heatcli.toml to write to; make one with `heatcli init`, or name one with --config"
        )
    found = drawable(store, config, camera)
    if found.camera not in config.cameras:
        raise UsageError(
            f"{file}: does not have camera {found.camera!r}; add it with its sources first, or leave out "
            "--serve"
        )
    check_writable(file)

    def page(token: str) -> str:
        base = base_of(file)
        content = drawable(store, load_config(file), found.camera).content
        return editor_page({**content, "save": {"token": token, "base": base}})

    try:
        server = PageServer(page, lambda asked: asdict(save_drawn(file, found.camera, asked)))
    except OSError as error:
        raise OutputError(
            f"no page can be served on this machine ({error.strerror}); leave out --serve"
        ) from error
    # Ctrl-C may come at any time from here on.
    with suppress(KeyboardInterrupt):
        ready(found, server.url)
        server.run()
