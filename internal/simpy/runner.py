"""Runs programs for SimPy: one JSON text a line, each answered with the list of what it logged."""
import json
import sys

import simpy
from simpy.resources import base


def looking(cancel, trigger):
    """cancel, after which those behind are looked at; SimPy leaves them until something else happens."""
    def cancelled(self, *args):
        cancel(self, *args)
        trigger(self.resource)
    return cancelled


base.Put.cancel = looking(base.Put.cancel, lambda resource: resource._trigger_put(None))
base.Get.cancel = looking(base.Get.cancel, lambda resource: resource._trigger_get(None))

def first(env, makers):
    """Waits for the first of several requests and times; the others are taken back. Of those that need no wait the first is taken."""
    events, there = [], []  # there: in the order in which they came about

    def leave(chosen=None):
        for event in events:
            if event is not chosen and isinstance(event, (base.Put, base.Get)):
                if event.triggered and isinstance(event, simpy.resources.resource.Request):
                    event.resource.release(event)
                else:
                    event.cancel()

    try:
        for make in makers:
            events.append(make())
            if isinstance(events[-1], (base.Put, base.Get)) and events[-1].triggered:
                chosen = events[-1]
                yield chosen
                break
        else:
            for event in events:
                event.callbacks.append(there.append)
            yield simpy.AnyOf(env, events)
            chosen = there[0]
    except simpy.Interrupt:
        leave()
        raise
    leave(chosen)
    return events.index(chosen), chosen


for line in sys.stdin:
    log = []
    env = simpy.Environment()
    names = {"simpy": simpy, "env": env, "first": first, "line": log.append, "log": lambda text: log.append(f"{env.now / 1e9:.9f} {text}")}
    try:
        exec(json.loads(line), names)
        env.run()
    except Exception as error:
        log.append(f"{type(error).__name__}: {error}")
    print(json.dumps(log), flush=True)
