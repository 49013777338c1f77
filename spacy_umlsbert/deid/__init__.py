"""De-identification without spaCy: what protected health information (PHI) looks like, and what to
write in its place."""
