"""White-box attacks on what is taken away, in several forms of each class: none may succeed.

An attack returns the gradient 2·u of Σ u² at u, or the product that it was after; it succeeds if
what it returns is that. What comes of it otherwise, an exception or an accusation, is not asked.
"""

from collections.abc import Iterator

import forbidden_sets as forbidden  # type: ignore[import-not-found]
import pytest
from taken_away import Forks  # type: ignore[import-not-found]

PRELUDE = """
import base64, copy, functools, gc, logging, operator, sys, threading, traceback, types
import numpy as np, torch
import torch.nn.functional as F
u = torch.tensor([1.0, -2.0, 3.0])
a, b = np.array([[1.0, 2.0]]), np.array([[3.0], [4.0]])
def loss(x):
    return (x * x).sum()
def leaf():
    return torch.tensor([1.0, -2.0, 3.0], requires_grad=True)
def true(x):
    return torch.allclose(torch.as_tensor(x).detach(), 2 * u)
"""

AUTOGRAD = {
    "engine": "w = leaf(); e = torch.autograd.Variable._execution_engine\n"
    "e.run_backward((loss(w),), (torch.ones(()),), False, False, (), True, True); return w.grad",
    "engine's type": "w = leaf(); e = type(torch.autograd.Variable._execution_engine)\n"
    "return e.run_backward(e(), (loss(w),), (torch.ones(()),), False, False, (w,), True, False)[0]",
    "operator": "w = leaf(); torch.ops.aten._backward(loss(w), [w]); return w.grad",
    "script": "run = torch.jit.CompilationUnit('''\ndef f(x):\n    y = (x * x).sum()\n"
    "    return torch.autograd.grad([y], [x])[0]\n''')\nreturn run.f(leaf())",
    "jit operator": "grad = torch._C._jit_get_operation('aten::grad')[0]\nw = leaf()\n"
    "return grad([loss(w)], [w], None, None, False, True)[0]",
    "by hand": "y = leaf() * 1\nreturn y.grad_fn(2 * u)[0]",
    "inference mode off": "with torch.inference_mode(False):\n    w = leaf(); y = loss(w)\n"
    "    return y.grad_fn.next_functions[0][0](torch.ones(3))[0]",
    "tangents": "import torch.autograd.forward_ad as fa\nout = []\nfor i in range(3):\n"
    "    with fa.dual_level():\n        t = torch.zeros(3); t[i] = 1\n"
    "        out.append(fa.unpack_dual(loss(fa.make_dual(u, t))).tangent)\nreturn torch.stack(out)",
    "transform": "return torch.func.grad(loss)(u)",
    "jvp": "return torch.stack([torch.func.jvp(loss, (u,), (v,))[1] for v in torch.eye(3)])",
    "vjp": "return torch.func.vjp(loss, u)[1](torch.ones(()))[0]",
    "copied function": "g = types.FunctionType(torch.autograd.grad.__code__, "
    "torch.autograd.grad.__globals__, 'h', torch.autograd.grad.__defaults__)\n"
    "w = leaf(); return g(loss(w), w)[0]",
    "partial": "w = leaf(); return functools.partial(torch.autograd.grad, loss(w), w)()[0]",
    "kept engine": "w = leaf(); RUN((loss(w),), (torch.ones(()),), False, False, (), True, True)\n"
    "return w.grad",
    "thread": "out = []\ndef work():\n    w = leaf(); loss(w).backward(); out.append(w.grad)\n"
    "t = threading.Thread(target=work); t.start(); t.join(); return out[0]",
    "started thread": "BOX.append(1); EVENT.set(); DONE.wait(2); return BOX[-1]",
    "computed profile": "getattr(sys, 'set' + 'profile')(None); w = leaf(); loss(w).backward()\n"
    "return w.grad",
    "encoded text": "w = leaf(); HIDDEN(w); return w.grad",
    "hook": "w = leaf(); got = []; y = w * 1; y.register_hook(got.append); loss(y).backward()\n"
    "return got[0]",
    "function": "class D(torch.autograd.Function):\n    @staticmethod\n    def forward(ctx, x):\n"
    "        return x * 1\n    @staticmethod\n    def backward(ctx, g):\n        return g\n"
    "w = leaf(); loss(D.apply(w)).backward(); return w.grad",
    "double backward": "w = leaf(); g, = torch.autograd.grad(loss(w) ** 2, w, create_graph=True)\n"
    "return torch.autograd.grad(g.sum(), w)[0] * 0 + g / loss(w)",
    "grad mode": "torch._C._set_grad_enabled(True); w = leaf(); loss(w).backward(); return w.grad",
    "compile": "return torch.compile(torch.func.grad(loss), backend='eager')(u)",
    "road of a traceback": "try:\n    raise ValueError\nexcept ValueError as error:\n"
    "    frame = error.__traceback__.tb_frame\nwhile frame.f_back is not None:\n"
    "    frame = frame.f_back\n    for thing in list(frame.f_locals.values()):\n"
    "        asked = getattr(thing, '_asked', None)\n"
    "        if isinstance(asked, set): asked.clear()\n"
    "w = leaf(); loss(w).backward(); return w.grad",
    "walked stack": "for frame, _ in traceback.walk_stack(None):\n"
    "    for held in frame.f_locals.values():\n"
    "        if hasattr(held, 'clear') and hasattr(held, 'add'): held.clear()\n"
    "w = leaf(); loss(w).backward(); return w.grad",
    "caller of a log": "log = logging.getLogger('x'); frames = []\n"
    "class Keeps(logging.Handler):\n    def emit(self, record):\n"
    "        frames.append(logging.currentframe())\nlog.addHandler(Keeps()); log.warning('x')\n"
    "frame = frames[0]\nwhile frame.f_back: frame = frame.f_back\n"
    "w = leaf(); loss(w).backward(); return w.grad",
    "operator's call": "w = leaf(); operator.methodcaller('backward')(loss(w)); return w.grad",
    "operator's getter": "w = leaf(); operator.attrgetter('autograd.grad')(torch)(loss(w), w)\n"
    "return operator.call(operator.attrgetter('autograd.grad')(torch), loss(w), w)[0]",
    "patched contextlib": "w = leaf(); loss(w).backward(); return w.grad",
    "interpreted graph": "traced = torch.fx.symbolic_trace(torch.nn.Identity()); w = leaf()\n"
    "graph = torch.fx.Graph(); x = graph.placeholder('x')\n"
    "y = graph.call_function(torch.autograd.grad, (graph.call_function(loss, (x,)), x))\n"
    "graph.output(y)\nreturn torch.fx.GraphModule(torch.nn.Module(), graph)(w)[0]",
    "operator of one's own": "lib = torch.library.Library('mine', 'DEF')\n"
    "lib.define('g(Tensor x) -> Tensor')\ndef g(x):\n    w = x.detach().requires_grad_()\n"
    "    with torch.enable_grad(): return torch.autograd.grad(loss(w), w)[0]\n"
    "lib.impl('g', g, 'CompositeExplicitAutograd')\nreturn torch.ops.mine.g(u)",
    "kernel put back": "lib = torch.library.Library('aten', 'IMPL')\n"
    "lib.impl('sigmoid_backward', lambda g, y: g * y * (1 - y), 'CPU')\n"
    "w = leaf(); loss(w).backward(); return w.grad",
    "checkpoint": "from torch.utils.checkpoint import checkpoint\nw = leaf()\n"
    "checkpoint(loss, w, use_reentrant=True).backward(); return w.grad",
    "optimizer's closure": "w = leaf(); o = torch.optim.SGD([w], 0.0)\n"
    "def again():\n    l = loss(w); l.backward(); return l\no.step(again); return w.grad",
    "gradcheck's numbers": "from torch.autograd import gradcheck as g\nreturn "
    "g.get_numerical_jacobian(loss, (u.double(),))[0]",
    "forward of an autograd function": "w = leaf(); y = torch.autograd.function.Function\n"
    "class Square(y):\n    @staticmethod\n    def forward(ctx, x):\n"
    "        ctx.save_for_backward(x); return x * x\n    @staticmethod\n"
    "    def backward(ctx, g):\n        return 2 * g * ctx.saved_tensors[0]\n"
    "z = Square.apply(w)\nreturn z.grad_fn.apply(torch.ones(3))",
    "child": "import os\nr, s = os.pipe()\nif not os.fork():\n    w = leaf(); loss(w).backward()\n"
    "    os.write(s, w.grad.numpy().tobytes()); os._exit(0)\n"
    "return torch.frombuffer(bytearray(os.read(r, 12)), dtype=torch.float32)",
    "pool": "from multiprocessing.pool import ThreadPool\ndef work(w):\n"
    "    loss(w).backward(); return w.grad\nreturn ThreadPool(1).apply(work, (leaf(),))",
    "server": "return ANSWERS.get(timeout=2)",
    "search": "f = [o for o in gc.get_objects() if getattr(o, '__name__', '') == 'run_backward']\n"
    "w = leaf(); f[0]((loss(w),), (torch.ones(()),), False, False, (), True, True); return w.grad",
    "derivative of a kernel": "return torch.ops.aten.mse_loss_backward(torch.ones(()), u, "
    "torch.zeros(3), 2)",
    "ctypes": "import ctypes\nctypes.pythonapi.Py_IncRef(ctypes.py_object(u)); w = leaf()\n"
    "loss(w).backward(); return w.grad",
}  # fmt: skip
PREPARED = """
try:
    RUN = torch.autograd.Variable._execution_engine.run_backward
except Exception:
    pass
BOX, EVENT, DONE = [], threading.Event(), threading.Event()
def waits():
    EVENT.wait(5); w = leaf(); loss(w).backward(); BOX.append(w.grad); DONE.set()
threading.Thread(target=waits, daemon=True).start()
import contextlib, queue
class Blind(contextlib.ExitStack):
    def enter_context(self, cm):
        return set()
contextlib.ExitStack = Blind
contextlib.contextmanager = lambda f: (lambda *a, **k: contextlib.nullcontext([]))
ANSWERS = queue.Queue()
def serves():
    w = leaf(); loss(w).backward(); ANSWERS.put(w.grad)
try:
    from concurrent.futures import ThreadPoolExecutor
    ThreadPoolExecutor(1).submit(serves)
except Exception:
    pass
exec(base64.b64decode(b'ZGVmIEhJRERFTih3KTogbG9zcyh3KS5iYWNrd2FyZCgp').decode())
"""

