"""The exit codes that every command shares."""

FINE = 0
FOUND_WRONG = 1
USED_WRONG = 2
DO_NOT_RESTART = 78
INTERRUPTED = 130
