"""What CUDA needs is in a worker's reach, and no more; and CUDA begins in no zygote."""

import os
from dataclasses import replace
from pathlib import Path

import pytest
from attacks import HONEST  # type: ignore[import-not-found]
from boxes import policy  # type: ignore[import-not-found]
from red_course import red_course  # type: ignore[import-not-found]

from grader.controller.prepared import prepare
from grader.controller.program import Program
from grader.controller.session import Allowance, execute
from grader.controller.zygote import PROGRAM, Zygote, default_readable
from grader.course.lesson import load_lesson
from grader.course.syllabus import load_course
from grader.errors import GraderError
from grader.grading.doctor import diagnose
from grader.grading.machine import Isolation, policy_of, readable_on
from grader.worker import confine, nvidia
from grader.worker.confine import Policy
from grader.worker.namespaces import DEVICES, outermost


@pytest.fixture
def machine(tmp_path: Path) -> Path:
    """A machine with two cards, one of them in slices, and another maker's card."""
    for name in ("nvidia0", "nvidia1", "nvidiactl", "nvidia-uvm", "nvidia-uvm-tools",
                 "nvidia-modeset", "nvidia-nvlink", "nvidia-fs0", "null", "sda"):  # fmt: skip
        (tmp_path / "dev" / name).parent.mkdir(exist_ok=True)
        (tmp_path / "dev" / name).touch()
    (tmp_path / "dev/nvidia-caps").mkdir()
    (tmp_path / "dev/nvidia-caps/nvidia-cap1").touch()
    pci = tmp_path / "sys/bus/pci/devices"
    pci.mkdir(parents=True)
    for name, vendor in (("0000:01:00.0", "0x10de"), ("0000:02:00.0", "0x8086")):
        real = tmp_path / "sys/devices/pci0000:00" / name
        real.mkdir(parents=True)
        (real / "vendor").write_text(f"{vendor}\n")
        (pci / name).symlink_to(f"../../../devices/pci0000:00/{name}")
    (tmp_path / "sys/devices/system/node").mkdir(parents=True)
    return tmp_path


def library(root: Path, folder: str, target: str = "") -> None:
    place = root / folder.lstrip("/")
    place.mkdir(parents=True, exist_ok=True)
    if target:
        real = root / target.lstrip("/")
        real.parent.mkdir(parents=True, exist_ok=True)
        real.touch()
        (place / "libcuda.so.1").symlink_to(os.path.relpath(real, place))
    else:
        (place / "libcuda.so.1").touch()


def test_the_nodes_of_cards_and_slices_and_no_others(machine: Path) -> None:
    assert nvidia.nodes(str(machine)) == (
        "/dev/nvidia-caps", "/dev/nvidia-uvm", "/dev/nvidia0", "/dev/nvidia1", "/dev/nvidiactl",
    )  # fmt: skip
    assert nvidia.nodes(str(machine / "nowhere")) == ()


def test_what_the_kernel_tells_of_its_makers_cards_alone(machine: Path) -> None:
    found = nvidia.readable(root=str(machine))
    assert found == (
        "/sys/devices/system/node",
        "/sys/bus/pci/devices/0000:01:00.0",
        "/sys/devices/pci0000:00/0000:01:00.0",
    )


@pytest.mark.parametrize(
    ("folder", "target", "path", "wanted"),
    [
        ("/usr/lib/x86_64-linux-gnu", "", "", ["/usr/lib/x86_64-linux-gnu"]),
        ("/usr/local/nvidia/lib64", "", "", ["/usr/local/nvidia/lib64"]),
        ("/opt/driver/lib", "", "/nowhere:/opt/driver/lib:relative", ["/opt/driver/lib"]),
        ("/opt/driver/lib", "", "", []),
        ("/usr/lib64", "/opt/nvidia/580/libcuda.so.580", "", ["/usr/lib64", "/opt/nvidia/580"]),
        ("/usr/lib/wsl/lib", "", "", ["/usr/lib/wsl/lib", "/usr/lib/wsl"]),
    ],
)
def test_the_drivers_folder_is_found(
    tmp_path: Path, folder: str, target: str, path: str, wanted: list[str]
) -> None:
    library(tmp_path, folder, target)
    found = list(dict.fromkeys(nvidia.folders(path, str(tmp_path))))
    assert found == wanted


def test_the_loaders_own_list_is_read(tmp_path: Path) -> None:
    library(tmp_path, "/somewhere/else")
    conf = tmp_path / "etc/ld.so.conf.d/driver.conf"
    conf.parent.mkdir(parents=True)
    conf.write_text("# the driver\n/nowhere\n/somewhere/else\n")
    assert "/somewhere/else" in nvidia.readable(root=str(tmp_path))


