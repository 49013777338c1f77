"""Rules that find protected health information (PHI), one kind a module; `all_rules` lists them.

Two modules are no rules of that list, because they need what others found; `deid.finder` calls
them itself: `eponyms` ("Parkinson's disease" names nobody), and `repeated_names`, which finds
everywhere in a text a person who is named once.

A new form of a date has to be understood by `deid.surrogates.dates` too.
"""
