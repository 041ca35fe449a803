"""What could be done: options to discuss. Nothing is here yet, and the report says so."""
