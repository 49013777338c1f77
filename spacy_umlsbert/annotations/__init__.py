"""What the components write on a Doc: every attribute, what it means and how it travels."""
