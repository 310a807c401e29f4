"""What an edit changed, told by CPython alone: managed blocks, constants, and nothing else."""

import ast
import math
import re
import tokenize
from layout import Layout

_OPENS = re.compile(r"# >>> gpupolicy (\S+): managed block, do not edit")
_CLOSES = "# <<< gpupolicy"
_LITERALS = {tokenize.STRING, tokenize.NUMBER}


class Unlawful(Exception):
    """The edit did something that no edit may do."""


def compare(before: bytes, after: bytes, parse) -> dict:
    """Blocks of `after`, and constants that differ; raises Unlawful on any other difference."""
    old, new = Layout(before), Layout(after)
    if old.encoding != new.encoding:
        raise Unlawful(f"the encoding was {old.encoding} and is {new.encoding}")
    old_tree, new_tree = parse(before), parse(after)
    if ast.get_docstring(old_tree, clean=False) != ast.get_docstring(new_tree, clean=False):
        raise Unlawful("the module docstring is not what it was")
    old_tokens, new_tokens = old.tokens(), new.tokens()
    old_blocks, new_blocks = blocks(old_tokens), blocks(new_tokens)
    if before.startswith(b"#!") and before.splitlines()[0] != after.splitlines()[0]:
        raise Unlawful("the first line is not the shebang any more")
    entries = [block_entries(new_tree, block, new_blocks) for block in new_blocks]
    drop(old_tree, old_blocks)
    drop(new_tree, new_blocks)
    changes = changed_constants(old_tree, new_tree, old)
    compare_rest(old, new, old_tokens, new_tokens, old_blocks, new_blocks)
    return {"blocks": entries, "changes": changes}


def blocks(tokens):
    """(policy, first line, last line) of each managed block, marked by comments at column 0."""
    found, opened = [], None
    for token in tokens:
        if token.type != tokenize.COMMENT or token.start[1] != 0:
            continue
        if match := _OPENS.fullmatch(token.string):
            opened = (match[1], token.start[0])
        elif token.string == _CLOSES and opened is not None:
            found.append((*opened, token.start[0]))
            opened = None
    return found


def block_entries(tree, block, every):
    """The variables that a block sets; raises Unlawful when it holds anything but `import os` and string assignments."""
    policy, first, last = block
    entries = []
    for statement in tree.body:
        if not first <= statement.lineno <= last:
            continue
        match statement:
            case ast.Import(names=[ast.alias(name="os", asname=None)]):
                pass
            case ast.Assign(
                targets=[ast.Subscript(value=ast.Attribute(value=ast.Name(id="os"), attr="environ"), slice=ast.Constant(value=str(name)))],
                value=ast.Constant(value=str(value)),
            ):
                entries.append([name, value])
            case _:
                raise Unlawful(f"the block holds a {type(statement).__name__} at line {statement.lineno}")
    for index, statement in enumerate(tree.body):
        if statement.lineno >= first:
            break
        is_docstring = index == 0 and isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
        is_future = isinstance(statement, ast.ImportFrom) and statement.module == "__future__"
        if not (is_docstring or is_future or any(start <= statement.lineno <= end for _, start, end in every)):
            raise Unlawful(f"line {statement.lineno} runs before the block")
    return {"policy": policy, "entries": entries, "first": first, "last": last}


def drop(tree, found):
    """Takes the statements of the blocks out of the module."""
    tree.body = [statement for statement in tree.body if not any(first <= statement.lineno <= last for _, first, last in found)]


def changed_constants(old_tree, new_tree, old):
    """Constants of one type whose value differs; raises Unlawful where the trees differ in anything else."""
    changes = []
    todo = [(old_tree, new_tree)]
    while todo:
        left, right = todo.pop()
        if type(left) is not type(right):
            raise Unlawful(f"{place(left)}{type(left).__name__} became {type(right).__name__}")
        if isinstance(left, ast.Constant):
            if not same(left.value, right.value):
                if type(left.value) is not type(right.value):
                    raise Unlawful(f"{place(left)}{left.value!r} became {right.value!r}")
                start, end = old.span(left)
                changes.append({"line": left.lineno, "start": start, "end": end, "before": left.value, "after": right.value})
            elif left.kind != right.kind:
                raise Unlawful(f"{place(left)}the prefix of a string changed")
        elif isinstance(left, ast.AST):
            todo.extend((getattr(left, field, None), getattr(right, field, None)) for field in left._fields)
        elif isinstance(left, list):
            if len(left) != len(right):
                raise Unlawful(f"{place(left[0]) if left else ''}{len(left)} nodes became {len(right)}")
            todo.extend(zip(left, right))
        elif left != right:
            raise Unlawful(f"{left!r} became {right!r}")
    return sorted(changes, key=lambda change: change["start"])


def compare_rest(old, new, old_tokens, new_tokens, old_blocks, new_blocks):
    """Tokens pair by pair, then every byte that is neither in a block nor in a literal token that differs."""
    left = outside(old_tokens, old_blocks)
    right = outside(new_tokens, new_blocks)
    if len(left) != len(right):
        for a, b in zip(left, right):
            if (a.type, a.string) != (b.type, b.string):
                raise Unlawful(f"line {a.start[0]}: token {a.string!r} became {b.string!r}")
        raise Unlawful(f"{len(left)} tokens became {len(right)}")
    old_holes = [line_span(old, block) for block in old_blocks]
    new_holes = [line_span(new, block) for block in new_blocks]
    for a, b in zip(left, right):
        if (a.type, a.string) == (b.type, b.string):
            continue
        if a.type != b.type or a.type not in _LITERALS:
            raise Unlawful(f"line {a.start[0]}: token {a.string!r} became {b.string!r}")
        old_holes.append((old.at_char(*a.start), old.at_char(*a.end)))
        new_holes.append((new.at_char(*b.start), new.at_char(*b.end)))
    kept, still = residue(old.source, old_holes), residue(new.source, new_holes)
    if kept != still:
        at = next((i for i, (a, b) in enumerate(zip(kept, still)) if a != b), min(len(kept), len(still)))
        raise Unlawful(f"bytes outside of blocks and literals changed: {kept[max(0, at - 20) : at + 20]!r} became {still[max(0, at - 20) : at + 20]!r}")


def outside(tokens, found):
    """Tokens that matter: not of a block, no blank-line marks."""
    return [
        token
        for token in tokens
        if token.type not in (tokenize.NL, tokenize.ENDMARKER) and not any(first <= token.start[0] <= last for _, first, last in found)
    ]


def line_span(layout, block):
    return (layout.start_of_line(block[1]), layout.start_of_line(block[2] + 1))


def residue(source, holes):
    out, at = [], 0
    for start, end in sorted(holes):
        out.append(source[at:start])
        at = end
    out.append(source[at:])
    return b"".join(out)


def same(left, right):
    """Equal as constants: 0.0 is not -0.0, 1 is not True, nan is nan."""
    if type(left) is not type(right):
        return False
    if isinstance(left, float):
        return (math.isnan(left) and math.isnan(right)) or (left == right and math.copysign(1, left) == math.copysign(1, right))
    if isinstance(left, complex):
        return same(left.real, right.real) and same(left.imag, right.imag)
    return left == right


def place(node):
    return f"line {node.lineno}: " if hasattr(node, "lineno") else ""
