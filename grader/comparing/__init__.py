"""Comparing what came back with what the oracle says, and naming what went wrong."""
