"""Forbidden operations: refused however they are called, never reported of an honest answer."""

import json
from collections.abc import Iterator

import forbidden_sets as forbidden  # type: ignore[import-not-found]
import pytest
from taken_away import Forks  # type: ignore[import-not-found]

from grader.worker.audit import Rules, evasions

PRELUDE = """
import functools, operator, threading
import numpy as np, torch
import torch.nn.functional as F
from torch import nn
image = torch.randn(2, 3, 6, 6)
kernel = torch.randn(4, 3, 3, 3)
u = torch.randn(5, 4)
y = torch.tensor([0, 1, 2, 3, 0])
a, b = np.arange(12.0).reshape(4, 3), np.arange(6.0).reshape(3, 2)
"""


@pytest.fixture(scope="module")
def forks() -> Iterator[Forks]:
    with Forks() as forks:
        yield forks


def verdict(forks: Forks, source: str, rules: Rules, exercise: str = "f") -> list[str]:
    """Everything that is reported of an exercise without arguments, which raises nothing else."""
    answer = forks.ask([PRELUDE, source], rules, exercise)
    reported: list[str] = answer["evasions"] + answer["seen"]
    assert reported or not answer["raised"], answer
    return reported


def lines(body: str) -> str:
    return f"def f():\n    return {body}\n"


