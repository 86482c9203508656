"""Puts the figures of the result files between the markers of the READMEs.

usage: report.py [--check | --try FOLDER]
  --check: compares them with the result files, and writes nothing
  --try: reads the result files of another folder, and writes nothing"""
import re
import sys
from pathlib import Path

from figures import OURS, RESULTS, Runs, Sheets, load
from goals import TEXT_4, goals
from peers.table import tables

HERE = Path(__file__).resolve().parent
BENCHES = {"callsite": "Call site", "throughput": "Throughput and growth", "stages": "Stages",
           "openloop": "Open loop, asynclogger and null"}
CRATES = ["fast_log", "spdlog-rs", "flexi_logger", "tracing-appender", "tracing-subscriber", "slog-async", "ftlog", "logforth",
          "fern", "log4rs", "env_logger"]


def main(mode="", folder=RESULTS):
    folder = Path(folder)
    runs, sheets = Runs(load(folder / "peers.jsonl")), Sheets(load(folder / "benches.jsonl"))
    syscalls, machine = first(folder / "syscalls.json"), first(folder / "machine.json")
    if not runs.rows:
        sys.exit(f"no results in {folder}: benches/run makes them")
    parts = {
        "machine": machine_lines(machine),
        "goals": ["| measure | goal | measured: median (smallest to largest) | reached |", "| --- | --- | --- | --- |"]
        + [goal.row() for goal in goals(runs, sheets, syscalls)],
        "peers": [line for title, lines in tables(runs) for line in [f"### {title}", "", *lines, ""]][:-1],
        "benches": bench_lines(sheets, syscalls)[:-1],
        "summary": summary(runs, machine),
    }
    pages = [HERE / "README.md", HERE.parent / "README.md"]
    stale = [str(path) for path in pages if not fill(path, parts, writes=not mode)]
    if stale and mode == "--check":
        sys.exit(f"not what the result files give: {', '.join(stale)}")


def first(path):
    rows = load(path)
    return rows[0] if rows else {}


def fill(path, parts, writes):
    """Replaces the text between the markers; returns whether it was the same before."""
    text = before = path.read_text()
    for name, lines in parts.items():
        begin, end = f"<!-- figures: {name} -->\n", "<!-- end of figures -->"
        if begin in text:
            head, rest = text.split(begin, 1)
            text = head + begin + "\n".join(["", *lines, ""]) + "\n" + end + rest.split(end, 1)[1]
    if writes:
        path.write_text(text)
    return text == before


def machine_lines(machine):
    return [f"Measured on {machine.get('date', '?')}: {machine.get('cpu', '?')}, {machine.get('cores', '?')} cores, "
            f"{machine.get('system', '?')}, {machine.get('rustc', '?')}; {machine.get('rounds', '?')} rounds, the load of "
            f"the machine before and after them {machine.get('load', '?')}.", "", f"Peers: {', '.join(versions())}."]


def versions():
    """The peers with their locked versions."""
    lock = (HERE / "peers" / "Cargo.lock").read_text()
    for crate in CRATES:
        found = re.search(rf'name = "{crate}"\nversion = "([^"]+)"', lock)
        yield f"{crate} {found[1] if found else '?'}"


def bench_lines(sheets, syscalls):
    lines = []
    for bench, title in BENCHES.items():
        cases = sheets.cases(bench)
        if not cases:
            continue
        lines += [f"### {title}", "", "| case | figures |", "| --- | --- |"]
        for case, measures in cases.items():
            shown = "; ".join(f"{measure} {spread.show(digits(spread.median))}" for measure, spread in measures.items())
            lines.append(f"| {case} | {shown} |")
        lines.append("")
    if syscalls:
        names = ", ".join(f"{name} {count}" for name, count in list(syscalls["by_name"].items())[:8])
        lines += ["### System calls", "", f"{syscalls['calls']} for {syscalls['records']:,} records at "
                  f"{syscalls['rate']:,.0f} a second, those of the start and the end of the process "
                  f"included: {names}.", ""]
    return lines


def digits(value):
    return 0 if abs(value) >= 100 else 1 if abs(value) >= 10 else 2


def summary(runs, machine):
    """The lines of the crate's own README: ratios to the best peer of each measure, and which side won."""
    every = [goal for goal in goals(runs, Sheets([]), {}) if goal.judged and "peer" in goal.measure]
    speed = runs.spread("records_per_s", logger=OURS, **TEXT_4)
    return ["![Throughput and time of a call, compared with other loggers](benches/plot.svg)", "",
            f"{speed.median / 1e6:.1f} million records a second from 4 threads on {machine.get('cores', '?')} cores "
            f"({machine.get('cpu', '?')}). Ratios within the same run, asynclogger divided by the best peer; median (smallest to largest):",
            "", "| measure | ratio, best peer | better is | result |", "| --- | --- | --- | --- |", *map(ratio_row, every)]


def ratio_row(goal):
    """A row: one ratio to the best peer, the direction that is better, and which side won."""
    is_won = goal.median >= 1 if goal.more_is_better else goal.median <= 1
    return (f"| {goal.measure.replace(', compared with the best', ', best').replace(',,', ',')} | {goal.shown} x{goal.note} "
            f"| {'above 1' if goal.more_is_better else 'below 1'} | {'ahead' if is_won else '**behind**'} |")


if __name__ == "__main__":
    main(*sys.argv[1:])
