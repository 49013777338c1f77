"""Text and its parts, without a pipeline: abbreviations, Unicode, offsets."""
