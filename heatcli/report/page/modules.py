"""The JavaScript modules of the page, packed so that they run from one HTML file without a network.

They are plain ES modules that import each other as `./name.js`. A page that is opened from disk may not load
other files, so each module becomes a `data:` URL in an import map, under the name `heatcli/name.js`:

    <script type="importmap">{import_map()}</script>
    <script type="module">
      import {start} from "heatcli/main.js";
      start();
    </script>

The import map must come before the first module script.
"""

import json
import re
from base64 import b64encode
from collections.abc import Iterable
from pathlib import Path

FOLDER = Path(__file__).parent / "web"

_PREFIX = "heatcli/"

# `import {a} from "./b.js"`, `export {a} from "./b.js"` and `import "./b.js"`, also from another folder.
_RELATIVE = re.compile(r"""(\bfrom\s+|\bimport\s+)(["'])\.{1,2}/(?:[\w./-]+/)?([\w-]+\.js)\2""")


def import_map(files: Iterable[Path] | None = None) -> str:
    """Return the import map of modules, `heatcli/NAME.js` each.

    Args:
        files: modules, no two of which have one name; None for all in the folder of the report's page.

    Returns:
        JSON text that holds no `<`, so that it can stand in a `script` element as it is.
    """
    wanted = sorted(FOLDER.glob("*.js")) if files is None else files
    return json.dumps({"imports": {_PREFIX + file.name: _url(file) for file in wanted}})


def _url(file: Path) -> str:
    """Return a module as a `data:` URL, with its imports renamed to those of the import map."""
    text = _RELATIVE.sub(rf"\1\2{_PREFIX}\3\2", file.read_text(encoding="utf-8"))
    return "data:text/javascript;base64," + b64encode(text.encode()).decode()
