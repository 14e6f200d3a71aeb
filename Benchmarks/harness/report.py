"""From samples to tables, and from tables to a verdict."""

import random
import statistics

import cells
import figures

# Milliseconds, times, and cycles per second; docs/benchmarks.md has what each means.
GOALS = {"get p50": 6, "get p99": 15, "above the floor": 1, "against a clone": {1: 7, 8: 10}, "cycles": 200, "engines p50": 15, "engines p99": 40}
ROUNDS = 1000


class Samples:
    """The blocks of one cell that count, times in milliseconds."""

    def __init__(self, blocks):
        self.blocks = blocks
        self.parts = {name: [[value / 1000 for value in block[name]] for block in blocks] for name in ("start", "get", "use", "back")}

    def all(self, part):
        return [value for block in self.parts[part] for value in block]

    def quantile(self, part, share):
        return figures.quantile(self.all(part), share)

    @property
    def leases(self):
        return sum(block["leases"] for block in self.blocks)

    @property
    def rate(self):
        """Whole lives per second, start and end of processes included."""
        return statistics.median(block["leases"] / block["wall"] * 1e6 for block in self.blocks)

    def rate_interval(self):
        return figures.interval([block["leases"] / block["wall"] * 1e6 for block in self.blocks], ROUNDS)

    def processor(self, who):
        """Milliseconds of a processor's time for each life."""
        values = [block[f"{who}_seconds"] / block["leases"] * 1000 for block in self.blocks if block[f"{who}_seconds"] is not None]
        return statistics.median(values) if values else None

    def redraw(self, part, share, chance):
        """The same figure of other samples that might have been: blocks are drawn, and leases within them."""
        values = [value for block in chance.choices(self.parts[part], k=len(self.parts[part])) for value in chance.choices(block, k=len(block))]
        return figures.quantile(values, share)


def compared(one, other, combine, part="get", share=0.5):
    """Returns how two cells compare, and the bootstrap's 95 % interval; the same samples always give the same."""
    chance = random.Random(1)
    drawn = [combine(one.redraw(part, share, chance), other.redraw(part, share, chance)) for _ in range(ROUNDS)]
    value = combine(one.quantile(part, share), other.quantile(part, share))
    return value, figures.quantile(drawn, 0.025), figures.quantile(drawn, 0.975)


def interval(samples, part, share):
    chance = random.Random(1)
    drawn = [samples.redraw(part, share, chance) for _ in range(ROUNDS)]
    return figures.quantile(drawn, 0.025), figures.quantile(drawn, 0.975)


def number(value):
    return f"{value:.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def times(theirs, ours):
    return theirs / ours


def both(one, other):
    """A ratio with its interval, as text."""
    value, low, high = compared(one, other, times)
    return f"**{value:.1f}** [{low:.1f}, {high:.1f}]"


def gather(lines):
    blocks = {}
    for line in lines:
        if line.get("round", 0) > 0:
            blocks.setdefault((line["stage"], line["contender"], line["mode"], line["at_once"]), []).append(line)
    return {key: Samples(value) for key, value in blocks.items()}


def show(lines, titles):
    """Prints all tables, and returns whether the goals are met."""
    found = gather(lines)
    print(facts(lines))
    for mode in ("processes", "tasks"):
        show_mode(found, mode)
    show_workers(found)
    show_parts(found)
    show_others(found, titles)
    show_engines(found)
    blocks = [line for line in lines if line.get("round", 0) > 0]
    print(f"\n{sum(not block['is_quiet'] for block in blocks)} of {len(blocks)} blocks began on a machine that wasn't quiet; "
          f"{sum(block['leases'] for block in blocks):,} leases, each found its own rows and nobody else's.\n")
    rows = verdicts(found)
    for title, outcome, holds in rows:
        print(f"{'met   ' if holds else 'MISSED'}  {title}: {outcome}")
    return all(holds for _, _, holds in rows)


