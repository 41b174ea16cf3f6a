"""otter-grader: its notebooks from our sources, and its place on Gradescope for our grader."""
