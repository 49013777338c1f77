"""What the components write on a Doc: every attribute, what it means and how it travels.

`attributes` declares them, `stored` keeps their values where spaCy moves them, `groups` reads span
groups in place, and `pairs` makes two texts into one Doc.
"""
