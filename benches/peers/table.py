"""Prints tables of a result file: medians with their spread, and the ratio to asynclogger within a round."""
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from figures import OURS, Runs, load  # noqa: E402


def tables(runs):
    """The tables in Markdown, each with its title."""
    cases = []
    for row in runs.rows:
        case = {key: row[key] for key in ("mode", "shape", "threads", "share") if key in row}
        if case not in cases and row["mode"] != "idle":
            cases.append(case)
    for case in cases:
        names = dict.fromkeys(row["logger"] for row in runs.rows if case.items() <= row.items())
        if len(names) > 1:
            yield title(case), list(table(runs, case, names))
    idle = [row for row in runs.rows if row["mode"] == "idle"]
    if idle:
        lines = [f"| {row['logger']} | {row['wakeups_per_s']:.1f} |" for row in idle]
        yield "idle, from the first second without records on", ["| logger | wake-ups a second |", "| --- | --: |", *lines]


def title(case):
    share = f", at {case['share']} % of its maximum" if "share" in case else ""
    threads = f"{case['threads']} thread" + ("s" if case["threads"] > 1 else "")
    return f"{case['mode']}, {case['shape']}, {threads}{share}"


def table(runs, case, names):
    if case["mode"] == "throughput":
        yield "| logger | records/s | ours / theirs | CPU ns a record | memory MB | lost |"
        yield "| --- | --: | --: | --: | --: | --: |"
    else:
        yield "| logger | p50 ns | p99 ns | p99.9 ns | theirs / ours: p50 | p99.9 |"
        yield "| --- | --: | --: | --: | --: | --: |"
    for name in names:
        this, ours = {**case, "logger": name}, {**case, "logger": OURS}
        of = lambda field, digits=0: runs.spread(field, **this).show(digits)
        ratio = lambda field, left, right: (found := runs.ratio(field, left, right)) and found.show(2) or "-"
        shown = name if case["shape"] != "kv" or runs.writes_values(name) or name == "null" else f"{name} (no values)"
        if case["mode"] == "throughput":
            lost = "-" if name == "null" else f"{max(runs.by_round('lost', **this).values()):,}"
            memory = runs.spread("peak_kib", **this).largest * 1024 / 1e6
            yield (f"| {shown} | {of('records_per_s')} | {ratio('records_per_s', ours, this)} "
                   f"| {of('cpu_ns_per_record')} | {memory:.1f} | {lost} |")
        else:
            yield (f"| {shown} | {of('p50_ns')} | {of('p99_ns')} | {of('p999_ns')} "
                   f"| {ratio('p50_ns', this, ours)} | {ratio('p999_ns', this, ours)} |")


if __name__ == "__main__":
    for heading, lines in tables(Runs(load(sys.argv[1]))):
        print(f"\n{heading}\n")
        print("\n".join(lines))
