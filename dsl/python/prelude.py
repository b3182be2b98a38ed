#: virtual over asyncio heapq
class VirtualLoop(asyncio.BaseEventLoop):
    """asyncio's own loop, on a clock that jumps to the next timer and counts whole nanoseconds."""

    def __init__(self):
        super().__init__()
        self._clock_resolution = 1  # timers that are due at this very nanosecond run
        self._selector = self
        self._nanoseconds = 0
        self._over = None

    def time(self):
        return self._nanoseconds

    def select(self, timeout):
        when = self._scheduled[0]._when if timeout else self._nanoseconds
        if self._over is None:
            self._over = self._look(timeout, when)
        if self._over is not None:
            raise self._over
        self._nanoseconds = when
        return ()

    def _look(self, timeout, when):
        if timeout is None:
            return Over("idle")
        if UNTIL is not None and not shutting_down and when >= UNTIL:
            self._nanoseconds = max(self._nanoseconds, UNTIL)
            return Over("until")
        if LIMIT is not None and when > LIMIT:
            self._nanoseconds = max(self._nanoseconds, LIMIT)
            return Over("limit")

    def _process_events(self, events):
        pass

    def call_at(self, when, callback, *args, context=None):
        if when >= 2**63:
            raise OverflowError("the clock ends 292 years after its start")
        timer = asyncio.TimerHandle(when, callback, args, self, context)
        timer = Timer(when, callback, args, self, context)  #? fifo
        timer.number = next(numbers)  #? fifo
        heapq.heappush(self._scheduled, timer)
        timer._scheduled = True
        return timer

    def call_soon_threadsafe(self, callback, *args, context=None):  #? virtual_pool
        callback(*args)  # what a thread of the Pool calls, a timer of this loop does  #? virtual_pool


#: fifo asyncio itertools
numbers = itertools.count()


class Timer(asyncio.TimerHandle):
    """Timers of one instant run in the order in which they were scheduled."""

    __slots__ = ("number",)

    def __lt__(self, other):
        return (self._when, self.number) < (other._when, other.number)


#: real over now selectors
class Selector(selectors.DefaultSelector):
    """Ends the run when nothing is ready and no timer is armed, or at a given time."""

    def select(self, timeout=None):
        if timeout is None:
            raise Over("idle")
        if UNTIL is not None and not shutting_down:
            if now() >= UNTIL:
                raise Over("until")
            timeout = min(timeout, UNTIL - now())
        return super().select(timeout)


#: over
class Over(SystemExit):
    """The run is over although nobody stopped the loop. asyncio lets a SystemExit out of callbacks."""


shutting_down = False


#: now
def now():
    """The loop time in seconds."""
    return loop.time() / 1e9  #? virtual
    return loop.time() - STARTED  #? real


#: seconds math
def seconds(x):
    """A time in seconds as whole nanoseconds, to nearest, ties to even; above zero at least one."""
    return nanoseconds_of(x)  #? units
    if math.isnan(x):
        raise ValueError("nan seconds is no time")
    if not -(2.0**63) <= x * 1e9 < 2.0**63:
        raise OverflowError(f"{float(x)!r} seconds is no time: at most 292 years fit")
    return round(x * 1e9) or int(x > 0) if isinstance(x, float) else x * 1_000_000_000


#: moment seconds
def moment(x):
    """A loop time in seconds as the nanosecond at which now() has come to it."""
    return moment_of(x)  #? units
    nanoseconds = seconds(x)
    while nanoseconds / 1e9 < x:
        nanoseconds += 1
    return nanoseconds


#: units now math
def in_units(x):
    """A time in seconds in the unit in which the scenario counts time."""
    return x if x is None else round(x * 1e9) / UNIT


def nanoseconds_of(x):
    """A time in units as whole nanoseconds, to nearest, ties to even; above zero at least one."""
    if math.isnan(x):
        raise ValueError(f"nan {UNIT_NAME} is no time")
    if not -(2.0**63) <= x * float(UNIT) < 2.0**63:
        raise OverflowError(f"{float(x)!r} {UNIT_NAME} is no time: at most 292 years fit")
    return round(x * float(UNIT)) or int(x > 0) if isinstance(x, float) else x * UNIT


def moment_of(x):
    """A loop time in units as the nanosecond at which the clock has come to it."""
    nanoseconds = nanoseconds_of(x)
    while nanoseconds / UNIT < x:
        nanoseconds += 1
    return nanoseconds


#: context_of tasks
contexts = {}  # by task


#: tasks now asyncio contextvars json
tasks = {}  # by name; of several that had one name, the latest that was given it
named = set()  # those that were given their name
started = []  # every task, in order of creation
daemons = set()
ends = {}  # when tasks ended
failures = []  # what went wrong, in order: who, the task if it was one, the error, when


class Task(asyncio.Task):
    """A task that is cancelled when it has ended keeps its error: asyncio's would forget to report it."""

    def cancel(self, msg=None):
        return not self.done() and super().cancel(msg)

    def set_name(self, name):  #? gather
        if name is not None:  # Python 3.13 calls None what a task factory has made  #? gather
            super().set_name(name)  #? gather


async def run(coroutine, args):
    """What a task runs: the coroutine; a failure is noted when it happens."""
    task = asyncio.current_task()
    times[task][1] = now()  #? times
    try:
        return await coroutine(*args)
    except asyncio.CancelledError:
        raise
    except BaseException as error:
        failures.append((task.get_name(), task, error, now()))
        raise
    finally:
        ends[task] = now()


def spawn(coroutine, *args, name=None, context=None, daemon=False, draws=None, group=None, context_of=None):
    """Creates a task; context is set in its own copy of the context, unless it runs in that of another."""
    if group is not None:  #? TaskGroup
        group.check()  #? TaskGroup
    other = tasks.get(name)
    if other in named and not other.done():
        raise ValueError(f"a living task is named {json.dumps(name, ensure_ascii=False)} already")
    own = contextvars.copy_context()
    if context_of is not None:  #? context_of
        own = contexts[context_of]  #? context_of
    for variable, value in context or ():
        own.run(variable.set, value)
    task = Task(run(coroutine, args), loop=loop, context=own, name=name or None)  #? since 3.13
    task = Task(run(coroutine, args), loop=loop, context=own)  # counted, named or not, as by asyncio.create_task()  #? before 3.13
    if name:
        task.set_name(name)  #? before 3.13
        named.add(task)
    if name or tasks.get(task.get_name()) not in named:
        tasks[task.get_name()] = task
    started.append(task)
    contexts[task] = own  # Task.get_context() of 3.12  #? context_of
    if daemon:
        daemons.add(task)
    times[task] = [now(), None]  #? times
    task.add_done_callback(lambda task: ends.setdefault(task, now()))  #? times
    if group is not None:  #? TaskGroup
        group.add(task)  #? TaskGroup
    streams[task] = named_stream(draws) if draws else child_stream()  #? draws
    return task


#: Timeout asyncio
class Timeout(asyncio.Timeout):
    """Knows whether it raised the TimeoutError itself: when it is over, another may still come from inside."""

    raised = False

    async def __aexit__(self, *error):
        try:
            return await super().__aexit__(*error)
        except TimeoutError:
            self.raised = True
            raise


#: Limit Timeout tasks asyncio
class Limit:
    """asyncio.wait_for around a call: without time the coroutine does not start. Knows whether it raised the TimeoutError
    itself."""

    def __init__(self, delay):
        self.delay, self.raised = delay, False

    async def call(self, coroutine, *args):
        if self.delay > 0:
            scope = Timeout(loop.time() + self.delay)
            try:
                async with scope:
                    return await coroutine(*args)
            finally:
                self.raised = scope.raised
        try:
            return await asyncio.wait_for(spawn(coroutine, *args), 0)
        except TimeoutError:
            self.raised = True
            raise


#: TaskGroup tasks asyncio
class Ordered(dict):
    """A set in the order in which its elements came."""

    def add(self, element):
        self[element] = None

    def discard(self, element):
        self.pop(element, None)


class TaskGroup(asyncio.TaskGroup):
    """Cancels its tasks in the order of their creation, where asyncio's has a set of them."""

    def __init__(self):
        super().__init__()
        self._tasks = Ordered()

    def check(self):
        if self._exiting and not self._tasks:
            raise RuntimeError("TaskGroup is finished")
        if self._aborting:
            raise RuntimeError("TaskGroup is shutting down")

    def add(self, task):
        task.add_done_callback(self._on_task_done)
        self._tasks.add(task)


#: Done callback_name
class Done:
    """A callback of a task or a future, with its arguments; it is equal to another of the same function."""

    def __init__(self, callback, *args):
        self.callback, self.args, self.__name__ = callback, args, callback_name(callback)

    def __call__(self, future):
        self.callback(*self.args)

    def __eq__(self, other):
        return isinstance(other, Done) and self.callback is other.callback

    __hash__ = object.__hash__


#: set_name tasks json
def set_name(task, name):
    """Gives a task another name; two living tasks cannot have the same."""
    other = tasks.get(name)
    if name == task.get_name():
        return
    if not task.done() and other in named and not other.done():
        raise ValueError(f"a living task is named {json.dumps(name, ensure_ascii=False)} already")
    if tasks.get(task.get_name()) is task:
        del tasks[task.get_name()]
    task.set_name(name)
    named.add(task)
    tasks[name] = task


#: all_tasks tasks
def all_tasks():
    """asyncio.all_tasks, in the order of their creation."""
    alive = asyncio.all_tasks(loop)
    return [task for task in started if task in alive]


#: block time
def block(delay):
    """time.sleep."""
    if delay < 0:
        raise ValueError("sleep length must be non-negative")
    held_by()  #? slow
    time.sleep(delay)  #? real
    if loop.time() + delay >= 2**63:  #? virtual
        raise OverflowError("the clock ends 292 years after its start")  #? virtual
    loop._nanoseconds += delay  #? virtual


#: slow current now asyncio logging sys
SLOW = []  # turns that held up the loop: for how long, who, from when
held = []  # who blocks in the turn that runs, and since when


def held_by():
    """Notes whose turn it is that blocks."""
    if held:
        return
    task, frame, name = current(), sys._getframe(1), ""
    while frame is not None and frame.f_globals is globals():
        if frame.f_code.co_name not in ("run", "steps", "complete", "__call__"):
            name = frame.f_code.co_name
        frame = frame.f_back
    held.extend((f"task {task.get_name()}" if task else name, now()))


class Watch(logging.Handler):
    """Hears of slow turns from asyncio's debug mode."""

    def emit(self, record):
        if held and record.msg.startswith("Executing"):
            took = record.args[1] / 1e9  #? virtual
            took = record.args[1]  #? real
            SLOW.append((took, *held))


def watch(duration):
    logging.getLogger("asyncio").addHandler(Watch())
    logging.getLogger("asyncio").propagate = False
    loop.slow_callback_duration = duration
    loop.set_debug(True)
    run_handle = asyncio.Handle._run

    def run(handle):
        held.clear()
        return run_handle(handle)

    asyncio.Handle._run = run


