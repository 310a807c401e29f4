"""What a Python module does to the environment and which devices it names, found by `ast`: the slow and simple twin of the engine.

It shares nothing with the engine: it walks the syntax tree that CPython builds. Where the contract of `Setting.effect` lets two
words fit (a `setdefault` inside a function), `effects` holds both and the engine may say either.
"""

import ast
import re
from comparison import number_as_string
from layout import Layout

_EXACT_DEVICE = re.compile(r"cuda:([0-9]+)")
_PLAIN_DEVICE = re.compile(rb"""[rRuU]?(["'])cuda:(0|[1-9][0-9]*)\1""")
# A `with` may swallow an exception that was raised before the statement.
_BRANCHES = (ast.If, ast.For, ast.AsyncFor, ast.While, ast.With, ast.AsyncWith, ast.Try, ast.TryStar, ast.Match, ast.IfExp, ast.BoolOp, ast.Assert)
_LOOPS_IN_EXPRESSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
_DEFERRED = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)
_SPAWNERS = {"run", "Popen", "call", "check_call", "check_output", "create_subprocess_exec", "create_subprocess_shell"}


def find(tree: ast.Module, layout: Layout, variables: set[str], libraries: set[str], local: set[str]) -> dict:
    """Settings of `variables`, imports of `libraries` (less the modules of the repo, `local`) and device literals."""
    finder = _Finder(layout, variables, libraries, local)
    finder.bind(tree)
    finder.visit_body(tree)
    # In whatever scope: a function above a setting may have been called before it.
    first = min((found["start"] for found in finder.imports), default=None)
    for setting in finder.settings:
        if setting["effects"] == ["sets"] and first is not None and setting["start"] > first:
            setting["effects"] = ["late"]
    finder.settings.sort(key=lambda setting: setting["start"])
    devices = sorted(finder.devices, key=lambda device: device["start"])
    imported = any(isinstance(node, (ast.Import, ast.ImportFrom)) and binds_os(node) for node in ast.walk(tree))
    needs_os = not imported and any(isinstance(node, ast.Name) and node.id == "os" for node in ast.walk(tree))
    return {"needs_os": needs_os, "imports": finder.imports, "settings": finder.settings, "keyed": finder.keyed, "opaque": finder.opaque, "devices": devices}


def binds_os(node) -> bool:
    return any(alias.name == "*" or (alias.asname or alias.name.partition(".")[0]) == "os" for alias in node.names)


