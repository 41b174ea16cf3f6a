"""What students read and what it is in another language: gathered, and held against each other."""
