"""The oracle: float64 NumPy written like the lectures' formulae; it knows nothing of grading."""
