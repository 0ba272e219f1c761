"""What pictures of a model are judged by: one file a measure, or a few that share their sums.

Begin with `base`; `numbers` is what is kept of pictures, `neighbours` what several measures share.
"""
