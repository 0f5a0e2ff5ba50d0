"""Write the JSON schema of heatcli.toml, for editors: `python docs/make_schema.py`."""

import json
from pathlib import Path

from heatcli.config.models import Config

SCHEMA = Path(__file__).parent / "heatcli.schema.json"


def schema_text() -> str:
    """Return the schema as indented JSON."""
    return (
        json.dumps({"title": "heatcli.toml", **Config.model_json_schema()}, indent=1, sort_keys=True) + "\n"
    )


if __name__ == "__main__":
    SCHEMA.write_text(schema_text(), encoding="utf-8")
