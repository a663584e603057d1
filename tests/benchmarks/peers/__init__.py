"""The write lane beside what other bots and databases do for a claim, each in an environment of its own."""