CAUGHT = {
    "MATMUL": [
        "a @ b",
        "np.dot(a, b)",
        "a.dot(b)",
        "a.dot(*[b])",
        "np.matmul(a, b)",
        "getattr(np, 'mat' + 'mul')(a, b)",
        "operator.matmul(a, b)",
        "np.einsum('ij,jk', a, b)",
        "np.tensordot(a, b, 1)",
        "np.inner(a, b.T)",
        "np.linalg.multi_dot([a, b])",
        "np.linalg.matmul(a, b)",
        "functools.reduce(np.ndarray.dot, [a, b])",
        "list(map(operator.matmul, [a], [b]))",
        "operator.methodcaller('dot', b)(a)",
        "a.__matmul__(b)",
        "np._core.multiarray.dot(a, b)",
        "np.asarray(np.matrix(a) * np.matrix(b))",
        "torch.tensor(a).mm(torch.tensor(b)).numpy()",
        "(lambda p, q: p @ q)(a, b)",
        "[p @ b for p in a]",
        "functools.partial(np.dot, a)(b)",
        "a.view(type('V', (np.ndarray,), {})).dot(b)",
    ],
    "MSE_LOSS": ["F.mse_loss(u, u)", "nn.MSELoss()(u, u)", "torch._C._nn.mse_loss(u, u)"],
    "SIGMOID": [
        "torch.sigmoid(u)",
        "u.sigmoid()",
        "u.clone().sigmoid_()",
        "F.sigmoid(u)",
        "nn.Sigmoid()(u)",
        "torch.special.expit(u)",
        "torch.ops.aten.sigmoid(u)",
        "torch.ops.aten.sigmoid.default(u)",
        "getattr(torch, 'sigm' + 'oid')(u)",
        "list(map(torch.sigmoid, [u]))",
        "torch.func.vmap(torch.sigmoid)(u)",
    ],
    "SOFTMAX": [
        "torch.softmax(u, 1)",
        "u.softmax(1)",
        "F.softmax(u, dim=1)",
        "F.log_softmax(u, 1).exp()",
        "nn.Softmax(1)(u)",
        "nn.Softmin(1)(-u)",
        "torch.special.softmax(u, 1)",
        "torch.ops.aten._softmax(u, 1, False)",
        "torch.stack([-F.cross_entropy(u, y + 0)])",
        "F.gumbel_softmax(u)",
        "getattr(torch.nn.functional, 'softmax')(u, 1)",
    ],
    "CROSS_ENTROPY": [
        "F.cross_entropy(u, y % 4)",
        "F.cross_entropy(u, u.exp())",
        "nn.CrossEntropyLoss()(u, y)",
        "F.nll_loss(u, y)",
        "nn.NLLLoss()(u, y)",
        "torch.ops.aten.cross_entropy_loss(u, u.exp())",
        "torch.nn.functional.nll_loss(torch.log_softmax(u, 1), y)",
    ],
    "RELU": ["torch.relu(u)", "F.relu(u)", "nn.ReLU()(u)", "u.clone().relu_()", "u.relu()"],
    "LEAKY_RELU": ["F.leaky_relu(u)", "nn.LeakyReLU()(u)"],
    "ELU": ["F.elu(u)", "nn.ELU()(u)", "F.elu_(u.clone())"],
    "SOFTPLUS": ["F.softplus(u)", "nn.Softplus()(u)"],
    "TANH": ["torch.tanh(u)", "u.tanh()", "nn.Tanh()(u)", "u.clone().tanh_()"],
    "CONVOLVE1D": ["np.convolve(a[0], b[:, 0])", "np.polymul(a[0], b[:, 0])"],
    "CONV2D": [
        "F.conv2d(image, kernel)",
        "torch.conv2d(image, kernel)",
        "nn.Conv2d(3, 4, 3)(image)",
        "torch.convolution(image, kernel, None, [1, 1], [0, 0], [1, 1], False, [0, 0], 1)",
        "F.conv3d(image[None], kernel[:, :, None].transpose(1, 2)[:, :1].repeat(1, 2, 1, 1, 1))",
        "F.conv_transpose2d(image, kernel.transpose(0, 1))",
        "torch.ops.aten.conv2d(image, kernel)",
        "torch.nn.grad.conv2d_weight(image, kernel.shape, torch.randn(2, 4, 4, 4))",
    ],
    "MAX_POOL": [
        "F.max_pool2d(image, 2)",
        "nn.MaxPool2d(2)(image)",
        "F.max_pool2d(image, 2, return_indices=True)",
        "F.adaptive_max_pool2d(image, 2)",
    ],
    "AVG_POOL": ["F.avg_pool2d(image, 2)", "nn.AvgPool2d(2)(image)", "F.lp_pool2d(image, 2, 2)"],
    "LAYER_NORM": ["F.layer_norm(u, (4,))", "nn.LayerNorm(4)(u)"],
    "BATCH_NORM": [
        "F.batch_norm(u, None, None, training=True)",
        "nn.BatchNorm1d(4)(u)",
        "F.instance_norm(image)",
    ],
    "RNN": ["nn.RNN(4, 3)(u)", "nn.RNNCell(4, 3)(u)", "type('R', (nn.RNN,), {})(4, 3)(u)"],
    "RECURRENT": [
        "nn.LSTM(4, 3)(u)",
        "nn.GRU(4, 3)(u)",
        "nn.LSTMCell(4, 3)(u)",
        "nn.GRUCell(4, 3)(u)",
        "torch.lstm_cell(u, (u, u), torch.randn(16, 4), torch.randn(16, 4))",
        "torch.ops.aten.lstm_cell(u, (u, u), torch.randn(16, 4), torch.randn(16, 4))",
    ],
    "ATTENTION": [
        "F.scaled_dot_product_attention(image, image, image)",
        "nn.MultiheadAttention(4, 2)(u, u, u)",
        "nn.TransformerEncoderLayer(4, 2)(u)",
        "torch.ops.aten.scaled_dot_product_attention(image, image, image)",
    ],
    "AUTOGRAD": [
        "torch.autograd.grad((w := u.clone().requires_grad_()).sum(), w)",
        "u.clone().requires_grad_()",
        "torch.ones(3, requires_grad=True).sum().backward()",
        "torch.autograd.backward(torch.ones(3, requires_grad=True).sum())",
        "torch.func.grad(torch.sum)(u)",
        "torch.func.vjp(torch.exp, u)",
        "torch.func.jvp(torch.exp, (u,), (u,))",
        "torch.func.jacrev(torch.exp)(u)",
        "torch.autograd.functional.jacobian(torch.exp, u)",
        "setattr(u.clone(), 'requires_grad', True)",
        "getattr(torch.ones(3, requires_grad=True).sum(), 'back' + 'ward')()",
    ],
}

