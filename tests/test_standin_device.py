"""The stand-in device refuses what CUDA refuses, and computes what the CPU computes."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from boxes import box, policy, program  # type: ignore[import-not-found]

from grader.controller.zygote import Zygote
from grader.worker.confine import Limits

HERE = Path(__file__).parent

REFUSED = {
    "x + torch.ones(3)": "Expected all tensors to be on the same device",
    "torch.ones(3) + x": "Expected all tensors to be on the same device",
    "x @ torch.ones(3, 2)": "Expected all tensors to be on the same device",
    "torch.cat([x, torch.ones(2, 3)])": "Expected all tensors to be on the same device",
    "torch.stack([x, on_cpu])": "Expected all tensors to be on the same device",
    "torch.where(x > 1, x, on_cpu)": "Expected all tensors to be on the same device",
    "on_cpu.add_(x)": "Expected all tensors to be on the same device",
    "x.gather(1, torch.zeros(2, 1, dtype=torch.int64))": "on the same device",
    "F.cross_entropy(x, torch.tensor([0, 1]))": "on the same device",
    "F.embedding(torch.tensor([0, 1]), x)": "on the same device",
    "F.linear(x, on_cpu)": "on the same device",
    "nn.Linear(3, 2)(x)": "on the same device",
    "x[torch.tensor([0.5, 1.0])]": "",
    "x.numpy()": "Use Tensor.cpu() to copy the tensor to host memory first",
    "np.asarray(x)": "Use Tensor.cpu() to copy the tensor to host memory first",
    "x.normal_(generator=torch.Generator())": "for generator but found 'cpu'",
    "torch.randn(3, device='standin', generator=torch.Generator())": "for generator but found",
    "x.bernoulli_(generator=torch.Generator())": "for generator but found 'cpu'",
    "torch.poisson(x, torch.Generator())": "for generator but found 'cpu'",
    "torch.rand(3, generator=torch.Generator('standin'))": "generator but found 'standin'",
    "on_cpu.bernoulli_(0.5, generator=torch.Generator('standin'))": "generator but found 'standin'",
    "torch.randperm(3, generator=torch.Generator('standin'))": "generator but found 'standin'",
    "torch.poisson(on_cpu, torch.Generator('standin'))": "generator but found 'standin'",
    "torch.randint(9, (3,), generator=torch.Generator('standin'))": "but found 'standin'",
    "next(iter(torch.utils.data.DataLoader([1], shuffle=True, "
    "generator=torch.Generator('standin'))))": "generator but found 'standin'",
}
"""What cannot be done, and what is said; NumPy's is a TypeError as CUDA's."""

HOLDS = {
    "made": "type(x) is torch.Tensor and x.device == torch.device('standin', 0)",
    "back": "torch.equal(x.cpu(), on_cpu) and x.tolist() == on_cpu.tolist()",
    "numbers meet": "(x + torch.tensor(2.0)).device.type == (2 - x).device.type == 'standin'",
    "indices": "torch.equal(x[torch.tensor([1])].cpu(), on_cpu[1:])",
    "masks": "torch.equal(x[:, torch.tensor([True, False, True])].cpu(), on_cpu[:, ::2])",
    "remainder": "torch.equal((x.long() % 4).cpu(), on_cpu.long() % 4)",
    "modules stay": "(p := nn.Parameter(on_cpu)) is nn.ParameterList([p]).to('standin')[0] and "
    "p.device.type == 'standin'",
    "deep copies": "__import__('copy').deepcopy(x).device.type == 'standin'",
    "generators": """torch.equal(
        torch.randn(9, device='standin', generator=torch.Generator('standin').manual_seed(3)).cpu(),
        torch.randn(9, generator=torch.Generator().manual_seed(3)))""",
    "permutations": """torch.equal(
        torch.randperm(9, generator=torch.Generator('standin').manual_seed(3), device='standin')
        .cpu(), torch.randperm(9, generator=torch.Generator().manual_seed(3)))""",
    "generators of the CPU": "torch.rand(3, generator=torch.Generator()).shape == (3,)",
    "draws in vmap": """torch.vmap(lambda row: row + torch.rand(3, device='standin'),
        randomness='different')(x).shape == (2, 3)""",
    "generators' device": "torch.Generator('standin').manual_seed(1).device.type == 'standin'",
    "generators' type": "isinstance(torch.default_generator, torch.Generator)",
    "drawn": "torch.rand(3, device='standin').device.type == 'standin'",
    "jacobian": "torch.equal(torch.func.jacrev(torch.square)(x[0]).cpu(), (2 * on_cpu[0]).diag())",
    "vmap": "torch.vmap(torch.sum)(x).tolist() == [3.0, 12.0]",
    "layers": "equal(trained(lambda: nn.Sequential(nn.Linear(4, 5), nn.ReLU()), (3, 4)))",
    "convolutions": """equal(trained(lambda: nn.Sequential(
        nn.Conv2d(2, 3, 3, padding=1), nn.BatchNorm2d(3), nn.MaxPool2d(2), nn.AvgPool2d(2)),
        (3, 2, 11, 12)))""",
    "transposed convolutions": "close(trained(lambda: nn.ConvTranspose2d(2, 3, 3), (3, 2, 4, 5)))",
    "lstm": "close(trained(lambda: nn.LSTM(4, 5, 2), (6, 3, 4)))",
    "gru": "close(trained(lambda: nn.GRU(4, 5, bidirectional=True), (6, 3, 4)))",
    "rnn": "close(trained(lambda: nn.RNN(4, 5), (6, 3, 4)))",
    "attention": "close(trained(lambda: nn.TransformerEncoderLayer(8, 2, 16, 0.0), (5, 3, 8)))",
    "sdpa": "torch.allclose(F.scaled_dot_product_attention(x, x, x).cpu(), "
    "F.scaled_dot_product_attention(on_cpu, on_cpu, on_cpu))",
}

RUNS = {
    "views": "x[0].mul_(10); x.t()[1] = 7\nfound = x.tolist() == [[0, 7, 20], [3, 7, 5]]",
    "gradients": "y = x.clone().requires_grad_(); (y**2).sum().backward()\n"
    "found = torch.equal(y.grad.cpu(), 2 * on_cpu)",
    "gradients through copies": "y = on_cpu.clone().requires_grad_(); "
    "y.to('standin').sum().backward()\n"
    "found = y.grad.device.type == 'cpu' and y.grad.eq(1).all().item()",
    "out": "e = torch.empty(0, device='standin'); torch.add(x, x, out=e)\n"
    "found = torch.equal(e.cpu(), 2 * on_cpu)",
    "seeds": "torch.manual_seed(4); one = torch.rand(3, device='standin').cpu(); "
    "torch.manual_seed(4)\n"
    "found = torch.equal(one, torch.rand(3, device='standin').cpu())",
    "streams apart": "torch.manual_seed(4); torch.rand(9, device='standin'); one = torch.rand(3)\n"
    "torch.manual_seed(4)\nfound = torch.equal(one, torch.rand(3))",
    "dropout": "torch.manual_seed(4); a = F.dropout(x + 1, 0.5).cpu(); b = torch.rand(2)\n"
    "torch.manual_seed(4); found = torch.equal(b, torch.rand(2)) and 0 < a.eq(0).sum().item() < 6",
    "saved": "import io; b = io.BytesIO(); torch.save({'x': x}, b); b.seek(0)\n"
    "found = torch.load(b)['x'].device.type == 'standin'",
    "memory is kept": "import gc; y = (x * 2)[1:]; del x; gc.collect(); "
    "[torch.ones(6) for _ in range(99)]\n"
    "found = y.tolist() == [[6, 8, 10]]",
    "watched": "from torch.utils._python_dispatch import TorchDispatchMode\n"
    "class Watch(TorchDispatchMode):\n"
    "    def __torch_dispatch__(self, func, types, args=(), kwargs=None):\n"
    "        return func(*args, **(kwargs or {}))\n"
    "with Watch():\n"
    "    found = torch.tensor([1.0], device='standin').add(1).tolist() == [2]",
    "exceptions of hooks": "def fail(grad):\n    raise KeyError('mine')\n"
    "found = True\n"
    "for _ in range(2):\n"
    "    y = x.clone().requires_grad_(); y.register_hook(fail)\n"
    "    try:\n        (y * 2).sum().backward(); found = False\n"
    "    except KeyError as error:\n        found = found and error.args == ('mine',)\n"
    "    try:\n        torch.autograd.grad((y * 2).sum(), y); found = False\n"
    "    except KeyError:\n        pass\n"
    "z = x.clone().requires_grad_(); (z * 2).sum().backward(); "
    "found = found and z.grad.eq(2).all().item()",
    "refusals in hooks": "y = x.clone().requires_grad_(); z = y * 2\n"
    "z.register_hook(lambda grad: grad + torch.ones(2, 3))\n"
    "try:\n    z.sum().backward(); found = False\n"
    "except RuntimeError as error:\n    found = 'on the same device' in str(error)",
    "graphs are kept": "y = x.clone().requires_grad_(); z = (y.exp() * 2).sigmoid().sum(); "
    "z.backward()\n"
    "w = on_cpu.clone().requires_grad_(); (w.exp() * 2).sigmoid().sum().backward()\n"
    "found = torch.equal(y.grad.cpu(), w.grad)",
}

Facts = Callable[[str], Any]


@pytest.fixture(scope="module")
def facts() -> Facts:
    """All snippets, run in one process that has the device."""
    asked = [*(f"found = {code}" for code in (*REFUSED, *HOLDS.values())), *RUNS.values()]
    done = subprocess.run(
        [sys.executable, HERE / "standin_facts.py"],
        input=json.dumps(asked),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return dict(zip(asked, json.loads(done.stdout), strict=True)).__getitem__


@pytest.mark.parametrize("code", REFUSED)
def test_it_refuses_what_cuda_refuses(facts: Facts, code: str) -> None:
    kind, message = facts(f"found = {code}")
    assert REFUSED[code] in message
    assert kind == ("TypeError" if "host memory" in REFUSED[code] else kind)
    assert kind in ("RuntimeError", "TypeError", "IndexError")


@pytest.mark.parametrize("name", HOLDS)
def test_it_computes_what_the_cpu_computes(facts: Facts, name: str) -> None:
    assert facts(f"found = {HOLDS[name]}") is True


@pytest.mark.parametrize("name", RUNS)
def test_it_does_as_a_device_does(facts: Facts, name: str) -> None:
    assert facts(RUNS[name]) is True


def test_a_worker_refuses_the_devices_generator_on_the_cpu_too() -> None:
    draw = "import torch; result = torch.rand(2, generator=torch.Generator({!r})).tolist()"
    with (
        Zygote(policy("process", Limits(), device="standin"), program=program("self")) as zygote,
        box(zygote) as worker,
    ):
        assert worker.run(draw.format("standin")).error == "RuntimeError"
        assert worker.run(draw.format("cpu")).error is None
