"""Networks that give a small picture the pixels it lacks; no families, as they have no latents."""
