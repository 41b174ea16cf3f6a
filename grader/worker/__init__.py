"""What runs beside student code; it imports nothing of the rest of the grader."""
