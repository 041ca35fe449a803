"""WHERE CLAIMS ARE MADE: genetics, Mendelian randomisation, meta-analysis, microbiome. Nothing is here yet."""
