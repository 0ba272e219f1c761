"""The dataset place: sources, pictures, findings and decisions.

`room` lays the place out; `session` holds the open dataset; a folder for each thing on the
screen: grid, inspector, map, doctor, regions, watch, intake, curation.
"""
