"""The Dockerfile's steps and `docker run`, tried where Docker is not: `build` and `run` alone.

`python -m tools.without_docker --images FOLDER build --tag NAME .` makes the base image by
debootstrap (Debian's own Python stands in for the image's) and takes the steps of the Dockerfile
one by one in it. `run` shows a program the file system of an image as a container does: a root
of its own by pivot_root (chroot would forbid the user namespaces that workers need), a pid
namespace, Docker's masks over /proc, no capabilities. `--rootless` does so without root, as
rootless Podman does with `--userns=keep-id`. All mounts end with the program: a folder of images
can be removed. It needs root (`run --rootless` only to become the user), debootstrap and
util-linux; `--bind PATH` lends a place of this machine to the steps, read-only, for pip's
configuration and indexes.
"""

from __future__ import annotations

import argparse
import json
import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

MIRROR = "http://deb.debian.org/debian"
PACKAGES = "python3,python3-venv,ca-certificates"
PATH = "/usr/local/bin:/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin"
LENT = ("PIP_", "SSL_", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY")
"""Beginnings of variables that RUN steps see, too."""
MASKED = (
    "acpi", "asound", "kcore", "keys", "latency_stats", "scsi", "sched_debug", "timer_list",
    "timer_stats",
)  # fmt: skip
READ_ONLY = ("bus", "fs", "irq", "sys", "sysrq-trigger")
"""What Docker hides and protects below /proc."""


@dataclass
class Stage:
    """A stage of a Dockerfile: its file system, and what later steps and `run` go by."""

    root: Path
    env: dict[str, str] = field(default_factory=dict)
    arguments: dict[str, str] = field(default_factory=dict)
    workdir: str = "/"
    entrypoint: list[str] = field(default_factory=list)
    command: list[str] = field(default_factory=list)


def instructions(dockerfile: Path) -> Iterator[tuple[str, str]]:
    """Each instruction of a Dockerfile with its text, comments and line ends taken out."""
    lines = dockerfile.read_text(encoding="utf-8").splitlines()
    kept = [line for line in lines if line.strip() and not line.lstrip().startswith("#")]
    for line in "\n".join(kept).replace("\\\n", " ").splitlines():
        name, _, text = line.strip().partition(" ")
        yield name, " ".join(text.split())


def base(images: Path, binds: Sequence[str]) -> Path:
    """A small Debian with Python and a new pip under /usr/local, as the official image has them."""
    root = images / "base"
    if not root.exists():
        made = images / "base.unfinished"
        shutil.rmtree(made, ignore_errors=True)
        _do("debootstrap", "--variant=minbase", f"--include={PACKAGES}", "bookworm", made, MIRROR)
        steps = "python3 -m venv /usr/local && pip install --quiet --upgrade pip"
        _run_step(Stage(made), steps, binds)
        made.rename(root)
    return root


def build(
    images: Path, tag: str, context: Path, arguments: dict[str, str], binds: Sequence[str]
) -> None:
    """Take the steps of a Dockerfile; the last stage becomes the image.

    Raises:
        CalledProcessError: a step failed; its output says why.
        ValueError: an instruction that this program does not know.
    """
    stages: dict[str, Stage] = {}
    for name, text in instructions(context / "Dockerfile"):
        print(f"{name} {text}", flush=True)
        if name == "FROM":
            title = text.split()[-1] if " AS " in text else tag
            stage = stages[title] = Stage(_copied(base(images, binds), images / title))
        else:
            _step(stage, name, text, context, stages, arguments, binds)
    (images / f"{tag}.json").write_text(json.dumps({
        "env": stage.env, "workdir": stage.workdir,
        "entrypoint": stage.entrypoint, "command": stage.command,
    }))  # fmt: skip


def _step(
    stage: Stage,
    name: str,
    text: str,
    context: Path,
    stages: dict[str, Stage],
    given: dict[str, str],
    binds: Sequence[str],
) -> None:
    if name == "RUN":
        _run_step(stage, text, binds)
    elif name == "COPY":
        _copy(stage, shlex.split(text), context, stages)
    elif name == "WORKDIR":
        stage.workdir = text
        (stage.root / text.lstrip("/")).mkdir(parents=True, exist_ok=True)
    elif name == "ARG":
        key, _, default = text.partition("=")
        stage.arguments[key] = given.get(key, default)
    elif name == "ENV":
        key, _, value = text.partition("=")
        stage.env[key] = value
    elif name == "ENTRYPOINT":
        stage.entrypoint = json.loads(text)
    elif name == "CMD":
        stage.command = json.loads(text)
    elif name not in ("USER", "EXPOSE"):
        raise ValueError(f"{name} is an instruction that is not tried here")


def _run_step(stage: Stage, text: str, binds: Sequence[str]) -> None:
    """A RUN step, as root in a chroot, with its mounts in a namespace that ends with it."""
    lent = {key: value for key, value in os.environ.items() if key.upper().startswith(LENT)}
    mounts = [f"mount --rbind /{one} {stage.root}/{one}" for one in ("proc", "dev")]
    for place in ("/etc/resolv.conf", *binds):
        target = stage.root / place.lstrip("/")
        if Path(place).is_dir():
            mounts.append(f"mkdir -p {target}")
        else:
            mounts.append(f"mkdir -p {target.parent} && touch {target}")
        mounts.append(f"mount --bind -o ro {place} {target}")
    env = {"PATH": PATH, **lent, **stage.arguments, **stage.env}
    words = ["env", "-i", "-C", stage.workdir, *(f"{key}={value}" for key, value in env.items())]
    inside = shlex.join(["chroot", str(stage.root), *words, "sh", "-ec", text])
    _do("unshare", "--mount", "sh", "-ec", "\n".join([*mounts, f"exec {inside}"]))


def _copy(stage: Stage, words: list[str], context: Path, stages: dict[str, Stage]) -> None:
    source = context
    if words[0].startswith("--from="):
        source = stages[words.pop(0).partition("=")[2]].root
    *names, target = words
    place = stage.root / os.path.join(stage.workdir, target).lstrip("/")
    ignored = (context / ".dockerignore").read_text(encoding="utf-8").split()
    unwanted = shutil.ignore_patterns(*(one.removeprefix("**/") for one in ignored))
    for name in names:
        found = source / name.lstrip("/")
        if found.is_dir():
            shutil.copytree(found, place, ignore=unwanted, dirs_exist_ok=True, symlinks=True)
        else:
            place.mkdir(parents=True, exist_ok=True)
            shutil.copy2(found, place / found.name)


def run(
    images: Path, tag: str, words: list[str], volume: str, user: str, *,
    workdir: str, entrypoint: str, rootless: bool,
) -> int:  # fmt: skip
    """Run an image's program as `docker run` does with both security options; its exit code.

    Args:
        images: the folder of images.
        tag: which.
        words: what stands behind the image's name.
        volume: `HERE:THERE`.
        user: `UID:GID`, not root.
        workdir: in place of the image's, if not empty.
        entrypoint: in place of the image's, if not empty.
        rootless: whether the container is made by that user, in a user namespace.
    """
    held = json.loads((images / f"{tag}.json").read_text())
    uid, _, gid = user.partition(":")
    become = f"setpriv --reuid {uid} --regid {gid} --clear-groups --inh-caps -all"
    env = {"PATH": PATH, **held["env"]}
    program = [entrypoint] if entrypoint else held["entrypoint"]
    inside = shlex.join([
        "env", "-i", "-C", workdir or held["workdir"],
        *(f"{key}={value}" for key, value in env.items()), *program, *(words or held["command"]),
    ])  # fmt: skip
    last = f"unshare --user --map-user={uid} --map-group={gid}" if rootless else become
    here, _, there = volume.partition(":")
    script = "\n".join([*_container(images / tag, here, there), f"exec {last} {inside}"])
    outer = "unshare --mount --pid --fork"
    if rootless:
        outer = f"{become} {outer} --user --map-root-user"
    return subprocess.run([*shlex.split(outer), "sh", "-ec", script], check=False).returncode


def _container(root: Path, here: str, there: str) -> Iterator[str]:
    """The lines of a shell that make `root` the root of what comes behind them."""
    yield f"mount --rbind {root} {root} && cd {root}"
    yield "mount -t proc proc proc"
    yield "mount --rbind /dev dev && mount -t tmpfs tmpfs tmp"
    for name in MASKED:
        yield f"if [ -d proc/{name} ]; then mount -t tmpfs -o ro tmpfs proc/{name}"
        yield f"elif [ -e proc/{name} ]; then mount --bind /dev/null proc/{name}; fi"
    for name in READ_ONLY:
        yield f"if [ -e proc/{name} ]; then mount --bind proc/{name} proc/{name}"
        yield f"mount -o remount,bind,ro,nosuid,nodev,noexec proc/{name}; fi"
    yield f"mount --bind {shlex.quote(here)} {there.lstrip('/')}"
    yield "pivot_root . mnt && cd / && umount -l /mnt"


def _copied(root: Path, to: Path) -> Path:
    shutil.rmtree(to, ignore_errors=True)
    _do("cp", "-a", root, to)
    return to


def _do(*words: str | Path) -> None:
    subprocess.run([str(word) for word in words], check=True)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tools.without_docker")
    parser.add_argument("--images", type=Path, required=True)
    parser.add_argument("--bind", action="append", default=[])
    parser.add_argument("--rootless", action="store_true")
    commands = parser.add_subparsers(dest="does", required=True)
    building = commands.add_parser("build")
    building.add_argument("--tag", required=True)
    building.add_argument("--build-arg", action="append", default=[])
    building.add_argument("context", type=Path)
    running = commands.add_parser("run")
    running.add_argument("--rm", action="store_true")
    running.add_argument("-it", action="store_true")
    running.add_argument("--security-opt", action="append")
    running.add_argument("--user", required=True)
    running.add_argument("--volume", required=True)
    running.add_argument("--workdir", default="")
    running.add_argument("--entrypoint", default="")
    running.add_argument("image")
    running.add_argument("words", nargs=argparse.REMAINDER)
    return parser


def main(words: Sequence[str]) -> int:
    """Do as `docker` would; the exit code."""
    told = _parser().parse_args(words)
    told.images.mkdir(parents=True, exist_ok=True)
    if told.does == "build":
        arguments = dict(one.split("=", 1) for one in told.build_arg)
        build(told.images.absolute(), told.tag, told.context.absolute(), arguments, told.bind)
        return 0
    return run(
        told.images.absolute(), told.image, told.words, told.volume, told.user,
        workdir=told.workdir, entrypoint=told.entrypoint, rootless=told.rootless,
    )  # fmt: skip


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
