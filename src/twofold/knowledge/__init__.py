"""What the books say: tables with source and date checked; load.py alone opens them."""
