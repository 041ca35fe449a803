"""Many people: the same facts and findings over many diaries. Nothing is here yet."""
