"""What the machine says in other languages: a folder of texts each, and nothing in code."""

from grader.languages.catalogue import Catalogue
from grader.languages.dates import date_in
from grader.languages.spoken import machine, spoken

__all__ = ["Catalogue", "date_in", "machine", "spoken"]
