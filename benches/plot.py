"""Draws throughput and latency of all loggers as an SVG, by hand: two panels, one row a logger.

usage: plot.py RESULTS.jsonl OUT.svg"""
import math
import sys
from html import escape
from pathlib import Path

from figures import OURS, PEERS, Runs, load

ROW, TOP, LEFT, PANEL, GAP, MARGIN = 26, 92, 170, 330, 60, 32
THROUGHPUT = {"mode": "throughput", "shape": "text", "threads": 4}
LATENCY = {"mode": "latency", "shape": "text", "threads": 1}
STYLE = """
  .paper { fill: #ffffff } .ink { fill: #1f2328 } .soft { fill: #59636e } .spread { stroke: #1f2328 } .line { stroke: #d1d9e0 }
  .ours { fill: #0969da } .theirs { fill: #8c959f } .floor { fill: #bf8700 }
  .ours-line { stroke: #0969da } .theirs-line { stroke: #8c959f } .floor-line { stroke: #bf8700 }
  text { font: 13px system-ui, sans-serif } .title { font-weight: 600; font-size: 14px } .small { font-size: 11px }
  @media (prefers-color-scheme: dark) {
    .paper { fill: #0d1117 } .ink { fill: #e6edf3 } .soft { fill: #9198a1 } .spread { stroke: #e6edf3 } .line { stroke: #3d444d }
    .ours { fill: #4493f8 } .theirs { fill: #8b949e } .floor { fill: #d29922 }
    .ours-line { stroke: #4493f8 } .theirs-line { stroke: #8b949e } .floor-line { stroke: #d29922 }
  }
"""


def main(results, out):
    Path(out).write_text(draw(Runs(load(results))))


def draw(runs):
    speed = {name: runs.spread("records_per_s", logger=name, **THROUGHPUT) for name in [OURS] + PEERS}
    names = sorted((name for name in speed if speed[name]), key=lambda name: -speed[name].median)
    if not names:
        sys.exit("no throughput in the results")
    width, height = LEFT + PANEL + GAP + PANEL + MARGIN, TOP + ROW * (len(names) + 1) + 44
    parts = [f'<rect class="paper" width="{width}" height="{height}" rx="6"/>',
             label(MARGIN, 30, "asynclogger and other loggers for Rust", "ink title")]
    parts += throughput(speed, names)
    parts += latency(runs, names)
    parts.append(label(MARGIN, height - 14, "Medians of the rounds; on the bars also the smallest and the largest. Amber: "
                       "null, which formats and writes nothing.", "soft small"))
    body = "\n".join(parts)
    text = "asynclogger and other loggers: records a second, and the time of a call"
    return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" '
            f'height="{height}" role="img" aria-label="{text}">\n<style>{STYLE}</style>\n{body}\n</svg>\n')


def throughput(speed, names):
    most = max(speed[name].largest for name in names)
    x = lambda value: LEFT + PANEL * 0.86 * value / most
    yield label(LEFT, 58, "Million records a second", "ink")
    yield label(LEFT, 76, "text, 4 threads, to the last byte; longer is better", "soft small")
    for row, name in enumerate(names):
        y, kind, found = TOP + ROW * row, kind_of(name), speed[name]
        yield label(LEFT - 10, y + 17, name, "ink", "end")
        yield f'<rect class="{kind}" x="{LEFT}" y="{y + 5}" width="{x(found.median) - LEFT:.1f}" height="16" rx="2"/>'
        yield segment(x(found.smallest), x(found.largest), y + 13, "spread", 1.5)
        yield label(x(found.largest) + 6, y + 17, f"{found.median / 1e6:.2f}", "soft small")


def latency(runs, names):
    names = names + ["null"]
    of = lambda name, field: runs.spread(field, logger=name, **LATENCY)
    names = [(row, name) for row, name in enumerate(names) if of(name, "p50_ns")]
    if not names:
        return
    left = LEFT + PANEL + GAP
    values = [of(name, field).median for _, name in names for field in ("p50_ns", "p999_ns")]
    low, high = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))
    x = lambda value: left + PANEL * 0.92 * (math.log10(value) - low) / (high - low)
    bottom = TOP + ROW * (names[-1][0] + 1)
    yield label(left, 58, "Time of a call", "ink")
    yield label(left, 76, "1 thread; dot p50, end p99.9; further left is better", "soft small")
    for power in range(low, high + 1):
        at = x(10 ** power)
        yield f'<line class="line" x1="{at:.1f}" x2="{at:.1f}" y1="{TOP}" y2="{bottom}"/>'
        yield label(at, bottom + 14, duration(10 ** power), "soft small", "middle")
    for row, name in names:
        y, kind = TOP + ROW * row + 13, kind_of(name)
        half, worst = x(of(name, "p50_ns").median), x(of(name, "p999_ns").median)
        if name == "null":
            yield label(left - 8, y + 4, "null", "soft small", "end")
        yield segment(half, worst, y, f"{kind}-line", 4)
        yield f'<circle class="{kind}" cx="{half:.1f}" cy="{y}" r="5.5"/>'


def kind_of(name):
    return {OURS: "ours", "null": "floor"}.get(name, "theirs")


def duration(ns):
    return next(f"{ns // unit} {sign}" for unit, sign in ((1_000_000, "ms"), (1_000, "µs"), (1, "ns")) if ns >= unit)


def label(x, y, text, kind, anchor="start"):
    return f'<text class="{kind}" x="{x:.1f}" y="{y}" text-anchor="{anchor}">{escape(text)}</text>'


def segment(x1, x2, y, kind, width):
    return f'<line class="{kind}" x1="{x1:.1f}" x2="{x2:.1f}" y1="{y}" y2="{y}" stroke-width="{width}" stroke-linecap="round"/>'


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(*sys.argv[1:])
