"""The published UmlsBERT: its checkpoint and its vocabulary file."""
