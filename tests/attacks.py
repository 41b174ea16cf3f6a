"""What submissions may try, each with the verdicts and the messages it must get.

An attack is Python that is put after the right answers, so that whatever it leaves alone keeps
its marks; one that is stopped by an exception gives the right value back, and passes.
"""

import textwrap
from dataclasses import dataclass, field

HONEST = """\
import gc, os, struct, sys, threading, time
import numpy as np
import torch


def scale(x):
    return 3 * x + 1


def product(a, b):
    return (a[:, :, None] * b[None]).sum(1)


class Tally:
    def __init__(self):
        self.count = 0

    def add(self, x):
        self.count += x.numel()
        return self.count


right = scale
"""
# Finds what speaks for the worker, with its token; no honest code does.
VOICE = """
def voice():
    return next(o for o in gc.get_objects() if type(o).__name__ == "_Voice")
"""
PROTOCOL = "a result is missing: the process did not report it as a plain array or number"
CRASH = "the process ended in the middle of the call (exit, or a crash in a library)"
TIMEOUT = "the call did not end within the time limit: is there a loop that never stops?"


@dataclass(frozen=True)
class Attack:
    """`verdicts` ("a/b": either) and parts of `messages` by exercise; what is not named passes."""

    source: str
    verdicts: dict[str, str] = field(default_factory=dict)
    messages: dict[str, str] = field(default_factory=dict)


def on_scale(body: str, verdict: str = "passed", message: str = "", before: str = "") -> Attack:
    """An attack from inside `scale`."""
    source = f"{before}\n\ndef scale(x):\n{textwrap.indent(textwrap.dedent(body), '    ')}\n"
    return Attack(source, {"scale": verdict}, {"scale": message})


def speaking(body: str, verdict: str = "failed", message: str = PROTOCOL) -> Attack:
    """An attack from inside `scale` that has found the worker's voice, as the survey sees."""
    attack = on_scale(body, verdict, message, VOICE)
    found = {"product": "it reaches around the check of forbidden operations (gc.get_objects)"}
    return Attack(
        attack.source, attack.verdicts | {"product": "forbidden"}, attack.messages | found
    )


def at_load(body: str, verdicts: dict[str, str] | None = None) -> Attack:
    """An attack while the submission is loaded, on answers that are wrong for `scale`."""
    wrong = "def scale(x):\n    return x\n\n"
    return Attack(wrong + textwrap.dedent(body), {"scale": "failed"} | (verdicts or {}))


def on_product(expression: str, message: str, before: str = "") -> Attack:
    """A forbidden operation in `product`."""
    source = f"{before}\n\ndef product(a, b):\n    return {expression}\n"
    return Attack(source, {"product": "forbidden"}, {"product": message})


