"""The wire: what was encoded comes back; of arbitrary bytes nothing comes but ProtocolError."""

import contextlib
import json
import socket
import struct
import threading
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from grader.worker import wire
from grader.worker.cap import Cap
from grader.worker.values import Encoder, build
from grader.worker.wire import Opaque, ProtocolError, Reader, decode

CAP = Cap(10_000, 1000, 1000)
DTYPES = sorted(wire.NUMPY_DTYPES)
TREES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.tuples(st.sampled_from(["list", "tuple", "dict"]), st.lists(inner, max_size=3)).map(
            list
        )
        | st.lists(
            st.sampled_from(["array", "tensor", "opaque", "float64", "bfloat16", "bool", "cpu"])
            | st.lists(st.integers(-2, 2**62), max_size=4),
            min_size=2,
            max_size=5,
        )
    ),
    max_leaves=20,
)


@given(TREES, st.binary(max_size=64))
def test_a_made_up_value_is_decoded_or_refused(tree: Any, body: bytes) -> None:
    reader = Reader(body)
    with contextlib.suppress(ProtocolError):
        decode(tree, reader, CAP)
        reader.finish()


@given(st.binary(max_size=200) | st.text(max_size=100).map(lambda t: json.dumps(t).encode()))
def test_a_made_up_header_is_an_object_or_refused(raw: bytes) -> None:
    with contextlib.suppress(ProtocolError):
        assert isinstance(wire.parse_header(raw), dict)


@pytest.mark.parametrize(
    "raw", [b"[" * 100_000, b'{"a":' * 100_000, b"9" * 10_000, b"\xff\xfe", b"[]", b"null", b""]
)
def test_a_hostile_header_is_refused(raw: bytes) -> None:
    with pytest.raises(ProtocolError):
        wire.parse_header(raw)


@given(st.binary(max_size=300))
@settings(max_examples=60)
def test_arbitrary_bytes_on_the_socket(raw: bytes) -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        theirs.sendall(raw)
        theirs.shutdown(socket.SHUT_WR)
        with contextlib.suppress(ProtocolError, wire.Closed):
            wire.receive_frame(ours, 1000, 1000)


@pytest.mark.parametrize(("header", "body"), [(2**32 - 1, 0), (0, 2**64 - 1), (11, 0), (2, 11)])
def test_sizes_over_the_caps_are_refused_before_anything_is_read(header: int, body: int) -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        theirs.sendall(struct.pack("<IQ", header, body))
        with pytest.raises(ProtocolError, match="larger"):
            wire.receive_frame(ours, 10, 10)


def test_a_frame_survives_the_socket() -> None:
    ours, theirs = socket.socketpair()
    body = [bytes(300_000), b"end"]
    with ours, theirs:
        sender = threading.Thread(target=wire.send_frame, args=(theirs, {"id": 7, "né": "x"}, body))
        sender.start()
        assert wire.receive_frame(ours) == ({"id": 7, "né": "x"}, b"".join(body))
        sender.join()


def whole(tree: Any, reader: Reader) -> Any:
    """A value whose arrays are all that the reader has."""
    decoded = decode(tree, reader, CAP)
    reader.finish()
    return decoded


def sent(value: Any) -> Any:
    """A value as the controller sees it."""
    encoder = Encoder()
    tree = json.loads(json.dumps(encoder.encode(value, CAP)))
    return whole(tree, Reader(b"".join(encoder.blobs)))


@given(
    hnp.arrays(
        st.sampled_from(DTYPES).map(np.dtype), hnp.array_shapes(min_dims=0, max_dims=4, min_side=0)
    ),
    st.booleans(),
)
def test_arrays_come_back_as_they_were(array: np.ndarray, transposed: bool) -> None:
    array = array.T if transposed else array
    back = sent(array)
    assert (back.kind, back.dtype, back.shape) == ("array", array.dtype.name, array.shape)
    np.testing.assert_array_equal(back.data, array)
    back = sent(torch.from_numpy(array.copy()))
    assert (back.kind, back.dtype, back.device) == ("tensor", array.dtype.name, "cpu")
    np.testing.assert_array_equal(back.data, array)


PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**900), 2**900) | st.text() | st.floats(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.lists(inner, max_size=3).map(tuple)
        | st.dictionaries(st.text() | st.integers(-(2**63) + 1, 2**63 - 1), inner, max_size=3)
    ),
    max_leaves=12,
)


@given(PLAIN)
def test_plain_values_come_back_as_they_were(value: Any) -> None:
    assert repr(sent(value)) == repr(value)


@given(hnp.arrays(np.float64, hnp.array_shapes(min_dims=0, min_side=0), elements=st.floats()))
def test_inputs_arrive_as_they_were_sent(array: np.ndarray) -> None:
    tree = ["tuple", [["array", "tensor", "float64", list(array.shape), ""], ["list", [1, None]]]]
    tensor, rest = build(tree, Reader(array.tobytes()), "cpu", "torch")
    assert type(tensor) is torch.Tensor
    np.testing.assert_array_equal(tensor.numpy(), array)
    assert rest == [1, None]


class Sub(np.ndarray):
    pass


@pytest.mark.parametrize(
    ("value", "name"),
    [
        (np.zeros(2).view(Sub), "Sub"),
        (torch.zeros(2).as_subclass(type("T", (torch.Tensor,), {})), "T"),
        (np.array([None]), "array of dtype object"),
        (np.array(["x"]), "array of dtype str32"),
        (torch.zeros(2).to_sparse(), "tensor of dtype float32"),
        (torch.zeros(2, device="meta"), "tensor on meta"),
        (10**400, "int"),
        ({(1,): 2}, "dict"),
        ({1, 2}, "set"),
        (b"x", "bytes"),
        (object(), "object"),
        (1j, "complex"),
        (type("I", (int,), {})(3), "I"),
    ],
)
def test_whatever_is_no_exact_value_is_only_named(value: Any, name: str) -> None:
    assert sent(value) == Opaque(name)


def test_special_tensors() -> None:
    parameter = torch.nn.Parameter(torch.ones(2))
    assert sent(parameter).kind == "tensor"
    narrow = sent(torch.tensor([1.0, -2.5, torch.inf]).bfloat16())
    assert (narrow.kind, narrow.dtype, narrow.shape) == ("tensor", "bfloat16", (3,))
    assert narrow.data.dtype == np.float32 and narrow.data.tolist() == [1.0, -2.5, np.inf]
    assert sent(torch.tensor(1.0).bfloat16()).shape == ()
    assert sent(torch.ones(2, dtype=torch.complex64).conj()).data.tolist() == [1, 1]
    assert sent(torch.Size([2, 3])) == (2, 3)
    assert sent(np.float32(2)).kind == "scalar"
    endless: list[Any] = []
    endless.append(endless)
    assert "Opaque" in repr(sent(endless))


@pytest.mark.parametrize(
    "shape", [[0, 2**39, 2**39], [2**39, 0, 2**39], [-1], [True], [0] * 33, [2.0]]
)
def test_impossible_shapes_are_refused(shape: list[Any]) -> None:
    with pytest.raises(ProtocolError):
        decode(["array", "array", "float64", shape, "cpu"], Reader(b""), CAP)


def test_bytes_that_are_neither_true_nor_false_are_true() -> None:
    array = decode(["array", "array", "bool", [3], "cpu"], Reader(b"\x00\x01\xff"), CAP)
    assert array.data.tobytes() == b"\x00\x01\x01"


@pytest.mark.parametrize(("size", "reason"), [(7, "shorter"), (9, "longer")])
def test_a_body_must_be_what_the_header_says(size: int, reason: str) -> None:
    with pytest.raises(ProtocolError, match=reason):
        whole(["array", "array", "float64", [1], "cpu"], Reader(bytes(size)))


def test_endless_nesting_and_too_many_parts_are_refused() -> None:
    tree: Any = 1
    for _ in range(wire.MAX_DEPTH + 1):
        tree = ["list", [tree]]
    for hostile in (tree, ["list", [None] * (CAP.nodes + 1)]):
        with pytest.raises(ProtocolError, match=r"nested|larger"):
            decode(hostile, Reader(b""), CAP)
