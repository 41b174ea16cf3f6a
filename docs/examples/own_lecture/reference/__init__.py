"""The oracle of this course: float64 NumPy, written like the formulae."""