FORGERY = {
    "prints_a_score": at_load("print('100/100'); print('{\"score\": 100}', file=sys.stderr)"),
    "exits_at_once": on_scale("os._exit(0)", "error", CRASH),
    "exits_politely": on_scale("sys.exit(0)", "error", "SystemExit (line"),
    "exits_while_loading": Attack("os._exit(0)"),
    "exits_politely_while_loading": Attack("raise SystemExit"),
    "atexit": at_load("import atexit; atexit.register(lambda: os.write(3, b'100/100'))"),
    "edits_later": on_scale(
        """
        wrong = x * 0
        threading.Thread(target=lambda: (time.sleep(0.05), wrong.copy_(3 * x + 1))).start()
        return wrong
        """,
        "failed",
        "entries are wrong",
    ),
    "plants_files": at_load(
        """
        for name in ("results.json", "conftest.py", "numpy.py", "sitecustomize.py"):
            with open(name, "w") as file:
                file.write("100/100")
        """
    ),
    "patches_comparisons": at_load(
        """
        yes = lambda *args, **kwargs: True
        torch.allclose = torch.equal = np.allclose = np.array_equal = np.isclose = yes
        torch.testing.assert_close = np.testing.assert_allclose = yes
        np.isfinite = np.abs = np.max = yes
        """
    ),
    "shadows_numpy": at_load("sys.modules['numpy'] = sys.modules['grader.worker.wire'] = None"),
    "import_hook": at_load(
        "sys.meta_path.insert(0, type('H', (), {'find_spec': lambda *a: 1 / 0})())"
    ),
    "traces": at_load("sys.settrace(lambda *a: None)", {"product": "forbidden"}),
    "profiles": at_load("sys.setprofile(lambda *a: None)", {"product": "forbidden"}),
    "says_yes": on_scale(
        "return Yes()",
        "failed",
        "the result: expected a tensor, got something of another type",
        """
class Yes:
    shape, dtype, device = (4, 3), torch.float64, torch.device("cpu")
    __eq__ = __lt__ = __le__ = __bool__ = lambda *a: True
    __abs__ = __sub__ = lambda self, *a: self
    __array__ = lambda self, *a, **k: np.zeros((4, 3))
    __array_function__ = __torch_function__ = lambda *a, **k: True
""",
    ),
    "tensor_subclass": on_scale(
        "return x.as_subclass(type('T', (torch.Tensor,), {}))", "failed", "expected a tensor"
    ),
    "ndarray": on_scale(
        "return np.asarray(3 * x + 1)", "failed", "expected a tensor, got an array"
    ),
    "ndarray_subclass": on_scale(
        "return (3 * x + 1).numpy().view(type('A', (np.ndarray,), {}))", "failed", "another type"
    ),
    "object_array": on_scale("return np.array([x, None], dtype=object)", "failed", "dtype object"),
    "lazy": on_scale("return lambda: 3 * x + 1", "failed", "something of type function"),
    "generator": on_scale("yield 3 * x + 1", "failed", "something of type generator"),
    "sparse": on_scale("return (3 * x + 1).to_sparse()", "failed", "expected a tensor"),
    "meta": on_scale("return (3 * x + 1).to('meta')", "failed", "tensor on meta"),
    "bfloat16": on_scale(
        "return (3 * x + 1).bfloat16()", "failed", "expected float64, got bfloat16"
    ),
    "half_inside": on_scale("return (3 * x.half() + 1).to(x.dtype)", "failed", "wrong"),
    "nan": on_scale("return x * float('nan')", "failed", "is not finite"),
    "empty": on_scale("return x[:0]", "failed", "expected shape (4, 3), got (0, 3)"),
    "broadcastable": on_scale("return torch.zeros((), dtype=x.dtype)", "failed", "got ()"),
    "nothing": on_scale("pass", "failed", "expected a tensor, got None"),
    "constant": on_scale("return torch.ones_like(x)", "failed", "wrong"),
    "cached": on_scale(
        "return KEPT.setdefault('scale', 3 * x + 1)", "failed", "expected shape", "KEPT = {}"
    ),
    "mutates": on_scale(
        "return x.mul_(3).add_(1)", "failed", "argument 1 is changed by the call [values"
    ),
    "resizes": on_scale(
        "y = 3 * x + 1; x.resize_(0); return y", "failed", "argument 1 is changed by the call"
    ),
    "huge_integer": on_scale("return 10**400", "failed", "expected a tensor"),
    "larger_integer": on_scale("return 10**9000", "failed", "expected a tensor"),
    "huge_text": on_scale(
        "return 'x' * 10_000_000", "failed", "expected a tensor, got a text that is far too long"
    ),
    "huge_list": on_scale(
        "return [0] * 300_000", "failed", "expected a tensor, got a list that is far too long"
    ),
    "deep_list": on_scale(
        "v = x\nfor _ in range(900): v = [v]\nreturn v", "failed", "expected a tensor"
    ),
    "odd_keys": on_scale("return {('a',): x, 1.5: x}", "failed", "expected a tensor"),
    "huge_tensor": on_scale(
        "return torch.zeros(2**23 + 1, 1, dtype=x.dtype)", "failed", "expected shape (4, 3), got"
    ),
    "broken_exception": on_scale(
        "raise type('E', (Exception,), {'__str__': lambda self: os._exit(0)})()", "error", CRASH
    ),
    "exception_without_text": on_scale(
        "raise type('E', (Exception,), {'__str__': lambda self: 1 / 0})()",
        "error",
        "Exception (line",
    ),
    "patches_the_clock": at_load(
        "time.time = time.monotonic = time.perf_counter = torch.cuda.synchronize = lambda *a: 0"
    ),
    "patches_json": at_load(
        """
        import json
        json.dumps = json.JSONEncoder.encode = lambda *a, **k: '{"loaded": ["scale"], "id": 0}'
        """
    ),
    "other_defaults": Attack("torch.set_default_dtype(torch.float16); np.random.seed(1)"),
    "forgets_the_device": on_scale(
        "return 3 * x + torch.ones(x.shape[-1], dtype=x.dtype)", "failed", "meet tensors on the GPU"
    ),
    "stays_on_the_cpu": on_scale("return (3 * x + 1).cpu()", "failed", "left on the CPU"),
    "goes_to_the_cpu": on_scale("return 3 * x.to('cpu') + 1", "failed", "left on the CPU"),
}

_WRITE = "os.write(fd, struct.pack('<IQ', {header}, {body}) + {rest})"


def _every_fd(header: str, body: str, rest: str) -> str:
    write = _WRITE.format(header=header, body=body, rest=rest)
    return (
        f"for fd in range(3, 64):\n    try:\n        {write}\n    except OSError:\n        pass\n"
    )


_RESULT = 'b\'{"id": 0, "value": null, "inputs": null, "seen": []}\''
_LOADED = 'b\'{"loaded": ["scale", "product", "Tally"], "evasions": {}, "surveyed": {}}\''


def _claims(shape: str, blobs: str = "[]") -> Attack:
    """A forged result of a shape."""
    value = f'["array", "tensor", "float64", {shape}, "cpu"]'
    return speaking(f"voice().say({{'id': 0, 'inputs': None, 'value': {value}}}, {blobs})")