#: threads tasks asyncio
async def in_thread(delay, value=None, error=None):
    """asyncio.to_thread of a function that takes a while."""
    return await loop.run_in_executor(pool, work, delay, value, error)


def work(delay, value, error):
    """What a thread does."""
    time.sleep(max(delay, 0))  #? real_pool
    if error is not None:
        raise error
    return value


#: real_pool time concurrent.futures
#: virtual_pool threads concurrent.futures functools
class Pool(concurrent.futures.Executor):
    """n threads whose work takes time on the loop's clock."""

    def __init__(self, n):
        self.free, self.n, self.line, self.used, self.closing = n, n, [], False, None

    def submit(self, work, delay, value, error):
        if loop.time() + delay >= 2**63:
            raise OverflowError("the clock ends 292 years after its start")
        future, self.used = concurrent.futures.Future(), True
        self.line.append((future, max(delay, 0), functools.partial(work, delay, value, error)))
        self.start()
        return future

    def start(self):
        while self.free and self.line:
            future, delay, work = self.line.pop(0)
            if future.set_running_or_notify_cancel():
                self.free -= 1
                loop.call_at(min(loop.time() + delay, 2**63 - 2), self.finish, future, work)

    def finish(self, future, work):
        try:
            future.set_result(work())
        except BaseException as error:
            future.set_exception(error)
        self.free += 1
        self.start()
        if self.closing is not None and self.idle() and not self.closing.done():
            self.closing.set_result(None)

    def idle(self):
        return self.free == self.n and not self.line

    def close(self, cleaned):
        """What shutdown_default_executor() does: it waits until no thread works."""
        self.closing = loop.create_future()
        self.closing.add_done_callback(lambda _: cleaned.set_result(None))
        if self.idle():
            loop.call_soon(self.closing.set_result, None)


#: RWLock asyncio
class RWLock:
    """A lock that several readers may hold, or one writer, in the order of arrival; handed over as asyncio.Semaphore is."""

    def __init__(self):
        self.readers, self.writer, self._waiters = 0, False, []

    @property
    def n_waiting(self):
        return sum(not future.done() for future, _ in self._waiters)

    def _fits(self, mode):
        return not self.writer and (mode == "read" or not self.readers)

    def _take(self, mode):
        self.writer = mode == "write"
        self.readers += mode == "read"

    def _drop(self):
        if self.readers:  # else others have released what was handed over, too
            self.readers -= 1
        self.writer = False

    def _wake(self):
        for future, mode in self._waiters:
            if future.done():
                continue
            if not self._fits(mode):
                return
            self._take(mode)
            future.set_result(True)

    async def acquire(self, mode="write"):
        if self._fits(mode) and not self.n_waiting:
            self._take(mode)
            return True
        waiter = asyncio.get_running_loop().create_future(), mode
        self._waiters.append(waiter)
        try:
            try:
                await waiter[0]
            finally:
                self._waiters.remove(waiter)
        except asyncio.CancelledError:
            if not waiter[0].cancelled():  # it had been handed over
                self._drop()
            self._wake()
            raise
        return True

    def release(self):
        if not self.writer and not self.readers:
            raise RuntimeError("RWLock is not acquired.")
        self._drop()
        self._wake()

    def mode(self, mode):
        return Mode(self, mode)


class Mode:
    """An RWLock for `async with`."""

    def __init__(self, lock, mode):
        self._lock, self._mode = lock, mode

    async def __aenter__(self):
        await self._lock.acquire(self._mode)

    async def __aexit__(self, *_):
        self._lock.release()


#: ResourceFull
class ResourceFull(Exception):
    pass


#: Resource asyncio itertools ResourceFull
requests = itertools.count()


class Request(asyncio.Future):
    """What a task asks of one resource or of several; a cancellation leaves the line, or gives back, in the same step."""

    def __init__(self, resources, amount, priority):
        super().__init__(loop=loop)
        self.resources, self.amount, self.priority = resources, amount, priority
        self.number, self.task, self.state, self.unit = next(requests), asyncio.current_task(), "asking", 0

    def fits(self):
        return all(resource.fits(self) for resource in self.resources)

    def give(self, asking):
        for resource in self.resources:
            resource.take(self)
        self.state = "held"
        if self is not asking:
            self.set_result(None)

    def leave(self):
        for resource in self.resources:
            for place in (resource.line, resource.held):
                if self in place:
                    place.remove(self)
        self.state = "gone"
        for resource in self.resources:
            resource.look()

    def cancel(self, msg=None):
        cancelled = super().cancel(msg)
        if self.state != "gone":
            self.leave()
        return cancelled

    def release(self):
        held = all(self in resource.held for resource in self.resources)
        self.leave()
        if not held:
            raise RuntimeError("Resource is not held.")


class Resource:
    """Units that tasks hold for a while: handed to who is next in the step that frees them."""

    def __init__(self, capacity=1, order="fifo", max_waiting=None, overtake=False):
        self.order, self.overtake, self.line, self.held = order, overtake, [], []
        self.capacity, self.max_waiting = self._least("a resource's capacity", capacity), None
        if max_waiting is not None:
            self.max_waiting = self._least("max_waiting", max_waiting)

    @staticmethod
    def _least(what, number):
        if number < 0:
            raise ValueError(f"{what} must be 0 or more, not {number}")
        return number

    down = 0
    in_use = property(lambda self: sum(request.amount for request in self.held))
    free = property(lambda self: max(self.capacity - self.in_use, 0))
    waiting = property(lambda self: len(self.line))
    holders = property(lambda self: [request.task for request in self.held])
    waiters = property(lambda self: [request.task for request in sorted(self.line, key=self.place)])

    def place(self, request):
        if self.order == "lifo":
            return -request.number
        return (request.priority, request.number) if self.order == "priority" else request.number

    def fits(self, request):
        if request.amount > self.capacity - self.in_use:
            return False
        before = (other for other in self.line if len(other.resources) == 1 and self.place(other) < self.place(request))
        return len(request.resources) == 1 or self.overtake or not any(before)

    def take(self, request):
        used = {other.unit for other in self.held if other.amount == 1}
        request.unit = next(unit for unit in itertools.count() if unit not in used)
        self.line.remove(request)
        self.held.append(request)

    def look(self, asking=None):
        for request in sorted(self.line, key=self.place):
            if request.fits():
                request.give(asking)
            elif len(request.resources) == 1 and not self.overtake:
                return

    async def acquire(self, amount=1, priority=0, nowait=False):
        return await acquire_all([self], amount, priority, nowait)

    def release(self, task=None):
        task = task or asyncio.current_task(loop)
        held = [request for request in self.held if request.task is task]
        if not held:
            raise RuntimeError("Resource is not held.")
        self.held.remove(held[-1])
        self.look()

    def resize(self, capacity=None, max_waiting=None):
        if capacity is not None:
            self._least("a capacity", capacity)
        if max_waiting is not None:
            self.max_waiting = self._least("max_waiting", max_waiting)
        if capacity is not None:
            self.capacity = capacity
            self.look()


async def acquire_all(resources, amount=1, priority=0, nowait=False):
    """Acquires all of the resources or none."""
    if amount < 1:
        raise ValueError(f"an amount must be 1 or more, not {amount}")
    if priority != priority:
        raise ValueError("a priority must be a number, not nan")
    request = Request(resources, amount, priority)
    for resource in resources:
        resource.line.append(request)
    for resource in resources:
        resource.look(request)
    if request.state == "held":
        return request
    for resource in resources:
        if nowait or resource.max_waiting is not None and len(resource.line) > resource.max_waiting:
            request.leave()
            raise ResourceFull(f"{resource.free} are free" if nowait else f"{resource.max_waiting} may wait, and do")
    await request
    return request


#: Stock asyncio itertools
claims = itertools.count()


class Claim(asyncio.Future):
    """What a task puts into a container or a store, or takes; a cancellation leaves the line, or gives back, in the same step."""

    def __init__(self, stock, line, priority, what, where=None, loan=False):
        super().__init__(loop=loop)
        if priority != priority:
            raise ValueError("a priority must be a number, not nan")
        self.stock, self.line, self.place, self.what = stock, line, (priority, next(claims)), what
        self.where, self.loan, self.state, self.taken, self.error = where, loan, "asking", [], None

    def cancel(self, msg=None):
        cancelled = super().cancel(msg)
        if self.state == "asking":
            self.line.remove(self)
        elif self.state == "held" and self.line is self.stock.gets and self.error is None:
            self.stock.back(self)
        if self.state != "gone":
            self.state = "gone"
            self.stock.look()
        return cancelled


class Stock:
    """What a container and a store have in common: a line of those who put and a line of those who take."""

    def __init__(self):
        self.puts, self.gets = [], []

    def look(self, asking=None):
        again = True
        while again:
            self.serve(self.gets, asking)
            again = self.serve(self.puts, asking)

    def serve(self, line, asking):
        served = False
        for claim in sorted(line, key=lambda claim: claim.place):
            done = self.fits(claim)  # None: it is passed over
            if done is False:
                break
            if done:
                line.remove(claim)
                served, claim.state = True, "held"
                if claim is not asking:
                    claim.set_result(None)
        return served

    def claim(self, *what):
        claim = Claim(self, *what)
        claim.line.append(claim)
        self.look(claim)
        return claim

    async def asked(self, *what):
        claim = self.claim(*what)
        if claim.state != "held":
            await claim
        return self.gone_on(claim)

    def asked_nowait(self, *what):
        claim = self.claim(*what)
        if claim.state != "held":
            claim.line.remove(claim)
            raise asyncio.QueueFull if claim.line is self.puts else asyncio.QueueEmpty
        return self.gone_on(claim)

    @staticmethod
    def gone_on(claim):
        if claim.error is not None:
            raise claim.error
        return claim


#: Container Stock math
class Container(Stock):
    """An amount of something."""

    def __init__(self, capacity=math.inf, initial=0, overtake=False):
        super().__init__()
        if not capacity > 0:
            raise ValueError(f"a container's capacity must be above 0, not {capacity}")
        if not 0 <= initial < math.inf:
            raise ValueError(f"what is in a container must be 0 or more, not {initial}")
        if initial > capacity:
            raise ValueError(f"a container of {capacity} cannot begin with {initial}")
        self.capacity, self.level, self.overtake = capacity, initial, overtake

    wanted = property(lambda self: sum(claim.what for claim in sorted(self.gets, key=lambda claim: claim.place)))
    offered = property(lambda self: sum(claim.what for claim in sorted(self.puts, key=lambda claim: claim.place)))
    full = property(lambda self: self.level >= self.capacity)
    empty = property(lambda self: self.level <= 0)

    def fits(self, claim):
        put = claim.line is self.puts
        level = self.level + claim.what if put else self.level - claim.what
        if level > self.capacity if put else level < 0:
            return None if self.overtake else False
        self.level = level
        return True

    def back(self, claim):
        self.level += claim.what

    def amount(self, line, amount, priority):
        if priority == priority:
            if not 0 < amount < math.inf:
                raise ValueError(f"an amount must be above 0, not {amount}")
            if amount > self.capacity:
                raise ValueError(f"an amount of {amount} is more than the capacity, {self.capacity}")
        return line, priority, amount

    def put(self, amount, priority=0):
        return self.asked(*self.amount(self.puts, amount, priority))

    def put_nowait(self, amount, priority=0):
        return self.asked_nowait(*self.amount(self.puts, amount, priority))

    def get(self, amount, priority=0):
        return self.asked(*self.amount(self.gets, amount, priority))

    def get_nowait(self, amount, priority=0):
        return self.asked_nowait(*self.amount(self.gets, amount, priority))


