"""Natural language inference on files of pairs."""