class _Finder:
    def __init__(self, layout, variables, libraries, local):
        self.layout = layout
        self.variables = variables
        self.libraries = libraries
        self.local = local
        self.settings = []
        self.imports = []
        self.devices = []
        self.keyed = []
        self.opaque = []
        self.os_names = {"os"}
        self.environ_names = set()
        self.environb_names = set()
        self.functions = {}
        self.stack = []

    def bind(self, tree):
        """Names that some import of the module binds to `os`, `os.environ`, `os.putenv` or `os.unsetenv`, in whichever scope."""
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                self.os_names.update(alias.asname for alias in node.names if alias.name == "os" and alias.asname)
            elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module == "os":
                for alias in node.names:
                    name = alias.asname or alias.name
                    if alias.name == "environ":
                        self.environ_names.add(name)
                    elif alias.name == "environb":
                        self.environb_names.add(name)
                    elif alias.name in ("putenv", "unsetenv"):
                        self.functions[name] = alias.name
            elif isinstance(node, ast.Assign) and self.environ(node.value):
                self.environ_names.update(target.id for target in node.targets if isinstance(target, ast.Name))

    def visit_body(self, tree):
        """Visits every node with its ancestors on `self.stack`; iterative, because real trees are deep."""
        todo = [(tree, False)]
        while todo:
            node, done = todo.pop()
            if done:
                self.stack.pop()
                continue
            self.visit(node)
            self.stack.append(node)
            todo.append((node, True))
            todo.extend((child, False) for child in reversed(list(ast.iter_child_nodes(node))))

    def visit(self, node):
        match node:
            case ast.Import(names=names):
                self.imported(node, [alias.name for alias in names])
            case ast.ImportFrom(level=0, module=str(module), names=names):
                self.imported(node, [f"{module}.{alias.name}" for alias in names])
            case ast.Call():
                self.call(node)
                if len(node.args) >= 2:
                    self.keyed_value(node.args[0], node.args[1])
            case ast.Dict(keys=keys, values=values):
                for key, item in zip(keys, values):
                    self.keyed_value(key, item)
            case ast.Tuple(elts=[key, item]) | ast.List(elts=[key, item]):
                self.keyed_value(key, item)
            case ast.keyword(arg=name, value=item):
                self.keyed_value(ast.Constant(name), item)
            case ast.Assign(targets=targets, value=value):
                for target in targets:
                    self.assigned(node, target, value)
                    if isinstance(target, ast.Subscript):
                        self.keyed_value(target.slice, value)
            case ast.AnnAssign(target=target, value=value) if value is not None:
                self.assigned(node, target, value)
            case ast.AugAssign(target=target, op=op, value=value):
                if self.environ(target) and isinstance(op, ast.BitOr):
                    self.merged(node, value)
                else:
                    self.assigned(node, target, None)
            case ast.Delete(targets=targets):
                for target in targets:
                    for name, _ in self.subscripts(target):
                        self.setting(node, name, None, ["unset"])
            case ast.Constant():
                self.constant(node)

    def keyed_value(self, key, item):
        """A literal that some dict, keyword or call binds to the name of a variable, whatever becomes of it."""
        name, literal = self.string(key), self.literal(item)
        if literal is not None and name in self.variables:
            self.keyed.append({"variable": name, **literal})

    def imported(self, node, modules):
        """`modules` as dotted names; a library may be a dotted prefix (`numba.cuda`)."""
        if self.type_checking():
            return
        for module in modules:
            parts = module.split(".")
            prefixes = {".".join(parts[:count]) for count in range(1, len(parts) + 1)}
            if parts[0] not in self.local and prefixes & self.libraries:
                self.imports.append({"name": parts[0], "start": self.layout.span(node)[0], "level": self.level()})
                return

    def assigned(self, statement, target, value):
        if isinstance(target, (ast.Tuple, ast.List)):
            values = value.elts if isinstance(value, (ast.Tuple, ast.List)) else []
            starred = any(isinstance(part, ast.Starred) for part in [*target.elts, *values])
            paired = len(values) == len(target.elts) and not starred
            for index, part in enumerate(target.elts):
                self.assigned(statement, part, values[index] if paired else None)
            return
        for name, is_bytes in self.subscripts(target):
            fallback = self.own_fallback(name, value)
            if fallback is None:
                self.setting(statement, name, self.literal(value, is_bytes), ["sets"])
            else:
                self.setting(statement, name, self.literal(fallback), ["default"])

    def own_fallback(self, name, value):
        """The `"0"` of `os.environ["X"] = os.environ.get("X", "0")`, which says what `setdefault` says."""
        match value:
            case ast.Call(func=ast.Attribute(value=environ, attr="get"), args=[key, fallback]) if self.environ(environ):
                return fallback if self.string(key) == name else None
            case ast.Call(func=ast.Attribute(value=ast.Name(id=module), attr="getenv"), args=[key, fallback]) if module in self.os_names:
                return fallback if self.string(key) == name else None
        return None

    def call(self, node):
        function = node.func
        name = self.functions.get(function.id) if isinstance(function, ast.Name) else None
        if isinstance(function, ast.Attribute):
            if isinstance(function.value, ast.Name) and function.value.id in self.os_names and function.attr in ("putenv", "unsetenv"):
                name = function.attr
            elif self.environ(function.value):
                return self.environ_method(node, function.attr)
            elif self.environb(function.value) and function.attr in ("setdefault", "pop", "clear", "__setitem__", "__delitem__"):
                return self.environ_method(node, function.attr)
        if name == "putenv" and len(node.args) == 2:
            variable = self.string(node.args[0])
            # os.putenv does not change os.environ.
            self.setting(node, variable, self.literal(node.args[1], isinstance(variable, bytes)), ["child"])
        elif name == "unsetenv" and node.args:
            self.setting(node, self.string(node.args[0]), None, ["unset"])
        elif isinstance(function, (ast.Name, ast.Attribute)):
            called = function.id if isinstance(function, ast.Name) else function.attr
            if called in ("import_module", "__import__") and node.args and isinstance(self.string(node.args[0]), str):
                self.imported(node, [self.string(node.args[0])])
            if called in _SPAWNERS:
                for keyword in node.keywords:
                    if keyword.arg == "env":
                        self.child_environment(node, keyword.value)

    def environ_method(self, node, method):
        if method == "setdefault" and node.args:
            value = node.args[1] if len(node.args) > 1 else None
            self.setting(node, self.string(node.args[0]), self.literal(value), ["default"])
        elif method == "__setitem__" and len(node.args) == 2:
            self.setting(node, self.string(node.args[0]), self.literal(node.args[1]), ["sets"])
        elif method in ("pop", "__delitem__") and node.args:
            self.setting(node, self.string(node.args[0]), None, ["unset"])
        elif method == "clear":
            for variable in sorted(self.variables):
                self.setting(node, variable, None, ["unset"])
        elif method == "update":
            for argument in node.args:
                self.merged(node, argument)
            for keyword in node.keywords:
                if keyword.arg is not None:
                    self.setting(node, keyword.arg, self.literal(keyword.value), ["sets"])
                else:
                    self.merged(node, keyword.value)

    def merged(self, statement, value, effects=("sets",)):
        """`update(...)` and `|=`: a dict display, `dict(...)` or a list of pairs; whatever else is not visible in the text."""
        match value:
            case ast.Dict(keys=keys, values=values):
                for key, item in zip(keys, values):
                    if key is None:
                        self.merged(statement, item, effects)
                    else:
                        self.setting(statement, self.string(key), self.literal(item), list(effects))
            case ast.Call(func=ast.Name(id="dict"), args=args, keywords=keywords):
                for argument in args:
                    self.merged(statement, argument, effects)
                for keyword in keywords:
                    if keyword.arg is not None:
                        self.setting(statement, keyword.arg, self.literal(keyword.value), list(effects))
                    else:
                        self.merged(statement, keyword.value, effects)
            case ast.List(elts=pairs) | ast.Tuple(elts=pairs):
                for pair in pairs:
                    if isinstance(pair, (ast.Tuple, ast.List)) and len(pair.elts) == 2:
                        self.setting(statement, self.string(pair.elts[0]), self.literal(pair.elts[1]), list(effects))
                    else:
                        self.opaque.append(self.layout.span(statement))
            case ast.BinOp(left=left, op=ast.BitOr(), right=right):
                self.merged(statement, left, effects)
                self.merged(statement, right, effects)
            case _ if not self.environ(value):
                self.opaque.append(self.layout.span(statement))

    def child_environment(self, node, value):
        self.merged(node, value, ("child",))

    def setting(self, node, variable, value, effects):
        if isinstance(variable, bytes):
            variable = variable.decode("latin-1")
        if variable is None:
            self.opaque.append(self.layout.span(node))
        if variable not in self.variables:
            return
        level = self.level()
        if level != "top" and effects == ["sets"]:
            effects = [level]
        elif level != "top":
            effects = [*effects, level]
        start, end = self.layout.span(node)
        self.settings.append({"variable": variable, "value": value, "effects": effects, "start": start, "end": end})

    def level(self):
        """`deferred` inside a function, class or lambda; else `conditional` under a branch or loop; else `top`."""
        if any(isinstance(node, _DEFERRED) for node in self.stack):
            return "deferred"
        if any(isinstance(node, (*_BRANCHES, *_LOOPS_IN_EXPRESSIONS)) for node in self.stack):
            return "conditional"
        return "top"

    def type_checking(self):
        for node in self.stack:
            if isinstance(node, ast.If):
                test = node.test
                if (isinstance(test, ast.Name) and test.id == "TYPE_CHECKING") or (
                    isinstance(test, ast.Attribute) and test.attr == "TYPE_CHECKING"
                ):
                    return True
        return False

    def subscripts(self, target):
        """(variable, is_bytes) of `os.environ["X"]` or `os.environb[b"X"]`."""
        if isinstance(target, ast.Subscript):
            if self.environ(target.value):
                return [(self.string(target.slice), False)]
            if self.environb(target.value):
                return [(self.string(target.slice), True)]
        return []

    def environ(self, node):
        match node:
            case ast.Attribute(value=ast.Name(id=name), attr="environ"):
                return name in self.os_names
            case ast.Name(id=name):
                return name in self.environ_names
        return False

    def environb(self, node):
        match node:
            case ast.Attribute(value=ast.Name(id=name), attr="environb"):
                return name in self.os_names
            case ast.Name(id=name):
                return name in self.environb_names
        return False

    def string(self, node):
        match node:
            case ast.Constant(value=str() | bytes() as value):
                return value
            case ast.JoinedStr(values=values) if all(isinstance(value, ast.Constant) for value in values):
                return "".join(value.value for value in values)
        return number_as_string(node)

    def literal(self, node, is_bytes=False):
        """{'text', 'start', 'end'} of a string literal; None for everything else."""
        value = None if node is None else self.string(node)
        if is_bytes and isinstance(value, bytes):
            value = value.decode("latin-1")
        if not isinstance(value, str):
            return None
        start, end = self.layout.span(node)
        return {"text": value, "start": start, "end": end}

    def constant(self, node):
        """A constant that names a device, or may name one; `sure` where nothing but a device can be meant."""
        if isinstance(node.value, str):
            match = _EXACT_DEVICE.fullmatch(node.value)
            if match is not None and not self.only_text(node):
                self.device(node, int(match[1]), self.sure_string(node))
        elif type(node.value) is int and (sure := self.device_number(node)) is not None:
            self.device(node, node.value, sure)

    def device(self, node, ordinal, sure):
        start, end = self.layout.span(node)
        self.devices.append({"ordinal": ordinal, "sure": sure, "start": start, "end": end, "line": node.lineno})

    def only_text(self, node):
        """A docstring or bare string, a part of an f-string or t-string, an `in` test."""
        parent = self.stack[-1]
        if isinstance(parent, (ast.Expr, ast.JoinedStr, ast.TemplateStr)):
            return True
        return isinstance(parent, ast.Compare) and any(isinstance(op, (ast.In, ast.NotIn)) for op in parent.ops)

    def sure_string(self, node):
        """One plain literal: the value of an assignment or of `device=`, or the argument of `.to`, `device` or `set_device`."""
        start, end = self.layout.span(node)
        if _PLAIN_DEVICE.fullmatch(self.layout.source[start:end]) is None:
            return False
        if any(isinstance(ancestor, (ast.JoinedStr, ast.TemplateStr)) for ancestor in self.stack):
            return False
        match self.stack[-1]:
            case ast.Assign():
                return True
            case ast.keyword(arg="device"):
                return True
            case ast.Call(func=func, args=[ast.Constant() as first, *_]):
                return first is node and isinstance(func, ast.Attribute) and func.attr in ("to", "device", "set_device")
        return False

    def is_decimal(self, node):
        start, end = self.layout.span(node)
        return self.layout.source[start:end] == str(node.value).encode()

    def device_number(self, node):
        """True: `.cuda(N)`, `cuda.set_device(N)`; False: `.to(N)`, or somewhere in a call, keyword or assignment that speaks of devices; else None."""
        match self.stack[-1]:
            case ast.Call(func=ast.Attribute(attr="cuda"), args=[only], keywords=[]) if only is node:
                return self.is_decimal(node)
            case ast.Call(func=ast.Attribute(value=ast.Attribute(attr="cuda"), attr="set_device"), args=[only]) if only is node:
                return self.is_decimal(node)
            case ast.Call(func=ast.Attribute(attr="to"), args=[only], keywords=[]) if only is node:
                return False
        for ancestor in reversed(self.stack):
            names = []
            match ancestor:
                case ast.keyword(arg=str(name)):
                    names = [name]
                case ast.Call(func=ast.Attribute(attr=name)) | ast.Call(func=ast.Name(id=name)):
                    names = [name]
                case ast.Assign(targets=targets):
                    names = [ast.unparse(target) for target in targets]
                case ast.AnnAssign(target=target):
                    names = [ast.unparse(target)]
                case ast.arguments() | ast.Dict() | ast.List() | ast.Tuple() | ast.Subscript() | ast.BinOp():
                    continue
                case ast.stmt():
                    break
            if any(re.search(r"device|gpu|cuda|Stream", name) for name in names):
                return False
        return None
