"""Pictures come in: walked, decoded safely, checked, stored as rows, prepared for training.

Chambers, each blind to those after it: `index` (rows), `decoding` (files), `doctor` (findings),
`privacy` (hidden parts), `curation` (decisions) and `preparation` (the training set), `intake`
(imports) and `papers` (reports). Begin with `intake.importer`, then `index.store`.
"""
