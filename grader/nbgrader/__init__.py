"""nbgrader releases, collects and keeps the gradebook; ours grades and writes the feedback."""