def test_without_a_gpu_nothing_more_is_open(monkeypatch: pytest.MonkeyPatch) -> None:
    assert readable_on("cpu") == default_readable()
    monkeypatch.setattr(nvidia, "nodes", lambda: ("/dev/nvidia0",))
    assert confine._devices(Policy(device="cpu")) == DEVICES
    assert confine._devices(Policy(device="cuda"))[-1] == "/dev/nvidia0"


def test_a_run_on_a_gpu_reads_what_its_driver_reads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nvidia, "readable", lambda path: (f"/driver{path}",))
    monkeypatch.setenv("LD_LIBRARY_PATH", "/x")
    limits = load_course(Path(__file__).parents[1]).limits_of("lec07_cnn")
    assert "/driver/x" in policy_of(limits, "process", "cuda").readable
    assert "/driver/x" not in policy_of(limits, "process", "cpu").readable
    assert list(outermost(("/usr/lib", "/usr/lib/wsl/lib"))) == ["/usr/lib"]


def test_the_environment_of_a_worker_on_a_gpu(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "GPU-a")
    monkeypatch.setenv("PLANTED", "secret")
    assert confine._cuda_environment() == {
        "CUDA_VISIBLE_DEVICES": "GPU-a", "CUDA_CACHE_DISABLE": "1", "CUDA_MODULE_LOADING": "LAZY",
    }  # fmt: skip
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES")
    assert "CUDA_VISIBLE_DEVICES" not in confine._cuda_environment()


ASKING = """
import sys, torch
from grader.worker import zygote
made_ready = zygote._made_ready
def told(policy):
    calls = []
    for name in (
        "init", "_lazy_init", "synchronize", "current_device", "get_device_properties",
        "is_available", "device_count",
    ):
        setattr(torch.cuda, name, lambda *a, name=name, **k: calls.append(name))
    serve = made_ready(policy)
    assert not torch.cuda.is_initialized(), "CUDA is begun"
    assert not calls, f"the zygote asks CUDA: {calls}"
    return serve
zygote._made_ready = told
"""


PLANTED = ASKING.replace("serve = made_ready(policy)", "made_ready(policy), torch.cuda.init()")


def asking(source: str) -> Zygote:
    before, after = PROGRAM.split("from grader.worker.zygote import main; ")
    program = f"{before}\nexec({source!r})\nfrom grader.worker.zygote import main\n{after}"
    return Zygote(policy("process"), program=program)


def test_the_zygote_never_begins_cuda() -> None:
    with asking(ASKING) as zygote:
        zygote.wait_ready()


def test_a_zygote_that_asked_cuda_would_be_seen() -> None:
    with asking(PLANTED) as zygote, pytest.raises(GraderError, match=r"asks CUDA: \['init'\]"):
        zygote.wait_ready()


PROBE = """\
import os
import threading


def scale(x):
    worker = threading.Thread(target=lambda: None)
    worker.start()
    worker.join()
    assert os.environ["CUDA_CACHE_DISABLE"] == "1" and "PLANTED" not in os.environ
    for path in ("/dev/mem", "/dev/sda", "/dev/kmsg", "/etc/shadow", "/root", "/proc/1/environ"):
        try:
            open(path, "rb").close()
        except OSError:
            continue
        if path != "/proc/1/environ":  # in a world of its own that is the worker itself
            raise AssertionError(path)
    return 3 * x + 1
"""


@pytest.mark.parametrize("isolation", ["full", "process"])
def test_a_worker_as_for_a_gpu_works_and_is_confined(
    tmp_path: Path, isolation: Isolation, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a GPU: the same layers, with whatever of the driver is there."""
    layers = {probe.layer: probe.works for probe in diagnose()}
    if isolation == "full" and not all(layers.values()):
        pytest.skip("this machine cannot confine fully, or has no cgroup")
    monkeypatch.setenv("PLANTED", "secret")
    lesson = load_lesson(load_course(red_course(tmp_path)), "one")
    exercises = list(prepare(lesson, "seed", "cpu", 20.0).values())
    box = replace(policy(isolation), device="cuda", readable=readable_on("cuda"))
    with Zygote(box) as zygote:
        program = Program(((1, f"{HONEST}\n{PROBE}"),))
        runs = execute(zygote, program, exercises, Allowance(20.0, 60.0, 1000)).runs
    assert [(run.ended, run.failures) for run in runs.values()] == [("", {})] * 3
