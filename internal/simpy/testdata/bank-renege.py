env = simpy.Environment()
counter = simpy.Resource(env, capacity=1)
gaps = [7.125, 2.25, 9.5, 3.375, 0.625]


def customer(name):
    arrive = env.now
    line("%7.4f %s: Here I am" % (arrive, name))
    with counter.request() as req:
        results = yield req | env.timeout(1 + int(env.now * 8) % 16 / 8)
        wait = env.now - arrive
        if req in results:
            line("%7.4f %s: Waited %6.3f" % (env.now, name, wait))
            yield env.timeout(2 + int(env.now * 8) * 5 % 64 / 8)
            line("%7.4f %s: Finished" % (env.now, name))
        else:
            line("%7.4f %s: RENEGED after %6.3f" % (env.now, name, wait))


def source():
    for i in range(5):
        env.process(customer("Customer%02d" % i))
        yield env.timeout(gaps[i])


line("Bank renege")
env.process(source())
env.run()
