"""From raw samples to a table, and from the table to a verdict."""

import figures

# Rows of the table: what, whose time, the rival's time that it is divided into.
ROWS = {
    "postgres": [
        ("CSV, psql `\\copy`", "psql", None), ("CSV", "file", "psql"), ("generated", "made", "psql"),
        ("CSV into a table with a key", "first", None), ("the same again, all rows compared", "again", "first"),
    ],
    "mongo": [
        ("JSONL, PyMongo `insert_many`", "pymongo", None), ("JSONL, the same with orjson", "pymongo-orjson", None),
        ("JSONL, mongoimport", "mongoimport", None), ("JSONL, mongoimport, 2 workers", "mongoimport-2", None),
        ("JSONL", "docs", "pymongo"), ("JSONL", "docs", "pymongo-orjson"), ("JSONL", "docs", "mongoimport"), ("JSONL", "docs", "mongoimport-2"),
    ],
    "redis": [
        ("hashes, `redis-cli --pipe`", "pipe-hashes", None), ("hashes from JSONL", "hashes", "pipe-hashes"),
        ("texts, `redis-cli --pipe`", "pipe-strings", None), ("texts from CSV", "strings", "pipe-strings"),
    ],
}

# At least so many times the rival's speed.
GOALS = {("file", "psql"): 1.0, ("made", "psql"): 1.0, ("again", "first"): 1.0, ("docs", "pymongo"): 1.5, ("docs", "mongoimport"): 1.0,
         ("docs", "mongoimport-2"): 1.0, ("hashes", "pipe-hashes"): 1.0, ("strings", "pipe-strings"): 0.95}
UNCHANGED, MEMORY = 0.3, 150 << 20


def show(samples, chosen):
    """Prints the figures, and returns whether the goals are met."""
    counted = [sample for sample in samples if sample["round"] > 0]
    times = {}
    for sample in counted:
        times.setdefault(sample["trial"], []).append(sample["seconds"])
    verdicts = []
    print(f"| {chosen.rows:,} rows, s: median (quartiles) | time | speed against | ratio [95 %] |\n|---|--:|---|--:|")
    for engine in chosen.into:
        for title, trial, rival in ROWS[engine]:
            if trial not in times or (rival and rival not in times):
                continue
            part = figures.spread(times[trial])
            ratio = ""
            if rival:
                ratios = [theirs / ours for ours, theirs in zip(times[trial], times[rival])]
                low, high = figures.interval(ratios)
                median = figures.quantile(ratios, 0.5)
                ratio = f"**{median:.2f}** [{low:.2f}, {high:.2f}]"
                # The lower end of the interval has to hold: a lucky median isn't enough.
                if (trial, rival) in GOALS:
                    goal = GOALS[trial, rival]
                    verdicts.append((f"{engine}: {title} ≥ {goal:g} × {rival}", f"{median:.2f}, at least {low:.2f}", low >= goal))
            who = "nexenv: " if rival or trial == "first" else ""
            print(f"| {engine}: {who}{title} | {part['median']:.2f} ({part['q1']:.2f}–{part['q3']:.2f}) | {rival or ''} | {ratio} |")
    unchanged = figures.spread(times["unchanged"])
    print(f"\nNothing to do, all sets: {unchanged['median'] * 1e3:.0f} ms ({unchanged['q1'] * 1e3:.0f}–{unchanged['q3'] * 1e3:.0f}, at most {unchanged['worst'] * 1e3:.0f}).")
    verdicts.append(("nothing to do < 300 ms", f"{unchanged['worst'] * 1e3:.0f} ms", unchanged["worst"] < UNCHANGED))
    dead = [sample["dead"] for sample in counted if "dead" in sample]
    if dead:
        verdicts.append(("rows written or left dead by a comparison", str(max(dead)), max(dead) == 0))
    ours = {"file", "made", "first", "again", "docs", "hashes", "strings", "large", "unchanged"}
    memory = {}
    for sample in counted:
        if sample["trial"] in ours:
            memory[sample["trial"]] = max(memory.get(sample["trial"], 0), sample["memory_bytes"])
    print("Peak memory of nexenv, MiB: " + ", ".join(f"{trial} {size >> 20}" for trial, size in memory.items()) + ".")
    verdicts.append(("peak memory < 150 MiB", f"{max(memory.values()) >> 20} MiB", max(memory.values()) < MEMORY))
    large = {sample["trial"]: sample for sample in counted if sample["trial"].startswith("large")}
    if large:
        sample = large["large"]
        print(f"A CSV file of {sample['bytes'] / 1e9:.1f} GB, {sample['rows']:,} rows: {sample['seconds']:.0f} s, psql {large['large-psql']['seconds']:.0f} s.")
    print(f"{sum(not sample.get('is_quiet', True) for sample in counted)} of {len(counted)} trials began on a machine that wasn't quiet.\n")
    for title, found, is_met in verdicts:
        print(f"{'met   ' if is_met else 'MISSED'}  {title}: {found}")
    return all(is_met for _, _, is_met in verdicts)