HONEST = {
    "MATMUL": [
        "(a[:, :, None] * b[None]).sum(axis=1)",
        "np.array([[sum(p * q for p, q in zip(r, c)) for c in b.T] for r in a])",
        "sum(np.outer(a[:, k], b[k]) for k in range(3))",
        "np.apply_along_axis(lambda r: (r[:, None] * b).sum(0), 1, a)",
        "np.multiply(a[:, :, None], b).sum(1).astype(np.result_type(a, b))",
    ],
    "MSE_LOSS": ["((u - u) ** 2).mean()", "torch.mean(torch.square(u))"],
    "SIGMOID": [
        "torch.where(u >= 0, 1 / (1 + torch.exp(-u.abs())), 1 - 1 / (1 + torch.exp(-u.abs())))",
        "0.5 * (1 + torch.tanh(u / 2))",
        "torch.exp(-F.softplus(-u))",
    ],
    "SOFTMAX": [
        "(lambda e: e / e.sum(1, keepdim=True))(torch.exp(u - u.max(1, keepdim=True).values))",
        "torch.exp(u - torch.logsumexp(u, 1, keepdim=True))",
        "getattr(torch, 'exp')(u - u.logsumexp(1)[:, None])",
    ],
    "CROSS_ENTROPY": [
        "-torch.log_softmax(u, 1)[torch.arange(5), y].mean()",
        "(torch.logsumexp(u, 1) - u.gather(1, y[:, None])[:, 0]).mean()",
    ],
    "RELU": ["u.clamp(min=0)", "torch.maximum(u, torch.zeros(()))", "torch.where(u > 0, u, 0.0)"],
    "LEAKY_RELU": ["torch.where(u > 0, u, 0.01 * u)", "torch.relu(u) - 0.01 * torch.relu(-u)"],
    "ELU": ["torch.where(u > 0, u, torch.expm1(u.clamp(max=0)))"],
    "SOFTPLUS": ["torch.logaddexp(u, torch.zeros(()))", "u.relu() + torch.log1p((-u.abs()).exp())"],
    "TANH": ["2 * torch.sigmoid(2 * u) - 1", "torch.expm1(2 * u) / (torch.exp(2 * u) + 1)"],
    "CONVOLVE1D": [
        "np.polyval(a[0], 2)",
        "np.add.outer(a[0], b[:, 0])",
        "np.lib.stride_tricks.sliding_window_view(a[0], 2).sum(1)",
    ],
    "CONV2D": [
        "torch.einsum('nkl,fk->nfl', F.unfold(image, 3), kernel.reshape(4, -1))",
        "torch.einsum('nchwij,fcij->nfhw', image.unfold(2, 3, 1).unfold(3, 3, 1), kernel)",
        "torch.tensordot(F.pad(image, (1, 1, 1, 1))[:, :, :3, :3], kernel, ([1, 2, 3], [1, 2, 3]))",
    ],
    "MAX_POOL": ["image.unfold(2, 2, 2).unfold(3, 2, 2).amax((-1, -2))"],
    "AVG_POOL": ["image.reshape(2, 3, 3, 2, 3, 2).mean((3, 5))"],
    "LAYER_NORM": [
        "(u - u.mean(1, True)) / torch.sqrt(u.var(1, correction=0, keepdim=True) + 1e-5)"
    ],
    "BATCH_NORM": ["(u - u.mean(0)) * torch.rsqrt(u.var(0, unbiased=False) + 1e-5)"],
    "RNN": ["torch.tanh(u @ torch.ones(4, 3))", "nn.Linear(4, 3)(u).tanh()", "nn.LSTM(4, 3)(u)"],
    "RECURRENT": ["torch.sigmoid(torch.cat([u, u], 1) @ torch.ones(8, 16)).chunk(4, 1)"],
    "ATTENTION": ["torch.softmax(u @ u.T / 2, -1) @ u", "nn.Linear(4, 3)(u)"],
    "AUTOGRAD": [
        "torch.no_grad()(torch.exp)(u)",
        "torch.vmap(torch.exp)(u)",
        "nn.Linear(4, 3)(u).detach()",
        "np.gradient(a[0])",
        "torch.zeros(3, requires_grad=False).grad",
    ],
}


