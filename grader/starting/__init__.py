"""A course of one's own to start from, made by `chainrule new`."""
