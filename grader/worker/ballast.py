"""Memory kept back, so that code which has eaten all of it can still be told of."""

import io
import mmap

BALLAST_BYTES = 32 << 20


def ballast() -> mmap.mmap | io.BytesIO:
    """Addresses kept back, to be closed when something went wrong: the first thing to do then.

    Where RLIMIT_AS bounds the memory, code that has eaten it all leaves too little to tell of it.
    Where there are no such limits (on Windows), nothing is kept back.
    """
    try:
        return mmap.mmap(-1, BALLAST_BYTES, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    except (OSError, MemoryError, AttributeError):
        return io.BytesIO()