@pytest.mark.parametrize(
    ("rules", "body"), [(name, body) for name, bodies in CAUGHT.items() for body in bodies]
)
def test_a_forbidden_operation_is_caught(forks: Forks, rules: str, body: str) -> None:
    assert verdict(forks, lines(body), getattr(forbidden, rules))


@pytest.mark.parametrize(
    ("rules", "body"), [(name, body) for name, bodies in HONEST.items() for body in bodies]
)
def test_an_honest_answer_is_not_accused(forks: Forks, rules: str, body: str) -> None:
    assert verdict(forks, lines(body), getattr(forbidden, rules)) == []


@pytest.mark.parametrize("rules", sorted(CAUGHT))
def test_the_same_operation_in_a_test_of_ones_own_is_allowed(forks: Forks, rules: str) -> None:
    own_test = f"def my_test():\n    return {CAUGHT[rules][0]}\nmy_test()\n"
    source = own_test + lines(HONEST[rules][0]) + f"print(f(), {CAUGHT[rules][0]})\n"
    assert verdict(forks, source, getattr(forbidden, rules)) == []


@pytest.mark.parametrize(
    "source",
    [
        "def helper():\n    return torch.softmax(u, 1)\ndef f():\n    return helper()\n",
        "from torch import softmax as exp\ndef f():\n    return exp(u, 1)\n",
        "class Net(nn.Module):\n    def forward(self, x):\n        return x.softmax(1)\n"
        "net = Net()\ndef f():\n    return net(u)\n",
        "torch.exp = lambda x: torch.softmax(x, 1)\ndef f():\n    return torch.exp(u)\n",
        "def f():\n    return globals()['torch'].__dict__['soft' + 'max'](u, 1)\n",
        "def f():\n    with torch.inference_mode():\n        return F.softmax(u, 1)\n",
        "def f():\n    t = threading.Thread(target=lambda: torch.softmax(u, 1))\n"
        "    t.start(); t.join()\n",
        "def f():\n    torch.ones(2)\n    try:\n        torch.softmax(u, 1)\n    finally:\n"
        "        return u\n",
    ],
)
def test_a_detour_leads_nowhere(forks: Forks, source: str) -> None:
    assert verdict(forks, source, forbidden.SOFTMAX)


@pytest.mark.parametrize(
    "source",
    [
        "import torch\ndef f(x):\n    return getattr(torch, '_' + 'C')._nn\n",
        "import torch\nname = ''.join(['_', 'C'])\ndef f(x):\n    return vars(torch)[name]\n",
        "import sys\ndef off():\n    sys.setprofile(None)\ndef f(x):\n    return off()\n",
        "from sys import settrace as s\ndef f(x):\n    s(None)\n",
        "import sys\nsys.setprofile(None)\ndef f(x):\n    return x\n",
        "from torch.utils._python_dispatch import _disable_current_modes as d\n"
        "def f(x):\n    with d():\n        return x\n",
        "def f(x):\n    import ctypes\n    return x\n",
        "def f(x):\n    return eval('x')\n",
        "def f(x):\n    return __import__('ctypes')\n",
        "import importlib as i\ndef f(x):\n    return i.import_module('torch')\n",
        "import gc\ndef f(x):\n    return gc.get_objects()\n",
        "import inspect as i\ndef f(x):\n    return i.stack()\n",
        "import threading\npool = threading.Thread()\ndef f(x):\n    return pool\n",
        "from torch.library import custom_op\n@custom_op('a::b', mutates_args=())\n"
        "def g(x): ...\ndef f(x):\n    return g(x)\n",
        "import torch\n@torch.jit.script\ndef f(x):\n    return x\n",
        "import torch\ndef f(x):\n    return getattr(torch, str(x))\n",
        "def f(x):\n    try:\n        1 / 0\n    except Exception as e:\n"
        "        return e.__traceback__.tb_frame.f_back\n",
        "class A:\n    def __torch_function__(self): ...\ndef f(x):\n    return A()\n",
        "from grader.worker import audit\naudit.watching = None\ndef f(x):\n    return x\n",
    ],
)
def test_ways_round_the_audit_are_named(source: str) -> None:
    assert evasions([source], "f")


