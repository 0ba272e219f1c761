"""StyleGAN2 with adaptive augmentation: begin with `stylegan2`."""

TITLES = {"stylegan2": "StyleGAN2"}
