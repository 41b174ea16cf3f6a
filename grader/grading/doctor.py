"""What this machine can confine, found by trying; and the refusal to grade with less than asked."""

import json
import subprocess
import sys
from collections.abc import Iterable

from grader.controller.nvml import NoNvml, Nvml, numbered_as_machine
from grader.controller.zygote import default_readable, environment, grader_folder
from grader.errors import GraderError, UsageError
from grader.grading.gpus import gpus_here, has_cuda
from grader.worker.confine import Policy
from grader.worker.probe import Probe

_PROGRAM = (
    "import sys; sys.path.insert(0, sys.argv[1]); from grader.worker.probe import main; "
    "sys.exit(main())"
)
_SECONDS = 60.0
_GIB = 1 << 30


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


def diagnose_gpus() -> list[Probe]:
    """What there is to say of this machine's GPUs; none of it is needed to grade on the CPU.

    Whether torch finds one is asked in a process of its own.
    """
    found, torch_has = gpus_here(), has_cuda()
    if not found and not torch_has:
        return [Probe("GPU", False, "none found: torch exercises run on the CPU", False)]
    torch_finds = "" if torch_has else "; torch finds none: is it a build for CUDA?"
    named = ", ".join(gpu.name for gpu in found) or "not named by the driver"
    rows = [Probe("GPU", not torch_finds, f"{named}{torch_finds}", False)]
    for gpu in found:
        if gpu.total:
            used = f"{gpu.used / _GIB:.1f} of {gpu.total / _GIB:.1f} GiB in use"
            rows.append(Probe("GPU memory", not gpu.busy, gpu.busy or f"{gpu.name}: {used}", False))
    return [*rows, _nvml()]


def _nvml() -> Probe:
    try:
        with Nvml() as nvml:
            told = f"driver {nvml.driver()}"
            untold = [
                one.name for one in nvml.devices() if one.holders and None in one.holders.values()
            ]
    except NoNvml as error:
        return Probe("NVML", False, f"{error}; memory on a GPU is not measured", False)
    if untold:
        return Probe("NVML", False, f"{told}, which does not tell what a process holds", False)
    seen = "" if numbered_as_machine() else "; it numbers processes as the machine does, not as we"
    return Probe("NVML", True, told + seen, False)


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
