"""The two kinds of error, never mixed.

A `SubmissionError` is the submission's: it costs marks and its message is written for the
student. Every other one is ours or the instructor's: it is loud, and never becomes a zero.
"""


class SubmissionError(Exception):
    """The submission is wrong; the message tells its author what to do."""


class GraderError(Exception):
    """The grader is wrong or its machine failed; ends the run with exit code 1."""


class UsageError(Exception):
    """The command cannot be carried out as typed; ends the run with exit code 2."""


class CourseError(UsageError):
    """The course's own files are wrong; names the file, the place and the remedy."""


OUT_OF_MEMORY = (
    "the grader ran out of memory: end other programs, lift the limit on it (`ulimit -v`), "
    "or grade with fewer --jobs"
)
