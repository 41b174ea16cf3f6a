"""The kinds of value that `course.yml` holds, each refusing with what to write instead."""

from __future__ import annotations

import difflib
import keyword
import re
from collections.abc import Iterable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AfterValidator, BeforeValidator, Field, StrictInt, StrictStr, ValidationInfo

_TELLING = 3
"""Letters that say enough to look for them inside a name."""
_OFFERED = 3
TIME = "a local time such as 2026-10-19 23:59"


def _name(text: str) -> str:
    if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", text) or keyword.iskeyword(text):
        raise ValueError("a name has ASCII letters, digits and _, and starts with no digit")
    return text


def _slug(text: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]*", text):
        raise ValueError("an id has ASCII letters, digits, - and _ (it names folders)")
    return text


def _text(text: str) -> str:
    if not text.strip() or not text.isprintable():
        raise ValueError("give one line of text")
    return text.strip()


def _language(text: str) -> str:
    if not re.fullmatch(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*", text):
        raise ValueError('give a language code such as "en" or "zh"')
    return text


def _zone(text: str) -> str:
    try:
        ZoneInfo(text)
    except (KeyError, ValueError, OSError):
        raise ValueError(
            "no such time zone; give a name such as Asia/Shanghai"
            + did_you_mean(text, available_timezones())
        ) from None
    return text


def _moment(value: Any, info: ValidationInfo) -> datetime:
    """Local time of the course, made aware; refuses dates alone and hours that a clock skips."""
    if isinstance(value, str) and ":" in value:
        try:
            value = datetime.fromisoformat(value.strip())
        except ValueError:
            raise ValueError(f"give {TIME}") from None
    if not isinstance(value, datetime):
        alone = "a date alone does not say when; " if isinstance(value, date) else ""
        raise ValueError(f"{alone}give {TIME}")
    if value.tzinfo is not None:
        return value
    zone = (info.context or {}).get("zone", ZoneInfo("UTC"))
    aware = value.replace(tzinfo=zone)
    if aware.astimezone(UTC).astimezone(zone).replace(tzinfo=None) != value:
        raise ValueError("the clocks of the time zone skip this hour; give another time")
    return aware


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """`; did you mean X?` where something like `word`, or with `word` in it, is known."""
    by_lower = {name.lower(): name for name in known}
    near = difflib.get_close_matches(word.lower(), by_lower, n=1)
    if not near and len(word) >= _TELLING:
        part = _unpadded(word.lower())
        near = [name for name in by_lower if part in _unpadded(name)][:_OFFERED]
    return f"; did you mean {' or '.join(by_lower[name] for name in near)}?" if near else ""


def _unpadded(name: str) -> str:
    """A name whose numbers have no zeros in front: lec5 is lec05."""
    return re.sub(r"(?<!\d)0+(?=\d)", "", name)


def database_url(text: str, root: Path) -> str:
    """The URL as SQLAlchemy takes it: PostgreSQL by psycopg 3, an SQLite file below `root`.

    Raises:
        ValueError: it is of another kind. The value is not repeated: it may hold a password.
    """
    server = re.fullmatch(r"postgres(?:ql)?(?:\+psycopg2?)?://(\S*)", text)
    if server:
        return f"postgresql+psycopg://{server[1]}"
    file = re.fullmatch(r"sqlite:///(\S.*)", text)
    if file:
        return f"sqlite:///{root / Path(file[1]).expanduser()}"
    raise ValueError("give a URL such as postgresql://HOST/NAME or sqlite:///FILE")


Name = Annotated[StrictStr, AfterValidator(_name)]
Slug = Annotated[StrictStr, AfterValidator(_slug)]
Text = Annotated[StrictStr, AfterValidator(_text)]
Language = Annotated[StrictStr, AfterValidator(_language)]
Zone = Annotated[StrictStr, AfterValidator(_zone)]
Moment = Annotated[datetime, BeforeValidator(_moment)]
Positive = Annotated[float, Field(strict=True, gt=0, allow_inf_nan=False)]
NotNegative = Annotated[float, Field(strict=True, ge=0, allow_inf_nan=False)]
Percent = Annotated[float, Field(strict=True, ge=0, le=100, allow_inf_nan=False)]
Count = Annotated[StrictInt, Field(gt=0)]
