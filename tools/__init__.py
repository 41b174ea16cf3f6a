"""What makes parts of the documentation from the code, so that they say what it does."""
