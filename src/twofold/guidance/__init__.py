"""WHAT COULD BE DONE: options to discuss. Nothing is here yet, and the report says so."""
