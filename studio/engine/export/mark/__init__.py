"""The invisible mark: 36 bits in the pixels, which say that this studio's model made a picture.

It outlives what strips the words of a file: another format, another size, a screenshot. It is a
label and no proof, for whoever has the program can write one or take one away.
"""