#: Store Stock
class Store(Stock):
    """Items, of which tasks take those that fit, several at once, or for a while."""

    def __init__(self, capacity=0, order="fifo", initial=()):
        super().__init__()
        if capacity < 0:
            raise ValueError(f"a store's capacity must be 0 (no limit) or more, not {capacity}")
        if 0 < capacity < len(initial):
            raise ValueError(f"a store of {capacity} cannot begin with {len(initial)}")
        self.capacity, self.order, self.lent, self.numbers = capacity, order, 0, itertools.count()
        self.entries = [(0, next(self.numbers), item) for item in initial]

    size = property(lambda self: len(self.entries))
    full = property(lambda self: 0 < self.capacity <= self.size + self.lent)
    empty = property(lambda self: not self.entries)
    items = property(lambda self: [item for _, _, item in sorted(self.entries, key=self.key)])

    def key(self, entry):
        priority, number, _ = entry
        return (priority, number) if self.order == "priority" else -number if self.order == "lifo" else number

    def fits(self, claim):
        if claim.line is self.puts:
            if self.full:
                return False
            self.entries.append((claim.place[0], next(self.numbers), claim.what))
            return True
        count, fit = claim.what or 1, []
        if len(self.entries) < (1 if claim.where else count):
            return False
        try:
            for entry in sorted(self.entries, key=self.key):
                if len(fit) < count and (claim.where is None or claim.where(entry[2])):
                    fit.append(entry)
        except Exception as error:
            claim.error = error
            return True
        if len(fit) < count:
            return False if claim.what else None
        taken = {number for _, number, _ in fit}
        self.entries = [entry for entry in self.entries if entry[1] not in taken]
        self.lent += count * claim.loan
        claim.taken = fit
        return True

    def back(self, claim):
        self.lent -= len(claim.taken) * claim.loan
        self.entries += claim.taken

    def give_back(self, claim):
        """The end of a loan: what was lent goes back as if it were put in."""
        claim.taken = [(priority, next(self.numbers), item) for priority, _, item in claim.taken]
        self.back(claim)
        self.look()

    def put(self, item, priority=0):
        return self.asked(self.puts, priority, item)

    def put_nowait(self, item, priority=0):
        return self.asked_nowait(self.puts, priority, item)

    def wanted(self, amount, priority, where, loan):
        if amount is not None and priority == priority:
            if amount < 1:
                raise ValueError(f"an amount must be 1 or more, not {amount}")
            if 0 < self.capacity < amount:
                raise ValueError(f"an amount of {amount} is more than the capacity, {self.capacity}")
        return self.gets, priority, amount, where, loan

    def get(self, amount=None, priority=0, where=None, loan=False):
        return self.asked(*self.wanted(amount, priority, where, loan))

    def get_nowait(self, amount=None, priority=0, where=None, loan=False):
        return self.asked_nowait(*self.wanted(amount, priority, where, loan))

    @staticmethod
    def value(claim):
        items = [item for _, _, item in claim.taken]
        return items[0] if claim.what is None else items


#: kinds asyncio
kinds = [asyncio.Future, asyncio.Queue, asyncio.Lock, asyncio.Semaphore, asyncio.Event, asyncio.Condition,
         asyncio.Barrier, asyncio.TaskGroup, asyncio.Timeout]
kinds.append(RWLock)  #? RWLock
kinds.append(Resource)  #? Resource
kinds.append(Container)  #? Container
kinds.append(Store)  #? Store


def kind_of(value):
    """The class of an object, in the language's words; None for other values."""
    return next((kind.__name__ for kind in kinds if isinstance(value, kind)), None)


#: made kinds
names = {}  # of locks, queues, futures …: as declared, or their kind and number
counts = {}  # of each kind


def made(value, name=None):
    """Notes an object's name."""
    kind = kind_of(value)
    counts[kind] = counts.get(kind, 0) + 1
    names[value] = name or f"{kind.lower()}-{counts[kind]}"
    return value


#: Future asyncio
class Future(asyncio.Future):
    """A future that is cancelled when it has failed keeps its error, as a Task does."""

    def cancel(self, msg=None):
        return not self.done() and super().cancel(msg)


#: resolve made tasks state asyncio
def resolve(future, value=None, error=None):
    """Gives a future its result or its error."""
    if future.done():
        raise asyncio.InvalidStateError(f"the future {names[future]} is {state(future)} already")
    if error is None:
        future.set_result(value)
        return
    future.set_exception(error)
    failures.append((f"future {names[future]}", future, error, now()))


#: wait asyncio
async def wait(tasks, timeout=None, return_when=asyncio.ALL_COMPLETED):
    """asyncio.wait, in the order of the arguments, where asyncio's has sets."""
    if not tasks:
        raise ValueError("Set of Tasks/Futures is empty.")
    tasks = list(dict.fromkeys(tasks))
    done, _ = await asyncio.tasks._wait(tasks, timeout, return_when, loop)
    return {"done": [task for task in tasks if task in done], "pending": [task for task in tasks if task not in done]}


#: as_completed asyncio
def as_completed(tasks, timeout=None, *late):
    """asyncio.as_completed, in the order of the arguments, where asyncio's has a set. It gives the tasks; when the time
    is over, late."""
    todo, done, timer = dict.fromkeys(tasks), asyncio.Queue(), None

    def on_timeout():
        for task in todo:
            task.remove_done_callback(on_completion)
            done.put_nowait(None)
        todo.clear()

    def on_completion(task):
        if todo:
            del todo[task]
            done.put_nowait(task)
            if not todo and timer is not None:
                timer.cancel()

    async def next_one():
        task = await done.get()
        if task is None and not late:
            raise TimeoutError
        return task

    for task in todo:
        task.add_done_callback(on_completion)
    if todo and timeout is not None:
        timer = loop.call_later(timeout, on_timeout)
    for _ in range(len(todo)):
        yield next_one()


#: QueueShutDown asyncio
QueueShutDown = asyncio.QueueShutDown  #? since 3.13
class QueueShutDown(Exception):  #? before 3.13
    """Raised by a queue that is closed, as in Python 3.13."""  #? before 3.13


#: Queue QueueShutDown asyncio heapq
class Queue(asyncio.Queue):
    """asyncio.Queue with the shutdown() of Python 3.13, and a get() of the first item that fits."""

    def __init__(self, maxsize=0):
        super().__init__(maxsize)
        self.closed = False
        self.wanted = {}  # what the waiting getters want
        self.woken = 0  # getters that an item has woken and that have not run yet

    async def put(self, item):
        while self.full() and not self.closed:
            await self.turn(self._putters, lambda: not self.full() and self._wakeup_next(self._putters))
        self.put_nowait(item)

    def put_nowait(self, item):
        if self.closed:
            raise QueueShutDown
        super().put_nowait(item)

    def _put(self, item):
        super()._put(item)
        self.latest = item

    async def get(self, where=None):
        taken = self.take(where)
        while not taken and not self.closed:
            await self.turn(self._getters, self.pass_on, where)
            try:
                taken = self.take(where)
            finally:
                self.woken -= 1
                if self.woken == 0:
                    self.wake_any()
        return self.given(taken)

    def get_nowait(self, where=None):
        taken = self.take(where)
        if not taken and not self.closed:
            raise asyncio.QueueEmpty
        return self.given(taken)

    def take(self, where):
        """Removes the first item that fits: a list of it, empty where there is none."""
        place = self.find(where)
        return [] if place is None else [self.remove(place)]

    def given(self, taken):
        if not taken:
            raise QueueShutDown
        self._wakeup_next(self._putters)
        return taken[0]

    async def turn(self, waiters, pass_on, where=None):
        """Waits to be woken; who is cancelled then passes it on."""
        waiter = loop.create_future()
        waiters.append(waiter)
        self.wanted[waiter] = where
        try:
            await waiter
        except asyncio.CancelledError:
            waiter.cancel()
            if waiter in waiters:
                waiters.remove(waiter)
            if not waiter.cancelled():
                pass_on()
            raise
        finally:
            del self.wanted[waiter]

    def pass_on(self):
        """A getter that was woken has been cancelled."""
        self.woken -= 1
        self.wake_any()

    def wake_any(self):
        """Wakes the first getter that wants something that is there."""
        any(self.wake_for(item) for item in self._queue)

    def _wakeup_next(self, waiters):
        if waiters is self._getters:
            self.wake_for(self.latest)
        else:
            super()._wakeup_next(waiters)

    def wake_for(self, item):
        for getter in list(self._getters):
            if getter.done() or self.wants(getter, item):
                self._getters.remove(getter)
                if not getter.done():
                    getter.set_result(None)
                    self.woken += 1
                    return True
        return False

    def wants(self, getter, item):
        where = self.wanted[getter]
        try:
            return where is None or where(item)
        except Exception:
            return True  # it meets the error itself

    def find(self, where):
        """The place of the item that get() takes, None: there is none."""
        fits = (i for i in self.order() if where is None or where(self._queue[i]))
        return next(fits, None)

    def order(self):
        return range(len(self._queue))

    def remove(self, place):
        item = self._queue[place]
        del self._queue[place]
        return item

    def shutdown(self, immediate=False):
        self.closed = True
        if immediate:
            self._unfinished_tasks = max(0, self._unfinished_tasks - len(self._queue))
            self._queue.clear()
            if self._unfinished_tasks == 0:
                self._finished.set()
        for waiters in self._getters, self._putters:
            while waiters:
                waiter = waiters.popleft()
                if not waiter.done():
                    waiter.set_result(None)


class LifoQueue(Queue, asyncio.LifoQueue):
    def order(self):
        return reversed(range(len(self._queue)))


class PriorityQueue(Queue, asyncio.PriorityQueue):
    def find(self, where):
        fits = [i for i in self.order() if where is None or where(self._queue[i])]
        return min(fits, key=self._queue.__getitem__, default=None)

    def remove(self, place):
        item, last = self._queue[place], self._queue.pop()
        if place < len(self._queue):
            self._queue[place] = last
            heapq._siftup(self._queue, place)
            heapq._siftdown(self._queue, 0, place)
        return item


#: gather tasks functools
later = functools.partial(functools.partial, spawn)  # a task to be created once all are known


unborn = {}  # what asyncio.gather makes tasks of: a coroutine that stands for each, and the later() that makes it


def make_task(loop, coroutine, **options):
    make = unborn.pop(coroutine, None)
    if make is None:
        return asyncio.Task(coroutine, loop=loop, **options)
    coroutine.close()
    return make()


async def nothing():
    pass


