"""What stands on top of the transformer: heads for tags and pairs, and their losses."""
