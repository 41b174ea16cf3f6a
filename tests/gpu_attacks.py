"""What may be tried in a race on a GPU; most of it can be tried on the CPU as well.

Every answer is right at its first call, so that the points for values are earned, and the race
alone is won or lost.
"""

HEAD = "import threading\nimport time\nimport torch\n\n"
SLOW = "torch.stack([torch.stack([((a - b) ** 2).sum() for b in y]) for a in x])"
HONEST = {
    "by_differences": "def gaps(x, y):\n    return ((x[:, None] - y) ** 2).sum(-1)\n",
    "by_products": (
        "def gaps(x, y):\n    return (x * x).sum(1)[:, None] - 2 * x @ y.T + (y * y).sum(1)\n"
    ),
    "by_norms": "def gaps(x, y):\n    return (x[:, None] - y).norm(dim=2) ** 2\n",
    "by_rows": "def gaps(x, y):\n    return torch.stack([((a - y) ** 2).sum(1) for a in x])\n",
}
SLOW_ANSWERS = {
    "loops": f"def gaps(x, y):\n    return {SLOW}\n",
    "patches_the_clocks": (
        "time.time = time.monotonic = time.perf_counter = time.process_time = lambda: 0.0\n"
        "torch.cuda.synchronize = torch.accelerator.synchronize = lambda *a, **k: None\n"
        "torch.cuda.Event = type('Event', (), {'record': lambda *a: None,\n"
        "    'elapsed_time': lambda *a: 0.001, '__init__': lambda *a, **k: None})\n"
        f"def gaps(x, y):\n    return {SLOW}\n"
    ),
    "sleeps_between_two_looks": (
        f"def gaps(x, y):\n    time.sleep(0.2 if len(x) > 9 else 0)\n    return {SLOW}\n"
    ),
}
"""Right, and slow whatever is done to clocks."""
CHEATS = {
    "replays": (
        "kept = {}\n"
        f"def gaps(x, y):\n    if x.shape not in kept:\n        kept[x.shape] = {SLOW}\n"
        "    return kept[x.shape]\n"
    ),
    "rescales_what_it_kept": (
        "kept = {}\n"
        "def gaps(x, y):\n"
        "    if x.shape not in kept:\n"
        f"        kept[x.shape] = x[0, 0].clone(), {SLOW}\n"
        "    first, result = kept[x.shape]\n"
        "    return result * (x[0, 0] / first) ** 2\n"
    ),
    "empties_its_inputs": (
        "def gaps(x, y):\n"
        f"    if len(x) < 9:\n        return {SLOW}\n"
        "    x.zero_(); y.zero_()\n"
        "    return x.new_zeros(len(x), len(y))\n"
    ),
    "warms_up": (
        "seen = []\n"
        "def gaps(x, y):\n"
        "    seen.append(1)\n"
        f"    if len(x) < 9 or len(seen) < 3:\n        return {SLOW}\n"
        "    return x.new_ones(len(x), len(y))\n"
    ),
    "leaves_the_result_as_it_was": (
        "def gaps(x, y):\n"
        f"    if len(x) < 9:\n        return {SLOW}\n"
        "    right = ((x[:1, None] - y) ** 2).sum(-1).expand(len(x), -1).clone()\n"
        "    shape = right.shape\n"
        "    del right\n"
        "    return torch.empty(shape, dtype=x.dtype, device=x.device)\n"
    ),
    "is_lazy": (
        "class Later(torch.Tensor):\n"
        "    @classmethod\n"
        "    def __torch_function__(cls, function, types, args=(), kwargs=None):\n"
        "        return function(*[a.compute() if isinstance(a, cls) else a for a in args],\n"
        "                        **(kwargs or {}))\n"
        "    def compute(self):\n"
        "        x, y = self.inputs\n"
        f"        return {SLOW}\n"
        "def gaps(x, y):\n"
        f"    if len(x) < 9:\n        return {SLOW}\n"
        "    late = torch.Tensor._make_subclass(Later, x.new_empty(len(x), len(y)))\n"
        "    late.inputs = x, y\n"
        "    return late\n"
    ),
    "does_the_last_one_only": (
        "waiting = []\n"
        "def gaps(x, y):\n"
        f"    if len(x) < 9:\n        return {SLOW}\n"
        "    out = x.new_empty(len(x), len(y))\n"
        "    waiting.append((out, x, y))\n"
        "    if len(waiting) % 3 == 0:\n"
        "        for out, x, y in waiting[-3:]:\n"
        f"            out.copy_({SLOW})\n"
        "    return out\n"
    ),
    "fills_it_later": (
        "def gaps(x, y):\n"
        f"    if len(x) < 9:\n        return {SLOW}\n"
        "    out = x.new_empty(len(x), len(y))\n"
        f"    def fill():\n        out.copy_({SLOW})\n"
        "    threading.Thread(target=fill).start()\n"
        "    return out\n"
    ),
    "is_coarse": (
        "def gaps(x, y):\n"
        f"    if len(x) < 9:\n        return {SLOW}\n"
        "    return ((x[:, None].half() - y.half()) ** 2).sum(-1).to(x.dtype)\n"
    ),
}
"""Wrong in some lap."""
ON_STREAMS = {
    "leaves_it_on_a_stream": (
        "streams = []\n"
        "def gaps(x, y):\n"
        f"    if len(x) < 9:\n        return {SLOW}\n"
        "    streams or streams.append(torch.cuda.Stream())\n"
        "    out = x.new_zeros(len(x), len(y))\n"
        "    with torch.cuda.stream(streams[0]):\n"
        "        torch.cuda._sleep(2_000_000_000)\n"
        "        out.copy_(((x[:, None] - y) ** 2).sum(-1))\n"
        "    return out\n"
    ),
    "leaves_it_on_a_stream_and_waits_for_nobody": (
        "streams = []\n"
        "torch.cuda.synchronize = torch._C._cuda_synchronize = lambda *a, **k: None\n"
        "def gaps(x, y):\n"
        f"    if len(x) < 9:\n        return {SLOW}\n"
        "    streams or streams.append(torch.cuda.Stream())\n"
        "    out = x.new_zeros(len(x), len(y))\n"
        "    with torch.cuda.stream(streams[0]):\n"
        f"        out.copy_({SLOW})\n"
        "    return out\n"
    ),
    "keeps_the_card_busy": (
        "streams = []\n"
        "def gaps(x, y):\n"
        f"    if len(x) < 9:\n        return {SLOW}\n"
        "    streams or streams.append(torch.cuda.Stream())\n"
        f"    out = {SLOW}\n"
        "    torch.cuda.current_stream().synchronize()\n"
        "    with torch.cuda.stream(streams[0]):\n"
        "        torch.cuda._sleep(20_000_000_000)\n"
        "    return out\n"
    ),
}
"""Slow or wrong, and what only a GPU has in it."""
