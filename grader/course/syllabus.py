"""`course.yml`, loaded into one validated model: each key is declared here, and only here."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StrictBool,
    StrictStr,
    ValidationInfo,
    field_validator,
    model_validator,
)

from grader.course.fields import (
    Count,
    Language,
    Moment,
    Name,
    NotNegative,
    Percent,
    Positive,
    Slug,
    Text,
    Zone,
    database_url,
    did_you_mean,
)
from grader.course.marked_yaml import Place, load_marked
from grader.course.wording import validated
from grader.errors import CourseError
from grader.languages.spoken import is_spoken, languages_spoken

FILE_NAME = "course.yml"
_PRIVATE = frozenset[Place]({("database",)})


class Data(BaseModel):
    """What all parts share: nothing changes after loading, nothing undeclared is accepted."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class Limits(Data):
    """What student code may use."""

    seconds: Positive = 10.0
    """One call of a student's function, or one cell."""
    total_seconds: Positive = 120.0
    """One submission."""
    memory_mb: Count = 2048
    processes: Count = 64
    disk_mb: Count = 64
    output_kb: Count = 64


class LimitsOverride(Data):
    """Limits of one assignment; None leaves the course's."""

    seconds: Positive | None = None
    total_seconds: Positive | None = None
    memory_mb: Count | None = None
    processes: Count | None = None
    disk_mb: Count | None = None
    output_kb: Count | None = None


class Feedback(Data):
    """What students may see."""

    show_values: StrictBool = False
    """Whether feedback may print hidden inputs and expected values."""
    hints: Literal["first", "folded", "both"] = "folded"
    """The hint that says where to look alone, with the fuller one folded away, or both."""
    median: StrictBool = False
    """Whether students see the median of the class; never that of fewer than five."""


class Late(Data):
    """What a late submission costs."""

    policy: Literal["none", "deduct", "zero"] = "none"
    """Nothing; some percent for each day begun; all."""
    percent_per_day: Percent = 10.0
    grace_hours: NotNegative = 0.0
    max_days: NotNegative | None = None
    """After these days a submission earns nothing; None sets no such end."""


