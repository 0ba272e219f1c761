"""The few-picture pair: begin with `fewshot_gan`; the two networks are in `fewshot_networks`."""

TITLES = {"fewshot_gan": "Few-shot GAN"}