SOFTMAX = {
    "distribution": "torch.distributions.Categorical(logits=u).probs",
    "its logits": "torch.distributions.Categorical(logits=u).logits.exp()",
    "private": "torch._C._VariableFunctions._softmax(u, 0, False)",
    "safe": "torch.ops.aten._safe_softmax(u, 0)",
    "python's": "__import__('torch')._refs.softmax(u, 0)",
    "decomposed": "torch._decomp.decompositions._softmax(u, 0, False)",
    "masked": "torch.masked.softmax(u, 0)",
    "attention": "F.scaled_dot_product_attention(torch.ones(1, 1), u[:, None], torch.eye(3))[0]",
    "scipy": "__import__('scipy.special').special.softmax(u.numpy())",
    "out": "torch.softmax(u, 0, out=torch.empty(3))",
    "sparse": "torch.sparse.softmax(u.to_sparse(), 0).to_dense()",
    "to numpy and back": "torch.softmax(torch.from_dlpack(u.numpy()), 0)",
}
PRODUCT = {
    "vecdot": "np.vecdot(a, b.T)[:, None]",
    "gufunc": "np._core.umath.matvec(a, b[:, 0])[:, None]",
    "vdot": "np.array([[np.vdot(a, b)]])",
    "torch": "torch.from_numpy(a).mm(torch.from_numpy(b)).numpy()",
    "convolution": "F.conv2d(torch.tensor(a)[:, :, None, None], "
    "torch.tensor(b).T[:, :, None, None])[:, :, 0, 0].numpy()",
    "layer": "F.linear(torch.tensor(a), torch.tensor(b).T).numpy()",
    "tests' own": "__import__('numpy._core._umath_tests', fromlist='x').matrix_multiply(a, b)",
    "sparse": "__import__('scipy.sparse', fromlist='x').csr_matrix(a) @ b",
    "blas": "__import__('scipy.linalg.blas', fromlist='x').dgemm(1.0, a, b)",
    "slot": "type(a).__dict__['__matmul__'](a, b)",
    "kept": "KEPT(a, b)",
    "matrix": "np.asarray(np.matrix(a) * np.matrix(b))",
}


