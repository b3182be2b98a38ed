#!/usr/bin/env python3
"""The workloads of this folder in asyncio on a virtual clock and, where it is installed, in SimPy (Debian's
python3-simpy3), as nanoseconds an event. Run it beside `go test ./bench -run ^$ -bench .`; it needs no arguments."""
import asyncio
import io
import random
import selectors
import time

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
    async def main():
        queue = asyncio.Queue(1)

        async def producer():
            for i in range(items):
                await queue.put(i)

        task = asyncio.create_task(producer())
        for _ in range(items):
            await queue.get()
        await task

    virtual(main)
    return items


def asyncio_server(customers):
    async def main():
        lock = asyncio.Lock()
        rng = random.Random(0)

        async def customer():
            async with lock:
                await asyncio.sleep(rng.expovariate(1))

        tasks = []
        for _ in range(customers):
            await asyncio.sleep(rng.expovariate(0.8))
            tasks.append(asyncio.create_task(customer()))
        await asyncio.gather(*tasks)

    virtual(main)
    return customers


def asyncio_print(lines):
    out = io.StringIO()

    async def main():
        for i in range(lines):
            print(f"worker: line {i} of {lines}", file=out)

    virtual(main)
    return lines


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

    def producer():
        for i in range(items):
            yield store.put(i)

    def consumer():
        for _ in range(items):
            yield store.get()

    env.process(producer())
    env.process(consumer())
    env.run()
    return items


def simpy_server(customers):
    env = simpy.Environment()
    server = simpy.Resource(env)
    rng = random.Random(0)

    def customer():
        with server.request() as request:
            yield request
            yield env.timeout(rng.expovariate(1))

    def source():
        for _ in range(customers):
            yield env.timeout(rng.expovariate(0.8))
            env.process(customer())

    env.process(source())
    env.run()
    return customers


WORKLOADS = [
    ("100 sleepers", "sleepers", (100, 1000, delay)),
    ("100,000 sleepers", "sleepers", (100_000, 1, delay)),
    ("1,000 in step", "sleepers", (1000, 100, lambda i: 1)),
    ("pair over a queue", "pair", (100_000,)),
    ("M/M/1 customers", "server", (20_000,)),
    ("printed lines", "print", (100_000,)),
]


def measure(function, args):
    start = time.perf_counter()
    events = function(*args)
    return (time.perf_counter() - start) * 1e9 / events


def main():
    print(f"{'ns/event':<20}{'asyncio':>10}{'SimPy':>10}")
    for name, kind, args in WORKLOADS:
        row = [measure(globals()["asyncio_" + kind], args)]
        function = globals().get("simpy_" + kind)
        row.append(measure(function, args) if simpy and function else None)
        print(f"{name:<20}" + "".join(f"{x:>10.0f}" if x else f"{'-':>10}" for x in row))


if __name__ == "__main__":
    main()
