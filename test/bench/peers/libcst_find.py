"""Finds with LibCST what gpupolicy finds, in the files named on stdin; prints the seconds a file took, start-up not counted."""

import json
import sys
import time

import libcst

VARIABLES = {"CUDA_VISIBLE_DEVICES", "CUDA_DEVICE_ORDER", "PYTORCH_CUDA_ALLOC_CONF", "PYTORCH_ALLOC_CONF"}
LIBRARIES = {"torch", "transformers", "tensorflow", "cupy", "jax"}


def first_name(node):
    while isinstance(node, libcst.Attribute):
        node = node.value
    return node.value if isinstance(node, libcst.Name) else None


class Finder(libcst.CSTVisitor):
    def __init__(self):
        self.found = 0

    def visit_Import(self, node):
        self.found += any(first_name(alias.name) in LIBRARIES for alias in node.names)

    def visit_ImportFrom(self, node):
        self.found += node.module is not None and first_name(node.module) in LIBRARIES

    def visit_SimpleString(self, node):
        value = node.raw_value
        self.found += value in VARIABLES or (value.startswith("cuda:") and value[5:].isdigit())

    def visit_Call(self, node):
        if isinstance(node.func, libcst.Attribute) and node.func.attr.value in ("cuda", "set_device"):
            self.found += any(isinstance(argument.value, libcst.Integer) for argument in node.args)


paths = sys.stdin.read().split()
sources = []
for path in paths:
    with open(path, "rb") as handle:
        sources.append(handle.read())
started = time.perf_counter()
found = 0
for source in sources:
    finder = Finder()
    libcst.parse_module(source).visit(finder)
    found += finder.found
print(json.dumps({"files": len(paths), "found": found, "seconds": time.perf_counter() - started}))