SOCKET = {
    "frames_by_fd": on_scale(
        _every_fd(f"len({_RESULT})", "0", _RESULT) + "return right(x)", "failed", PROTOCOL
    ),
    "frames_by_fd_while_loading": at_load(_every_fd(f"len({_LOADED})", "0", _LOADED)),
    "header_too_large": on_scale(_every_fd("2**32 - 1", "0", "b''"), "failed", PROTOCOL),
    "body_too_large": on_scale(_every_fd("2", "2**64 - 1", "b'{}'"), "failed", PROTOCOL),
    "no_json": on_scale(_every_fd("9", "0", "b'\\xff\\xfe[[[[[[\\x00'"), "failed", PROTOCOL),
    "deep_json": on_scale(
        _every_fd("200000", "0", "b'[' * 200000") + "return right(x)", "failed", PROTOCOL
    ),
    "half_a_frame": on_scale("os.write(3, b'\\x02\\x00\\x00')\ntime.sleep(60)", "timeout", TIMEOUT),
    "closes_the_socket": on_scale("os.close(3)\ntime.sleep(60)", "error", CRASH),
    "closes_everything": on_scale("os.closerange(0, 64)\ntime.sleep(60)", "error", CRASH),
    "doubled_id": speaking("voice().say({'id': 0})\nreturn right(x)", message="got None"),
    "missing_id": speaking(
        "type(voice()).say.__globals__['send_frame'] = lambda *a: None\nreturn right(x)",
        "timeout",
        TIMEOUT,
    ),
    "doubled_frames": speaking(
        "names = type(voice()).say.__globals__\nsend = names['send_frame']\n"
        "names['send_frame'] = lambda *a: (send(*a), send(*a))\nreturn right(x)",
    ),
    "reordered_id": speaking("voice().say({'id': 1})"),
    "huge_id": speaking("voice().say({'id': 10**4000})"),
    "true_for_an_id": speaking("voice().say({'id': False})"),
    "no_id": speaking("voice().say({'done': 'scale'})"),
    "flood_of_frames": speaking(
        "say = voice().say\nwhile True: say({'id': 0})", message="got None"
    ),
    "confinement_frame": speaking("voice().say({'confinement': 'seccomp', 'reason': 'none'})"),
    "impossible_shape": _claims("[0, 2**39, 2**39]"),
    "lying_shape": _claims("[4, 3]", "[b'12345678']"),
    "negative_shape": _claims("[-1, 10**30]"),
    "unknown_dtype": speaking("voice().say({'id': 0, 'value': ['array', 'tensor', 'O', [1], '']})"),
    "pickle": speaking("voice().say({'id': 0, 'value': ['pickle', 'gASVAAAA']})"),
    "left_over_bytes": speaking("voice().say({'id': 0, 'inputs': None}, [b'12345678'])"),
    "exception_of_numbers": speaking("voice().say({'id': 0, 'raised': 7})"),
    "surrogates": speaking(
        """
        voice().say({"id": 0, "inputs": None, "seen": ["\\ud800", 7, "\\ud801" * 900], "raised": {
            "type": "\\ud800", "mro": ["\\x1b[31m", "\\ud800", "x" * 9000], "where": "driver",
            "message": "\\ud800\\x1b]0;x\\x07\\u202e", "cell": 10**4000, "line": -10**4000,
            "network": "yes"}})
        """,
        "error",
        "an exception [values, inputs (4, 3)]",
    ),
    "made_up_places": speaking(
        """
        voice().say({"id": 0, "inputs": None, "raised": {
            "type": "KeyError", "mro": [], "where": "student", "cell": 1, "line": 123456789}})
        """,
        "error",
        "KeyError [values, inputs (4, 3)]",
    ),
    "opaque_words": speaking(
        "voice().say({'id': 0, 'inputs': None, 'value': ['opaque', '\\ud800' + str(x.tolist())]})",
        "failed",
        "the result: expected a tensor, got something of another type [values, inputs (4, 3)]",
    ),
    "loads_twice": Attack(
        VOICE + "for number in (0, 10**30, -1, True, None, 'x', 3):\n"
        "    voice().say({'unit': number, 'begins': True})\n",
        {"product": "forbidden"},
    ),
    "flood_while_loading": Attack(
        VOICE + "say = voice().say\nnumber = 0\nwhile True:\n"
        "    say({'unit': number, 'begins': True})\n    number += 1\n",
        {"product": "forbidden"},
    ),
    "same_fault_for_ever": Attack(
        VOICE + "say = voice().say\nwhile True:\n"
        "    say({'unit': 999, 'raised': {'type': 'E', 'message': 'x' * 400}})\n",
        {"product": "forbidden"},
    ),
    "confinement_while_loading": Attack(
        VOICE + "voice().say({'confinement': 'seccomp', 'reason': 'none'})",
        {"product": "forbidden"},
    ),
    "says_it_is_done_while_loading": at_load(
        VOICE + "voice().say({'loaded': ['scale', 'product', 'Tally', 7]})\n"
        "for n in range(3):\n    voice().say({'id': n, 'value': None, 'inputs': None})\n"
        "voice().say({'done': 'scale'})\n",
        {"product": "forbidden", "scale": "failed", "Tally": "any"},
    ),
}
