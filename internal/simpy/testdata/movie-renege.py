env = simpy.Environment()
movies = ["Python Unchained", "Kill Process", "Pulp Implementation"]
counter = simpy.Resource(env, capacity=1)
available = [50, 50, 50]
sold_out = [env.event() for _ in movies]
when_sold_out = [None, None, None]
num_renegers = [0, 0, 0]


def moviegoer(movie, num_tickets):
    with counter.request() as my_turn:
        result = yield my_turn | sold_out[movie]
        if my_turn not in result:
            num_renegers[movie] += 1
            return
        if available[movie] < num_tickets:
            yield env.timeout(0.5)
            return
        available[movie] -= num_tickets
        if available[movie] < 2:
            sold_out[movie].succeed()
            when_sold_out[movie] = env.now
            available[movie] = 0
        yield env.timeout(1)


def customer_arrivals():
    while True:
        yield env.timeout(0.25 + int(env.now * 1024) * 37 % 509 / 1024)
        movie, num_tickets = int(env.now * 1024) % 3, 1 + int(env.now * 1024) % 6
        if available[movie]:
            env.process(moviegoer(movie, num_tickets))


line("Movie renege")
env.process(customer_arrivals())
env.run(until=120)
for i, movie in enumerate(movies):
    if when_sold_out[i] is not None:
        line('Movie "%s" sold out %.1f minutes after ticket counter opening.' % (movie, when_sold_out[i]))
        line("  Number of people leaving queue when film sold out: %s" % num_renegers[i])
