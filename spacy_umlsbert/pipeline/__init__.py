"""The spaCy components. Each module holds a component, its default config and its factory."""
