// Runs exported programs on CPython for WebAssembly, each in the same fresh interpreter: one JSON line in, one out.
// node pyodide.mjs FOLDER, where FOLDER has pyodide installed
import { createRequire } from "node:module";
import { createInterface } from "node:readline";

const { loadPyodide } = createRequire(`${process.argv[2]}/`)("pyodide");
const python = await loadPyodide();

// An interpreter cannot fork. Instead its memory is put back after each program to what it was before the first.
python.runPython(`
import asyncio, contextvars, datetime, functools, gc, heapq, io, itertools, json, math, os, re, sys, traceback, warnings

class Exit(BaseException):
    """os._exit, which would end the interpreter."""

def leave(status):
    raise Exit

def run(program):
    gc.disable()  # what is left over does not run its finally
    asyncio._set_running_loop(None)  # that of the page
    os._exit = leave
    warnings.simplefilter("ignore", SyntaxWarning)  # 3.14 does not like a return in a finally
    sys.stdout, sys.stderr = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8", newline="\\n") for _ in range(2))
    scope = {"__name__": "__main__"}
    try:
        exec(compile(program, "program.py", "exec"), scope)
    except Exit:
        pass
    except BaseException as error:
        print(f"the program failed: {type(error).__name__}: {error}", file=sys.stderr)
    texts = []
    for file in (sys.stdout, sys.stderr):
        file.flush()
        texts.append(file.buffer.getvalue().decode("utf-8", "replace"))
    return json.dumps(texts)

# What the first run of a program makes is made here.
warm = """import asyncio
async def f(): pass
class Loop(asyncio.BaseEventLoop):
    def __init__(self):
        super().__init__()
        self._selector = self
    def select(self, timeout): return ()
    def _process_events(self, events): pass
loop = Loop()
loop.run_until_complete(f())"""
`);

function run(program) {
	python.globals.set("program", program);
	return python.runPython("run(program)");
}

const memory = () => new Uint8Array(python._module.HEAPU8.buffer);
const before = memory().slice();

console.log(JSON.stringify(python.runPython("import sys; sys.version.split()[0]")));
for await (const line of createInterface({ input: process.stdin })) {
	console.log(run(JSON.parse(line)));
	memory().set(before);
	memory().fill(0, before.length); // what it has grown by
}
