"""Attacks on secrets, on resources, on isolation, and on the audit of forbidden operations."""

from attacks import (  # type: ignore[import-not-found]
    CRASH,
    TIMEOUT,
    Attack,
    at_load,
    on_product,
    on_scale,
)

_VALUES = "[values, inputs (4, 3)]"
_BLOCKED = """
try:
    {attempt}
except Exception:
    return right(x)
return x
"""


def blocked(attempt: str, before: str = "") -> Attack:
    """`scale` passes only if the attempt raises."""
    return on_scale(_BLOCKED.format(attempt=attempt.replace("\n", "\n    ")), before=before)


def secrets(course: str, pid: int) -> dict[str, Attack]:
    """Attacks that know the course's folder and the grader's process."""
    return {
        "reads_answers": blocked(f"open({course + '/solutions/one/answers.py'!r}).read()"),
        "reads_checks": blocked(f"open({course + '/solutions/one/checks.py'!r}).read()"),
        "reads_the_seed": blocked(f"open({course + '/.chainrule/seed'!r}).read()"),
        "lists_the_course": blocked(f"os.listdir({course!r})"),
        "imports_the_answers": blocked("import solutions.one.answers", f"sys.path += [{course!r}]"),
        "reads_environ": blocked(f"open('/proc/{pid}/environ', 'rb').read()"),
        "reads_memory": blocked(f"open('/proc/{pid}/mem', 'rb').read(1)"),
        "reads_descriptors": blocked(f"os.listdir('/proc/{pid}/fd')"),
        "kills_the_grader": blocked(f"os.kill({pid}, 9)"),
        "token_in_environ": on_scale(
            "return x if any('PLANTED' in k for k in os.environ) else right(x)"
        ),
        "other_descriptors": on_scale(
            """
            for fd in range(4, 256):
                try:
                    os.fstat(fd)
                except OSError:
                    continue
                return x
            return right(x)
            """
        ),
        "searches_the_heap": Attack(
            "found = any(isinstance(o, dict) and ('expect' in o or 'tolerance' in o)"
            " for o in gc.get_objects())\n"
            "found |= any(name.startswith(('solutions', 'reference', 'grader.controller',"
            " 'grader.comparing')) for name in sys.modules)\n"
            "def scale(x):\n    return x if found else right(x)\n",
            {"product": "forbidden"},
            {"product": "(gc.get_objects)"},
        ),
        "searches_frames": Attack(
            "frame, found = sys._getframe(), False\n"
            "while frame:\n"
            "    found |= any(w in frame.f_locals for w in ('expect', 'asked', 'lesson'))\n"
            "    frame = frame.f_back\n"
            "def scale(x):\n    return x if found else right(x)\n",
            {"product": "forbidden"},
        ),
        "old_memory": on_scale("return torch.empty(x.shape, dtype=x.dtype)", "failed", ""),
    }


