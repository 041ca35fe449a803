"""Mendelian randomisation: SNPs that move an exposure, asked whether they move an outcome."""
