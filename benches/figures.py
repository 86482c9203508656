"""Figures of several rounds, read from result files: one JSON object a line."""
import json
import statistics
from pathlib import Path

RESULTS = Path(__file__).resolve().parent / "results"
OURS = "asynclogger"
ASYNC = ["fast_log_async", "spdlog_async", "flexi_async", "tracing_nonblocking", "slog_async", "ftlog_async",
         "logforth_async"]
SYNC = ["fern_sync", "flexi_buffered", "log4rs_sync", "env_logger_sync"]
PEERS = ASYNC + SYNC


def load(path):
    """The rows of a file; none if it does not exist."""
    path = Path(path)
    return [json.loads(line) for line in path.read_text().splitlines() if line] if path.exists() else []


class Spread:
    """The median of rounds, with the smallest and the largest."""

    def __init__(self, values):
        self.values = sorted(values)
        self.median = statistics.median(self.values)
        self.smallest, self.largest = self.values[0], self.values[-1]

    def show(self, digits=2):
        one = lambda value: f"{value:,.{digits}f}"
        return f"{one(self.median)} ({one(self.smallest)} to {one(self.largest)})"


class Runs:
    """The results of the runs of all loggers."""

    def __init__(self, rows):
        self.rows = rows

    def by_round(self, field, **case):
        """The figure of each round of one logger and case."""
        fits = (row for row in self.rows if all(row.get(key) == wanted for key, wanted in case.items()))
        return {row["round"]: row[field] for row in fits}

    def spread(self, field, **case):
        found = self.by_round(field, **case)
        return Spread(found.values()) if found else None

    def ratio(self, field, left, right, of=lambda left, right: left / right if right else float("inf")):
        """The results of `of` for two cases, round by round."""
        lefts, rights = self.by_round(field, **left), self.by_round(field, **right)
        both = [of(lefts[n], rights[n]) for n in lefts if n in rights]
        return Spread(both) if both else None

    def best(self, names, field, pick, **case):
        """The name whose median is best, `pick` being `max` or `min`."""
        medians = {name: self.spread(field, logger=name, **case) for name in names}
        medians = {name: found.median for name, found in medians.items() if found}
        return pick(medians, key=medians.get) if medians else None

    def writes_values(self, name):
        return any(row["has_values"] for row in self.rows if row["logger"] == name and row["shape"] == "kv")


class Sheets:
    """The results of the benchmarks within one process: bench, case, measure."""

    def __init__(self, rows):
        self.rows = rows

    def spread(self, bench, case, measure):
        wanted = {"bench": bench, "case": case, "measure": measure}
        found = [row["values"] for row in self.rows if wanted.items() <= row.items()]
        return Spread(found[-1]) if found else None

    def cases(self, bench):
        """Each case of a bench with its measures, in the order of the file."""
        cases = {}
        for row in self.rows:
            if row["bench"] == bench:
                cases.setdefault(row["case"], {})[row["measure"]] = Spread(row["values"])
        return cases
