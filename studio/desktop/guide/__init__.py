"""The guide: pages in Markdown under `resources/guide/<language>/`, read in a window of its own.

Begin with `pages.py`: what there is to read and in which order. A page is one file a language, and
one line there.
"""
