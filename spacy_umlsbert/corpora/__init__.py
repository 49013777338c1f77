"""Where Docs and Examples come from: readers, and the generator of the demo's notes."""
