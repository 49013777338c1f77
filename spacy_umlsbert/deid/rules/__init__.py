"""Rules for protected health information that has a shape, one kind a module."""
