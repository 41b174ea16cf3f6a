"""What this machine can confine, found by trying; and the refusal to grade with less than asked."""

import json
import subprocess
import sys
from collections.abc import Iterable

from grader.controller.zygote import default_readable, environment, grader_folder
from grader.errors import GraderError, UsageError
from grader.worker.confine import Policy
from grader.worker.probe import Probe

_PROGRAM = (
    "import sys; sys.path.insert(0, sys.argv[1]); from grader.worker.probe import main; "
    "sys.exit(main())"
)
_SECONDS = 60.0


class IsolationUnavailable(UsageError):
    """This machine cannot confine student code as fully as was asked."""


def diagnose(policy: Policy | None = None, python: str = sys.executable) -> list[Probe]:
    """Try every layer in processes of their own, a fraction of a second in all.

    `policy`: what the workers will be confined by, the usual one if None. On a machine without
    Linux every layer is reported as not working. Raises `GraderError` if the trial itself breaks.
    """
    policy = policy or Policy(readable=default_readable())
    done = subprocess.run(
        [python, "-I", "-c", _PROGRAM, grader_folder()],
        input=json.dumps(policy.to_json()),
        capture_output=True,
        text=True,
        env=environment(),
        cwd="/",
        timeout=_SECONDS,
        check=False,
    )
    if done.returncode != 0:
        raise GraderError(f"trying the layers of confinement failed:\n{done.stderr.strip()}")
    return [Probe(**found) for found in json.loads(done.stdout)]


def require_full(probes: Iterable[Probe] | None = None) -> None:
    """Refuse to go on where isolation "full" cannot be had; `probes` are tried now if None.

    Raises `IsolationUnavailable`, which names what is missing and the option that accepts less.
    """
    probes = diagnose() if probes is None else list(probes)
    missing = [probe for probe in probes if probe.needed and not probe.works]
    if missing:
        lines = "\n".join(f"  {probe.layer}: {probe.detail}" for probe in missing)
        raise IsolationUnavailable(
            f"this machine cannot isolate student code fully. What is missing:\n{lines}\n"
            "Mend that (`chainrule doctor` tries again), or accept weaker protection "
            "with --isolation process."
        )
