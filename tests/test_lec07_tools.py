"""The tools that lecture 7's notebook hands to students: MNIST's format and the progress bar."""

import gzip
import struct
from pathlib import Path
from typing import Any

import jupytext
import numpy as np
import pytest
import torch

NOTEBOOK = Path(__file__).parents[1] / "assignments" / "lec07_cnn" / "lec07_cnn.py"


@pytest.fixture(scope="module")
def tools() -> dict[str, Any]:
    """Run the notebook's imports and the cell of tools, and nothing else."""
    names: dict[str, Any] = {}
    cells = jupytext.read(NOTEBOOK).cells
    plain = [c.source for c in cells if c.cell_type == "code" and not set(c.metadata) - {"lines"}]
    for source in plain:
        exec(compile(source, str(NOTEBOOK), "exec"), names)
    return names


def idx(code: int, values: np.ndarray) -> bytes:
    """The bytes of an idx file."""
    header = bytes([0, 0, code, values.ndim]) + struct.pack(f">{values.ndim}I", *values.shape)
    return header + values.astype(values.dtype.newbyteorder(">")).tobytes()


@pytest.mark.parametrize(
    ("code", "dtype"),
    [(8, "u1"), (9, "i1"), (11, "i2"), (12, "i4"), (13, "f4"), (14, "f8")],
)
@pytest.mark.parametrize("shape", [(5,), (2, 3), (3, 4, 2), (0, 3)])
@pytest.mark.parametrize("compressed", [False, True])
def test_every_type_of_number_is_read(
    tools: dict[str, Any],
    tmp_path: Path,
    code: int,
    dtype: str,
    shape: tuple[int, ...],
    compressed: bool,
) -> None:
    values = np.arange(np.prod(shape)).reshape(shape).astype(dtype) - np.array(3).astype(dtype)
    data = idx(code, values)
    path = tmp_path / "numbers"
    path.write_bytes(gzip.compress(data) if compressed else data)
    read = tools["read_idx"](path)
    assert read.dtype == np.dtype(dtype) and read.shape == shape
    assert (read == values).all()


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "does not begin"),
        (b"\0\0\x08", "does not begin"),
        (b"\1\0\x08\1" + b"\0\0\0\0", "does not begin"),
        (b"\0\0\x0a\1" + b"\0\0\0\0", "does not begin"),
        (b"PK\3\4 a zip file", "does not begin"),
        (b"\0\0\x08\2\0\0", "damaged"),
        (idx(8, np.zeros((2, 3), "u1"))[:-1], "damaged"),
        (idx(8, np.zeros((2, 3), "u1")) + b"\0", "damaged"),
        (idx(13, np.zeros((2, 3), "f4"))[:-2], "damaged"),
    ],
)
def test_another_file_is_refused_with_its_name(
    tools: dict[str, Any], tmp_path: Path, data: bytes, reason: str
) -> None:
    path = tmp_path / "train-images"
    path.write_bytes(data)
    with pytest.raises(ValueError, match=f"train-images .*{reason}"):
        tools["read_idx"](path)


def test_mnist_files_become_a_batch(tools: dict[str, Any], tmp_path: Path) -> None:
    pixels = np.arange(3 * 28 * 28).reshape(3, 28, 28).astype("u1")
    (tmp_path / "train-images-idx3-ubyte.gz").write_bytes(gzip.compress(idx(8, pixels)))
    (tmp_path / "train-labels-idx1-ubyte").write_bytes(idx(8, np.array([7, 0, 9], "u1")))
    x, y = tools["mnist"](tmp_path)
    assert x.shape == (3, 1, 28, 28) and x.dtype == torch.float32
    assert x.max() == 1 and torch.equal(x[1, 0], torch.tensor(pixels[1]) / 255)
    assert y.dtype == torch.int64 and y.tolist() == [7, 0, 9]
    with pytest.raises(FileNotFoundError, match="t10k-images"):
        tools["mnist"](tmp_path, "t10k")


def test_digits_fill_the_image(tools: dict[str, Any]) -> None:
    x, y = tools["digits"]()
    assert x.shape == (1797, 1, 28, 28) and y.shape == (1797,)
    assert x.min() == 0 and x.max() == 1 and x.dtype == torch.float32


def test_mnist_is_learnt_from_where_it_lies_and_else_the_digits(
    tools: dict[str, Any], tmp_path: Path
) -> None:
    for part, n in [("train", 3), ("t10k", 2)]:
        pixels = np.full((n, 28, 28), 51, "u1")
        (tmp_path / f"{part}-images-idx3-ubyte").write_bytes(idx(8, pixels))
        (tmp_path / f"{part}-labels-idx1-ubyte").write_bytes(idx(8, np.arange(n).astype("u1")))
    x, y, x_test, y_test = tools["load"](tmp_path)
    assert len(x) == len(y) == 3 and len(x_test) == len(y_test) == 2
    assert torch.allclose(x, torch.tensor(0.2))
    x, y, x_test, y_test = tools["load"](tmp_path / "nowhere")
    assert len(x) == len(y) == 1400 and len(x_test) == len(y_test) == 397
    every, labels = tools["digits"]()
    known = {image.numpy().tobytes() for image in every}
    assert all(image.numpy().tobytes() in known for image in torch.cat([x, x_test])[::100])
    assert torch.equal(torch.cat([y, y_test]).bincount(), labels.bincount())


def test_a_photograph_is_shrunk_to_what_the_net_expects(
    tools: dict[str, Any], tmp_path: Path
) -> None:
    photo = tools["photograph"](tmp_path / "none.png")
    assert photo.shape == (100, 100, 3) and photo.dtype == np.uint8
    ink = tools["bright_on_black"](photo)
    # Dark strokes have become bright, the unevenly lit paper black.
    assert photo[40, 45].mean() < photo[5, 5].mean() and ink[40, 45].min() > 150
    assert ink[5, 5].max() == ink[95, 95].max() == 0
    cut = tools["cut_out"](ink)
    assert cut.shape[0] == cut.shape[1] and cut.sum() == ink.sum()
    small = tools["shrink"](cut)
    assert small.shape == (28, 28, 3) and small.dtype == np.uint8
    assert abs(small.mean() - cut.mean()) < 3
    tools["plt"].imsave(tmp_path / "own.png", photo)
    assert np.abs(tools["photograph"](tmp_path / "own.png").astype(int) - photo).max() <= 1


def test_the_bar_grows_with_the_mini_batches_and_leaves_no_hook(
    tools: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    model = torch.nn.Linear(2, 1)
    with tools["Progress"](model, 4, width=8):
        for _ in range(4):
            model(torch.zeros(3, 2))
    model(torch.zeros(3, 2))
    lines = capsys.readouterr().out.strip().split("\r")
    assert [line.count("█") for line in lines if line] == [2, 4, 6, 8]
    assert lines[-1].endswith("4 of 4 mini-batches")
    assert not model._forward_hooks
