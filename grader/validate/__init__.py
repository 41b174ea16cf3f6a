"""Proving a course: answers, stubs, mistakes, figures, gradients and mutants of the answers."""
