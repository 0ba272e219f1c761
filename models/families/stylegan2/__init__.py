"""StyleGAN2 with adaptive augmentation: begin with `stylegan2`."""
