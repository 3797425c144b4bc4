"""Sentences that a person will read."""


def N_(sentence: str) -> str:
    """Mark a Chinese sentence for translation; return it unchanged.

    The edge translates it when it knows who is reading.
    """
    return sentence
