"""The questions that the tests ask CPython; every answer is JSON, so that one call carries many files."""

import ast
import json
import sys
import warnings

import comparison
import reference
import tokens
from layout import Layout

warnings.simplefilter("ignore")
sys.set_int_max_str_digits(0)


def parse(source: bytes) -> ast.Module:
    return ast.parse(source, "<source>")


def compiles(source: bytes) -> str | None:
    """None when the source compiles (not only parses: `from __future__` in a wrong place is found here), else why not."""
    try:
        compile(source, "<source>", "exec", dont_inherit=True, optimize=0)
    except (SyntaxError, ValueError, UnicodeError, RecursionError, MemoryError, OverflowError, LookupError) as error:
        line = getattr(error, "lineno", None)
        return f"{type(error).__name__}{f' at line {line}' if line else ''}: {getattr(error, 'msg', None) or error}"
    return None


def examine(sources, variables, libraries, local) -> str:
    """For each source: `error` (null when it compiles) and, when it does, what the reference finds in it."""
    names, tops, modules = set(variables), set(libraries), set(local)
    answers = []
    for source in sources:
        error = compiles(source)
        answer = {"error": error}
        if error is None:
            answer["found"] = reference.find(parse(source), Layout(source), names, tops, modules)
        answers.append(answer)
    return json.dumps(answers)


def compare(pairs) -> str:
    """For each (before, after) of sources that compiled before: `unlawful` with the reason, or blocks and changed constants."""
    answers = []
    for before, after in pairs:
        error = compiles(after)
        if error is not None:
            answers.append({"unlawful": f"does not compile any more: {error}"})
            continue
        try:
            answers.append({"unlawful": None, **comparison.compare(before, after, parse)})
        except comparison.Unlawful as unlawful:
            answers.append({"unlawful": str(unlawful)})
    return json.dumps(answers, default=repr)


def blocks(sources) -> str:
    """For each source: its managed blocks, or `unlawful`: a block that says something else, or code that runs before it."""
    answers = []
    for source in sources:
        error = compiles(source)
        if error is not None:
            answers.append({"unlawful": f"does not compile: {error}"})
            continue
        found = comparison.blocks(Layout(source))
        tree = parse(source)
        try:
            answers.append({"unlawful": None, "blocks": [comparison.block_entries(tree, block, found) for block in found]})
        except comparison.Unlawful as unlawful:
            answers.append({"unlawful": str(unlawful)})
    return json.dumps(answers)


def boundaries(sources) -> str:
    """For each source: its tokens, comments and logical lines; null where it does not compile."""
    return json.dumps([None if compiles(source) else tokens.boundaries(source) for source in sources])


def encode(text, encoding) -> str:
    """The bytes of a text in some encoding, as latin-1; null when Python does not know it or cannot write the text in it."""
    try:
        return json.dumps(text.encode(encoding).decode("latin-1"))
    except (LookupError, UnicodeError):
        return json.dumps(None)


def evaluate(literals) -> str:
    """The value of each string literal, by `ast.literal_eval`."""
    return json.dumps([ast.literal_eval(literal) for literal in literals])
