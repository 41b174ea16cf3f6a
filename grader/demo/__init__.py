"""A sample class, made by a seeded script, and what the kit does with it."""
