"""Parts of pictures that nobody may see or learn: decided here, and forgotten everywhere else.

Begin with `hidden_regions`.
"""
