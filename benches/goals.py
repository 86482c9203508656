"""The goals and whether the results reach them: one row a goal."""
from figures import ASYNC, OURS, PEERS, SYNC, Spread

TEXT_1 = {"mode": "throughput", "shape": "text", "threads": 1}
TEXT_4 = {"mode": "throughput", "shape": "text", "threads": 4}
KV_4 = {"mode": "throughput", "shape": "kv", "threads": 4}
MB = 1e6


class Goal:
    """A measure, its goal, its result, and whether the result reaches the goal."""

    def __init__(self, measure, wanted, found, at_least=None, at_most=None, digits=2, note=""):
        self.measure, self.wanted, self.note = measure, wanted, note
        self.shown = found.show(digits) if found else "not measured"
        self.reached = found is not None and (at_least is None or found.median >= at_least) \
            and (at_most is None or found.median <= at_most)
        self.judged = found is not None and not (at_least is None and at_most is None)
        # Whether larger values are better, as for a throughput, or smaller ones, as for a time.
        self.more_is_better = at_least is not None
        self.median = found.median if found else None

    def row(self):
        verdict = ("yes" if self.reached else "no") if self.judged else "-"
        return f"| {self.measure} | {self.wanted} | {self.shown}{self.note} | {verdict} |"


def goals(runs, sheets, syscalls):
    yield from throughput(runs)
    yield from calls(runs)
    yield from costs(runs, sheets, syscalls)
    yield from growth(sheets)
    yield from open_loop(runs)


def throughput(runs):
    for case, name, of_async, of_sync in ((TEXT_4, "4 threads", 4.0, 3.5), (TEXT_1, "1 thread", 2.5, 2.0)):
        for kind, peers, least in (("asynchronous", ASYNC, of_async), ("synchronous", SYNC, of_sync)):
            best = runs.best(peers, "records_per_s", max, **case)
            yield Goal(f"throughput, {name}, `text`, compared with the best {kind} peer", f"at least {least} x",
                       ours_to(runs, OURS, best, case), at_least=least, note=named(best))
    best = runs.best([name for name in PEERS if runs.writes_values(name)], "records_per_s", max, **KV_4)
    for ours, format_name in ((OURS, "text"), ("asynclogger_json", "JSON")):
        yield Goal(f"throughput, 4 threads, `kv` in {format_name}, compared with the best peer that writes the values",
                   "at least 3.0 x", ours_to(runs, ours, best, KV_4), at_least=3.0, note=named(best))


def ours_to(runs, ours, peer, case):
    if peer is None:
        return None
    return runs.ratio("records_per_s", {**case, "logger": ours}, {**case, "logger": peer})


def named(peer):
    return f", {peer}" if peer else ""


def calls(runs):
    for threads in (1, 2):
        of = lambda shape, logger: {"mode": "latency", "shape": shape, "threads": threads, "logger": logger}
        when = f"{threads} thread" + ("s" if threads > 1 else "")
        yield Goal(f"p50 of a call, {when}, `text`, compared with `null`", "at most 1.45 x",
                   runs.ratio("p50_ns", of("text", OURS), of("text", "null")), at_most=1.45)
        yield Goal(f"p50 of a call, {when}, `short`, above `null`", "at most 60 ns",
                   runs.ratio("p50_ns", of("short", OURS), of("short", "null"), lambda ours, null: ours - null),
                   at_most=60, digits=0)
        yield Goal(f"p50 of a call, {when}, `kv`, compared with `null`'s `text`", "at most 0.80 x",
                   runs.ratio("p50_ns", of("kv", OURS), of("text", "null")), at_most=0.8)
        yield Goal(f"p99.9 of a call, {when}, `text`, compared with `null`", "at most 1.5 x",
                   runs.ratio("p999_ns", of("text", OURS), of("text", "null")), at_most=1.5)
        best = runs.best(PEERS, "p999_ns", min, mode="latency", shape="text", threads=threads)
        yield Goal(f"p99.9 of a call, {when}, `text`, compared with the best peer", "at most 0.33 x",
                   runs.ratio("p999_ns", of("text", OURS), of("text", best)), at_most=1 / 3, note=named(best))


def costs(runs, sheets, syscalls):
    yield Goal("CPU per record, both sides, 4 threads, `text`, compared with `null`", "at most 2.5 x",
               runs.ratio("cpu_ns_per_record", {**TEXT_4, "logger": OURS}, {**TEXT_4, "logger": "null"}), at_most=2.5)
    for kind, most in (("level", 2), ("target", 12)):
        yield Goal(f"a record that is off by {kind}, above an empty `log::Log`", f"at most {most} ns",
                   sheets.spread("callsite", f"off by {kind} - empty, 1 thread", "p50 ns"), at_most=most)
    if syscalls:
        yield Goal("system calls per record at 1,000,000 records/s", "under 0.01",
                   Spread([syscalls["calls"] / syscalls["records"]]), at_most=0.01, digits=4)
        yield Goal("wake-ups a second of the idle process", "0", Spread([syscalls["wakeups_per_s"]]), at_most=0)
    for runs_of, few, wanted, most in (("all runs above", True, "under 10 MB", 10), ("64 threads", False, "", None)):
        peaks = [row["peak_kib"] * 1024 / MB for row in runs.rows
                 if row["logger"].startswith(OURS) and (row["threads"] <= 4) == few]
        yield Goal(f"memory of the whole process, MB, the largest of {runs_of}", wanted,
                   Spread([max(peaks)]) if peaks else None, at_most=most, digits=1)


def growth(sheets):
    of = lambda case, measure: sheets.spread("throughput", case, measure)
    yield Goal("throughput with 64 threads, compared with 4", "at least 0.85 x",
               of("text, 64 threads / text, 4 threads", "records/s ratio"), at_least=0.85)
    for bytes_ in (64, 1024):
        yield Goal(f"CPU per byte, messages of 16 KiB compared with {bytes_} B", "at most 1.1 x (flat or falling)",
                   of(f"16384 B / {bytes_} B", "CPU/byte ratio"), at_most=1.1)
    yield Goal("throughput with a rotation each MiB, compared with none", "at least 0.95 x",
               of("text, 4 threads, rotated each MiB / text, 4 threads", "records/s ratio"), at_least=0.95)


def open_loop(runs):
    half = {"mode": "open", "shape": "text", "threads": 1, "share": 50}
    best = runs.best(PEERS, "p999_ns", min, **half)
    yield Goal("open loop at 50 % of each logger's maximum, p99.9, compared with the best peer", "at most 0.1 x",
               runs.ratio("p999_ns", {**half, "logger": OURS}, {**half, "logger": best}) if best else None,
               at_most=0.1, note=named(best))
