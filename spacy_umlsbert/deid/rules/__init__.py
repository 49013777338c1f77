"""Rules that find protected health information, one kind a module; `all_rules` lists them."""
