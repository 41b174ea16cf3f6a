"""What an exercise may not use, and how what runs is matched against it."""

import dis
import functools
import importlib
import inspect
import types
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Self

import numpy as np

_LIBRARIES = frozenset({"numpy", "torch", "scipy", "sklearn", "operator", "_operator"})
_NAMESPACES = frozenset({"aten", "prim", "prims", "profiler", "quantized", "torchvision"})
_SWITCHES = frozenset({"setprofile", "settrace"})
_THREAD_STARTS = frozenset({"start_new_thread", "start_new", "start_joinable_thread"})
# `torch.no_grad` and the optimisers' bookkeeping live here; neither takes a gradient. Printing a
# tensor unpacks it, which gives a tangent only to those who packed one.
_HARMLESS = (
    "torch.autograd.grad_mode.", "torch.autograd.profiler.",
    "torch.autograd.forward_ad.unpack_dual",
)  # fmt: skip


@dataclass(frozen=True)
class Rules:
    """What one exercise may not use; `label` names it in the message to the student.

    Args:
        ops: ATen operators ("_softmax"), whatever their overload; in-place and underscored
            spellings and the `special_` alias count as the same operator.
        calls: Python or C callables. A dotted name matches itself and all below it
            ("torch.nn.Conv2d", "Tensor.backward"); a bare name ("dot") matches every callable
            of that name in a library; "requires_grad_" also means code that sets the attribute.
        syntax: operators; only "@" is known.
        label: short name of the whole.
    """

    ops: tuple[str, ...] = ()
    calls: tuple[str, ...] = ()
    syntax: tuple[str, ...] = ()
    label: str = ""

    def __or__(self, other: "Rules") -> "Rules":
        """Both sets of rules at once."""
        return Rules(
            tuple(dict.fromkeys(self.ops + other.ops)),
            tuple(dict.fromkeys(self.calls + other.calls)),
            tuple(dict.fromkeys(self.syntax + other.syntax)),
            ", ".join(label for label in (self.label, other.label) if label),
        )

    def __bool__(self) -> bool:
        """Whether anything is forbidden."""
        return bool(self.ops or self.calls or self.syntax)

    def to_json(self) -> dict[str, Any]:
        """A dictionary that `from_json` reads back."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """Rules from the controller's JSON; missing keys are empty.

        Raises:
            TypeError: a key is unknown.
        """
        given: dict[str, Any] = {k: v if k == "label" else tuple(v) for k, v in data.items()}
        return cls(**given)


class WatchedUfunc:
    """A ufunc whose calls pass through a Python frame, where the profiler sees them."""

    def __init__(self, ufunc: np.ufunc) -> None:
        """Stand in for `ufunc`."""
        self.__name__, self.__doc__, self._ufunc = ufunc.__name__, ufunc.__doc__, ufunc

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call the ufunc."""
        return self._ufunc(*args, **kwargs)

    def __getattr__(self, name: str) -> Any:
        """The ufunc's own attributes and methods."""
        return getattr(self._ufunc, name)


class Matcher:
    """Rules in the form in which every event can be looked up cheaply; one per `Rules`."""

    def __init__(self, rules: Rules) -> None:
        """Resolve the rules' public names to where the callables are really defined."""
        self.rules = rules
        calls = rules.calls
        self._ops = {_plain(op): op for op in rules.ops}
        self._bare = {call: call for call in calls if "." not in call}
        self._dotted = {path: call for call in calls if "." in call for path in _paths(call)}
        self._last = {path.rpartition(".")[2]: call for path, call in self._dotted.items()}
        # Names of C functions that are worth a second look.
        self.c_names = frozenset({*self._bare, *self._last}) | _SWITCHES | _THREAD_STARTS
        self.known_codes: dict[types.CodeType, str] = {}
        self._of_op: dict[Any, str] = {}
        self._of_object = _codes_that_carry_a_name()

    def operator(self, op: Any) -> str:
        """The rule that a dispatched operator breaks, or ""."""
        rule = self._of_op.get(op)
        if rule is None:
            # Whatever a custom or higher-order operator runs inside is not dispatched to us.
            known = getattr(op, "namespace", "") in _NAMESPACES
            rule = self._operator_named(op._overloadpacket.__name__) if known else "torch.library"
            self._of_op[op] = rule
        return rule

    def python(self, frame: types.FrameType) -> str:
        """The rule that entering this Python frame breaks, or ""."""
        code = frame.f_code
        rule = self.known_codes.get(code)
        if rule is not None:
            return rule
        if code in self._of_object:
            return self._carried(frame.f_locals.get(code.co_varnames[0]))
        module = str(frame.f_globals.get("__name__"))
        # A library's module or class body runs because it is imported, not called.
        called = code.co_flags & inspect.CO_OPTIMIZED
        rule = self._named(module, code.co_qualname) if called else ""
        if "requires_grad_" in self._bare and not _library(module) and sets_requires_grad(code):
            rule = "requires_grad_"
        self.known_codes[code] = rule
        return rule

    def c_function(self, function: Any, caller: types.FrameType) -> str:
        """The rule that `caller` breaks by calling a C function or method, or ""."""
        name, owner = function.__name__, function.__self__
        module = owner.__name__ if isinstance(owner, types.ModuleType) else function.__module__
        origin = caller.f_globals.get("__name__")
        if module == "sys" and name in _SWITCHES:
            return "" if origin == "grader.worker.audit" else f"sys.{name}"
        if module == "_thread" and name in _THREAD_STARTS:
            return "" if origin == "threading" else "_thread"
        if name == "requires_grad_" and _called_with_false(caller):
            return ""
        if module is not None:
            return self._named(module, name)
        kind = owner if isinstance(owner, type) else type(owner)
        # A student's subclass of ndarray or Tensor inherits the library's method.
        definer = next((each for each in kind.__mro__ if name in vars(each)), kind)
        return self._named(definer.__module__, f"{definer.__name__.removesuffix('Base')}.{name}")

    def _carried(self, thing: object) -> str:
        """The rule broken by calling an object that stands for an operator or a ufunc."""
        if isinstance(thing, WatchedUfunc):
            return self._named("numpy", thing.__name__)
        schema = getattr(getattr(thing, "_schema", None), "name", "")
        name = (getattr(thing, "_qualified_op_name", "") or schema).rpartition("::")[2]
        return self._operator_named(name) or self._bare.get(name) or self._named("torch", name)

    def _operator_named(self, name: str) -> str:
        return self._ops.get(_plain(name), "")

    def _named(self, module: str, qualname: str) -> str:
        if not _library(module):
            return ""
        # A decorator's `<locals>.inner` is not the library's `inner`.
        rule = "" if "<locals>" in qualname else self._bare.get(qualname.rpartition(".")[2], "")
        for path in dict.fromkeys(
            (f"{module}.{qualname}", f"{_public(module)}.{qualname}", qualname)
        ):
            if rule or path.startswith(_HARMLESS):
                break
            rule = next((r for p, r in self._dotted.items() if f"{path}.".startswith(f"{p}.")), "")
        return rule


