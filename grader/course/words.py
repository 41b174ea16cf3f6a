"""Catalogues: YAML files that map texts to what they are in another language."""

from __future__ import annotations

from pathlib import Path

from grader.course.marked_yaml import load_marked
from grader.languages.spoken import texts_of


def read_words(path: Path) -> dict[str, str]:
    """The translations of a catalogue by their English text; none where there is no file.

    An entry that is laid out for a translator and still empty is no translation.

    Raises:
        CourseError: a catalogue that is not a mapping of texts to texts.
    """
    if not path.exists():
        return {}
    data = load_marked(path).data
    if data is None:
        return {}
    return {english: said for english, said in texts_of(data, str(path)).items() if said}