def argument(item):
    """What asyncio.gather gets: a task, which is created here if it has a name or a context, or a coroutine."""
    if not isinstance(item, functools.partial):
        return item
    if item.keywords.keys() & {"name", "context"}:
        return item()
    stand_in = nothing()
    unborn[stand_in] = item
    return stand_in


async def gather(*items, return_exceptions=False):
    loop.set_task_factory(make_task)
    return await asyncio.gather(*map(argument, flat(items)), return_exceptions=return_exceptions)


def flat(items):
    for item in items:
        if isinstance(item, list):
            yield from flat(item)
        else:
            yield item


#: gathering gather made tasks asyncio
class Gathering(asyncio.tasks._GatheringFuture):
    """The future of a gather, which notes when it fails."""

    def set_exception(self, error):
        super().set_exception(error)
        failures.append((None, self, error, now()))


def gathering(*items, return_exceptions=False):
    """asyncio.gather as a future that is kept."""
    loop.set_task_factory(make_task)
    plain, asyncio.tasks._GatheringFuture = asyncio.tasks._GatheringFuture, Gathering
    try:
        return made(asyncio.gather(*map(argument, flat(items)), return_exceptions=return_exceptions))
    finally:
        asyncio.tasks._GatheringFuture = plain


#: shielding made tasks Future asyncio
class Shield(Future):
    """The future of a shield, which notes when it fails."""

    def set_exception(self, error):
        super().set_exception(error)
        failures.append((None, self, error, now()))


def shielding(inner):
    """asyncio.shield as a future that is kept; of what has ended it is that itself."""
    loop.create_future = lambda: Shield(loop=loop)
    try:
        outer = asyncio.shield(inner)
    finally:
        del loop.create_future
    return outer if outer is inner else made(outer)


#: times
times = {}  # when tasks were created, and when they began


def spawned(task):
    return times[task][0]


def began(task):
    return times[task][1]


def ended(task):
    return ends.setdefault(task, now()) if task.done() else None


#: task_named tasks json
def task_named(name):
    if name not in tasks:
        raise KeyError(f"there is no task named {json.dumps(name, ensure_ascii=False)}")
    return tasks[name]


#: state
def state(task):
    if not task.done():
        return "pending"
    if task.cancelled():
        return "cancelled"
    return "done" if task._exception is None else "failed"


#: error_of asyncio
def error_of(task):
    """A task's error or None; it counts as taken."""
    if not task.done():
        return None
    try:
        return task.exception()
    except asyncio.CancelledError as error:
        return error


#: current asyncio
def current():
    """The running task; None in a callback and outside the loop."""
    try:
        return asyncio.current_task()
    except RuntimeError:
        return None


#: due
def due(handle):
    """When a handle is due; None for call_soon."""
    if not hasattr(handle, "when"):
        return None
    return handle.when() / 1e9  #? virtual
    return handle.when() - STARTED  #? real


#: deadline
def deadline(timeout):
    """When a time-out is over; None: never."""
    if timeout.when() is None:
        return None
    return timeout.when() / 1e9  #? virtual
    return timeout.when() - STARTED  #? real


#: cancel asyncio type_of
def cancel(what, message=None):
    if isinstance(what, asyncio.Future):
        what.cancel(message)
    elif isinstance(what, asyncio.Handle):
        what.cancel()
    else:
        raise TypeError(f"a task or a future is required, not {type_of(what)}")


#: complete
def complete(coroutine):
    """Runs a coroutine that never waits."""
    try:
        coroutine.send(None)
    except StopIteration as done:
        return done.value


#: periodic over asyncio
class Periodic:
    """A callback that schedules itself again from within its run; when it is late, missed says what follows."""

    def __init__(self, callback, missed="skip"):
        self.callback, self.__name__, self.missed = callback, callback.__name__, missed
        self.running = self.cancelled = False
        self.handle = None

    def start(self, delay):
        self.when = max(loop.time() + delay, loop.time())
        self.handle = loop.call_at(self.when, self.run)

    def run(self):
        self.running = True
        try:
            self.callback()
        finally:
            self.running = False

    def again(self, every):
        if not self.running or self.cancelled:
            return
        if every <= 0:
            raise ValueError(f"the period of {self.__name__} must be above 0")
        if self.missed == "drift":
            self.when = loop.time()
        elif self.missed == "skip" and loop.time() > self.when:
            self.when += (loop.time() - self.when) // every * every
        self.when += every
        self.arm_again()

    def arm_again(self):
        try:
            self.handle = loop.call_at(self.when, self.run)
        except OverflowError as error:
            failures.append((self.__name__, None, error, now()))
            raise Over("failed")

    def cancel(self):
        if self.handle is not None:
            self.cancelled = True
            self.handle.cancel()


#: source periodic tasks now
class Source(Periodic):
    """A stream of arrivals: it makes tasks, and schedules itself for the next."""

    def __init__(self, name, make, gap=None, times=(), batch=None, first=None, begin=None, end=None, limit=None):
        self.__name__, self.make, self.gap, self.times, self.batch, self.first = name, make, gap, times, batch, first
        self.begin, self.end, self.limit = begin, end, limit
        self.made = self.came = 0
        self.running = self.cancelled = False
        self.handle = None

    def start(self):
        draws_of(self.__name__)  #? draws
        self.origin = loop.time()
        if self.begin is None:
            self.begin = self.origin
        for i, later in enumerate(self.times):
            if later < (self.times[i - 1] if i else self.origin):
                raise ValueError(f"time {i + 1} of {self.__name__} is earlier than the one before it")
        if self.first is None:
            self.arm(self.next(self.begin))
        elif self.limit is None or self.limit > 0:
            self.arm(self.begin + max(self.first(), 0))

    def callback(self):
        draws_of(self.__name__)  #? draws
        self.came += 1
        number = 1 if self.batch is None else self.batch(self.made)
        if number < 0:
            raise ValueError(f"the batch of {self.__name__} must not be below 0, it is {number}")
        if self.limit is not None:
            number = min(number, self.limit - self.made)
        for _ in range(number):
            self.make(self.made)
            self.made += 1
        if not self.cancelled:
            self.arm(self.next(self.when))

    def next(self, after):
        if self.limit is not None and self.made >= self.limit:
            return None
        if self.gap is not None:
            gap = self.gap(self.made)
            if gap < 0:
                raise ValueError(f"the gap of {self.__name__} must not be below 0")
            return after + gap
        while self.came < len(self.times) and self.times[self.came] < self.begin:
            self.came += 1
        return self.times[self.came] if self.came < len(self.times) else None

    def arm(self, when):
        if when is not None and (self.end is None or when < self.end):
            self.when = when if self.running else max(when, loop.time())  # what comes late moves nothing that follows
            self.handle = loop.call_at(self.when, self.run)


#: clock_shows now
def clock_shows(when):
    """What the clock shows at a loop time, in nanoseconds since 1970."""
    return CLOCK_START + when  #? virtual
    return CLOCK_START + round((when - STARTED) * 1e9)  #? real


def clock_shown_at(nanoseconds):
    """The loop time at which the clock shows a time."""
    return nanoseconds - CLOCK_START  #? virtual
    return STARTED + (nanoseconds - CLOCK_START) / 1e9  #? real


#: day_time clock_shows
def day_time(of_day):
    """The loop time at which the clock shows a time of day next."""
    time, day = clock_shows(loop.time()), 86_400_000_000_000
    at = time - time % day + of_day
    return clock_shown_at(at if at > time else at + day)


#: cron periodic clock_shows datetime
class Cron(Periodic):
    """A callback that runs at the times of a cron expression, whose fields have a bit for each of their values."""

    def __init__(self, callback, minutes, hours, days, months, weekdays, either):
        super().__init__(callback)
        self.minutes, self.hours, self.days, self.months, self.weekdays, self.either = minutes, hours, days, months, weekdays, either

    def start(self):
        self.arm(loop.time())

    def again(self):
        if self.running and not self.cancelled:
            self.arm(self.when)

    def arm(self, after):
        minute = clock_shows(after) // 60_000_000_000 + 1
        minute = max(minute, clock_shows(loop.time()) // 60_000_000_000 + 1)  #? real
        last = minute + 9 * 366 * 1440
        while minute < last:
            days, of_day = divmod(minute, 1440)
            if not self.has_day(datetime.date.fromordinal(719_163 + days)):
                minute = (days + 1) * 1440
            elif not self.hours >> of_day // 60 & 1:
                minute += 60 - of_day % 60
            elif not self.minutes >> of_day % 60 & 1:
                minute += 1
            else:
                self.when = clock_shown_at(minute * 60_000_000_000)
                self.arm_again()
                return

    def has_day(self, date):
        day, weekday = self.days >> date.day & 1, self.weekdays >> date.isoweekday() % 7 & 1
        return self.months >> date.month & 1 and (day or weekday if self.either else day and weekday)


#: reset
def reset(variable, tokens):
    if not tokens:
        raise RuntimeError(f"there is no set of {variable.name} left to reset in this activation")
    variable.reset(tokens.pop())


#: message re
def message(error):
    """What an error says, in the language's words."""
    if isinstance(error, BaseExceptionGroup):
        return str(error)
    if isinstance(error, ZeroDivisionError) and "division" in str(error):
        return "division by zero"
    said = error.args[0] if error.args else ""
    own = re.match(r"Task cannot await on itself: <Task .*?name='(.*?)' coro=", str(said))
    return f"Task cannot await on itself: <Task {own[1]}>" if own else str(said)


#: show_error message
def show_error(error):
    said = message(error)
    return f"{type(error).__name__}: {said}" if said else type(error).__name__


#: text to_json
def text(value):
    """A value as it appears in text."""
    return value if isinstance(value, str) else shown(value, repr)


#: to_json show_error callback_name asyncio json
def to_json(value):
    """A value as JSON on one line; tasks, handles and errors as text."""
    if not isinstance(value, (type(None), bool, int, float, str, list, dict)):
        value = shown(value, repr)
    return shown(value, json.dumps)


def shown(value, number):
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, (int, float)):
        return number(value)
    if isinstance(value, list):
        return "[" + ", ".join(map(to_json, value)) + "]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{to_json(key)}: {to_json(value[key])}" for key in sorted(value)) + "}"
    if isinstance(value, BaseException):
        return show_error(value)
    if isinstance(value, asyncio.Task):
        return f"<Task {value.get_name()}>"
    if not isinstance(value, asyncio.Handle):  #? made
        return f"<{kind_of(value)} {names[value]}>"  #? made
    return f"<Handle {callback_name(value._callback)}>"


#: quoted text
def quoted(value):
    return to_json(value) if isinstance(value, str) else text(value)


#: type_of asyncio kinds
def type_of(value):
    """The type of a value, in the language's words."""
    words = {bool: "bool", int: "int", float: "float", str: "string", list: "list", dict: "map", type(None): "null"}
    if isinstance(value, BaseException):
        return "error"
    if isinstance(value, asyncio.Handle):
        return "handle"
    if isinstance(value, asyncio.Task):
        return "task"
    return words.get(type(value)) or kind_of(value).removeprefix("Task").lower()


