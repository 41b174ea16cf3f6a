"""The mark of a text: what a translation notes of the state of its original.

`# %% [markdown] lang="zh" of="1f3a9c2e"` translates a prompt whose text has that mark. Where the
original is edited, the marks differ, and the translation is known to be stale.
"""

from __future__ import annotations

import hashlib

LENGTH = 8


def mark_of(text: str) -> str:
    """Eight hexadecimal digits that change with the text's words, not with its line breaks."""
    return hashlib.sha256(" ".join(text.split()).encode()).hexdigest()[:LENGTH]
