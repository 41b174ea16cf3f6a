"""What holds of the stand-in device, one fact each, in a process that has installed it.

Prints JSON: what each snippet's `found` is, or the exception it raised as [type, message].
"""

import json
import sys
from typing import Any

import numpy as np
import torch

from grader.worker import standin_device

PREAMBLE = """
x = torch.arange(6.0).reshape(2, 3).to("standin")
on_cpu = torch.arange(6.0).reshape(2, 3)


def trained(make, *shapes, steps=3):
    found = []
    for place in ("cpu", "standin"):
        torch.manual_seed(0)
        net = make().to(place)
        given = [torch.randn(shape).to(place) for shape in shapes]
        optimizer = torch.optim.SGD(net.parameters(), lr=0.1, momentum=0.9)
        torch.manual_seed(1)
        for _ in range(steps):
            optimizer.zero_grad()
            out = net(*given)
            out = out[0] if isinstance(out, tuple) else out
            (out**2).mean().backward()
            optimizer.step()
        assert all(p.device.type == place for p in net.parameters())
        found.append([p.detach().cpu() for p in net.parameters()])
    return found


def equal(pair):
    return all(torch.equal(one, other) for one, other in zip(*pair, strict=True))


def close(pair):
    return all(torch.allclose(one, other, atol=1e-6) for one, other in zip(*pair, strict=True))
"""


def found(code: str) -> Any:
    names: dict[str, Any] = {"torch": torch, "np": np, "nn": torch.nn, "F": torch.nn.functional}
    exec(PREAMBLE, names)
    try:
        exec(code, names)
    except Exception as error:
        return [type(error).__name__, str(error)]
    return names["found"]


if __name__ == "__main__":
    standin_device.install()
    json.dump([found(code) for code in json.load(sys.stdin)], sys.stdout, default=repr)