#: a_type_of type_of
def a_type_of(value):
    word = type_of(value)
    return word if word == "null" else f"{'an' if word[0] in 'aeiou' else 'a'} {word}"


#: item attribute
def item(value, key):
    """An element of a list or of text, a key of a map (None where it has none), or an attribute."""
    if isinstance(value, (list, str)) and isinstance(key, int):
        if -len(value) <= key < len(value):
            return value[key]
        what, parts = ("list", "elements") if isinstance(value, list) else ("text", "characters")
        raise IndexError(f"{what} index {key} is out of range: the {what} has {len(value)} {parts}")
    if isinstance(value, dict) and isinstance(key, str):
        return value.get(key)
    if isinstance(value, (list, str)):
        raise TypeError(f"the index of {a_type_of(value)} is an int, not {a_type_of(key)}")
    if isinstance(value, dict):
        raise TypeError(f"the key of a map is a string, not {a_type_of(key)}")
    if not isinstance(key, str):
        raise TypeError(f"{a_type_of(value)} has no elements")
    return attribute(value, key)


#: attribute a_type_of asyncio state error_of due deadline message times
attributes = {"Future": "state done result error", "Queue": "size full empty capacity", "Lock": "locked",
              "Semaphore": "value locked", "Event": "is_set", "Condition": "locked", "Barrier": "waiting parties broken", "Timeout": "when expired", "RWLock": "readers writer waiting",
              "Resource": "capacity down in_use free waiting holders waiters", "Container": "level capacity wanted offered full empty",
              "Store": "size capacity full empty items lent"}


def attribute(value, name):
    """An attribute of a task, a handle, an error or an object."""
    if isinstance(value, dict):
        return value.get(name)
    known = {}
    if isinstance(value, asyncio.Task):
        known = {"name": asyncio.Task.get_name, "state": state, "done": asyncio.Task.done, "result": asyncio.Task.result,
                 "error": error_of, "cancelling": asyncio.Task.cancelling, "spawned": spawned, "started": began, "ended": ended}
    elif isinstance(value, asyncio.Handle):
        known = {"cancelled": asyncio.Handle.cancelled, "when": due}
    elif isinstance(value, BaseException):
        known = {"type": lambda error: type(error).__name__, "message": message,
                 "cause": lambda error: error.__cause__,
                 "errors": lambda error: list(getattr(error, "exceptions", []))}
    else:
        known = {"state": state, "done": asyncio.Future.done, "result": asyncio.Future.result, "error": error_of,
                 "size": lambda it: it.qsize() if hasattr(it, "qsize") else it.size,
                 "full": lambda it: it.full() if callable(it.full) else it.full,
                 "empty": lambda it: it.empty() if callable(it.empty) else it.empty, "level": lambda container: container.level,
                 "wanted": lambda container: container.wanted, "offered": lambda container: container.offered,
                 "items": lambda store: store.items, "lent": lambda store: store.lent,
                 "capacity": lambda it: it.maxsize if hasattr(it, "maxsize") else it.capacity, "locked": lambda lock: lock.locked(),
                 "value": lambda semaphore: semaphore._value, "is_set": asyncio.Event.is_set,
                 "waiting": lambda it: it.n_waiting if hasattr(it, "n_waiting") else it.waiting, "parties": lambda barrier: barrier.parties,
                 "broken": lambda barrier: barrier.broken, "when": deadline, "expired": asyncio.Timeout.expired, "readers": lambda lock: lock.readers,
                 "writer": lambda lock: lock.writer, "in_use": lambda resource: resource.in_use, "down": lambda resource: 0,
                 "free": lambda resource: resource.free, "holders": lambda resource: resource.holders,
                 "waiters": lambda resource: resource.waiters}
        known = {name: known[name] for name in attributes.get(kind_of(value), "").split()}
    known.update((n, lambda value, f=f: in_units(f(value))) for n, f in list(known.items()) if n in ("spawned", "started", "ended", "when"))  #? units
    if name not in known:
        raise TypeError(f"{a_type_of(value)} has no attribute `{name}`")
    return known[name](value)


#: changed a_type_of json
def changed(value, path, change, absent=None):
    """A copy of a list or map in which the place at path is what a function makes of what was there."""
    if not path:
        return change(value)
    key, rest = path[0], path[1:]
    if isinstance(value, list):
        if not isinstance(key, int):
            raise TypeError(f"list indices must be integers, not {type_of(key)}")
        if not -len(value) <= key < len(value):
            raise IndexError(f"list index {key} is out of range: the list has {len(value)} elements")
        value = list(value)
        value[key] = changed(value[key], rest, change, absent)
        return value
    if isinstance(value, dict):
        if not isinstance(key, str):
            raise TypeError(f"map keys must be strings, not {type_of(key)}")
        if key not in value and rest:
            raise KeyError(json.dumps(key, ensure_ascii=False))
        return {**value, key: changed(value.get(key, absent), rest, change, absent)}
    raise TypeError(f"only a list or a map has elements that can be set, not {type_of(value)}")


#: put changed
def put(value, path, new):
    """A copy of a list or map with the place at path changed."""
    return changed(value, path, lambda old: new)


#: plus a_type_of
def plus(a, b):
    """The sum of two numbers."""
    for x in (a, b):
        if isinstance(x, bool) or not isinstance(x, (int, float)):
            raise TypeError(f"only numbers are added, not {a_type_of(a)} and {a_type_of(b)}")
    return a + b


#: added changed plus
def added(value, path, amount):
    """A copy of a list or map with an amount added to the number at path; a key that is not there counts from 0."""
    return changed(value, path, lambda old: plus(old, amount), 0)


#: removed changed json
def removed(value, path):
    """A copy of a list or map without the place at path."""
    *inside, last = path

    def without(there):
        if isinstance(there, dict) and isinstance(last, str) and last not in there:
            raise KeyError(json.dumps(last, ensure_ascii=False))
        there = changed(there, [last], lambda old: old)
        del there[last]
        return there

    return changed(value, inside, without)


#: appended put
def appended(value, path, new):
    """A copy of a list or map with an element added to the list at path."""
    there = value
    for key in path:
        if isinstance(there, dict) and key not in there:
            raise KeyError(json.dumps(key, ensure_ascii=False))
        there = there[key]
    if not isinstance(there, list):
        raise TypeError(f"append takes a list, not {type_of(there)}")
    return put(value, path, [*there, new])


#: each type_of
def each(value):
    """The elements of a list, or the sorted keys of a map."""
    if isinstance(value, dict):
        return sorted(value)
    if isinstance(value, list):
        return value
    raise TypeError(f"only a list or a map can be run through, not {type_of(value)}")


#: whole
def whole(value):
    """A result that must fit into 64 bits."""
    if isinstance(value, int) and not -(2**63) <= value < 2**63:
        raise OverflowError(f"{value} does not fit into 64 bits")
    return value


#: duration fractions re
def duration(text):
    """A written duration such as 1m30s, 250ms or 2.5 in seconds, to the nearest nanosecond."""
    number = r"(\d+\.?\d*|\.\d+)"
    sizes = {"d": 86400 * 10**9, "h": 3600 * 10**9, "m": 60 * 10**9, "s": 10**9, "ms": 10**6, "us": 10**3, "ns": 1}
    amounts = re.fullmatch(r"\+?" + "".join(f"(?:{number}{unit}(?![a-z]))?" for unit in sizes), text, re.ASCII)
    if amounts and any(amounts.groups()):
        exact = sum(fractions.Fraction(n) * size for n, size in zip(amounts.groups(), sizes.values()) if n)
    elif re.fullmatch(r"\+?" + number + r"([eE][+-]?\d{1,3})?", text, re.ASCII):
        exact = fractions.Fraction(text) * 10**9
        exact = fractions.Fraction(text) * UNIT  #? units
    else:
        raise ValueError(f"{text!r} is no duration")
    nanoseconds = round(exact)
    if nanoseconds >= 2**63 or nanoseconds == 0 < exact:
        raise ValueError(f"the duration {text!r} does not fit")
    return nanoseconds / 1e9


#: mod math
def mod(a, b):
    """The remainder with the sign of a."""
    if b == 0:
        raise ZeroDivisionError("integer modulo by zero")
    return abs(a) % abs(b) * (-1 if a < 0 else 1)


#: power math log_e
def power(x, y):
    """x to the power of y, in steps that give the same bits on every machine."""
    x, y = float(x), float(y)
    if y == 0 or x == 1:
        return 1.0
    if x == 0 and y < 0:
        raise ZeroDivisionError("zero cannot be raised to a negative power")
    if x != x or y != y or math.isinf(x) or math.isinf(y) or x == 0:
        return math.pow(x, y)
    if y == 1:
        return x
    if abs(y) == 0.5 and x >= 0:
        return math.sqrt(x) if y > 0 else 1 / math.sqrt(x)
    part, integer = math.modf(abs(y))
    if part != 0 and x < 0:
        raise ValueError("a negative number cannot be raised to a power that is not whole")
    if part > 0.5:
        part, integer = part - 1, integer + 1
    # By squaring, in pairs of floats whose sums carry twice the digits, so that the last one is right.
    total, exponent, (fraction, e), n = (exp_e(part * log_e(x)) if part else 1.0, 0.0), 0, math.frexp(x), int(integer)
    factor = fraction, 0.0
    while n:
        if not -(2**12) <= e <= 2**12:
            exponent += e
            break
        if n & 1:
            total, exponent = pair_times(total, factor), exponent + e
        factor, e, n = pair_times(factor, factor), e * 2, n >> 1
        if abs(factor[0]) < 0.5:
            factor, e = (factor[0] * 2, factor[1] * 2), e - 1
    result = total[0]
    if y < 0:
        result, exponent = pair_inverse(total), -exponent
    try:
        return math.ldexp(result, exponent)
    except OverflowError:
        return math.copysign(math.inf, result)


def lost(a, b):
    """What rounding takes from the product a * b: Dekker and Veltkamp."""
    c, d = a * 134217729.0, b * 134217729.0
    a1, b1 = c - (c - a), d - (d - b)
    a2, b2 = a - a1, b - b1
    return a2 * b2 - (a * b - a1 * b1 - a2 * b1 - a1 * b2)


def pair_times(a, b):
    product = a[0] * b[0]
    rest = lost(a[0], b[0]) + (a[0] * b[1] + a[1] * b[0])
    high = product + rest
    return high, rest - (high - product)


def pair_inverse(a):
    q = 1 / a[0]
    rest = 1 - q * a[0] - lost(q, a[0]) - q * a[1]
    return q + rest * q


#: either
def either(value, other):
    """`a ?? b`."""
    return other() if value is None else value


#: maybe
def maybe(value, rest):
    """`a?.b`."""
    return None if value is None else rest(value)


#: clock_time datetime
def clock_time():
    """What the clock shows now."""
    microseconds = (CLOCK_START + loop.time()) // 1000  #? virtual
    microseconds = (CLOCK_START + int(now() * 1e9)) // 1000  #? real
    return datetime.datetime(1970, 1, 1) + datetime.timedelta(microseconds=microseconds)