def facts(lines):
    machine = next(line["machine"] for line in lines if "machine" in line)
    text = f"{machine['processor']}, {machine['cores']} processors, {machine['memory_mib'] >> 10} GB, {machine['system']}; {machine['nexenv']} ({machine['commit']})"
    for line in lines:
        if "stage_facts" in line:
            server = {key.split(".", 1)[1]: value for key, value in line.items() if key.startswith("server.")}
            size = int(server.pop("template_bytes")) / 1e6
            text += f"\n{line['stage_facts']}: {size:.0f} MB; " + ", ".join(f"{key} {value}" for key, value in server.items())
    return text


def show_mode(found, mode):
    """The main template: how long until the first row, how many lives per second, and how that compares."""
    many = sorted({key[3] for key in found if key[0] == "main" and key[2] == mode})
    if not many:
        return
    names = [name for name in cells.CONTENDERS if ("main", name, mode, many[0]) in found]
    head = "".join(f" {at_once} |" for at_once in many)
    line = "|---|" + "--:|" * len(many)
    print(f"\n| first row, ms: p50 / p99; {cells.MODES[mode]}; at once: |{head}\n{line}")
    for name in names:
        part = [found["main", name, mode, at_once] for at_once in many]
        print(f"| {cells.CONTENDERS[name]} | " + " | ".join(f"{number(one.quantile('get', 0.5))} / {number(one.quantile('get', 0.99))}" for one in part) + " |")
    print(f"\n| whole lives per second; {cells.MODES[mode]}; at once: |{head}\n{line}")
    for name in names:
        print(f"| {cells.CONTENDERS[name]} | " + " | ".join(number(found["main", name, mode, at_once].rate) for at_once in many) + " |")
    print(f"\n| how many times nexenv's time to the first row, p50 [95 %]; at once: |{head}\n{line}")
    for name in names:
        if name != "nexenv":
            row = (both(found["main", name, mode, at_once], found["main", "nexenv", mode, at_once]) for at_once in many)
            print(f"| {cells.CONTENDERS[name]} | " + " | ".join(row) + " |")


def show_workers(found):
    names = [name for name in cells.CONTENDERS if ("main", name, "workers", 8) in found]
    if not names:
        return
    print("\n| 8 processes of many leases each | first row, ms: p50 / p99 | whole lives per second |\n|---|--:|--:|")
    for name in names:
        one = found["main", name, "workers", 8]
        low, high = one.rate_interval()
        print(f"| {cells.CONTENDERS[name]} | {number(one.quantile('get', 0.5))} / {number(one.quantile('get', 0.99))} | {one.rate:.0f} [{low:.0f}, {high:.0f}] |")


def show_parts(found):
    """What a life consists of, one at a time."""
    names = [name for name in cells.CONTENDERS if ("main", name, "processes", 1) in found]
    if not names:
        return
    print("\n| a fresh process, one at a time, ms: p50 | process starts | first row | writes, looks | gives back: p50 / p99 | processor: test | server |")
    print("|---|--:|--:|--:|--:|--:|--:|")
    for name in names:
        one = found["main", name, "processes", 1]
        middle = {part: number(one.quantile(part, 0.5)) for part in one.parts}
        server = one.processor("server")
        print(f"| {cells.CONTENDERS[name]} | {middle['start']} | {middle['get']} | {middle['use']} | {middle['back']} / {number(one.quantile('back', 0.99))} | "
              f"{number(one.processor('client'))} | {'' if server is None else number(server)} |")


