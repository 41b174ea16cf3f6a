"""What an exercise may not use, and how what runs is matched against it."""

import functools
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Self

from grader.worker.kernels import pattern, plain

_NAMESPACES = frozenset({"aten", "prim", "prims", "profiler", "quantized", "torchvision"})


@dataclass(frozen=True)
class Rules:
    """What one exercise may not use; `label` names it in the message to the student.

    Args:
        ops: torch operators ("_softmax"), whatever their overload; in-place and underscored
            spellings and the `special_` alias count as the same operator; "*conv*" names all that
            match.
        calls: Python or C callables. A dotted name matches itself and all below it
            ("torch.nn.Conv2d", "Tensor.backward"); a bare name ("dot") matches every callable
            of that name in a library, or a package and all below it ("sklearn");
            "requires_grad_" also means code that sets the attribute.
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

    def same(self, other: "Rules") -> bool:
        """Whether both forbid the same, whatever it is called."""
        mine, theirs = ((set(r.ops), set(r.calls), set(r.syntax)) for r in (self, other))
        return mine == theirs

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


class Matcher:
    """Rules in the form in which every operator can be looked up cheaply; one per `Rules`."""

    def __init__(self, rules: Rules) -> None:
        """Make a pattern of each rule."""
        self._exact = {plain(op): op for op in rules.ops if "*" not in op}
        self._pattern = pattern(op for op in rules.ops if "*" in op)
        self._of_op: dict[Any, str] = {}

    def operator(self, op: Any) -> str:
        """What is said of a dispatched operator that breaks a rule: the rule, or of a pattern the
        operator's name; "" of another.
        """
        rule = self._of_op.get(op)
        if rule is None:
            # Whatever a custom or higher-order operator runs inside is not dispatched to us.
            known = getattr(op, "namespace", "") in _NAMESPACES
            rule = self._named(op._overloadpacket.__name__) if known else "torch.library"
            self._of_op[op] = rule
        return rule

    def _named(self, name: str) -> str:
        short = plain(name)
        return self._exact.get(short) or (short if self._pattern.match(short) else "")


@functools.lru_cache(maxsize=256)
def matcher(rules: Rules) -> Matcher:
    """The matcher of these rules; what it has learnt is kept from call to call."""
    return Matcher(rules)