#: strftime clock_time
def strftime(form):
    """What the clock shows now, as Python's strftime in the C locale."""
    return clock_time().strftime(form)


#: format text
def format(form, *values):
    """Python's `%`."""
    plain = (int, float, str)
    return form % tuple(v if isinstance(v, plain) and not isinstance(v, bool) else text(v) for v in values)


#: mean
def mean(*values):
    values = values[0] if len(values) == 1 and isinstance(values[0], list) else values
    if not values:
        raise ValueError("mean(): there are no values")
    total = 0.0
    for value in values:
        total += value
    return total / len(values)


#: median
def median(*values):
    values = sorted(values[0] if len(values) == 1 and isinstance(values[0], list) else values)
    if not values:
        raise ValueError("median(): there are no values")
    half = len(values) // 2
    return float(values[half]) if len(values) % 2 else (values[half - 1] + values[half]) / 2


#: percentile math
def percentile(values, p):
    """As statistics.quantiles(method="inclusive"), for any part."""
    if not values:
        raise ValueError("percentile(): there are no values")
    if not 0 <= p <= 100:
        raise ValueError(f"percentile(): it must be from 0 to 100, not {float(p)!r}")
    values = sorted(float(value) for value in values)
    place = float(p) * (len(values) - 1)
    at = math.floor(place / 100)
    beyond = place - at * 100
    return (values[at] * (100 - beyond) + values[at + 1] * beyond) / 100 if beyond else values[at]


#: spread math statistics
def spread(name, values):
    """The variance or the standard deviation of a sample."""
    values = values[0] if len(values) == 1 and isinstance(values[0], list) else values
    if len(values) < 2:
        raise ValueError(f"{name}(): there must be at least two values")
    if not all(math.isfinite(value) for value in values):
        return math.nan
    return float(getattr(statistics, name)(values))


def variance(*values):
    return spread("variance", values)


def stdev(*values):
    return spread("stdev", values)


#: cumsum itertools whole
def cumsum(values):
    return [whole(total) for total in itertools.accumulate(values)]


#: clamp
def clamp(x, low, high):
    if low > high:
        raise ValueError(f"clamp(): the least, {float(low)!r}, is above the greatest, {float(high)!r}")
    return low if x < low else high if x > high else x


#: pad
def pad(name, text, width, fill, left):
    if len(fill) != 1:
        raise ValueError(f'{name}(): the text is filled with one character, not with "{fill}"')
    return text.rjust(width, fill) if left else text.ljust(width, fill)


#: powered power whole
def powered(x, y):
    """x to the power of y; an int for ints."""
    if isinstance(x, float) or isinstance(y, float):
        return power(x, y)
    if y < 0:
        raise ValueError(f"pow(): the power of an int must not be negative, it is {y}; `**` gives a float")
    if abs(x) > 1 and y > 63:
        raise OverflowError(f"{x} to the power of {y} does not fit into 64 bits")
    return whole(x**y)


#: sqrt math
def sqrt(x):
    if x < 0:
        raise ValueError(f"sqrt(): negative numbers have no square root, it is {float(x)!r}")
    return math.sqrt(x)


#: exact decimal math
def exact(function, *numbers):
    """A function of floats, computed with many digits and rounded once: the last bit of those in math varies."""
    with decimal.localcontext(decimal.Context(prec=400)):  # a large angle has 300 digits before the point
        return float(function(*map(decimal.Decimal, numbers)))


#: exp exact
def exp(x):
    x = float(x)
    if 710 < x < math.inf:
        raise OverflowError(f"exp(): e to the power of {x!r} does not fit into a float")
    return exact(lambda d: d.exp(decimal.Context(prec=60)), x) if -746 < x < 710 else 0.0 if x < 0 else x


#: log exact
def log(x, base=None, name="log"):
    """The natural logarithm, that to a base, or log2 or log10."""
    x, digits = float(x), decimal.Context(prec=60)
    if x <= 0:
        raise ValueError(f"{name}(): only numbers above 0 have a logarithm, not {x!r}")
    if not math.isfinite(x):
        return x
    if name == "log10":
        return exact(lambda d: d.log10(digits), x)
    if name == "log2":
        return exact(lambda d: digits.divide(d.ln(digits), decimal.Decimal(2).ln(digits)), x)
    value = exact(lambda d: d.ln(digits), x)
    return value if base is None else value / log(base)


#: angles exact
def arc(x):
    """The angle whose tangent is x, at most 1, by halving it and a series."""
    for _ in range(8):
        x = x / (1 + (1 + x * x).sqrt())
    total, power, n = decimal.Decimal(0), x, 1
    while abs(power) > abs(x).scaleb(-400):
        total, power, n = total + power / n, -power * x * x, n + 2
    return total * 256


def sine(x, quarters, name):
    """The sine of x and quarters of a turn."""
    if math.isinf(x):
        raise ValueError(f"{name}(): {x!r} is no angle")
    if x != x or x == quarters == 0:
        return x

    def series(x):
        quarter = 2 * arc(decimal.Decimal(1))
        angle = (x + quarters * quarter).remainder_near(4 * quarter)
        total, term, n = decimal.Decimal(0), angle, 1
        while abs(term) > abs(angle).scaleb(-60):
            total, term, n = total + term, -term * angle * angle / ((n + 1) * (n + 2)), n + 2
        return total

    return exact(series, x)


def sin(x):
    return sine(float(x), 0, "sin")


def cos(x):
    return sine(float(x), 1, "cos")


def atan2(y, x):
    """The angle of the point (x, y)."""
    if x == 0 or y == 0 or not math.isfinite(x) or not math.isfinite(y):
        return math.atan2(y, x)

    def angle(rise, run):
        corner = arc(decimal.Decimal(1))
        up = arc(rise / run) if rise <= run else 2 * corner - arc(run / rise)
        return up if x > 0 else 4 * corner - up

    return math.copysign(exact(angle, abs(float(y)), abs(float(x))), y)


#: flatten
def flatten(values):
    return [inner for value in values for inner in (flatten(value) if isinstance(value, list) else [value])]


#: uniq
def uniq(values):
    out = []
    for value in values:
        if value not in out:
            out.append(value)
    return out


#: group_by text
def group_by(values, key):
    groups = {}
    for index, value in enumerate(values):
        groups.setdefault(text(key(value, index)), []).append(value)
    return groups


#: reduce
def reduce(values, step, *start):
    if not values and not start:
        raise ValueError("reduce(): the list is empty and there is no start")
    result = start[0] if start else values[0]
    for index in range(0 if start else 1, len(values)):
        result = step(result, values[index], index)
    return result


#: get
def get(value, key):
    """An element or None, for whatever key."""
    if isinstance(value, dict):
        return value.get(key)
    return value[key] if isinstance(value, list) and -len(value) <= key < len(value) else None


#: upper
def upper(value):
    """Capital letters, one for each: Python makes two of some."""
    return "".join(next((u for u in (c.upper(), c.title()) if len(u) == 1), c) for c in value)


#: lower
def lower(value):
    """Small letters, one for each, whatever stands around it."""
    return "".join(c.lower()[0] for c in value)


#: split
def split(text, separator, n=-1):
    if n == 0:
        return []
    if separator == "":
        parts = list(text)
        return parts if n < 0 or len(parts) <= n else parts[: n - 1] + ["".join(parts[n - 1 :])]
    return text.split(separator, n - 1 if n > 0 else -1)


#: shift
def shift(a, n):
    """a shifted left by n bits, of which 64 are kept."""
    if abs(n) > 64:
        n = 64 if n > 0 else -64
    a = a << n if n >= 0 else a >> -n
    return (a + 2**63) % 2**64 - 2**63


#: log_e math decimal
def log_rows():
    """For c = 88/128, 89/128 … 176/128: its inverse, and its logarithm in two parts, the first a multiple of 2**-42."""
    with decimal.localcontext() as context:
        context.prec = 50
        for n in range(88, 177):
            log = (decimal.Decimal(n) / 128).ln()
            high = round(float(log * 2**42)) / 2**42
            yield 128 / n, high, float(log - decimal.Decimal(high))


LOGS = list(log_rows())


def log_e(x):
    """The logarithm behind the draws: Tang, "Table-Driven Implementation of the Logarithm Function"."""
    if x == 0:
        return -math.inf
    z, k = math.frexp(x)
    if z < 0.6875:
        z, k = z * 2, k - 1
    i = int(z * 128 + 0.5)
    inverse, high, low = LOGS[i - 88]
    r = (z - i / 128) * inverse
    r2 = r * r
    p = -0.5 + r * (1 / 3) + r2 * (-0.25 + r * 0.2 + r2 * (-1 / 6 + r * (1 / 7)))
    w = k * float.fromhex("0x1.62e42fefa38p-1") + high
    total = w + r
    return total + (w - total + r + (k * float.fromhex("0x1.ef35793c7673p-45") + low + r2 * p))


def exp_e(x):
    """The exponential behind the draws: FreeBSD's e_exp.c."""
    if x != x or x == math.inf:
        return x
    if x < -7.45133219101941108420e02:
        return 0.0
    if x > 7.09782712893383973096e02:
        return math.inf
    if abs(x) < 2.0**-28:
        return 1 + x
    k = int(1.44269504088896338700e00 * x + math.copysign(0.5, x))
    high = x - k * 6.93147180369123816490e-01
    low = k * 1.90821492927058770002e-10
    r = high - low
    t = r * r
    c = r - t * (1.66666666666666657415e-01 + t * (-2.77777777770155933842e-03 + t * (6.61375632143793436117e-05 + t * (-1.65339022054652515390e-06 + t * 4.13813679705723846039e-08))))
    return math.ldexp(1 - ((low - (r * c) / (2 - c)) - high), k)


#: draws current log_e math
MASK = 2**64 - 1
GOLDEN = 0x9E3779B97F4A7C15


def mix(z):
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9 & MASK
    z = (z ^ z >> 27) * 0x94D049BB133111EB & MASK
    return z ^ z >> 31


class Stream:
    """One source of draws, runloop's own: the n-th number is a function of its key and n alone."""

    def __init__(self, key):
        self.key, self.count, self.children = key, 0, 0
        self.named = {}  #? draw_from

    def next(self):
        self.count += 1
        return mix(self.key + mix(self.count * GOLDEN & MASK) & MASK)

    def float(self):
        return (self.next() >> 11) * 2.0**-53

    def below(self, n):
        product = self.next() * n
        if product & MASK < n:
            while product & MASK < -n % 2**64 % n:
                product = self.next() * n
        return product >> 64

    def normal(self):
        while True:
            u1 = self.float()
            u2 = 1 - self.float()
            z = 1.7155277699214135 * (u1 - 0.5) / u2
            if z * z / 4 <= -log_e(u2):
                return z

    def exponential(self):
        return -log_e(1 - self.float())

    def gamma(self, shape):
        if shape < 1:
            boost = exp_e(log_e(1 - self.float()) / shape)
            return self.gamma(shape + 1) * boost
        d = shape - 1.0 / 3
        c = 1 / math.sqrt(9 * d)
        while True:
            x = self.normal()
            v = 1 + c * x
            if v <= 0:
                continue
            v = v * v * v
            u = 1 - self.float()
            dv = d * v
            if log_e(u) < 0.5 * x * x + (d - dv + d * log_e(v)):
                return dv