def show_others(found, titles):
    names = [name for name in titles if name not in ("main", "engines") and any(key[0] == name for key in found)]
    if not names:
        return
    print("\n| a fresh process per lease | | first row, ms: p50 / p99 | gives back, p50 | lives per second | against a clone [95 %] | leases |")
    print("|---|---|--:|--:|--:|--:|--:|")
    for stage in names:
        for contender in cells.CONTENDERS:
            one, eight = (found.get((stage, contender, "processes", at_once)) for at_once in (1, 8))
            if not one or not eight:
                continue
            ratio = ""
            if contender == "nexenv":
                ratio = " / ".join(both(found[stage, "clone", "processes", at_once], mine) for at_once, mine in ((1, one), (8, eight)))
            pairs = [(number(x.quantile("get", 0.5)), number(x.quantile("get", 0.99)), number(x.quantile("back", 0.5)), number(x.rate)) for x in (one, eight)]
            print(f"| {titles[stage]}; 1 / 8 at once | {cells.CONTENDERS[contender]} | {pairs[0][0]} / {pairs[0][1]}; {pairs[1][0]} / {pairs[1][1]} | "
                  f"{pairs[0][2]}; {pairs[1][2]} | {pairs[0][3]}; {pairs[1][3]} | {ratio} | {one.leases}; {eight.leases} |")


def show_engines(found):
    names = [key for key in found if key[0] == "engines"]
    if not names:
        return
    print("\n| several engines, a fresh process per lease | at once | all have answered, ms: p50 / p99 | gives back: p50 / p99 | lives per second |\n|---|--:|--:|--:|--:|")
    for key in sorted(names, key=lambda key: (key[3], key[1])):
        one = found[key]
        print(f"| {cells.CONTENDERS[key[1]]} | {key[3]} | {number(one.quantile('get', 0.5))} / {number(one.quantile('get', 0.99))} | "
              f"{number(one.quantile('back', 0.5))} / {number(one.quantile('back', 0.99))} | {number(one.rate)} |")


def verdicts(found):
    """What was demanded, what came out and whether the whole interval holds."""
    rows = []

    def at_most(title, samples, part, share, limit):
        low, high = interval(samples, part, share)
        rows.append((f"{title} ≤ {limit} ms", f"{number(samples.quantile(part, share))} [{number(low)}, {number(high)}]", high <= limit))

    ours, floor = found.get(("main", "nexenv", "processes", 1)), found.get(("main", "bare", "processes", 1))
    if ours and floor:
        at_most("a fresh process, to the first row, p50", ours, "get", 0.5, GOALS["get p50"])
        at_most("a fresh process, to the first row, p99", ours, "get", 0.99, GOALS["get p99"])
        value, low, high = compared(ours, floor, lambda mine, bare: mine - bare)
        rows.append((f"above a bare connect, p50 ≤ {GOALS['above the floor']} ms", f"{value:.2f} [{low:.2f}, {high:.2f}]", high <= GOALS["above the floor"]))
    # The goals come from processes that go through many lives; a fresh one adds its own first log-in to both sides.
    for at_once, mode in ((1, "tasks"), (8, "workers"), (1, "processes"), (8, "processes")):
        mine, theirs = (found.get(("main", name, mode, at_once)) for name in ("nexenv", "clone"))
        if mine and theirs:
            least = GOALS["against a clone"][at_once]
            value, low, high = compared(theirs, mine, times)
            rows.append((f"against a clone per test, {at_once} at once, {cells.MODES[mode]}, p50 ≥ {least} ×", f"{value:.1f} [{low:.1f}, {high:.1f}]", low >= least))
    for mode in ("workers", "processes"):
        cell, floor = (found.get(("main", name, mode, 8)) for name in ("nexenv", "bare"))
        if cell and floor:
            low, high = cell.rate_interval()
            rows.append((f"whole lives per second, 8 at once, {cells.MODES[mode]} ≥ {GOALS['cycles']}",
                         f"{cell.rate:.0f} [{low:.0f}, {high:.0f}], where bare connects reach {floor.rate:.0f}", low >= GOALS["cycles"]))
    if cell := found.get(("engines", "engines", "processes", 1)):
        at_most("several engines, p50", cell, "get", 0.5, GOALS["engines p50"])
        at_most("several engines, p99", cell, "get", 0.99, GOALS["engines p99"])
    return rows
