env = simpy.Environment()


class Machine:
    def __init__(self, i, repairman):
        self.i, self.parts, self.broken = i, 0, False
        self.process = env.process(self.working(repairman))
        env.process(self.break_machine())

    def working(self, repairman):
        while True:
            done_in = 8 + (self.parts * 7919 + self.i * 4007) % 4093 / 1024
            while done_in:
                start = env.now
                try:
                    yield env.timeout(done_in)
                    done_in = 0
                except simpy.Interrupt:
                    self.broken = True
                    done_in -= env.now - start
                    with repairman.request(priority=1) as req:
                        yield req
                        yield env.timeout(30)
                    self.broken = False
            self.parts += 1

    def break_machine(self):
        while True:
            yield env.timeout(100 + (int(env.now * 1024) * 13 + self.i * 10007) % 204803 / 1024)
            if not self.broken:
                self.process.interrupt()


def other_jobs(repairman):
    while True:
        done_in = 30
        while done_in:
            with repairman.request(priority=2) as req:
                yield req
                start = env.now
                try:
                    yield env.timeout(done_in)
                    done_in = 0
                except simpy.Interrupt:
                    done_in -= env.now - start


repairman = simpy.PreemptiveResource(env, capacity=1)
machines = [Machine(i, repairman) for i in range(10)]
env.process(other_jobs(repairman))
env.run(until=7 * 24 * 60)
line("Machine shop results after 10080 minutes")
for machine in machines:
    line("Machine %d made %d parts." % (machine.i, machine.parts))
