"""What the person wrote: frozen records, no rules, no disk. ``None`` = not recorded, never "no"."""
