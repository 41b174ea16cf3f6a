"""Chainrule's machine: it loads a course by path and knows nothing of any lecture."""

__version__ = "0.1.0"
