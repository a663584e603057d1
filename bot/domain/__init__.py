"""Floor 0: the rules. Pure: no await, no clock, no chance, no database."""