def named_stream(name, key=None):
    hashed = 14695981039346656037
    for byte in name.encode():
        hashed = (hashed ^ byte) * 1099511628211 & MASK
    return Stream(mix(mix((SEED if key is None else key) + GOLDEN & MASK) ^ hashed))


streams = {}  # of tasks, callbacks, before and after


def stream():
    """The stream of what runs."""
    if chosen is not None:  #? draw_from
        return chosen  #? draw_from
    return streams[current() or sync_stream]


def child_stream():
    """The stream of a new task, by its place among its parent's tasks."""
    parent = stream()
    parent.children += 1
    return Stream(mix(mix(parent.key ^ 0x5851F42D4C957F2D) + (parent.children + 1) * GOLDEN & MASK))


sync_stream = "before"


def draws_of(name):
    """What runs from now on, where no task does, draws from the stream of that name."""
    global sync_stream
    sync_stream = name
    if name not in streams:
        streams[name] = named_stream(name)


def check_draw(name, *args, positive=()):
    for arg in args:
        if not math.isfinite(arg):
            raise ValueError(f"{name}(): the arguments must be finite, one is {float(arg)!r}")
    for what, arg in positive:
        if arg <= 0:
            raise ValueError(f"{name}(): {what} must be above zero, it is {float(arg)!r}")


def uniform(a, b):
    check_draw("uniform", a, b)
    return a + (b - a) * stream().float()


def exponential(mean):
    check_draw("exponential", mean, positive=[("mean", mean)])
    return mean * stream().exponential()


def normal(mean, sd):
    check_draw("normal", mean, sd)
    if sd < 0:
        raise ValueError(f"normal(): sd must not be negative, it is {float(sd)!r}")
    return mean + sd * stream().normal()


def lognormal(mu, sigma):
    check_draw("lognormal", mu, sigma)
    if sigma < 0:
        raise ValueError(f"lognormal(): sigma must not be negative, it is {float(sigma)!r}")
    return exp_e(mu + sigma * stream().normal())


def triangular(lo, hi, mode):
    check_draw("triangular", lo, hi, mode)
    if not lo <= mode <= hi:
        raise ValueError(f"triangular(lo, hi, mode): lo <= mode <= hi must hold, they are {float(lo)!r}, {float(hi)!r} and {float(mode)!r}")
    u = stream().float()
    if hi == lo:
        return float(lo)
    c = (mode - lo) / (hi - lo)
    if u > c:
        u, c, lo, hi = 1 - u, 1 - c, hi, lo
    return lo + (hi - lo) * math.sqrt(u * c)


def gamma(shape, scale):
    check_draw("gamma", shape, scale, positive=[("shape", shape), ("scale", scale)])
    return scale * stream().gamma(float(shape))


def weibull(scale, shape):
    check_draw("weibull", scale, shape, positive=[("scale", scale), ("shape", shape)])
    return scale * exp_e(log_e(stream().exponential()) / shape)


def randint(a, b):
    if a > b:
        raise ValueError(f"randint({a}, {b}): there is no such integer")
    n = b - a + 1
    if n == 2**64:
        return stream().next() - 2**63
    return a + stream().below(n)


def chance(p):
    if not 0 <= p <= 1:
        raise ValueError(f"chance(): a probability is between 0 and 1, not {float(p)!r}")
    return stream().float() < p


def choice(values):
    if not values:
        raise IndexError("choice(): the list is empty")
    return values[stream().below(len(values))]


def shuffle(values):
    mixed, source = list(values), stream()
    for i in range(len(mixed) - 1, 0, -1):
        j = source.below(i + 1)
        mixed[i], mixed[j] = mixed[j], mixed[i]
    return mixed


#: draw_from draws
chosen = None  # the stream that is drawn from in place of the own one of what runs


def draw_from(name, draw):
    """A draw from the stream of that name."""
    global chosen
    own = stream()
    if name not in own.named:
        own.named[name] = named_stream(name, own.key)
    chosen = own.named[name]
    try:
        return draw()
    finally:
        chosen = None


#: weighted draws text math
def weighted(draw, weights, n):
    """An index below n with a probability in proportion to its weight."""
    if len(weights) != n:
        raise ValueError(f"{draw}(): there are {n} to choose from, but {len(weights)} weights")
    total, last = 0.0, -1
    for i, weight in enumerate(weights):
        if isinstance(weight, bool) or not isinstance(weight, (int, float)) or not 0 <= weight < math.inf:
            raise ValueError(f"{draw}(): a weight is a number, 0 or more, not {text(weight)}")
        total += weight
        if weight > 0:
            last = i
    if last < 0 or total == math.inf:
        raise ValueError(f"{draw}(): the sum of the weights must be above zero and finite, it is {total!r}")
    at, so_far = total * stream().float(), 0.0
    for i in range(last):
        so_far += weights[i]
        if at < so_far:
            return i
    return last


#: weighted_choice weighted
def weighted_choice(values, weights):
    if not values:
        raise IndexError("choice(): the list is empty")
    return values[weighted("choice", weights, len(values))]


#: hyperexponential weighted
def hyperexponential(means, weights):
    mean = means[weighted("hyperexponential", weights, len(means))]
    if isinstance(mean, bool) or not isinstance(mean, (int, float)) or not 0 < mean < math.inf:
        raise ValueError(f"hyperexponential(): a mean is a number above zero, not {text(mean)}")
    return mean * stream().exponential()


#: erlang draws
def erlang(k, scale):
    check_draw("erlang", scale, positive=[("k", k), ("scale", scale)])
    source = stream()
    if k > 64:
        return scale * source.gamma(float(k))
    total = 0.0
    for _ in range(k):
        total += source.exponential()
    return scale * total


#: beta draws
def beta(a, b, lo=0, hi=1):
    check_draw("beta", a, b, lo, hi, positive=[("a", a), ("b", b)])
    if lo > hi:
        raise ValueError(f"beta(a, b, lo, hi): lo <= hi must hold, they are {float(lo)!r} and {float(hi)!r}")
    return lo + (hi - lo) * between_gammas(float(a), float(b))


def between_gammas(a, b):
    source = stream()
    x = source.gamma(a)
    total = x + source.gamma(b)
    if total > 0:
        return x / total
    return 1.0 if source.float() < a / (a + b) else 0.0


#: pert beta
def pert(lo, hi, mode):
    check_draw("pert", lo, hi, mode)
    lo, hi, mode = float(lo), float(hi), float(mode)
    if not lo <= mode <= hi:
        raise ValueError(f"pert(lo, hi, mode): lo <= mode <= hi must hold, they are {lo!r}, {hi!r} and {mode!r}")
    if lo == hi:
        return lo
    width = hi - lo
    return lo + width * between_gammas(1 + 4 * (mode - lo) / width, 1 + 4 * (hi - mode) / width)


#: pareto draws
def pareto(shape, scale=1):
    check_draw("pareto", shape, scale, positive=[("shape", shape), ("scale", scale)])
    return scale * exp_e(stream().exponential() / shape)


#: empirical draws math
def empirical(values, cumulative=None):
    if cumulative is None:
        if not values:
            raise IndexError("empirical(): the list is empty")
        return values[stream().below(len(values))]
    check_empirical(values, cumulative)
    u = stream().float()
    for i, share in enumerate(cumulative):
        if u < share:
            if i == 0:
                return float(values[0])
            value, share, start, before = float(values[i]), float(share), float(values[i - 1]), float(cumulative[i - 1])
            return start + (value - start) * ((u - before) / (share - before))


def check_empirical(values, cumulative):
    if len(values) != len(cumulative) or not values:
        raise ValueError(f"empirical(): there are {len(values)} values, but {len(cumulative)} probabilities")
    last, reached = -math.inf, 0.0
    for value, share in zip(values, cumulative):
        for x in value, share:
            if isinstance(x, bool) or not isinstance(x, (int, float)) or abs(value) == math.inf:
                raise ValueError("empirical(): values and probabilities are finite numbers")
        if not value >= last:
            raise ValueError(f"empirical(): the values must not fall: {float(last)!r}, then {float(value)!r}")
        if not reached <= share <= 1:
            raise ValueError(f"empirical(): the probabilities go up to 1 and do not fall: {float(reached)!r}, then {float(share)!r}")
        last, reached = value, share
    if reached != 1:
        raise ValueError(f"empirical(): the last probability must be 1, it is {float(reached)!r}")


#: log_factorial log_e
LOG_FACTORIALS = (
    8.333333333333333e-02, -2.777777777777778e-03, 7.936507936507937e-04, -5.952380952380952e-04, 8.417508417508418e-04,
    -1.917526917526918e-03, 6.410256410256410e-03, -2.955065359477124e-02, 1.796443723688307e-01, -1.39243221690590e00,
)


def log_factorial(k):
    """log(k!) by Stirling's formula."""
    x, below = k + 1, 0.0
    while x < 7:
        below += log_e(x)
        x += 1
    square = 1 / (x * x)
    total = 0.0
    for a in reversed(LOG_FACTORIALS):
        total = total * square + a
    return total / x + 0.9189385332046727 + (x - 0.5) * log_e(x) - x - below


#: log_one_minus log_e
def log_one_minus(p):
    """log(1 - p), also where p is too small to be seen beside 1."""
    if p >= 0.01:
        return log_e(1 - p)
    total = 0.0
    for i in range(8, 0, -1):
        total = p * total + 1 / i
    return -(p * total)


#: poisson draws log_factorial math
def poisson(mean):
    check_draw("poisson", mean)
    if not 0 <= mean <= 1e10:
        raise ValueError(f"poisson(): mean is from 0 to 10000000000, not {float(mean)!r}")
    return poisson_count(stream(), float(mean))


def poisson_count(source, mean):
    """Up to 500 by inversion, above by Hoermann's PTRS."""
    if mean <= 500:
        u, k = source.float(), 0
        p = total = exp_e(-mean)
        while u >= total:
            k += 1
            p = p * (mean / k)
            if total + p == total and k > mean:
                break
            total += p
        return k
    root, log = math.sqrt(mean), log_e(mean)
    b = 0.931 + 2.53 * root
    a = -0.059 + 0.02483 * b
    inverse = 1.1239 + 1.1328 / (b - 3.4)
    sure = 0.9277 - 3.6224 / (b - 2)
    while True:
        u = source.float() - 0.5
        v = 1 - source.float()
        side = 0.5 - abs(u)
        if side == 0:
            continue
        k = float(math.floor((2 * a / side + b) * u + mean + 0.43))
        if side >= 0.07 and v <= sure:
            return int(k)
        if k < 0 or k >= 2.0**53 or side < 0.013 and v > side:
            continue
        if log_e(v * inverse / (a / (side * side) + b)) <= k * log - mean - log_factorial(k):
            return int(k)


