"""At rest: the encrypted store. It keeps what a person wrote and cannot interpret it."""
