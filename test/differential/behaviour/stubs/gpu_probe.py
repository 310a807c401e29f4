"""Writes down the environment at the first import of a stub GPU library, which is when CUDA would read it."""

import ctypes
import json
import os


def record():
    path = os.environ["GPUPOLICY_PROBE"]
    if os.path.exists(path):
        return
    names = os.environ["GPUPOLICY_PROBE_NAMES"].split(",")
    seen = {"environ": {name: os.environ.get(name) for name in names}}
    if os.name == "posix":
        # What C code in this process sees: CUDA calls getenv.
        getenv = ctypes.CDLL(None).getenv
        getenv.restype = ctypes.c_char_p
        read = {name: getenv(name.encode()) for name in names}
        seen["getenv"] = {name: None if value is None else os.fsdecode(value) for name, value in read.items()}
    with open(path, "w") as file:
        json.dump(seen, file)
