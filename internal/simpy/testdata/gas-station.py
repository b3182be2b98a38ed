env = simpy.Environment()


def car(name):
    level = 5 + int(env.now) % 21
    line("%6.1f s: %s arrived at gas station" % (env.now, name))
    with pumps.request() as req:
        yield req
        needed = 50 - level
        yield fuel.get(needed)
        yield env.timeout(needed)
        line("%6.1f s: %s refueled with %.1fL" % (env.now, name, needed))


def control():
    while True:
        if 100 * fuel.level < 25 * fuel.capacity:
            line("%6.1f s: Calling tank truck" % env.now)
            yield env.process(tank_truck())
        yield env.timeout(10)


def tank_truck():
    yield env.timeout(300)
    amount = fuel.capacity - fuel.level
    line("%6.1f s: Tank truck arriving and refuelling station with %.1fL" % (env.now, amount))
    yield fuel.put(amount)


def cars():
    i = 0
    while True:
        yield env.timeout(33.25 + int(env.now) * 7 % 97)
        env.process(car("Car %d" % i))
        i += 1


line("Gas Station refuelling")
pumps = simpy.Resource(env, 2)
fuel = simpy.Container(env, 120, init=120)
env.process(control())
env.process(cars())
env.run(until=2000)
