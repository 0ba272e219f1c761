"""The adversarial pair: begin with `gan`; parameters and networks have a file each."""

TITLES = {"gan": "GAN"}
