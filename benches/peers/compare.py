"""Runs every logger in turn, in several rounds, each in a separate process, and writes the results of each run."""
import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from figures import ASYNC, OURS, PEERS, load  # noqa: E402

ALL = ["null", OURS] + PEERS
BOTH = ["null", OURS]
# The runs: the name of the set, the mode, shape and threads, and the loggers.
PLAN = [
    ("throughput", "throughput", "text", 1, ALL),
    ("throughput", "throughput", "text", 4, ALL),
    ("throughput", "throughput", "kv", 4, ALL),
    ("throughput", "throughput", "kv", 4, ["asynclogger_json"]),
    ("throughput", "throughput", "text", 64, [OURS]),
    ("throughput", "throughput", "16384", 4, [OURS]),
    ("latency", "latency", "text", 1, ALL),
    ("latency", "latency", "text", 2, ALL),
    ("latency", "latency", "short", 1, BOTH),
    ("latency", "latency", "short", 2, BOTH),
    ("latency", "latency", "kv", 1, BOTH),
    ("latency", "latency", "kv", 2, BOTH),
    ("open", "open", "text", 1, ALL),
    ("idle", "idle", "text", 1, [OURS] + ASYNC),
]
SHARES = [10, 50, 90]
# Records of all threads together; a tenth of them if they are long.
RECORDS = {"throughput": 800_000, "latency": 15_000, "open": 500_000, "idle": 1_000}


def main():
    args = arguments()
    out, rows = Path(args.out), []
    out.unlink(missing_ok=True)
    # Idle runs do not vary from round to round: one is enough.
    for number in range(args.rounds):
        for plan_set, mode, shape, threads, names in PLAN:
            if plan_set not in args.sets.split(",") or (mode == "idle" and number > 0):
                continue
            for name in names:
                if not args.only or name in args.only.split(","):
                    for extra in extras(mode, name, rows, number):
                        row = run(args, mode, shape, threads, name, extra)
                        if row:
                            rows.append({**row, "round": number})
                            with out.open("a") as file:
                                file.write(json.dumps(rows[-1]) + "\n")
        print(f"round {number + 1} of {args.rounds}: {time.monotonic() - START:.0f} s", file=sys.stderr)
    if not load(out):
        sys.exit("no run gave a result")


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("programs", help="the folder with the built programs")
    parser.add_argument("--out", required=True, help="file that takes the results")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--sets", default="throughput,latency,open,idle")
    parser.add_argument("--only", default="", help="names of loggers, with commas between")
    parser.add_argument("--scale", type=float, default=1.0, help="of the number of records")
    memory = "/dev/shm"
    parser.add_argument("--dir", default=memory if os.path.isdir(memory) else tempfile.gettempdir(),
                        help="where the log files go; in memory where possible")
    return parser.parse_args()


def extras(mode, name, rows, number):
    """The further arguments of each run: of an open loop, three rates."""
    if mode != "open":
        return [{}]
    most = [row["records_per_s"] for row in rows
            if (row["mode"], row["shape"], row["threads"], row["round"]) == ("throughput", "text", 1, number)
            # `null` has no maximum that is of interest, since it writes nothing; it runs at our rates.
            and row["logger"] == (OURS if name == "null" else name)]
    return [{"share": share, "rate": most[-1] * share / 100} for share in SHARES] if most else []


def run(args, mode, shape, threads, name, extra):
    """One run; None if the program is missing or failed."""
    program = Path(args.programs) / name.removesuffix("_json")
    records = RECORDS[mode] * args.scale * extra.get("share", 100) / 100 / (10 if shape.isdigit() else 1)
    # Otherwise so short that the kernel's CPU accounting is too coarse.
    records *= 5 if (name, mode) == ("null", "throughput") else 1
    # A latency run paces each thread, so its duration does not depend on the number of threads.
    each = max(40, int(records if mode == "latency" else records / threads))
    with tempfile.TemporaryDirectory(dir=args.dir, prefix="peers-") as folder:
        command = [program, "--mode", mode, "--shape", shape, "--threads", threads, "--messages", each,
                   "--dir", os.path.join(folder, "logs")]
        command += ["--json"] if name.endswith("_json") else []
        command += ["--rate", extra["rate"]] if extra else []
        if mode == "idle":
            command += ["--seconds", 3 if args.scale >= 1 else 1]
        try:
            done = subprocess.run(list(map(str, command)), capture_output=True, text=True, timeout=300)
        except (OSError, subprocess.TimeoutExpired) as error:
            print(f"{name}: {error}", file=sys.stderr)
            return None
    if done.returncode:
        print(f"{name}: status {done.returncode}: {done.stderr[-300:]}", file=sys.stderr)
        return None
    row = json.loads(done.stdout.splitlines()[-1])
    return {**row, "logger": name, "mode": mode, "shape": shape, "threads": threads, **extra}


START = time.monotonic()
if __name__ == "__main__":
    main()
