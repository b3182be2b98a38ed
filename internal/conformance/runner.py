"""Runs exported programs, each in a process of its own: one JSON line in, one out."""
import asyncio
import contextvars
import datetime
import functools
import heapq
import itertools
import json
import math
import os
import re
import signal
import sys
import tempfile
import warnings


def child(program, out, err):
    signal.alarm(20)
    warnings.simplefilter("ignore", SyntaxWarning)  # 3.14 does not like a return in a finally
    os.dup2(out.fileno(), 1)
    os.dup2(err.fileno(), 2)
    try:
        exec(compile(program, "program.py", "exec"), {"__name__": "__main__"})
    except BaseException as error:
        print(f"the program failed: {type(error).__name__}: {error}", file=sys.stderr, flush=True)
    finally:
        sys.stdout.flush()
        os._exit(3)


print(json.dumps(sys.version.split()[0]), flush=True)
for line in sys.stdin:
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        pid = os.fork()
        if pid == 0:
            child(json.loads(line), out, err)
        _, status = os.waitpid(pid, 0)
        texts = []
        for file in (out, err):
            file.seek(0)
            texts.append(file.read().decode("utf-8", "replace"))
        if os.WIFSIGNALED(status):
            texts[1] += f"killed by signal {os.WTERMSIG(status)}\n"
    print(json.dumps(texts), flush=True)
