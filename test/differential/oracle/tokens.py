"""Tokens and logical lines of a source in bytes, as CPython's own tokenizer gives them."""

import tokenize
from layout import Layout

_SKIPPED = {tokenize.NL, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER}
_STARTS = {tokenize.FSTRING_START, tokenize.TSTRING_START}
_ENDS = {tokenize.FSTRING_END, tokenize.TSTRING_END}
_KINDS = {tokenize.NAME: "name", tokenize.NUMBER: "number", tokenize.STRING: "string", tokenize.OP: "operator"}


def boundaries(source: bytes) -> dict:
    """`tokens` as [kind, start, end], an f-string or t-string as one string; `comments` as [start, end]; `lines`: tokens per logical line."""
    layout = Layout(source)
    tokens, comments, lines = [], [], []
    opened = []
    first = 0
    for token in layout.tokens():
        if token.type in _STARTS:
            opened.append(token)
        elif token.type in _ENDS:
            start = opened.pop()
            if not opened:
                tokens.append(["string", layout.at_char(*start.start), layout.at_char(*token.end)])
        elif opened or token.type in _SKIPPED:
            continue
        elif token.type == tokenize.COMMENT:
            comments.append([layout.at_char(*token.start), layout.at_char(*token.end)])
        elif token.type == tokenize.NEWLINE:
            lines.append(len(tokens) - first)
            first = len(tokens)
        else:
            tokens.append([_KINDS[token.type], layout.at_char(*token.start), layout.at_char(*token.end)])
    return {"tokens": tokens, "comments": comments, "lines": lines}
