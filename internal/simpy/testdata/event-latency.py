env = simpy.Environment()
cable = simpy.Store(env)


def latency(value):
    yield env.timeout(10)
    cable.put(value)


def sender():
    while True:
        yield env.timeout(5)
        env.process(latency("Sender sent this at %d" % env.now))


def receiver():
    while True:
        message = yield cable.get()
        line("Received this at %d while %s" % (env.now, message))


line("Event Latency")
env.process(sender())
env.process(receiver())
env.run(until=60)
