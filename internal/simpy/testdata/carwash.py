env = simpy.Environment()
machine = simpy.Resource(env, 2)
gaps = [5, 8, 6, 9, 7]


def wash(name):
    yield env.timeout(5)
    line("Carwash removed %d%% of %s's dirt." % (50 + int(env.now) * 7 % 50, name))


def car(name):
    line("%s arrives at the carwash at %.2f." % (name, env.now))
    with machine.request() as request:
        yield request
        line("%s enters the carwash at %.2f." % (name, env.now))
        yield env.process(wash(name))
        line("%s leaves the carwash at %.2f." % (name, env.now))


def setup():
    for i in range(4):
        env.process(car("Car %d" % i))
    while True:
        yield env.timeout(gaps[i - 3])
        i += 1
        env.process(car("Car %d" % i))


line("Carwash")
env.process(setup())
env.run(until=20)
