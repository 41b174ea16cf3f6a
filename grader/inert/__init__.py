"""What others wrote, made harmless before anybody reads it: text, Markdown, formulae, HTML.

Everything that a student wrote and a page, a notebook or a file shows goes through here. Each way
of showing it has one function: `plain` for text that the page itself escapes, `markdown` for a
cell that another program renders, `literal` for words quoted into such a cell, and `cleaned` for
HTML that was made of Markdown. All go by lists of what is allowed.
"""

from grader.inert.html import cleaned
from grader.inert.markdown import literal, markdown, untagged
from grader.inert.text import no_formula, one_line, plain

__all__ = [
    "cleaned",
    "literal",
    "markdown",
    "no_formula",
    "one_line",
    "plain",
    "untagged",
]
