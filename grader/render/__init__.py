"""Renderers: pure functions from the result record to what a person or a program reads."""
