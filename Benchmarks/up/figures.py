"""From raw samples to figures, and from figures to a verdict."""

import random
import statistics

# Ratios are nexenv's time over Docker Compose's in the same pair; the other goals are in seconds and bytes.
GOALS = {
    "cold": {"must": 0.70, "aim": 0.60},
    "warm": {"must": 0.60, "aim": 0.40},
    "no-op": {"must": 0.15, "aim": 0.10},
    "down": {"must": 0.80},
    "version": {"must": 0.015},
    "lag": {"must": 0.100},
    "memory": {"must": 60 << 20},
}
SCENARIOS = {"cold": "up, no data yet", "warm": "up, data there", "no-op": "up, all runs already", "down": "down, data kept",
             "first-down": "down, seconds after the databases were made"}


def quantile(values, share):
    """Interpolates between the two nearest of the sorted values."""
    ordered = sorted(values)
    place = share * (len(ordered) - 1)
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)


def spread(values):
    return {"median": statistics.median(values), "q1": quantile(values, 0.25), "q3": quantile(values, 0.75),
            "p95": quantile(values, 0.95), "worst": max(values), "count": len(values)}


def interval(values, rounds=10_000):
    """Returns the bootstrap's 95 % interval of the median; the same values always give the same interval."""
    chance = random.Random(1)
    medians = [statistics.median(chance.choices(values, k=len(values))) for _ in range(rounds)]
    return quantile(medians, 0.025), quantile(medians, 0.975)


def paired(samples, scenario, phase, ours, theirs):
    """Compares two stacks within each pair; the first pair warms the machine up and doesn't count."""
    times = {}
    for sample in samples:
        if sample["scenario"] == scenario and sample["phase"] == phase and sample["pair"] > 0:
            times.setdefault(sample["pair"], {})[sample["stack"]] = sample["seconds"]
    pairs = [pair for pair in times.values() if ours in pair and theirs in pair]
    if not pairs:
        return None
    ratios = [pair[ours] / pair[theirs] for pair in pairs]
    return {"ours": spread([pair[ours] for pair in pairs]), "theirs": spread([pair[theirs] for pair in pairs]),
            "ratio": spread(ratios), "interval": interval(ratios)}


def lag(samples, stack, phase="lag"):
    """Returns how late a stack's tool returned, and how often too early."""
    seen = [sample["referee"] for sample in samples
            if sample["stack"] == stack and sample["phase"] == phase and "referee" in sample and sample["pair"] > 0]
    if not seen:
        return None
    return {**spread([one["lag_seconds"] for one in seen]), "false_ready": sum(one["is_false_ready"] for one in seen),
            "referee_cpu": statistics.median(one["cpu_seconds"] / (one["truth_seconds"] + one["lag_seconds"]) for one in seen)}


def summary(samples, ours, theirs, second_rival):
    """Returns all figures of a run."""
    def seconds(scenario):
        return [sample["seconds"] for sample in samples if sample["scenario"] == scenario]
    memory = [sample["memory_bytes"] for sample in samples if "memory_bytes" in sample]
    broken = [sample for sample in samples if sample.get("broken_after_return")]
    return {
        "speed": {scenario: paired(samples, scenario, "speed", ours, theirs) for scenario in SCENARIOS},
        "control": {scenario: paired(samples, scenario, "control", second_rival, theirs) for scenario in SCENARIOS},
        "lag": {stack: lag(samples, stack) for stack in (ours, theirs)},
        "returns_at_once": lag(samples, "nxbench-stub", "control-lag"),
        "returns_late": lag(samples, "nxbench-late", "control-lag"),
        "version": spread(seconds("version")) if seconds("version") else None,
        "true": spread(seconds("true")) if seconds("true") else None,
        "memory": spread(memory) if memory else None,
        "broken_after_return": {stack: sum(sample["stack"] == stack for sample in broken) for stack in (ours, theirs)},
        "not_quiet": sum(not sample.get("is_quiet", True) for sample in samples),
        "trials": sum("is_quiet" in sample for sample in samples),
    }


