"""Measuring the grader against what a class is graded with otherwise, in one run."""
