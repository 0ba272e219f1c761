"""The families of models, a folder each: the family, its configuration, its networks.

A family registers itself (`models.base.register`); nothing outside its folder names it.
"""
