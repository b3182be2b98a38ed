#!/usr/bin/env python3
"""The workloads of this folder in asyncio on a virtual clock and, where it is installed, in SimPy (Debian's
python3-simpy3), as nanoseconds an event. It needs no arguments; with --json it is for `go run ./internal/bench others`."""
import asyncio
import io
import json
import platform
import random
import selectors
import sys
import time

sys.path.append("/usr/lib/python3/dist-packages")  # Debian's, whichever Python this is
try:
    import simpy
except ImportError:
    simpy = None


class Jump(selectors.DefaultSelector):
    """Waiting takes no time: the loop's clock jumps."""

    def __init__(self):
        super().__init__()
        self.now = 0.0

    def select(self, timeout=None):
        if timeout:
            self.now += timeout
        return super().select(0)


def virtual(main):
    selector = Jump()
    loop = asyncio.SelectorEventLoop(selector)
    loop.time = lambda: selector.now
    try:
        loop.run_until_complete(main())
    finally:
        loop.close()


def delay(i):
    return 0.001 + i * 7919 % 1000003 / 1e9


# asyncio

def asyncio_sleepers(workers, turns, wait):
    count = 0

    async def worker(i):
        nonlocal count
        for _ in range(turns):
            await asyncio.sleep(wait(i))
            count += 1

    async def main():
        await asyncio.gather(*(worker(i) for i in range(workers)))

    virtual(main)
    return count


def asyncio_pair(items):
    taken = 0

    async def main():
        queue = asyncio.Queue(1)

        async def producer():
            for i in range(items):
                await queue.put(i)

        async def consumer():
            nonlocal taken
            for _ in range(items):
                await queue.get()
                taken += 1

        await asyncio.gather(producer(), consumer())

    virtual(main)
    return taken


def asyncio_server(customers):
    served, waited = 0, 0.0

    async def main():
        now = asyncio.get_running_loop().time
        lock = asyncio.Lock()
        rng = random.Random(0)

        async def customer():
            nonlocal served, waited
            arrived = now()
            async with lock:
                waited += now() - arrived
                await asyncio.sleep(rng.expovariate(1))
            served += 1

        async with asyncio.TaskGroup() as group:
            for _ in range(customers):
                await asyncio.sleep(rng.expovariate(0.8))
                group.create_task(customer())

    virtual(main)
    assert 2 < waited / customers < 6, waited / customers
    return served


def asyncio_print(lines):
    out = io.StringIO()

    async def main():
        for i in range(lines):
            print(f"worker: line {i} of {lines}", file=out)

    virtual(main)
    return out.getvalue().count("\n")


# SimPy

def simpy_sleepers(workers, turns, wait):
    env = simpy.Environment()
    count = 0

    def worker(i):
        nonlocal count
        for _ in range(turns):
            yield env.timeout(wait(i))
            count += 1

    for i in range(workers):
        env.process(worker(i))
    env.run()
    return count


def simpy_pair(items):
    env = simpy.Environment()
    store = simpy.Store(env, capacity=1)
    taken = 0

    def producer():
        for i in range(items):
            yield store.put(i)

    def consumer():
        nonlocal taken
        for _ in range(items):
            yield store.get()
            taken += 1

    env.process(producer())
    env.process(consumer())
    env.run()
    return taken


def simpy_server(customers):
    env = simpy.Environment()
    server = simpy.Resource(env)
    rng = random.Random(0)
    served, waited = 0, 0.0

    def customer():
        nonlocal served, waited
        arrived = env.now
        with server.request() as request:
            yield request
            waited += env.now - arrived
            yield env.timeout(rng.expovariate(1))
        served += 1

    def source():
        for _ in range(customers):
            yield env.timeout(rng.expovariate(0.8))
            env.process(customer())

    env.process(source())
    env.run()
    assert 2 < waited / customers < 6, waited / customers
    return served


def simpy_print(lines):
    env = simpy.Environment()
    out = io.StringIO()

    def worker():
        for i in range(lines):
            print(f"worker: line {i} of {lines}", file=out)
        yield env.timeout(0)  # a process has to wait somewhere

    env.process(worker())
    env.run()
    return out.getvalue().count("\n")


WORKLOADS = [  # as in workloads.go, with a tenth of the events
    ("100 sleepers", "sleepers", (100, 1000, delay), 100_000),
    ("100,000 sleepers", "sleepers", (100_000, 3, delay), 300_000),
    ("1,000 in step", "sleepers", (1000, 100, lambda i: 1), 100_000),
    ("pair over a queue", "pair", (100_000,), 100_000),
    ("M/M/1 customers", "server", (30_000,), 30_000),
    ("M/M/1 of a source", "server", (30_000,), 30_000),
    ("printed lines", "print", (100_000,), 100_000),
]


def measure(function, args, events):
    """The median of three, as nanoseconds an event."""
    times = []
    for _ in range(3):
        start = time.perf_counter()
        did = function(*args)
        times.append((time.perf_counter() - start) * 1e9 / events)
        assert did == events, f"{function.__name__}: {did} events, not {events}"
    return sorted(times)[1]


def measure_all(prefix):
    return {name: measure(globals()[prefix + kind], args, events) for name, kind, args, events in WORKLOADS}


def main():
    libraries = [{"name": "asyncio", "version": platform.python_version(), "nanoseconds": measure_all("asyncio_")}]
    if simpy:
        libraries.append({"name": "SimPy", "version": simpy_version(), "nanoseconds": measure_all("simpy_")})
    else:
        libraries.append({"name": "SimPy", "version": "(not installed)"})
        print("SimPy is not installed: apt-get install python3-simpy3", file=sys.stderr)
    if "--json" in sys.argv[1:]:
        json.dump(libraries, sys.stdout)
        return
    print(f"{'ns/event':<20}" + "".join(f"{x['name'] + ' ' + x['version']:>24}" for x in libraries))
    for name, *_ in WORKLOADS:
        row = (f"{x['nanoseconds'][name]:,.0f}" if "nanoseconds" in x else "-" for x in libraries)
        print(f"{name:<20}" + "".join(f"{x:>24}" for x in row))


def simpy_version():
    return getattr(simpy, "__version__", "3")


if __name__ == "__main__":
    main()
