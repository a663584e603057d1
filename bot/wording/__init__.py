"""Floor 0: every sentence the bot can say, one function per reply."""
