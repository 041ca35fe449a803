"""How it is told: compose.py knows everything above; the renderers know only the report."""
