"""The canvas: one picture, the model behind it, and a control for each way it can change.

`room` joins the panels, `session` is the way to the engine, `recipe_editor` what the hand
changes; tools on the picture are in `tools`.
"""
