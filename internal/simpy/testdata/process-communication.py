env = simpy.Environment()
pipes = [simpy.Store(env), simpy.Store(env)]


def generator(name):
    while True:
        yield env.timeout(6 + int(env.now) % 5)
        for store in pipes:
            store.put((env.now, "%s says hello at %d" % (name, env.now)))


def consumer(name, store):
    while True:
        sent, text = yield store.get()
        late = "LATE Getting Message: " if sent < env.now else ""
        line("%sat time %d: %s received message: %s." % (late, env.now, name, text))
        yield env.timeout(4 + int(env.now) * 3 % 7)


line("Process communication")
env.process(generator("Generator A"))
env.process(consumer("Consumer A", pipes[0]))
env.process(consumer("Consumer B", pipes[1]))
env.run(until=50)
