"""Submissions that would have the controller hold much, or work long; each has a name.

Each is the source of what an exercise does instead of what is asked; `hoard` puts it in the place
of exercises. `raw` writes a header of its own making with the worker's own token.
"""

import textwrap

PRELUDE = '''\
import gc, json, os, struct, sys, threading, time
import numpy as np
import torch


def voice():
    return next(o for o in gc.get_objects() if type(o).__name__ == "_Voice")


def whole(data):
    while data:
        data = data[os.write(3, data):]


def raw(header, body=b"", size=None):
    token = json.dumps(voice().token).encode()
    text = b'{"token":' + token + b"," + header + b"}"
    whole(struct.pack("<IQ", len(text), len(body) if size is None else size) + text + body)


def caps():
    """What the question in whose call we are says that an answer may hold."""
    frame = sys._getframe()
    while frame and not isinstance(frame.f_locals.get("case"), dict):
        frame = frame.f_back
    return frame.f_locals["case"].get("caps", [[2**19, 2**12, 2**13]] * 2)


def stop(reply=None):
    time.sleep(1000)
'''
COLLIDING = "{k * (2**61 - 1): 0 for k in range(1, %d)}"

VALUES = {
    # A student could write these.
    "large_arrays": "return np.ones(7_900_000)",
    "large_tensors": "return torch.ones(2800, 2800, dtype=torch.float64)",
    "arrays_at_the_cap": "return torch.ones(caps()[0][0], dtype=torch.float64)",
    "small_numbers_at_the_cap": "return torch.ones(caps()[0][0], dtype=torch.uint8)",
    "complex_at_the_cap": "return torch.ones(caps()[0][0] // 2, dtype=torch.complex128)",
    "many_arrays": "return [np.ones(1000) for _ in range(7000)]",
    "keys_that_collide": f"return {COLLIDING % 20_000}",
    "few_keys_that_collide": f"return {COLLIDING % 2000}",
    "keys_of_texts": "return {'k' * 30 + str(k): 0.5 for k in range(100_000)}",
    "long_keys": "return {'k' * 1_000_000 + str(k): 0 for k in range(3)}",
    "hashes_of_minus_one": "return {-1: 1, -2: 2}",
    "wide": "return [0] * 199_000",
    "wide_tuples": "return [(0.5, 1.5)] * 60_000",
    "parts_at_the_cap": "return [0.123456789012345] * (caps()[0][1] - 1)",
    "deep": "v = 0\nfor _ in range(15): v = [v, v]\nreturn v",
    "long_text": "return 'é' * 600_000",
    "texts_at_the_cap": "return ['\\U0001f600' * 100] * (caps()[0][2] // 100)",
    "wide_integers": "return [10**300] * 12_000",
    "empty_shapes": "return [np.zeros((0, 2**39))] * 20_000",
    "infinite": "return [1e308 * 10, float('nan')] * 2000",
    "grown_inputs": "for v in a:\n    if isinstance(v, torch.Tensor):\n"
    "        v.set_(torch.ones(7_900_000, dtype=v.dtype))",
    "huge_exception": "raise ValueError('x' * 10_000_000)",
    "wide_mro": "kinds = tuple(type('K' * 5000, (Exception,), {}) for _ in range(300))\n"
    "raise type('E' * 10_000, kinds, {})('y' * 100_000)",
    "prints": "for _ in range(2000): print('flood ' * 20_000)",
}
FRAMES = {
    # Nobody writes these by mistake.
    "many_digits": "raw(b'\"id\":0,\"value\":' + b'9' * 250_000)\nstop()",
    "many_digits_of_an_id": "raw(b'\"id\":' + b'9' * 250_000)\nstop()",
    "many_decimals": 'raw(b\'"id":0,"inputs":null,"value":0.\' + b\'9\' * 250_000)\nstop()',
    "equal_keys": "raw(b'\"id\":0,\"x\":{' + b','.join(b'\"%d\":{}' % k for k in range(20_000))"
    " + b'}')\nstop()",
    "nested_objects": "raw(b'\"x\":' + b'{\"x\":' * 40_000 + b'0' + b'}' * 40_000)\nstop()",
    "empty_lists": "raw(b'\"id\":0,\"value\":[' + b'[],' * 90_000 + b'0]')\nstop()",
    "header_at_the_old_cap": "raw(b'\"x\":\"' + b'x' * (4 * 2**20 - 100) + b'\"')\nstop()",
    "body_at_the_old_cap": "raw(b'\"id\":0', bytes(64 * 2**20))\nstop()",
    "body_that_drips": "raw(b'\"id\":0', b'', 2**20)\nwhile True:\n    whole(b'x')\n"
    "    time.sleep(0.05)",
    "header_that_drips": "whole(struct.pack('<IQ', 1000, 0))\nwhile True:\n    whole(b' ')\n"
    "    time.sleep(0.05)",
    "never_finished": "raw(b'\"id\":0', bytes(2**20), 2**21)\nstop()",
    "tiny_frames": "say = voice().say\nwhile True: say({})",
    "shapes_of_nothing": 't = b\'["array","array","float64",[0\' + b\',1099511627775\' * 30 + b\'],'
    '"cpu"]\'\nraw(b\'"id":0,"value":["list",[\' + b\',\'.join([t] * 500) + b\']]\')\nstop()',
    "forms_that_would_fit": 'raw(b\'"id":0,"inputs":null,"value":'
    '["form","tensor","float64",[4,3],"cpu"]\')\nstop()',
    "keys_on_the_wire": "t = b','.join(b'[%d,0]' % (k * (2**61 - 1)) for k in range(9000))\n"
    'raw(b\'"id":0,"inputs":null,"value":["dict",[\' + t + b\']]\')\nstop()',
    "asks_of_nobody": 'raw(b\'"ask":"scale","inputs":[]\', bytes(2**20))\nstop()',
}
LOADING = {
    "units_by_the_million": "say = voice().say\n"
    "for number in range(1000, 60_000):\n    say({'unit': number, 'begins': True, 'cell': 1})\n",
    "faults_by_the_million": "say = voice().say\n"
    "fault = {'type': 'E', 'message': 'index ' * 80, 'cell': 1, 'line': 1, 'mro': ['E'] * 10}\n"
    "for number in range(1000, 60_000):\n    say({'unit': number, 'begins': True, 'cell': 1})\n"
    "    say({'unit': number, 'raised': fault})\n",
    "a_large_unit": "voice().say({'unit': 1, 'begins': True, 'x': 'x' * 4_000_000})\n",
    "prints_while_loading": "for _ in range(2000): print('flood ' * 20_000)\n",
}


def defined(name: str, body: str) -> str:
    """A function of any arguments with this body."""
    return f"\n\ndef {name}(*a, **k):\n{textwrap.indent(body, '    ')}\n"


def hoard(honest: str, names: list[str], body: str) -> str:
    """A submission that is honest but for some exercises."""
    return honest + "\n" + PRELUDE + "".join(defined(name, body) for name in names)


def while_loading(honest: str, body: str) -> str:
    """A submission that is honest but for what it does after its definitions."""
    room = "# " + "room for units " * 4000  # there are no more units than characters
    return f"{honest}\n{PRELUDE}\n{room}\n{body}"
