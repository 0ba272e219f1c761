"""How pictures come in: walked, decoded in the sandbox, checked, stored.

`importer` drives it and yields `import_events`; `walk` finds the candidates, `row_of_file`
makes a row of one.
"""
