"""What an edit changed, told by CPython alone: managed blocks, constants, and nothing else."""

import ast
import itertools
import math
import re
import tokenize
from layout import Layout

_OPENS = re.compile(r"# >>> gpupolicy (\S+): managed block, do not edit")
_CLOSES = "# <<< gpupolicy"


class Unlawful(Exception):
    """The edit did something that no edit may do."""


def compare(before: bytes, after: bytes, parse) -> dict:
    """Blocks of `after`, and constants that differ; raises Unlawful on any other difference."""
    old, new = Layout(before), Layout(after)
    old_tree, new_tree = parse(before), parse(after)
    if old.encoding != new.encoding:
        raise Unlawful(f"the encoding was {old.encoding} and is {new.encoding}")
    if ast.get_docstring(old_tree, clean=False) != ast.get_docstring(new_tree, clean=False):
        raise Unlawful("the module docstring is not what it was")
    if before.startswith(b"#!") and old.line(1) != new.line(1):
        raise Unlawful("the first line is not the shebang any more")
    found = blocks(new)
    entries = [block_entries(new_tree, block, found) for block in found]
    return {"blocks": entries, "changes": changes_without_blocks(old, new, parse)}


def changes_without_blocks(old: Layout, new: Layout, parse) -> list[dict]:
    """Takes the blocks out of both sources, each with the line ends that came with it, and compares what is left."""
    bare = without(old.source, [lines_of(old, block) for block in blocks(old)])
    bare_tree = parse(bare)
    failure = None
    for spans in itertools.product(*(around(new, block) for block in blocks(new))):
        try:
            return changed_constants(bare, bare_tree, without(new.source, spans), parse)
        except SyntaxError as error:
            failure = failure or Unlawful(f"without its blocks the file does not parse: {error}")
        except Unlawful as unlawful:
            failure = failure if isinstance(failure, Unlawful) else unlawful
    raise failure


def blocks(layout: Layout) -> list[tuple[str, int, int]]:
    """(policy, first line, last line) of each managed block, marked by comments at column 0."""
    found, opened = [], None
    for token in layout.tokens():
        if token.type != tokenize.COMMENT or token.start[1] != 0:
            continue
        if match := _OPENS.fullmatch(token.string):
            opened = (match[1], token.start[0])
        elif token.string == _CLOSES and opened is not None:
            found.append((*opened, token.start[0]))
            opened = None
    return found


def block_entries(tree, block, every) -> dict:
    """The variables that a block sets. Unlawful: anything but `import os` and string assignments in it, or code that runs before it."""
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


def lines_of(layout, block):
    return layout.start_of_line(block[1]), layout.start_of_line(block[2] + 1)


def around(layout, block):
    """The lines of a block, alone, with the line end before or after them, or with both (the block parted two statements of one line)."""
    start, end = lines_of(layout, block)
    source = layout.source
    before = 2 if source[:start].endswith(b"\r\n") else 1 if source[:start].endswith((b"\n", b"\r")) else 0
    after = 2 if source[end:].startswith(b"\r\n") else 1 if source[end:].startswith((b"\n", b"\r")) else 0
    return [(start, end + after), (start - before, end), (start - before, end + after), (start, end)]


def without(source: bytes, spans) -> bytes:
    """The source less some of its bytes."""
    out, at = [], 0
    for start, end in sorted(spans):
        out.append(source[at:start])
        at = end
    out.append(source[at:])
    return b"".join(out)


def changed_constants(before: bytes, before_tree, after: bytes, parse) -> list[dict]:
    """Constants that differ; Unlawful where the trees differ in anything else, or any byte outside of those constants does."""
    old, new = Layout(before), Layout(after)
    pairs = differing_constants(before_tree, parse(after))
    old_spans, new_spans = [old.span(left) for left, _ in pairs], [new.span(right) for _, right in pairs]
    kept, still = without(before, old_spans), without(after, new_spans)
    if kept != still:
        at = next((i for i, (a, b) in enumerate(zip(kept, still)) if a != b), min(len(kept), len(still)))
        was, now = kept[max(0, at - 20) : at + 20], still[max(0, at - 20) : at + 20]
        raise Unlawful(f"bytes outside of blocks and literals changed: {was!r} became {now!r}")
    return [
        {"line": left.lineno, "start": start, "end": end, "before": text(left), "after": text(right)}
        for (left, right), (start, end) in zip(pairs, old_spans)
    ]


def differing_constants(old_tree, new_tree):
    """(old, new) nodes of constants whose value differs, in source order; Unlawful where the trees differ otherwise."""
    pairs = []
    todo = [(old_tree, new_tree)]
    while todo:
        left, right = todo.pop()
        if is_literal(left) and is_literal(right):
            if not same(value(left), value(right)):
                if type(value(left)) is not type(value(right)):
                    raise Unlawful(f"{place(left)}{value(left)!r} became {value(right)!r}")
                pairs.append((left, right))
            elif isinstance(left, ast.Constant) and left.kind != right.kind:
                raise Unlawful(f"{place(left)}the prefix of a string changed")
        elif type(left) is not type(right):
            raise Unlawful(f"{place(left)}{type(left).__name__} became {type(right).__name__}")
        elif isinstance(left, ast.AST):
            todo.extend((getattr(left, field, None), getattr(right, field, None)) for field in left._fields)
        elif isinstance(left, list):
            if len(left) != len(right):
                raise Unlawful(f"{place(left[0]) if left else ''}{len(left)} nodes became {len(right)}")
            todo.extend(zip(left, right))
        elif left != right:
            raise Unlawful(f"{left!r} became {right!r}")
    return sorted(pairs, key=lambda pair: (pair[0].lineno, pair[0].col_offset))


def is_literal(node) -> bool:
    return isinstance(node, ast.Constant) or number_as_string(node) is not None


def value(node):
    return node.value if isinstance(node, ast.Constant) else number_as_string(node)


def text(node):
    """The value of a literal as JSON can hold it; bytes as latin-1."""
    constant = value(node)
    return constant.decode("latin-1") if isinstance(constant, bytes) else constant


def number_as_string(node) -> str | None:
    """`str(1)` is as good as a literal."""
    match node:
        case ast.Call(func=ast.Name(id="str"), args=[ast.Constant(value=int() as number)], keywords=[]) if type(number) is int:
            return str(number)
    return None


def same(left, right) -> bool:
    """Equal as constants: 0.0 is not -0.0, 1 is not True, nan is nan."""
    if type(left) is not type(right):
        return False
    if isinstance(left, float):
        return (math.isnan(left) and math.isnan(right)) or (left == right and math.copysign(1, left) == math.copysign(1, right))
    if isinstance(left, complex):
        return same(left.real, right.real) and same(left.imag, right.imag)
    return left == right


def place(node) -> str:
    return f"line {node.lineno}: " if hasattr(node, "lineno") else ""
