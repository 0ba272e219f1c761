#!/bin/sh
# torchmetrics 1.9.0: `multiscale_structural_similarity_index_measure` treats the border of the
# picture in two ways inside one figure. Contrast and structure of every scale but the last are
# averaged where the Gaussian window fits; the last scale is averaged over the mirrored border,
# too. So the figure agrees with no implementation that follows one rule, and on small pictures the
# border is most of the last scale.
#
# Seen with torchmetrics 1.9.0, torch 2.13.0 (CPU build), two pictures of 64 x 64, three scales:
#   torchmetrics               0.89917
#   window fits, then mirrored 0.89917
#   window fits everywhere     0.89985
#   mirrored everywhere        0.89107
# Exits 1 when this changes.
set -eu
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
python3 -m venv "$place/env"
"$place/env/bin/pip" install --quiet --disable-pip-version-check \
    torch==2.13.0 torchmetrics==1.9.0 numpy==2.4.6
"$place/env/bin/python" -W ignore - <<'PYTHON'
import sys

import torch
import torch.nn.functional as F
from torchmetrics.functional.image import multiscale_structural_similarity_index_measure as measured

SCALES, SIGMA, HALF = 3, 1.5, 5
WEIGHTS = (0.2, 0.3, 0.5)


def window():
    steps = torch.arange(-HALF, HALF + 1, dtype=torch.float64)
    line = torch.exp(-(steps**2) / (2 * SIGMA**2))
    line /= line.sum()
    return (line[:, None] * line[None, :])[None, None]


def maps(x, y):
    """SSIM, and contrast with structure, at every place, the border mirrored."""
    x, y = (F.pad(each, (HALF,) * 4, mode="reflect") for each in (x, y))
    mean_x, mean_y, xx, yy, xy = (F.conv2d(each, window()) for each in (x, y, x * x, y * y, x * y))
    c1, c2 = 0.01**2, 0.03**2
    structure = (2 * (xy - mean_x * mean_y) + c2) / (xx - mean_x**2 + yy - mean_y**2 + c2)
    return (2 * mean_x * mean_y + c1) / (mean_x**2 + mean_y**2 + c1) * structure, structure


def by_rules(x, y, crop_fine, crop_last):
    def mean(each, crop):
        return (each[..., HALF:-HALF, HALF:-HALF] if crop else each).mean()

    figure = torch.ones((), dtype=torch.float64)
    for scale, weight in enumerate(WEIGHTS):
        whole, structure = maps(x, y)
        last = scale == SCALES - 1
        figure *= (mean(whole, crop_last) if last else mean(structure, crop_fine)) ** weight
        x, y = F.avg_pool2d(x, 2), F.avg_pool2d(y, 2)
    return float(figure)


draws = torch.Generator().manual_seed(0)
coarse = torch.rand(1, 1, 9, 9, generator=draws, dtype=torch.float64)
x = F.interpolate(coarse, (64, 64), mode="bicubic").clamp(0, 1)
y = (x + 0.1 * torch.randn(x.shape, generator=draws, dtype=torch.float64)).clamp(0, 1)
theirs = float(measured(x, y, data_range=1.0, betas=WEIGHTS, normalize=None))
mixed, cropped, mirrored = (
    by_rules(x, y, *rules) for rules in ((True, False), (True, True), (False, False))
)
print(f"torchmetrics               {theirs:.5f}")
print(f"window fits, then mirrored {mixed:.5f}")
print(f"window fits everywhere     {cropped:.5f}")
print(f"mirrored everywhere        {mirrored:.5f}")
sys.exit(not (abs(theirs - mixed) < 1e-5 and min(abs(theirs - cropped), abs(theirs - mirrored)) > 1e-4))
PYTHON
