"""Which contenders meet on which stage, how many at once and how often."""

import dataclasses

CONTENDERS = {
    "bare": "bare connect (the floor)",
    "rollback": "transaction, rolled back",
    "clone": "clone per test, as pgtestdb",
    "file-copy": "clone per test, FILE_COPY",
    "pool-table": "pool table, SKIP LOCKED",
    "nexenv": "nexenv",
    "bare-engines": "bare connects (the floor)",
    "engines": "nexenv",
}
MODES = {"processes": "a fresh process per lease", "tasks": "one process, a task each", "workers": "processes of many leases each"}


@dataclasses.dataclass(frozen=True)
class Cell:
    stage: str
    contender: str
    mode: str
    at_once: int

    def key(self):
        return f"{self.stage} {self.contender} {self.mode} {self.at_once}"


def of_stage(stage, chosen):
    """The cells of a stage; where the figures don't hang on it, not every number at once is tried."""
    if stage == "engines":
        return [Cell(stage, name, "processes", at_once) for name in ("bare-engines", "engines") for at_once in (1, 8)]
    if stage != "main":
        return [Cell(stage, name, "processes", at_once) for name in ("bare", "clone", "file-copy", "nexenv") for at_once in (1, 8)]
    names = ["bare", "rollback", "clone", "file-copy", "pool-table", "nexenv"]
    cells = [Cell(stage, name, "processes", at_once) for name in names for at_once in chosen.at_once]
    # Tasks and many leases in a process are what is read beside it: fewer of them.
    cells += [Cell(stage, name, "tasks", at_once) for name in names for at_once in chosen.at_once if at_once not in (2, 4)]
    return cells + [Cell(stage, name, "workers", 8) for name in ("bare", "clone", "nexenv")]


def size(cell, chosen):
    """How many leases a block has, and after how many seconds no more begin."""
    if cell.mode == "workers":
        # So many that the start of the processes isn't what is measured.
        return 2 * chosen.leases // chosen.blocks, 60
    if cell.stage == "main":
        return chosen.leases // chosen.blocks, 60
    if cell.stage == "engines":
        return max(8, chosen.leases // chosen.blocks // 2), 2 * chosen.seconds
    # A clone of 1,500 tables, or on a slow disk, takes a second: there are fewer of them then, and the table says how many.
    return max(8, chosen.leases // chosen.blocks // 5), chosen.seconds