def test_scratch_cells_may_look_about() -> None:
    cells = [
        "import gc, inspect, pickle, threading, ctypes\ngc.collect()\n",
        "def f(x):\n    m = x.eval()\n    gc = re.compile(f'{x}')\n    return compile_all(gc)\n",
        "print(inspect.getsource(f), eval('1 + 1'), pickle.dumps(1))\n",
        "this is not Python\n",
        "def compile_all(exec):\n    return exec\n",
    ]
    assert evasions(cells, "f") == []


def test_an_untaken_branch_is_not_an_operation(forks: Forks) -> None:
    source = "def f(check=False):\n    if check:\n        return a @ b\n    return a\n"
    assert verdict(forks, source, forbidden.MATMUL) == []


def test_setting_requires_grad(forks: Forks) -> None:
    on = "def f():\n    v = u.clone()\n    v.requires_grad = True\n"
    assert verdict(forks, on, forbidden.AUTOGRAD) == ["requires_grad_"]
    assert verdict(forks, on.replace("True", "False"), forbidden.AUTOGRAD) == []


def test_rules_travel_as_json() -> None:
    rules = forbidden.MATMUL | forbidden.AUTOGRAD
    assert Rules.from_json(json.loads(json.dumps(rules.to_json()))) == rules
    assert not Rules() and Rules.from_json({}) == Rules()
    with pytest.raises(TypeError):
        Rules.from_json({"operators": []})


RECURSIONS = {
    "endless": "def f():\n    return f()\n",
    "of two": "def f():\n    return g()\ndef g():\n    return f()\n",
    "with the operator": "def f():\n    return np.ones(3) @ f() if False else f()\n",
    "through a method": "class A:\n    def __getattr__(self, n):\n        return getattr(self, n)\n"
    "def f():\n    return A().x\n",
    "of a generator": "def f():\n    yield from f()\ng = f\ndef f():\n    return list(g())\n"
    "def g():\n    yield from g()\n",
    "through sorted": "def f(_=0):\n    return sorted([1, 2], key=f)\n",
    "with torch": "def f():\n    return torch.exp(f())\n",
    "with a last word": "def f():\n    try:\n        return f()\n    finally:\n        len('x')\n",
}
ALL_RULES = forbidden.MATMUL | forbidden.AUTOGRAD | forbidden.SOFTMAX


@pytest.mark.parametrize("name", RECURSIONS)
def test_an_endless_recursion_is_not_an_accusation(forks: Forks, name: str) -> None:
    answer = forks.ask([PRELUDE, RECURSIONS[name]], ALL_RULES)
    assert answer["raised"] == "RecursionError" and not answer["seen"] + answer["evasions"]


CAUGHT_RECURSION = (
    "def deep(n):\n    return deep(n + 1)\n"
    "def f():\n    try:\n        deep(0)\n    except RecursionError:\n        pass\n    return {}\n"
)
CAUGHT_WITH_OPERATOR = (
    "def deep(n):\n    if n < 0:\n        a @ b\n    return deep(n + 1)\n"
    "def f():\n    try:\n        deep(0)\n    except RecursionError:\n        pass\n    return {}\n"
)


@pytest.mark.parametrize("source", [CAUGHT_RECURSION, CAUGHT_WITH_OPERATOR])
def test_a_recursion_that_is_caught_is_none_either(forks: Forks, source: str) -> None:
    assert verdict(forks, source.format("0"), ALL_RULES) == []


@pytest.mark.parametrize("source", [CAUGHT_RECURSION, CAUGHT_WITH_OPERATOR])
@pytest.mark.parametrize(
    ("body", "rule"),
    [("a @ b", "@"), ("np.dot(a, b)", "dot"), ("torch.softmax(u, 1)", "softmax"),
     ("u.clone().requires_grad_()", "requires_grad_")],
)  # fmt: skip
def test_what_comes_after_a_recursion_is_watched(
    forks: Forks, source: str, body: str, rule: str
) -> None:
    assert rule in verdict(forks, source.format(body), ALL_RULES)