class AssignmentPlan(Data):
    """One assignment: when, and how many points for what."""

    title: Text
    lecture: Count
    framework: Literal["torch", "numpy"]
    released: Moment
    due: Moment
    points: dict[Name, Positive] = Field(min_length=1)
    bonus: tuple[Name, ...] = ()
    written: dict[Name, Positive] = Field(default_factory=dict)
    limits: LimitsOverride = LimitsOverride()
    round: Count | None = None
    """Pins the round of the hidden cases; None: a new one once feedback was released."""

    @field_validator("due")
    @classmethod
    def _after_release(cls, due: datetime, info: ValidationInfo) -> datetime:
        released = info.data.get("released")
        if released is not None and due <= released:
            raise ValueError(f"that is not after its release ({released:%Y-%m-%d %H:%M})")
        return due

    @field_validator("bonus", mode="before")
    @classmethod
    def _list(cls, bonus: Any) -> Any:
        return tuple(bonus) if isinstance(bonus, list) else bonus

    @field_validator("bonus")
    @classmethod
    def _of_points(cls, bonus: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        points = info.data.get("points")
        for number, name in enumerate(bonus):
            if points is not None and name not in points:
                near = did_you_mean(name, points)
                raise ValueError(f"{name} is no exercise under points{near}")
            if name in bonus[:number]:
                raise ValueError(f"{name} is listed twice")
        return bonus

    @field_validator("written")
    @classmethod
    def _apart(cls, written: dict[str, float], info: ValidationInfo) -> dict[str, float]:
        for name in written:
            if name in info.data.get("points", {}):
                raise ValueError(f"{name} is an exercise already; give the question another name")
        return written


class Course(Data):
    """A course; `root` is its folder, an absolute path."""

    root: Path
    course: Slug
    title: Text
    language: Language = "en"
    """Of releases, pages and feedback; of a mixed class the first of its languages."""
    languages: tuple[Language, ...] = ()
    """Of a mixed class: every assignment is released in each, and handed in in any."""
    timezone: Zone
    limits: Limits = Limits()
    feedback: Feedback = Feedback()
    late: Late = Late()
    follow_through: Literal["full", "half", "none"] = "full"
    """What an exercise earns that is right but for an earlier one that it builds on."""
    exchange: Path | None = None
    """nbgrader's exchange, absolute after loading."""
    database: StrictStr | None = None
    """URL of the results store, driver and all, after loading; None: the file beside the course."""
    cluster: StrictStr | None = None
    """Where `chainrule grade` finds more machines: a scheduler's address, or its file."""
    roster: Path | None = None
    """CSV of the students, absolute after loading."""
    assignments: dict[Name, AssignmentPlan] = Field(default_factory=dict)

    @model_validator(mode="before")
    @classmethod
    def _first_language(cls, data: Any) -> Any:
        listed = data.get("languages") if isinstance(data, dict) else None
        if not isinstance(listed, list) or not listed:
            return data
        return {"language": listed[0], **data, "languages": tuple(listed)}

    @field_validator("languages")
    @classmethod
    def _several(cls, languages: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        if len(set(languages)) < len(languages):
            raise ValueError("a language is listed twice")
        first = info.data.get("language")
        if languages and first is not None and languages[0] != first:
            raise ValueError(f"begin with {first}, as `language` says, or leave that key out")
        return languages

    @property
    def editions(self) -> tuple[str, ...]:
        """The languages that assignments are released in, the first for nbgrader's own notebook."""
        return self.languages or (self.language,)

    def in_language(self, language: str) -> Course:
        """The same course for a class of one language.

        Raises:
            CourseError: no such language is spoken here.
        """
        if not is_spoken(language):
            known = ", ".join(languages_spoken())
            raise CourseError(f"no language {language!r} is spoken here; there are: {known}")
        return self.model_copy(update={"language": language, "languages": ()})

    def edition(self, said: str) -> str:
        """The language of a notebook that says `said` of itself: the course's own if it offers no
        such."""
        return said if said in self.editions else self.language

    @field_validator("exchange", "roster", mode="before")
    @classmethod
    def _path(cls, value: Any, info: ValidationInfo) -> Any:
        if value is None:
            return None
        if not isinstance(value, str) or not value.strip() or not value.isprintable():
            raise ValueError("give a path, relative to this file's folder or absolute")
        try:
            return info.data["root"] / Path(value).expanduser()
        except RuntimeError:
            raise ValueError("~ stands for nobody's folder here; write the path out") from None

    @field_validator("database")
    @classmethod
    def _url(cls, url: str | None, info: ValidationInfo) -> str | None:
        return None if url is None else database_url(url, info.data["root"])

    @property
    def file(self) -> Path:
        """Where it was read from."""
        return self.root / FILE_NAME

    def plan(self, name: str) -> AssignmentPlan:
        """The plan of an assignment.

        Raises:
            CourseError: course.yml lists none of that name.
        """
        if name not in self.assignments:
            listed = ", ".join(self.assignments) or "none"
            near = did_you_mean(name, self.assignments)
            raise CourseError(f"{self.file} lists no assignment {name} (it has: {listed}){near}")
        return self.assignments[name]

    def limits_of(self, name: str) -> Limits:
        """The course's limits with those of the assignment in place of them."""
        own = self.plan(name).limits.model_dump(exclude_none=True)
        return self.limits.model_copy(update=own)


def find_course(start: Path) -> Path:
    """The nearest folder with a course.yml: `start`, or one around it.

    Raises:
        CourseError: there is none.
    """
    start = start.resolve()
    for folder in (start, *start.parents):
        if (folder / FILE_NAME).is_file():
            return folder
    raise CourseError(
        f"no {FILE_NAME} in {start} or above it; change to the course's folder, or name it"
    )


def load_course(root: Path) -> Course:
    """Read and validate `root`/course.yml.

    Raises:
        CourseError: in one line: file and line, key path, value, and what to write instead.
    """
    marked = load_marked(root / FILE_NAME)
    data = marked.data
    if not isinstance(data, dict):
        raise CourseError(f"{marked.path}:1: is not a mapping; start with `course: NAME`")
    if "root" in data:
        line = marked.line(("root",))
        raise CourseError(f"{marked.path}:{line}: root: unknown key; the folder itself is the root")
    try:
        zone = ZoneInfo(data["timezone"])
    except (KeyError, ValueError, OSError, TypeError, AttributeError):
        zone = ZoneInfo("UTC")  # the field's own validator refuses it in words
    whole = {"root": root.resolve(), **data}
    return validated(marked, Course, whole, _known, _PRIVATE, {"zone": zone})


def _known(place: Place) -> list[str]:
    """The keys that may stand under a key path."""
    models: dict[str, type[Data]] = {"limits": Limits, "feedback": Feedback, "late": Late}
    model: type[Data] = Course
    if place[:1] == ("assignments",) and len(place) > 1:
        model = AssignmentPlan
        place = place[2:]
    if place:
        model = models.get(str(place[0]), model)
    return [name for name in model.model_fields if name != "root"]
