"""The command line: it parses and prints; plain functions do the work."""

from grader.cli.main import app

__all__ = ["app"]