def test_a_higher_limit_in_good_faith(forks: Forks) -> None:
    source = (
        "import sys\nsys.setrecursionlimit(20_000)\n"
        "def deep(n):\n    return n and 1 + deep(n - 1)\ndef f():\n    return deep(5000)\n"
    )
    assert verdict(forks, source, ALL_RULES) == []


@pytest.mark.parametrize(
    "body",
    [
        "print(u)", "repr(nn.Linear(2, 3))", "str(u.double())", "u.clone().requires_grad_(False)",
        "u.clone().requires_grad_(requires_grad=False)",
        "torch.inference_mode()(torch.exp)(u)", "torch.zeros(3, requires_grad=False)",
    ],
)  # fmt: skip
def test_looking_at_a_tensor_takes_no_gradient(forks: Forks, body: str) -> None:
    assert verdict(forks, lines(body), forbidden.AUTOGRAD) == []


@pytest.mark.parametrize(
    "body",
    [
        "u.clone().requires_grad_(len(y) > 0 or False)", "u.clone().requires_grad_(bool(1))",
        "u.clone().requires_grad_(True if len(y) else False)", "u.clone().requires_grad_(*[True])",
        "u.clone().requires_grad_(not False)", "u.clone().requires_grad_(**{})",
        "torch.autograd.forward_ad.make_dual(u, u)", "torch.func.jvp(torch.exp, (u,), (u,))",
        "list(map(torch.Tensor.requires_grad_, [u.clone()]))",
    ],
)  # fmt: skip
def test_what_is_not_false_is_true(forks: Forks, body: str) -> None:
    source = f"def f():\n    with torch.autograd.forward_ad.dual_level():\n        return {body}\n"
    assert verdict(forks, source if "dual" in body else lines(body), forbidden.AUTOGRAD)


def test_a_flag_that_may_be_true_is_set(forks: Forks) -> None:
    source = "def f(on=True):\n    v = u.clone()\n    v.requires_grad = {}\n"
    for value in ("on or False", "on if on else False", "not False"):
        assert verdict(forks, source.format(value), forbidden.AUTOGRAD) == ["requires_grad_"]


@pytest.mark.parametrize(
    "source",
    [
        "import gc\ndef f():\n    gc.collect()\n    return u\n",
        "def f():\n    import gc\n    gc.disable()\n    gc.enable()\n    return u\n",
        "import sys\nIN_COLAB = 'google.colab' in sys.modules\ndef f():\n    return u, IN_COLAB\n",
        "import sys\nimport pdb\nimport threading\ndef f():\n    return sys.maxsize\n",
        "import torch\ntorch.autograd.set_detect_anomaly(False)\n@torch.no_grad()\n"
        "def f():\n    return torch.exp(u)\n",
        "def g():\n    yield from (1, 2)\ndef f():\n    for x in g():\n        return x\n",
        "def f():\n    try:\n        return [][1]\n    except IndexError as error:\n"
        "        return str(error)\n",
    ],
)
def test_common_code_is_not_accused(forks: Forks, source: str) -> None:
    assert verdict(forks, source, ALL_RULES) == []


@pytest.mark.parametrize(
    "source",
    [
        "import gc\ndef f():\n    return gc.get_objects()\n",
        "import gc\nhidden = gc\ndef f():\n    return hidden\n",
        "import gc as g\ndef f():\n    return g.callbacks\n",
        "def f():\n    import gc\n    look = gc\n    return look\n",
        "def f():\n    from gc import get_referrers\n    return get_referrers\n",
        "import sys\ndef f():\n    return sys.modules['torch']\n",
        "import sys\ndef f():\n    return 'torch' in (held := sys.modules) and held\n",
    ],
)
def test_the_same_means_used_otherwise_are_named(source: str) -> None:
    assert evasions([source], "f")
