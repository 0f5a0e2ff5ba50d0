"""Small models for tests: random or made by hand, so that nothing has to be downloaded."""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from heatcli.detect.weights import quiet_ultralytics


def save_random_yolo(path: Path) -> None:
    """Save a yolo26n that was never trained but reports many a `person` and `car`, always the same ones."""
    quiet_ultralytics()
    import torch
    from ultralytics.models import YOLO

    torch.manual_seed(0)
    yolo = YOLO("yolo26n.yaml")
    network: Any = yolo.model
    network.names = {number: f"class {number}" for number in range(80)} | {0: "person", 2: "car"}
    head = network.model[-1]
    for branch in (*head.cv3, *head.one2one_cv3):
        branch[-1].bias.data[:] = -9.0
        branch[-1].bias.data[[0, 2]] = -0.5
        branch[-1].weight.data *= 100  # else nothing in the picture decides between the two
    yolo.save(str(path))


def save_openvino(
    folder: Path,
    rows: NDArray[np.float32],
    *,
    size: tuple[int, int] = (64, 64),
    dynamic: bool = False,
    batch: int = 1,
    task: str = "detect",
) -> Path:
    """Save a model in OpenVINO's format whose confidences are the share of red in its input.

    Args:
        folder: to save it in.
        rows: (n, 6) what it puts out: x1 y1 x2 y2, a factor for the confidence, class number.
        size: height and width of the input.
        dynamic: leave height and width open.
        batch: frames that it takes.
        task: that its metadata claims.
    """
    import openvino
    from openvino import opset13 as ops

    shape = [batch, 3, -1, -1] if dynamic else [batch, 3, *size]
    image = ops.parameter(shape, dtype=np.float32)
    red = ops.gather(image, np.array([0], np.int64), np.int64(1))
    share = ops.reduce_mean(red, np.array([0, 1, 2, 3], np.int64), keep_dims=False)
    is_confidence = np.array([0, 0, 0, 0, 1, 0], np.float32)
    factor = ops.add(ops.multiply(share, is_confidence), np.float32(1) - is_confidence)
    output = ops.multiply(factor, rows[None])
    folder.mkdir()
    openvino.save_model(openvino.Model([output], [image]), folder / "small.xml", compress_to_fp16=False)
    (folder / "metadata.yaml").write_text(
        f"task: {task}\nimgsz: [{size[0]}, {size[1]}]\nnames: {{0: person, 1: bicycle, 2: car, 3: bus}}\n"
    )
    return folder


def save_random_classifier(path: Path, *, sure: bool) -> None:
    """Save an untrained classification model of four labels that is `sure` of `Hi-Vis Vest`, or of none."""
    quiet_ultralytics()
    import torch
    from ultralytics.models import YOLO

    torch.manual_seed(0)
    yolo = YOLO("yolo11n-cls.yaml")
    network: Any = yolo.model
    network.names = {0: "Apron", 1: "Hi-Vis Vest", 2: "Suit", 3: "Uniform"}
    head = network.model[-1]
    head.linear = torch.nn.Linear(head.linear.in_features, len(network.names))
    head.linear.weight.data *= 0
    head.linear.bias.data[:] = torch.tensor([0.0, 4.0 if sure else 0.0, 0.0, 0.0])
    yolo.save(str(path))


def save_openvino_reid(
    folder: Path,
    *,
    takes: tuple[int, ...] = (1, 3, 32, 16),
    gives: str = "mean",
    inputs: int = 1,
    converted: dict[str, str] | None = None,
) -> Path:
    """Save a model in OpenVINO's format that gives the mean of each channel of its input.

    Args:
        folder: to save it in.
        takes: shape of the input; -1 is open.
        gives: `mean`, (batch, channels); `picture`, of the input's shape; `both`.
        inputs: how many it takes, which are added.
        converted: what its metadata says of how the model optimizer converted it.
    """
    import openvino
    from openvino import opset13 as ops

    pictures = [ops.parameter(list(takes), dtype=np.float32) for _ in range(inputs)]
    total = pictures[0]
    for picture in pictures[1:]:
        total = ops.add(total, picture)
    mean = ops.reduce_mean(total, np.array([2, 3], np.int64), keep_dims=False)
    same = ops.multiply(total, np.float32(2))
    outputs = {"mean": [mean], "picture": [same], "both": [mean, same]}[gives]
    model = openvino.Model(outputs, pictures)
    for key, value in (converted or {}).items():
        model.set_rt_info(value, ["conversion_parameters", key])
    folder.mkdir(parents=True)
    openvino.save_model(model, folder / "mean.xml", compress_to_fp16=False)
    return folder


