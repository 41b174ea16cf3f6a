"""Giving up what a worker was born with: user id, groups, capabilities."""

import errno
import os

from grader.worker.linux import PR_CAPBSET_DROP, PR_SET_NO_NEW_PRIVS, Linux

FIRST_UID = 600_000
PLACES = 512  # user ids set aside for one zygote and its branch: half as many workers each


def worker_uid(keeper: int, slot: int) -> int:
    """A user id that no other live worker on this machine has.

    `keeper` is the process id of the zygote's keeper, `slot` the worker's place beside it.
    RLIMIT_NPROC counts by user id, so neighbours must not share one.
    """
    return FIRST_UID + PLACES * keeper + slot


def become(uid: int) -> None:
    """Take `uid` as user and group, for good. Needs root; raises `OSError`."""
    os.setgroups([])
    os.setresgid(uid, uid, uid)
    os.setresuid(uid, uid, uid)


def forbid_new_privileges(linux: Linux) -> None:
    """No program that is started from here can gain rights."""
    linux.prctl(PR_SET_NO_NEW_PRIVS, 1)


def drop_bounding_set(linux: Linux) -> None:
    """Take every capability out of reach. Needs CAP_SETPCAP, so it comes before `become`."""
    for capability in range(64):
        try:
            linux.prctl(PR_CAPBSET_DROP, capability)
        except OSError as error:
            if error.errno == errno.EINVAL and capability > 0:
                return  # past the last one that this kernel knows
            raise
