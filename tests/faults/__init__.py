GATHER = 1 / 30
"""Seconds in which what comes is left to be taken together, as in the program on a screen."""
