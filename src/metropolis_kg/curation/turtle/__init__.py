"""Turtle as a text: reading it, saying what is wrong with it in a steward's words, and laying it out.

Two readers, each for its own texts. ``files`` reads what a file states; where that is not Turtle, ``faults`` says what
is wrong, from ``pieces``, which never fail. ``tokens`` and ``tree`` read a file that is Turtle, with every comment, so
that ``arrangement`` and ``layout`` can write it again.
"""
