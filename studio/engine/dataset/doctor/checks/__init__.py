"""What the folder doctor looks for: every check with its words, its limit and its measure.

Adding one is adding one :class:`base.Check` to a file of this folder, or a file of its own;
`base` finds it by listing. Begin there.
"""
