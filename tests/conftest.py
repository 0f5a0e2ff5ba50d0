"""Fixtures that every test may use."""

import os
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def test_data() -> Path:
    """The folder of real footage with ground truth and real weights, if this machine has it."""
    folder = os.environ.get("HEATCLI_TEST_DATA")
    if not folder or not Path(folder).is_dir():
        pytest.skip("HEATCLI_TEST_DATA names no folder of real footage")
    return Path(folder).resolve()


@pytest.fixture(scope="session")
def weights(test_data: Path) -> Path:
    """Real YOLO weights, if this machine has them."""
    return test_data / "yolo11n_int8_openvino_model"
