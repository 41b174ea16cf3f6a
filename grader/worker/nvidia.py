"""What a worker must reach for CUDA to work: device nodes, the driver's libraries and its files.

Looked for where drivers, containers (which mount single files of a driver) and WSL put them.
`root` is the folder that stands for "/".
"""

import glob
import os
import re
from collections.abc import Iterable, Iterator

_NODES = re.compile(r"nvidia(\d+|ctl|-uvm|-caps)|dxg")
"""The cards, their control, shared memory, slices; WSL's one node. No display, no fabric."""
_LIBRARY = "libcuda.so.1"
_FOLDERS = (
    "/usr/lib/x86_64-linux-gnu",
    "/usr/lib/aarch64-linux-gnu",
    "/usr/lib64",
    "/usr/lib",
    "/usr/local/nvidia/lib64",
    "/usr/lib/wsl/lib",
    "/usr/local/cuda/compat",
    "/run/opengl-driver/lib",
)
_CONF = "/etc/ld.so.conf.d/*.conf"
_WSL = "/usr/lib/wsl"
_PROC = ("/proc/driver/nvidia", "/proc/driver/nvidia-uvm", "/proc/devices", "/proc/modules")
_SYS = (
    "/sys/devices/system/cpu",
    "/sys/devices/system/node",
    "/sys/module/nvidia",
    "/sys/module/nvidia_uvm",
)
_PCI = "/sys/bus/pci/devices"
_VENDOR = "0x10de"


def nodes(root: str = "") -> tuple[str, ...]:
    """Device nodes of the cards, and the folder of the nodes of slices."""
    try:
        names = sorted(os.listdir(f"{root}/dev"))
    except OSError:
        return ()
    return tuple(f"/dev/{name}" for name in names if _NODES.fullmatch(name))


def readable(library_path: str = "", root: str = "") -> tuple[str, ...]:
    """Folders and files that CUDA reads beside its libraries', as far as they are there.

    `library_path`: LD_LIBRARY_PATH of whoever starts workers.
    """
    found = [*folders(library_path, root), *_SYS, *_cards(root)]
    return tuple(path for path in dict.fromkeys(found) if os.path.lexists(root + path))


def proc() -> tuple[str, ...]:
    """Files of /proc that the driver's library reads, as far as they are there."""
    return tuple(path for path in _PROC if os.path.exists(path))


def folders(library_path: str = "", root: str = "") -> Iterator[str]:
    """Where the driver's library lies, and what links there lead to."""
    for folder in dict.fromkeys([*library_path.split(":"), *_configured(root), *_FOLDERS]):
        if not folder.startswith("/") or not os.path.exists(f"{root}{folder}/{_LIBRARY}"):
            continue
        yield folder
        real = os.path.dirname(os.path.realpath(f"{root}{folder}/{_LIBRARY}"))
        if real.startswith(root):
            yield real[len(root) :]
        if folder.startswith(_WSL):  # its libraries load others from the folder of the drivers
            yield _WSL


def _configured(root: str) -> Iterable[str]:
    """Folders that the loader is told of."""
    for path in sorted(glob.glob(root + _CONF)):
        with open(path, encoding="utf-8", errors="replace") as file:
            yield from (line.strip() for line in file if line.startswith("/"))


def _cards(root: str) -> Iterator[str]:
    """What the kernel tells of NVIDIA's cards: links, and where they lead."""
    try:
        names = sorted(os.listdir(root + _PCI))
    except OSError:
        return
    for name in names:
        link = f"{root}{_PCI}/{name}"
        try:
            with open(f"{link}/vendor", encoding="ascii") as file:
                if file.read().strip() != _VENDOR:
                    continue
        except OSError:
            continue
        yield f"{_PCI}/{name}"
        real = os.path.realpath(link)
        if real.startswith(root):
            yield real[len(root) :]