LEAKS = {
    "raises_inputs": on_scale("raise ValueError(str(x.tolist()))", "error", "ValueError (line"),
    "raises_words": on_scale(
        "raise RuntimeError(str(x.tolist()).replace('.', ' ').translate("
        "{48 + d: chr(97 + d) for d in range(10)}))",
        "error",
        "RuntimeError (line",
    ),
    "named_exception": on_scale(
        "raise type('E' + str(float(x.sum())), (ValueError,), {})()", "error", "ValueError (line"
    ),
    "key_error": on_scale("return {}[float(x.sum())]", "error", "KeyError (line"),
    "library_error": on_scale(
        "return getattr(torch, 'v' + str(float(x.sum())))",
        "error",
        "AttributeError: module 'torch' has no attribute … (line",
    ),
    "phrase_with_values": on_scale(
        "raise NameError(f\"name '{float(x.sum())}' is not defined\")",
        "error",
        "NameError: name … is not defined (line",
    ),
    "drivers_voice": on_scale(
        "exec(compile('assert False, str(x.tolist())', '<driver>', 'exec'), {'x': x})",
        "failed",
        f"the result has not the form that is asked for {_VALUES}",
    ),
    "made_up_place": on_scale(
        "exec(compile('\\n' * 4711 + '1 / 0', '<cell 98765>', 'exec'))",
        "error",
        f"ZeroDivisionError: division by zero {_VALUES}",
    ),
    "named_type": on_scale(
        "return type('T' + str(float(x.sum())), (), {})()",
        "failed",
        f"the result: expected a tensor, got something of another type {_VALUES}",
    ),
    "shape_as_text": on_scale(
        "return torch.zeros([0] + [int(abs(v) * 1e6) for v in x.flatten()[:2]])",
        "failed",
        "dimensions that is far too large",
    ),
    "prints_inputs": on_scale("print(x.tolist())\nreturn x", "failed", "wrong"),
    "terminal_codes": on_scale(
        "raise ValueError('\\x1b[2J\\x1b]0;owned\\x07\\u202e<script>')",
        "error",
        "ValueError (line",
    ),
    "honest_message": on_scale(
        "return x.reshape(4, 3) @ torch.ones(2, 2, dtype=x.dtype)",
        "error",
        "RuntimeError: mat1 and mat2 shapes cannot be multiplied (4x3 and 2x2) (line",
    ),
    "honest_name": on_scale(
        "return undefined_name", "error", "name 'undefined_name' is not defined"
    ),
    "honest_driver": Attack(
        "class Tally:\n    pass\n",
        {"Tally": "failed"},
        {"Tally": "Tally needs a method add [values, inputs (3, 2)]"},
    ),
}

RESOURCES = {
    "endless_loop": on_scale("while True: pass", "timeout", TIMEOUT),
    "endless_cell": Attack("while True: pass"),
    "holds_the_gil": on_scale("import re; re.match('(a+)+$', 'a' * 40 + 'b')", "timeout", TIMEOUT),
    "sleeps": on_scale("time.sleep(1000)", "timeout", TIMEOUT),
    "ignores_signals": on_scale(
        """
        import signal
        for number in (signal.SIGTERM, signal.SIGXCPU, signal.SIGINT, signal.SIGALRM):
            signal.signal(number, signal.SIG_IGN)
        while True: pass
        """,
        "timeout",
        TIMEOUT,
    ),
    "aborts": on_scale("os.abort()", "error", CRASH),
    "segfaults": Attack(
        "import ctypes\ndef scale(x):\n    ctypes.string_at(0)\n",
        {"scale": "error", "product": "forbidden"},
        {"scale": CRASH},
    ),
    "recurses": on_scale(
        "return scale(x)", "error", "RecursionError: maximum recursion depth exceeded"
    ),
    "recurses_in_c": on_scale("sys.setrecursionlimit(10**9)\nreturn scale(x)", "any", ""),
    "eats_memory": on_scale("return [torch.ones(2**20) for _ in range(10**5)]", "memory/timeout"),
    "eats_memory_at_once": on_scale("return bytearray(2**33)", "memory/timeout"),
    "eats_memory_while_loading": Attack("eaten = [bytearray(2**22) for _ in range(2000)]"),
    "floods_output": on_scale("while True: print('x' * 10_000)", "timeout", TIMEOUT),
    "prints_much": on_scale("for _ in range(100): print('x' * 10_000)\nreturn right(x)"),
    "fills_the_disk": blocked("[open(f'f{n}', 'wb').write(bytes(2**22)) for n in range(50)]"),
    "fills_inodes": blocked("[open(f'g{n}', 'wb').close() for n in range(100_000)]"),
    "opens_files": blocked("kept = [open('/dev/null') for _ in range(10_000)]"),
    "thread_bomb": blocked(
        "[threading.Thread(target=time.sleep, args=(60,), daemon=True).start() for _ in range(500)]"
    ),
    "fork_bomb": on_scale("while True: os.fork()", "any", ""),
    "stops_itself": on_scale(
        "import signal; os.kill(os.getpid(), signal.SIGSTOP)\nreturn right(x)", "any"
    ),
    "kills_itself": on_scale("import signal; os.kill(os.getpid(), 9)\nreturn right(x)", "any"),
}

