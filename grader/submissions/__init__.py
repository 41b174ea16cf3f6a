"""What students hand in: finding the files, and reading the cells that can be run.

Nothing here runs, parses or compiles a student's code, follows a link, unpacks an archive to
disk or trusts a size that a file claims. `discover` lists submissions and says which of them
may not be opened; `read` turns one into cells, or says what its author must do.
"""

from grader.submissions.discover import discover
from grader.submissions.model import Cell, Found, Submission, Unreadable
from grader.submissions.reading import read

__all__ = ["Cell", "Found", "Submission", "Unreadable", "discover", "read"]
