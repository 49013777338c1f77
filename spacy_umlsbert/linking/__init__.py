"""Linking of mentions to concepts: how names are prepared, encoded, searched and scored."""
