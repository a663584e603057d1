"""Figures, not tests: what the bot costs, each beside what it is built on, measured in the same round."""
