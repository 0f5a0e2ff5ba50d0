"""Where the files of the repository are."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SAMPLES = ROOT / "samples"
DOCS = ROOT / "docs"
PACKAGE = ROOT / "heatcli"
