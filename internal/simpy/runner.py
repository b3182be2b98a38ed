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

for line in sys.stdin:
    log = []
    env = simpy.Environment()
    names = {"simpy": simpy, "env": env, "log": lambda text: log.append(f"{env.now / 1e9:.9f} {text}")}
    try:
        exec(json.loads(line), names)
        env.run()
    except Exception as error:
        log.append(f"{type(error).__name__}: {error}")
    print(json.dumps(log), flush=True)
