"""
Finds with LibCST what gpupolicy finds, each with its line and column, in the files named on stdin; prints the seconds
that the files took, start-up not counted.
"""

import json
import sys
import time

import libcst
from libcst.metadata import MetadataWrapper, PositionProvider

VARIABLES = {"CUDA_VISIBLE_DEVICES", "CUDA_DEVICE_ORDER", "PYTORCH_CUDA_ALLOC_CONF", "PYTORCH_ALLOC_CONF"}
LIBRARIES = {"torch", "transformers", "tensorflow", "cupy", "jax"}


def first_name(node):
    while isinstance(node, libcst.Attribute):
        node = node.value
    return node.value if isinstance(node, libcst.Name) else None


class Finder(libcst.CSTVisitor):
    METADATA_DEPENDENCIES = (PositionProvider,)

    def __init__(self):
        super().__init__()
        self.places = []

    def note(self, node, found):
        if found:
            start = self.get_metadata(PositionProvider, node).start
            self.places.append((start.line, start.column))

    def visit_Import(self, node):
        self.note(node, any(first_name(alias.name) in LIBRARIES for alias in node.names))

    def visit_ImportFrom(self, node):
        self.note(node, node.module is not None and first_name(node.module) in LIBRARIES)

    def visit_SimpleString(self, node):
        value = node.raw_value
        self.note(node, value in VARIABLES or (value.startswith("cuda:") and value[5:].isdigit()))

    def visit_Call(self, node):
        if isinstance(node.func, libcst.Attribute) and node.func.attr.value in ("cuda", "set_device"):
            self.note(node, any(isinstance(argument.value, libcst.Integer) for argument in node.args))


paths = sys.stdin.read().split()
sources = []
for path in paths:
    with open(path, "rb") as handle:
        sources.append(handle.read())
started = time.perf_counter()
found = 0
for source in sources:
    finder = Finder()
    # The tree is ours alone, so the wrapper need not copy it.
    MetadataWrapper(libcst.parse_module(source), unsafe_skip_copy=True).visit(finder)
    found += len(finder.places)
print(json.dumps({"files": len(paths), "found": found, "seconds": time.perf_counter() - started}))
