"""Where claims are made: genetics, meta-analysis, microbiome. Nothing is here yet."""
