"""Who: the person. Care team, consent and visit begin with sharing."""
