"""The checks of a history as a whole, one file each: the docstring is the page, the function the judgement.

In: a Past. Out: hits, and gaps that say what could not be judged.
"""