def save_parts_reid(folder: Path, *, bands: int = 6, blind: bool = False) -> Path:
    """Save a model in OpenVINO's format that tells people apart by their colours from top to toe.

    The mean colour of each band of the middle of the picture is compared with a palette of 64 colours: each
    gets a share, the larger the closer it is.

    Args:
        folder: to save it in.
        bands: into how many a picture is cut.
        blind: whether it is shown nothing, so that all people look alike to it.
    """
    import openvino
    from openvino import opset13 as ops

    high, wide = 96, 32
    picture = ops.parameter([1, 3, high, wide], dtype=np.float32)
    seen = ops.multiply(picture, np.float32(not blind))
    middle = ops.slice(seen, np.array([10]), np.array([22]), np.array([1]), np.array([3]))
    mean = ops.avg_pool(middle, [high // bands, 12], [0, 0], [0, 0], [high // bands, 12], True)
    steps = np.linspace(-2, 2, 4, dtype=np.float32)
    palette = np.stack(np.meshgrid(steps, steps, steps), axis=-1).reshape(-1, 3)
    # Minus the squared distance, but for what is the same for all colours of the palette.
    near = ops.add(
        ops.convolution(mean, 2 * palette[:, :, None, None], [1, 1], [0, 0], [0, 0], [1, 1]),
        -(palette**2).sum(axis=1)[None, :, None, None],
    )
    shares = ops.softmax(ops.multiply(near, np.float32(3)), 1)
    embedding = ops.reshape(shares, np.array([1, len(palette) * bands]), False)
    folder.mkdir(parents=True)
    openvino.save_model(openvino.Model([embedding], [picture]), folder / "parts.xml", compress_to_fp16=False)
    return folder


def save_onnx_reid(path: Path, *, author: str) -> Path:
    """Save an ONNX model that gives the mean of each channel of pictures of 32 rows and 16 columns.

    Written by hand as protocol buffers (onnx.proto), so that no other package is needed.

    Args:
        path: of the file.
        author: that its metadata name.
    """

    def varint(number: int) -> bytes:
        low, high = number & 127, number >> 7
        return bytes([low | 128]) + varint(high) if high else bytes([low])

    def field(number: int, value: int | str | bytes) -> bytes:
        if isinstance(value, int):
            return varint(number << 3) + varint(value)
        data = value.encode() if isinstance(value, str) else value
        return varint(number << 3 | 2) + varint(len(data)) + data

    def value_info(name: str, shape: list[int | str]) -> bytes:
        dims = [field(1, field(1 if isinstance(size, int) else 2, size)) for size in shape]
        float32 = field(1, 1)
        return field(1, name) + field(2, field(1, float32 + field(2, b"".join(dims))))

    pool = field(1, "picture") + field(2, "pooled") + field(4, "GlobalAveragePool")
    flatten = field(1, "pooled") + field(2, "embedding") + field(4, "Flatten")
    graph = (
        field(1, pool)
        + field(1, flatten)
        + field(2, "mean")
        + field(11, value_info("picture", ["batch", 3, 32, 16]))
        + field(12, value_info("embedding", ["batch", 3]))
    )
    metadata = field(1, "author") + field(2, author)
    ir_version, opset = field(1, 8), field(8, field(2, 13))
    path.write_bytes(ir_version + opset + field(7, graph) + field(14, metadata))
    return path
