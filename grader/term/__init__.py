"""A course over its term: regrading, requests, attempts, answers side by side, and its data."""