def verdicts(figures, ours):
    """Returns what was demanded, what came out and whether it holds, one row each; `None` where it wasn't measured."""
    rows = []
    for scenario, title in SCENARIOS.items():
        if scenario not in GOALS:
            continue
        goal, result = GOALS[scenario], figures["speed"][scenario]
        # The upper end of the interval has to hold: a lucky median isn't enough.
        rows.append((f"{title}: ratio ≤ {goal['must']:.2f}", result and f"{result['ratio']['median']:.2f}, at most {result['interval'][1]:.2f}",
                     result and result["interval"][1] <= goal["must"]))
    late = figures["lag"][ours]
    rows.append(("returns at most 100 ms after the truth (p95)", late and f"{late['p95'] * 1e3:.0f} ms", late and late["p95"] <= GOALS["lag"]["must"]))
    early = late and late["false_ready"] + figures["broken_after_return"][ours]
    rows.append(("never returns before it", late and f"{early} times", late and early == 0))
    version = figures["version"]
    rows.append(("nexenv --version ≤ 15 ms", version and f"{version['median'] * 1e3:.1f} ms", version and version["median"] <= GOALS["version"]["must"]))
    memory = figures["memory"]
    rows.append(("peak memory < 60 MB", memory and f"{memory['worst'] / (1 << 20):.0f} MiB", memory and memory["worst"] < GOALS["memory"]["must"]))
    for scenario, result in figures["control"].items():
        if scenario in ("cold", "no-op"):
            rows.append((f"control: compose against itself, {scenario}, ratio 0.95 to 1.05",
                         result and f"{result['ratio']['median']:.3f}", result and 0.95 <= result["ratio"]["median"] <= 1.05))
    stub = figures["returns_at_once"]
    rows.append(("control: an `up` that doesn't wait is caught", stub and f"{stub['false_ready']} of {stub['count']}",
                 stub and stub["false_ready"] == stub["count"]))
    dawdler = figures["returns_late"]
    rows.append(("control: 500 ms of delay are seen as lag", dawdler and f"{dawdler['median'] * 1e3:.0f} ms",
                 dawdler and 0.5 <= dawdler["median"] <= 0.5 + GOALS["lag"]["must"]))
    return rows


def table(figures, ours, theirs, rival="compose"):
    """Returns the figures as text that is also Markdown."""
    def milliseconds(part):
        return f"{part['median'] * 1e3:.0f} ({part['q1'] * 1e3:.0f}–{part['q3'] * 1e3:.0f})"
    lines = [f"| ms: median (quartiles) | nexenv | {rival} | ratio [95 %] | quartiles | pairs |", "|---|--:|--:|--:|--:|--:|"]
    for group, of, names in (("speed", "", SCENARIOS), ("control", "compose against itself: ", {"cold": "cold", "no-op": "no-op", "down": "down"})):
        for scenario, title in names.items():
            result = figures[group][scenario]
            if result:
                ratio = result["ratio"]
                lines.append(f"| {of}{title if group == 'speed' else SCENARIOS[scenario]} | {milliseconds(result['ours'])} | {milliseconds(result['theirs'])} | "
                             f"**{ratio['median']:.2f}** [{result['interval'][0]:.2f}, {result['interval'][1]:.2f}] | "
                             f"{ratio['q1']:.2f}–{ratio['q3']:.2f} | {ratio['count']} |")
    late, late_rival = figures["lag"][ours], figures["lag"][theirs]
    if late and late_rival:
        lines += ["", "| ready said after it was true, ms | median | p95 | worst | too early | trials |", "|---|--:|--:|--:|--:|--:|"]
        for name, one in (("nexenv", late), ("compose", late_rival)):
            lines.append(f"| {name} | {one['median'] * 1e3:.0f} | {one['p95'] * 1e3:.0f} | {one['worst'] * 1e3:.0f} | {one['false_ready']} | {one['count']} |")
    lines.append("")
    if figures["version"]:
        version, floor = figures["version"], figures["true"]
        lines.append(f"`nexenv --version` {version['median'] * 1e3:.1f} ms (p95 {version['p95'] * 1e3:.1f}), `/bin/true` {floor['median'] * 1e3:.1f} ms, {version['count']} runs each.")
    if figures["memory"]:
        lines.append(f"Peak memory of nexenv during the first `up`: {figures['memory']['worst'] / (1 << 20):.1f} MiB.")
    lines.append(f"{figures['not_quiet']} of {figures['trials']} trials began on a machine that wasn't quiet.")
    return "\n".join(lines)
