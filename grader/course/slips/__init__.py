"""Slips: what may have gone wrong in an answer: mutants, hints beside its lines, two at once."""
