"""Two diseases beside each other in the genome: summary statistics, shared heritability and loci.

From genome-wide tables of effects (``summary_statistics``) and LD scores
(``ld_scores``) come heritability and genetic correlation
(``ld_score_regression``), shared loci (``loci``) and their conjunctional
false discovery rate (``conjunctional``).
"""
