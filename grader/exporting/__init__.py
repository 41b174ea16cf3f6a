"""Results on their way out: to files here, to other programs from there."""
