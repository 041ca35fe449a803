"""Who: person, care team, consent, visit. Nothing is here yet: it begins with sharing."""
