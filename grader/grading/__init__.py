"""One run: what is handed in, graded in parallel on this machine, and written down."""
