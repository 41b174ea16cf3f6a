"""What may be repeated of an exception's message: known phrases, and in them only safe words.

A message is never passed on as it came: it is recognised as one of a closed list of phrases of
Python, NumPy and torch, or of the driver's own complaints, and built anew from the list. What fills
a phrase's gaps must be a word that stands in the submission, in the released notebook or in the
libraries, as a whole; or numbers that the sizes of the call's inputs make (`arguments.sizes_of`).
This is the second of two layers: what is shown was raised where no hidden input was in reach, see
`grader.controller.retelling`. It keeps what a check writes down and never draws from being spelt.
"""

from __future__ import annotations

import ast
import builtins
import functools
import re
from collections.abc import Iterable
from itertools import chain

_PHRASES = """\
name {} is not defined
free variable {} referenced before assignment in enclosing scope
cannot access local variable {} where it is not associated with a value
cannot access free variable {} where it is not associated with a value in enclosing scope
No module named {}
cannot import name {} from {}
{} object has no attribute {}
type object {} has no attribute {}
module {} has no attribute {}
{} object is not callable
{} object is not iterable
{} object is not subscriptable
{} object does not support item assignment
{} object cannot be interpreted as an integer
{}() got an unexpected keyword argument {}
{}() got multiple values for argument {}
{}() takes no arguments
{}() takes {} positional arguments but {} were given
{}() takes {} positional argument but {} were given
{}() missing {} required positional argument: {}
{}() missing {} required positional arguments: {} and {}
{}() missing {} required keyword-only argument: {}
cannot unpack non-iterable {} object
not enough values to unpack (expected {}, got {})
too many values to unpack (expected {})
unsupported operand type(s) for {}: {} and {}
bad operand type for unary {}: {}
can only concatenate {} (not {}) to {}
list index out of range
tuple index out of range
list indices must be integers or slices, not {}
tuple indices must be integers or slices, not {}
only integers, slices (`:`), ellipsis (`...`), numpy.newaxis (`None`) and integer or boolean arrays\
 are valid indices
index {} is out of bounds for axis {} with size {}
index {} is out of bounds for dimension {} with size {}
too many indices for array: array is {}-dimensional, but {} were indexed
too many indices for tensor of dimension {}
axis {} is out of bounds for array of dimension {}
Dimension out of range (expected to be in range of [{}, {}], but got {})
operands could not be broadcast together with shapes {}
operands could not be broadcast together with remapped shapes
non-broadcastable output operand with shape {} doesn't match the broadcast shape {}
could not broadcast input array from shape {} into shape {}
shapes {} and {} not aligned: {} (dim {}) != {} (dim {})
matmul: Input operand {} has a mismatch in its core dimension {}, with gufunc signature {}\
 (size {} is different from {})
cannot reshape array of size {} into shape {}
all the input array dimensions except for the concatenation axis must match exactly
all input arrays must have the same shape
The truth value of an array with more than one element is ambiguous
Boolean value of Tensor with more than one value is ambiguous
only length-1 arrays can be converted to Python scalars
only one element tensors can be converted to Python scalars
a Tensor with {} elements cannot be converted to Scalar
mat1 and mat2 shapes cannot be multiplied ({} and {})
mat1 and mat2 must have the same dtype, but got {} and {}
expected m1 and m2 to have the same dtype, but got: {} != {}
expected scalar type {} but found {}
Expected all tensors to be on the same device, but found at least two devices, {} and {}!
The size of tensor a {} must match the size of tensor b {} at non-singleton dimension {}
The expanded size of the tensor {} must match the existing size {} at non-singleton dimension {}
The size of tensor a ({}) must match the size of tensor b ({}) at non-singleton dimension {}
shape {} is invalid for input of size {}
Sizes of tensors must match except in dimension {}
stack expects each tensor to be equal size
inconsistent tensor size, expected tensor {} and src {} to have the same number of elements
size mismatch, got input {}, mat {}, vec {}
element {} of tensors does not require grad and does not have a grad_fn
a leaf Variable that requires grad is being used in an in-place operation
Can't call numpy() on Tensor that requires grad
result type {} can't be cast to the desired output type {}
zero-size array to reduction operation {} which has no identity
mean(): could not infer output dtype
division by zero
float division by zero
integer division or modulo by zero
math domain error
math range error
maximum recursion depth exceeded
{} not implemented for {}
Module [{}] is missing the required "forward" function
"""
_NUMBER = re.compile(r"[-+]?\d{1,4}|\d{1,4}(x\d{1,4}){1,3}")
_SHAPES = re.compile(
    r"(?:(?:torch\.Size\()?[(\[](?:\d{1,4}(?:, ?\d{1,4}){0,5},?)?[)\]]\)?\s*){1,3}"
)
_DIGITS = re.compile(r"\d+")
_SMALL = re.compile(r"-?\d{1,2}")
_NAME = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*){0,3}")
_WORDS = re.compile(r"(?<!\w)[A-Za-z_]\w*")
_SIGN_TEXT = "+ - * / // % ** @ & | ^ < > <= >= == += -= *= /= @= << >> ~"
_LIBRARY_TEXT = """
    Tensor Parameter Module Size Generator ndarray torch numpy np nn function method module
    NoneType float16 float32 float64 bfloat16 int8 int16 int32 int64 uint8 bool Float Double Half
    Long Int Short Char Byte Bool cpu cuda dim size axis
"""
_SIGNS = frozenset(_SIGN_TEXT.split())
_LIBRARY = frozenset(_LIBRARY_TEXT.split())
_GAP = "…"


