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


def of_stage(stage, quick):
    """The cells of a stage; where the figures don't hang on it, not every number at once is tried."""
    if stage == "engines":
        return [Cell(stage, name, "processes", at_once) for name in ("bare-engines", "engines") for at_once in (1, 8)]
    if stage != "main":
        names = ["bare", "clone", "file-copy", "nexenv"]
        if stage != "dirtied":
            # It can't say how to undo that.
            names.append("pool-table")
        return [Cell(stage, name, "processes", at_once) for name in names for at_once in (1, 8)]
    names = ["bare", "rollback", "clone", "file-copy", "pool-table", "nexenv"]
    many = (1, 8) if quick else (1, 2, 4, 8, 16)
    cells = [Cell(stage, name, mode, at_once) for name in names for mode in ("processes", "tasks") for at_once in many]
    return cells + [Cell(stage, name, "workers", 8) for name in names]


def size(cell, chosen):
    """How many leases a block has, and after how many seconds no more begin."""
    if cell.stage == "main":
        return chosen.leases // chosen.blocks, 60
    # A clone of 1,500 tables, or on a slow disk, takes a second: there are fewer of them then, and the table says how many.
    return max(8, chosen.leases // chosen.blocks // 4), chosen.seconds
