"""Polls, mod votes, passes and early windows in the simulated evenings, and an oracle that counts by itself."""
