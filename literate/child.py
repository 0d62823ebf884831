"""Run one program in this fresh process: `python child.py program.py values.json`.

Prints what the program prints; leaves beside it the error that ended it, if any, and the values that its top-level
variables had at the end, in full precision: pages and figures draw their numbers from these.
"""

import json
import numbers
import os
import runpy
import sys
import traceback
import types

LIMIT = 200_000  # numbers kept of one variable; a larger array is no number for a page


def plain(value, left=LIMIT):
    """`value` as numbers, strings, lists and dicts; None where it is something else."""
    if isinstance(value, (bool, str, int)) or value is None:
        return value
    if isinstance(value, numbers.Real):
        return float(value)
    if hasattr(value, "tolist") and getattr(value, "size", LIMIT + 1) <= left:
        return plain(value.tolist(), left)
    if isinstance(value, (list, tuple)) and len(value) <= left:
        return [plain(v, left) for v in value]
    if isinstance(value, dict):
        return {str(k): plain(v, left) for k, v in value.items()}
    return None


def main(program, report):
    if os.environ.get("LITERATE_DEVICE") == "cpu":
        import mlx.core as mx
        mx.set_default_device(mx.cpu)
    error, found = None, {}
    try:
        found = runpy.run_path(program, run_name="__main__")
    except BaseException as raised:  # SystemExit too: a snippet has no business to leave early
        error = "".join(traceback.format_exception_only(type(raised), raised)).strip()
        steps = [s for s in traceback.extract_tb(raised.__traceback__) if s.filename == program]
        error_line = steps[-1].lineno if steps else None
    values = {
        name: plain(value) for name, value in found.items()
        if not name.startswith("_") and not callable(value) and not isinstance(value, types.ModuleType)
    }
    with open(report, "w", encoding="utf-8") as out:
        json.dump({"error": error, "line": error_line if error else None,
                   "values": {k: v for k, v in values.items() if v is not None}}, out)
    return 1 if error else 0


if __name__ == "__main__":
    code = main(sys.argv[1], sys.argv[2])
    sys.stdout.flush()
    os._exit(code)  # no thread of the program can keep the process alive