def words_of(sources: Iterable[str]) -> frozenset[str]:
    """The names that occur in some source."""
    return frozenset(chain.from_iterable(map(_WORDS.findall, sources)))


def told(
    message: str, words: frozenset[str], driver: str = "", sizes: frozenset[int] | None = None
) -> str:
    """Return what of an exception's message may be repeated, "" if it is no known phrase.

    Args:
        message: as it came from the worker, on one line.
        words: names that may be repeated, of the submission's source.
        driver: the source of the exercise's driver, whose complaints are known phrases, too.
        sizes: numbers that may be repeated; None for any small one.
    """
    phrase, gaps = _recognised(message, driver)
    return _filled(phrase, [_safe(gap, words, sizes) for gap in gaps])


@functools.lru_cache(maxsize=1024)
def _recognised(message: str, driver: str) -> tuple[str, tuple[str, ...]]:
    """The phrase that a message is, with what fills its gaps; "" if it is none."""
    for phrase, pattern in (*_complaints(driver), *_known()):
        if found := pattern.match(message):
            return phrase, tuple(gap or "" for gap in found.groups())
    return "", ()


def key(message: str, words: frozenset[str]) -> str:
    """Return the key that a KeyError misses if it may be repeated: a known word, a small int."""
    bare = message.strip("'\"")
    known = _NAME.fullmatch(bare) and all(part in words for part in bare.split("."))
    return message if _SMALL.fullmatch(message) or (known and len(bare) <= 40) else ""


def _safe(gap: str, words: frozenset[str], sizes: frozenset[int] | None) -> str:
    bare = gap.strip().strip("'\"`")
    if bare in _SIGNS:
        return gap.strip()
    if _NUMBER.fullmatch(bare) or _SHAPES.fullmatch(bare):
        found = {int(number) for number in _DIGITS.findall(bare)}
        return gap.strip() if sizes is None or found <= sizes else _GAP
    known = _NAME.fullmatch(bare) and all(
        part in words or part in _LIBRARY or part in vars(builtins) for part in bare.split(".")
    )
    return gap.strip() if known else _GAP


def _filled(phrase: str, gaps: list[str]) -> str:
    parts = phrase.split("{}")
    return "".join(part + gap for part, gap in zip(parts, [*gaps, ""], strict=True))


def _compiled(phrase: str, *, whole: bool) -> tuple[str, re.Pattern[str]]:
    parts = [re.escape(part) for part in phrase.split("{}")]
    # A gap at the end is greedy; what follows a known phrase is dropped.
    inner = "(.{0,80}?)".join(parts[:-1]) + ("(.{0,80})" if len(parts) > 1 else "") + parts[-1]
    return phrase, re.compile(inner + ("$" if whole else ""))


@functools.lru_cache(maxsize=1)
def _known() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple(_compiled(phrase, whole=phrase.endswith("{}")) for phrase in _PHRASES.splitlines())


@functools.lru_cache(maxsize=64)
def _complaints(driver: str) -> tuple[tuple[str, re.Pattern[str]], ...]:
    """The texts that the driver's assertions carry, with gaps for what is formatted in."""
    texts = [node.msg for node in ast.walk(ast.parse(driver)) if isinstance(node, ast.Assert)]
    phrases = [_phrase(text) for text in texts if text is not None]
    return tuple(_compiled(phrase, whole=True) for phrase in phrases if phrase.strip(" {}"))


def _phrase(text: ast.expr) -> str:
    if isinstance(text, ast.Constant):
        return str(text.value)
    if isinstance(text, ast.JoinedStr):
        return "".join(
            str(part.value) if isinstance(part, ast.Constant) else "{}" for part in text.values
        )
    return ""