#: binomial draws log_factorial log_one_minus math
def binomial(n, p):
    if not 0 <= n <= 10**10:
        raise ValueError(f"binomial(): n is from 0 to 10000000000, not {n}")
    if not 0 <= p <= 1:
        raise ValueError(f"binomial(): a probability is between 0 and 1, not {float(p)!r}")
    source, many, p = stream(), float(n), float(p)
    q = min(p, 1 - p)
    if many * q > 500:
        k = many_trials(source, many, q)
        return n - k if p > 0.5 else k
    u = source.float()
    if p <= 0.5:
        return few_successes(u, many, q)
    return n - few_successes(1 - u, many, q)


def few_successes(u, n, q):
    if q == 0:
        return 0
    p = total = exp_e(n * log_one_minus(q))
    k, odds = 0.0, q / (1 - q)
    while u >= total and k < n:
        k += 1
        p = p * (odds * ((n - k + 1) / k))
        if total + p == total and k > n * q:
            break
        total += p
    return int(k)


def many_trials(source, n, p):
    """Hoermann's BTRS."""
    q = 1 - p
    root = math.sqrt(n * p * q)
    b = 1.15 + 2.53 * root
    a = -0.0873 + 0.0248 * b + 0.01 * p
    center = n * p + 0.5
    sure = 0.92 - 4.2 / b
    alpha = (2.83 + 5.1 / b) * root
    log, mode = log_e(p / q), float(math.floor((n + 1) * p))
    top = log_factorial(mode) + log_factorial(n - mode)
    while True:
        u = source.float() - 0.5
        v = 1 - source.float()
        side = 0.5 - abs(u)
        if side == 0:
            continue
        k = float(math.floor((2 * a / side + b) * u + center))
        if k < 0 or k > n:
            continue
        if side >= 0.07 and v <= sure:
            return int(k)
        if log_e(v * alpha / (a / (side * side) + b)) <= top - log_factorial(k) - log_factorial(n - k) + (k - mode) * log:
            return int(k)


#: check_success draws
def check_success(draw, p):
    if not 1e-15 <= p <= 1:
        raise ValueError(f"{draw}(): p is a probability from 1e-15 to 1, not {float(p)!r}")


#: geometric check_success log_one_minus math
def geometric(p):
    check_success("geometric", p)
    e = stream().exponential()
    if p == 1:
        return 1
    return 1 + math.floor(e / -log_one_minus(p))


#: negative_binomial check_success poisson
def negative_binomial(r, p):
    check_draw("negative_binomial", r, positive=[("r", r)])
    check_success("negative_binomial", p)
    scale = (1 - p) / p
    if r * scale > 1e8:
        raise ValueError(f"negative_binomial(): the mean, r*(1-p)/p, must be at most 100000000, it is {float(r * scale)!r}")
    source = stream()
    return poisson_count(source, min(scale * source.gamma(float(r)), 1e10))


#: truncated draws math
def truncated(draw, lo, hi):
    least, most = -math.inf if lo is None else float(lo), math.inf if hi is None else float(hi)
    for _ in range(10000):
        x = draw()
        if least <= x <= most:
            return x
    raise ValueError(f"truncated(): none of 10000 draws is from {least!r} to {most!r}")


#: inverse draws math
MIDDLE = (
    (2.5090809287301226727e3, 3.3430575583588128105e4, 6.7265770927008700853e4, 4.5921953931549871457e4, 1.3731693765509461125e4, 1.9715909503065514427e3, 1.3314166789178437745e2, 3.3871328727963666080e0),
    (5.2264952788528545610e3, 2.8729085735721942674e4, 3.9307895800092710610e4, 2.1213794301586595867e4, 5.3941960214247511077e3, 6.8718700749205790830e2, 4.2313330701600911252e1, 1.0),
)
TAIL = (
    (7.74545014278341407640e-4, 2.27238449892691845833e-2, 2.41780725177450611770e-1, 1.27045825245236838258e0, 3.64784832476320460504e0, 5.76949722146069140550e0, 4.63033784615654529590e0, 1.42343711074968357734e0),
    (1.05075007164441684324e-9, 5.47593808499534494600e-4, 1.51986665636164571966e-2, 1.48103976427480074590e-1, 6.89767334985100004550e-1, 1.67638483018380384940e0, 2.05319162663775882187e0, 1.0),
)
FAR = (
    (2.01033439929228813265e-7, 2.71155556874348757815e-5, 1.24266094738807843860e-3, 2.65321895265761230930e-2, 2.96560571828504891230e-1, 1.78482653991729133580e0, 5.46378491116411436990e0, 6.65790464350110377720e0),
    (2.04426310338993978564e-15, 1.42151175831644588870e-7, 1.84631831751005468180e-5, 7.86869131145613259100e-4, 1.48753612908506148525e-2, 1.36929880922735805310e-1, 5.99832206555887937690e-1, 1.0),
)


def horner(coefficients, x):
    total = 0.0
    for a in coefficients:
        total = total * x + a
    return total


def normal_by_inversion(source):
    """A standard normal draw from one number: Wichura's AS 241."""
    p = ((source.next() >> 12) + 0.5) * 2.0**-52
    q = p - 0.5
    if abs(q) <= 0.425:
        r = 0.180625 - q * q
        return q * horner(MIDDLE[0], r) / horner(MIDDLE[1], r)
    r = math.sqrt(-log_e(min(p, 1 - p)))
    part, start = (FAR, 5) if r > 5 else (TAIL, 1.6)
    x = horner(part[0], r - start) / horner(part[1], r - start)
    return -x if q < 0 else x


Stream.normal = normal_by_inversion


#: told
told = set()  # tasks and futures whose errors are reported, whoever takes them


#: callback_name
def callback_name(callback):
    return getattr(callback, "__self__", callback).__name__ if callback is not None else ""


#: main over tasks callback_name show_error os sys traceback
def note_error(loop, context):
    """Notes errors of callbacks."""
    if context["message"].endswith("exception in shielded future"):  #? told
        told.add(context["future"])  #? told
    if context.get("handle") is not None:
        error = context["exception"]
        name = callback_name(context["handle"]._callback)
        if not name:  # it cancelled its own handle
            frames = [frame for frame, _ in traceback.walk_tb(error.__traceback__) if frame.f_globals is globals()]
            name = [frame.f_code.co_name for frame in frames if frame.f_code.co_name != "run"][0]
        failures.append((name, None, error, now()))


ENDING = KeyboardInterrupt, SystemExit  # what goes out of the loop


def note_ending(error):
    """Notes an error that has ended the run, unless a task's: that is noted already."""
    if not any(noted is error for _, _, noted, _ in failures):
        callers = "run", "run_main", "run_scenario", "cancel_rest", "__call__"
        frames = [frame for frame, _ in traceback.walk_tb(error.__traceback__) if frame.f_globals is globals()]
        names = [frame.f_code.co_name for frame in frames if frame.f_code.co_name not in callers]
        failures.append((names[0], None, error, now()))


def run_main(task):
    """What asyncio.run() does first; gives how main's task ended, and when."""
    outcome, at = "completed", None
    try:
        loop.run_until_complete(task)
    except Over:
        raise
    except ENDING as error:
        outcome = "failed"
        note_ending(error)
    except BaseException as error:
        if not task.done():
            outcome, at = "stopped", now()
            failures.append(("main", None, error, now()))
        else:
            outcome = "failed"
            if task.cancelled():
                failures.append((task.get_name(), task, error, ends.get(task, now())))
    return outcome, ends.get(task, now()) if at is None else at


def no_more_stops():
    """Drops what a `stop` in the last turn has left behind, and would stop the loop once more."""
    left = [h for h in loop._ready if h._callback is not asyncio.base_events._run_until_complete_cb]
    loop._ready = type(loop._ready)(left)


def cancel_rest():
    """What asyncio.run() does then: it cancels what is left and waits for it; here in order, and errors stay untaken."""
    global shutting_down
    shutting_down = True
    rest = [task for task in started if not task.done()]
    waiting, all_done = set(rest), loop.create_future()

    def done(task):
        waiting.discard(task)
        if not waiting:
            all_done.set_result(None)

    for task in rest:
        task.cancel()
        task.add_done_callback(done)
    no_more_stops()
    try:
        if rest:
            loop.run_until_complete(all_done)
            no_more_stops()
        for turn in range(2):  # those of shutdown_asyncgens() and shutdown_default_executor(), without their tasks' numbers
            cleaned = loop.create_future()
            clean = cleaned.set_result, None
            clean = (pool.close, cleaned) if turn and pool.used else clean  #? virtual_pool
            loop.call_soon(*clean)
            loop.run_until_complete(cleaned)
        pool.shutdown()  #? real_pool
    except Over:
        raise
    except ENDING as error:
        note_ending(error)
    except RuntimeError as error:  # there was a `stop` meanwhile
        failures.append(("main", None, error, now()))


def run_scenario(start, main=None, after=None):
    """Runs the scenario to its end, reports on stderr, and exits."""
    global STARTED  #? real
    STARTED = loop.time()  #? real
    asyncio.set_event_loop(loop)
    loop.set_exception_handler(note_error)
    watch(WATCHED)  #? slow
    sys.stdout.reconfigure(encoding="utf-8", newline="\n")
    outcome, at, where, main_task = "stopped", None, "before", None
    try:
        for where, step in start:
            step()
    except BaseException as error:
        failures.append((where, None, error, now()))
        finish("failed", now())
    try:
        if main is None:
            loop.run_forever()
        else:
            main_task = spawn(main, draws="main")
            outcome, at = run_main(main_task)
            cancel_rest()
    except ENDING as over:
        outcome = str(over) if isinstance(over, Over) else "failed"
        if outcome == "failed" and not isinstance(over, Over):
            note_ending(over)
        if outcome == "idle":
            done = main is None and all(task.done() or task in daemons for task in started)
            outcome = "completed" if done else "deadlock"
    at = now() if at is None else at
    if after is not None and outcome != "limit":
        try:
            after()
        except BaseException as error:
            failures.append(("after", None, error, now()))
    finish(outcome, at, main_task)


def finish(outcome, at, main_task=None):
    """Reports the errors that nobody took and how the run ended, and leaves."""
    sys.stdout.flush()
    bad = outcome in ("deadlock", "failed", "limit")
    for who, task, error, when in failures:
        left = task is None or task is main_task or task._log_traceback or isinstance(error, ENDING)
        left = left or task in told  #? told
        if left:
            bad = True
            who = f"future {names[task]}" if who is None else who  #? made
            who = "main" if task and task is main_task else f"task {task.get_name()}" if isinstance(task, Task) else who
            print(f"{show_error(error)} ({who}, at {when!r} s)", file=sys.stderr)
    for took, who, when in SLOW:  #? slow
        print(f"slow: {took!r} s ({who}, at {when!r} s)", file=sys.stderr)  #? slow
    print(f"ended: {outcome} at {at!r} s", file=sys.stderr)
    sys.stderr.flush()
    os._exit(1 if bad else 0)  # what is left over does not run its `finally`