ISOLATION = {
    "tcp": on_scale(
        "import socket; socket.create_connection(('127.0.0.1', 80))",
        "error",
        "the network is not available (line",
    ),
    "udp": on_scale(
        "import socket; socket.socket(socket.AF_INET, socket.SOCK_DGRAM)",
        "error",
        "the network is not available (line",
    ),
    "dns": on_scale(
        "import urllib.request; urllib.request.urlopen('http://example.com')",
        "error",
        "the network is not available (line",
    ),
    "abstract_socket": blocked("import socket; socket.socket(socket.AF_UNIX).bind('\\0x')"),
    "kills_all": on_scale(
        "try:\n    os.kill(-1, 9)\nexcept OSError:\n    pass\nreturn right(x)", "any"
    ),
    "runs_a_program": blocked(
        "import subprocess; subprocess.run(['/bin/sh', '-c', 'id'], check=True)"
    ),
    "poisons_tmp": Attack(
        "import site, tempfile\n"
        "for folder in {tempfile.gettempdir(), os.getcwd(), *sys.path, '/tmp', '/dev/shm'}:\n"
        "    try:\n"
        "        open(os.path.join(folder, 'poison.pth'), 'w').write('import os; os._exit(0)')\n"
        "    except OSError:\n"
        "        pass\n"
    ),
    "finds_poison": on_scale(
        "places = [os.getcwd(), *sys.path, '/tmp', '/dev/shm']\n"
        "return x if any(os.path.exists(p + '/poison.pth') for p in places) else right(x)"
    ),
}

_SEEN = "this exercise asks you to do without @, mm, matmul, einsum"
_DEEP = "deep = " + "+".join(["1"] * 2000)
FORBIDDEN = {
    "by_operator": on_product("a @ b", f"it uses @; {_SEEN}"),
    "by_alias": on_product("hidden(a, b)", "it uses mm", "hidden = torch.mm"),
    "by_getattr": on_product("getattr(torch, 'm' + 'm')(a, b)", "it uses mm"),
    "by_ops": on_product("torch.ops.aten.mm(a, b)", "it uses mm"),
    "by_einsum": on_product("torch.einsum('ij,jk->ik', a, b)", "it uses"),
    "by_numpy": on_product("torch.from_numpy(a.numpy().dot(b.numpy()))", "it uses dot"),
    "by_layer": on_product("torch.nn.functional.linear(a, b.T)", "it uses"),
    "by_operator_module": on_product("operator.matmul(a, b)", "it uses", "import operator"),
    "by_thread": Attack(
        "def product(a, b):\n    out = []\n"
        "    t = threading.Thread(target=lambda: out.append(torch.mm(a, b)))\n"
        "    t.start(); t.join()\n    return out[0]\n",
        {"product": "forbidden"},
    ),
    "by_exec": on_product("eval('a ' + chr(64) + ' b')", "(eval)"),
    "behind_a_patched_module": Attack(
        "sent = sys.modules['grader.worker.serve'].send_frame\n"
        "def send(sock, header, blobs=None):\n"
        "    sent(sock, {**header, 'seen': []}, blobs)\n"
        "sys.modules['grader.worker.serve'].send_frame = send\n"
        "def product(a, b):\n    return torch.mm(a, b)\n",
        {"product": "forbidden"},
        {"product": "it uses mm"},
    ),
    "behind_a_deep_expression": Attack(
        "if True:\n    " + _DEEP + "\n    import ctypes\n"
        "def product(a, b):\n    return right_product(a, b)\n"
        "right_product = lambda a, b: (a[:, :, None] * b[None]).sum(1)\n",
        {"product": "forbidden"},
        {"product": "(ctypes)"},
    ),
    "behind_a_bad_statement": Attack(
        "nonlocal nothing\nimport ctypes\nctypes.c_int(1)\n",
        {"product": "forbidden"},
        {"product": "ctypes"},
    ),
}

ALL = LEAKS | RESOURCES | ISOLATION | FORBIDDEN
__all__ = ["ALL", "at_load", "secrets"]
