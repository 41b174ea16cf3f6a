"""What is left where rules have taken something away: lines to compare, from a process of its own.

    python -W ignore tests/foreseen.py '{"foresee": true, "rules": [{"ops": …}, …]}'

Prints a line for each thing in a library's module that refuses now.
"""

import functools
import gc
import json
import operator
import sys
import types
from collections.abc import Iterator

from grader.worker import absent, audit, fake, serve
from grader.worker.refusals import Absent, functions_in

_REFUSES = ("<absent>", "refusals.py")


def refusing() -> Iterator[str]:
    """What is empty or replaced, by module, name and function."""
    for path, module in sorted(sys.modules.items()):
        if path.partition(".")[0] not in ("torch", "numpy", "scipy"):
            continue
        for name, thing in sorted(vars(module).items(), key=lambda item: item[0]):
            for function in functions_in(thing):
                if function.__code__.co_filename.endswith(_REFUSES):
                    yield f"{path}.{name} {function.__qualname__} {reason(function)}"


def reason(function: types.FunctionType) -> str:
    """Which rule a function names when it is called."""
    try:
        function()
    except Absent as error:
        return str(error)
    except BaseException as error:
        return type(error).__name__
    return "nothing"


def main() -> None:
    asked = json.loads(sys.argv[1])
    given = [{"label": "", **one} for one in asked["rules"]]
    rules = [serve._rules(one) for one in given]
    fake.warm_up()
    serve.warm_up(given if asked["foresee"] else ())
    gc.collect()
    gc.freeze()
    taken = absent.take(functools.reduce(operator.or_, rules, audit.Rules()))
    absent.shut_doors(taken, None)
    print("\n".join(refusing()))


if __name__ == "__main__":
    main()