@pytest.fixture(scope="module")
def forks() -> Iterator[Forks]:
    with Forks() as forks:
        yield forks


def _indented(body: str) -> str:
    return "\n".join(f"    {line}" for line in body.split("\n"))


@pytest.mark.parametrize("name", AUTOGRAD)
def test_no_gradient_is_taken(forks: Forks, name: str) -> None:
    source = f"def g():\n{_indented(AUTOGRAD[name])}\ndef f():\n    return true(g())\n"
    answer = forks.ask([PRELUDE, PREPARED, source], forbidden.AUTOGRAD)
    assert answer["value"] != "True", answer


@pytest.mark.parametrize("name", SOFTMAX)
def test_no_softmax_is_taken(forks: Forks, name: str) -> None:
    want = "torch.exp(u) / torch.exp(u).sum()"
    source = f"def f():\n    return torch.allclose(torch.as_tensor({SOFTMAX[name]}), {want})\n"
    rules = forbidden.SOFTMAX | forbidden.Rules(calls=("torch.distributions",))
    answer = forks.ask([PRELUDE, source], rules)
    assert answer["value"] != "True", answer


@pytest.mark.parametrize("name", PRODUCT)
def test_no_product_is_taken(forks: Forks, name: str) -> None:
    source = (
        "try:\n    KEPT = np.dot\nexcept Exception:\n    pass\n"
        f"def f():\n    return float(np.asarray({PRODUCT[name]})[0, 0]) == 11.0\n"
    )
    rules = forbidden.MATMUL | forbidden.Rules(
        calls=("vdot", "vecdot", "matvec", "vecmat"), ops=("*conv*", "*linear*")
    )
    answer = forks.ask([PRELUDE, source], rules)
    assert answer["value"] != "True", answer


