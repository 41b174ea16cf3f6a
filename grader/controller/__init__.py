"""The process that knows the expected values, holds the clock, and judges."""
