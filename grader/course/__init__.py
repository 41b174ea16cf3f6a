"""What an instructor wrote, read: the syllabus, lessons, catalogues, the secret."""