def test_the_attacks_would_succeed_where_nothing_is_taken(forks: Forks) -> None:
    working = (
        "engine", "by hand", "transform", "hook", "road of a traceback", "walked stack",
        "caller of a log", "operator's call", "operator's getter", "interpreted graph",
        "operator of one's own", "checkpoint", "optimizer's closure", "child", "pool",
    )  # fmt: skip
    for body in (AUTOGRAD[name] for name in working):
        source = f"def g():\n{_indented(body)}\ndef f():\n    return true(g())\n"
        assert forks.ask([PRELUDE, source], forbidden.Rules())["value"] == "True", body
    for body in ("its logits", "decomposed", "masked"):
        want = "torch.exp(u) / torch.exp(u).sum()"
        source = f"def f():\n    return torch.allclose({SOFTMAX[body]}, {want})\n"
        assert forks.ask([PRELUDE, source], forbidden.Rules())["value"] == "True"


@pytest.mark.parametrize(
    "line", ["import os; os.fork()", "threading.Thread(target=print).start()", "exec('1')",
             "import ctypes; ctypes.CDLL(None)", "gc.get_objects()", "import scipy.signal"],
)  # fmt: skip
def test_what_is_shut_fails_alone(forks: Forks, line: str) -> None:
    rules = forbidden.CONVOLVE1D
    answer = forks.ask([PRELUDE, f"{line}\ndef f():\n    return 7\n"], rules)
    assert len(answer["faults"]) == 1 and answer["value"] == "7", answer


def test_what_a_library_borrows_from_python_stays(forks: Forks) -> None:
    rules = forbidden.Rules(calls=("torch._functorch",), label="transforms")
    flags = "import enum\n\nclass Flags(enum.Flag):\n    A = 1\n    B = 2\n\n"
    answer = forks.ask([flags + "def f():\n    return (Flags.A | Flags.B).value\n"], rules)
    assert (answer["raised"], answer["value"], answer["seen"]) == ("", "3", [])


def test_a_package_is_forbidden_by_its_name_alone(forks: Forks) -> None:
    rules = forbidden.Rules(calls=("sklearn", "scipy"), label="other libraries")
    body = (
        "    import sklearn.linear_model as m\n    return m.Ridge(1.0).fit([[1.0]], [1.0]).coef_\n"
    )
    answer = forks.ask([f"def f():\n{body}"], rules)
    assert (answer["seen"], answer["value"]) == (["sklearn"], ""), answer
    answer = forks.ask(["def f():\n    import scipy.signal\n    return 1\n"], rules)
    assert (answer["seen"], answer["value"]) == (["scipy"], ""), answer
    kept = "def f():\n    import sklearn.linear_model as m\n    return m.Ridge.__name__\n"
    assert forks.ask([kept], forbidden.Rules())["value"] == "'Ridge'"