@functools.lru_cache(maxsize=256)
def matcher(rules: Rules) -> Matcher:
    """The matcher of these rules; what it has learnt is kept from call to call."""
    return Matcher(rules)


@functools.lru_cache(maxsize=4096)
def matmul_offsets(code: types.CodeType) -> frozenset[int]:
    """Byte offsets of `@` and `@=` in this code object (not in those nested in it)."""
    return frozenset(
        instruction.offset
        for instruction in dis.get_instructions(code)
        if instruction.opname == "BINARY_OP" and instruction.argrepr in ("@", "@=")
    )


def sets_requires_grad(code: types.CodeType) -> bool:
    """Whether this code object sets `x.requires_grad` to anything but a plain False."""
    if "requires_grad" not in code.co_names:
        return False
    steps = [step for step in dis.get_instructions(code) if step.opname != "EXTENDED_ARG"]
    return any(
        step.opname == "STORE_ATTR"
        and step.argval == "requires_grad"
        and not _stores_false(steps[: at + 1])
        for at, step in enumerate(steps)
    )


def _stores_false(steps: list[dis.Instruction]) -> bool:
    # `x.requires_grad = False` is LOAD_CONST False, then x (a name and its attributes). Where
    # another way leads in between (`c or False`), another value may be stored.
    for step in reversed(steps):
        if step.opname == "LOAD_CONST":
            return step.argval is False
        loads = ("LOAD_FAST", "LOAD_NAME", "LOAD_GLOBAL", "LOAD_DEREF", "LOAD_ATTR", "STORE_ATTR")
        if step.opname not in loads or step.is_jump_target:
            return False
    return False


def _called_with_false(caller: types.FrameType) -> bool:
    """Whether the call that a frame is at has the one argument False, written out."""
    code, at = caller.f_code, caller.f_lasti
    steps = [step for step in dis.get_instructions(code) if step.offset <= at]
    for opname in ("CALL", "PRECALL", "KW_NAMES"):
        if steps and steps[-1].opname == opname and steps.pop().is_jump_target:
            return False
    return bool(steps) and steps[-1].opname == "LOAD_CONST" and steps[-1].argval is False


def resolve(path: str) -> Any:
    """The object with this dotted name among what is installed, or None."""
    parts = path.split(".")
    for cut in range(len(parts), 0, -1):
        try:
            found: Any = importlib.import_module(".".join(parts[:cut]))
        except ImportError:
            continue
        for name in parts[cut:]:
            found = getattr(found, name, None)
        return found
    return None


def _paths(call: str) -> list[str]:
    """The dotted names under which what `call` names may turn up at run time."""
    call = call.removeprefix("torch.") if call.startswith("torch.Tensor.") else call
    if call.partition(".")[0] not in ("numpy", "torch"):
        return [call]
    found = resolve(call)
    # `torch.func.grad` says that it lives in torch.func; its frames say torch._functorch.apis.
    module = getattr(found, "__globals__", {}).get("__name__") or getattr(found, "__module__", "")
    qualname = getattr(found, "__qualname__", "")
    return [call, f"{module}.{qualname}"] if module and qualname else [call]


def _library(module: str) -> bool:
    return module.partition(".")[0] in _LIBRARIES


def _plain(op: str) -> str:
    """An operator's name without its in-place, private and alias spellings."""
    return op.strip("_").removeprefix("special_")


def _public(module: str) -> str:
    """A module's path without its private parts: numpy._core.multiarray is numpy's."""
    if module.startswith("numpy._core"):
        return "numpy"
    return ".".join(part for part in module.split(".") if not part.startswith("_"))


def _codes_that_carry_a_name() -> frozenset[types.CodeType]:
    from torch._ops import OpOverload, OpOverloadPacket

    calls: list[Callable[..., Any]] = [
        WatchedUfunc.__call__,
        OpOverload.__call__,
        OpOverloadPacket.__call__,
    ]
    return frozenset(call.__code__ for call in calls)
