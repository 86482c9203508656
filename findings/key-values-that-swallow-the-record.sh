#!/usr/bin/env bash
# Tried:    an "info" record with one key-value whose name the format uses itself, in loggers that write JSON.
# Versions: npm bunyan 2.0.5, npm winston 3.19.0, npm pino 10.4.0, PyPI ecs-logging 2.3.0, PyPI structlog 26.1.0.
# Guess:    the logger's own field stands, the caller's is renamed, nested or wins; the line is written in any case.
# Seen:     two of them write nothing, one glues texts together, one writes two keys of one name:
#               bunyan       {level: "gold"}          no line, no error (the record's level is compared as a number)
#               ecs-logging  extra={"log": "x"}       no line; logging reports a TypeError on standard error
#               ecs-logging  extra={"log.level": ..}  and extra={"@timestamp": ..}: no line either
#               winston      {message: "x"}           "message":"hello x"
#               pino         {level: "gold"}          {"level":30,"level":"gold",...}
#               structlog    level="gold"             the caller's value is gone (add_log_level)
# Concerns: who logs an object as it comes (a game's level, a customer's level, a request body). A line that is missing
#           is found by nobody, and in bunyan the errors go first: log.error({level: "gold"}) is lost too.
# Do:       put objects of others under one key of your own ({req: body}), or refuse the names of the format in a lint.
set -euo pipefail
T=$(mktemp -d)
trap 'rm -rf "$T"' EXIT
changed() { echo "CHANGED: $*" >&2; exit 1; }
norun() { echo "NOT RUN: $*" >&2; exit 2; }

cd "$T"
python3 -m pip -q --disable-pip-version-check install --no-compile --target p ecs-logging==2.3.0 structlog==26.1.0 \
    2> pip.err || norun "pip install: $(tail -n 1 pip.err)"
timeout 100 npm --silent --prefix "$T" install --no-optional bunyan@2.0.5 winston@3.19.0 pino@10.4.0 >/dev/null 2>&1 ||
    norun "npm install failed"
cat > log.js <<'J'
const { Writable } = require("stream");
const lines = [];
const sink = () => new Writable({ write(chunk, _, done) { lines.push(chunk.toString().trim()); done(); } });
const show = (who, key) => console.log(who, key, lines.length ? lines.join(" ") : "no line") || lines.splice(0);
const bunyan = require("bunyan").createLogger({ name: "shop", streams: [{ stream: sink() }] });
bunyan.info({ rank: "gold" }, "hello");
if (lines.length) lines.splice(0, lines.length, "a line");
show("bunyan", "rank");
bunyan.info({ level: "gold" }, "hello"); show("bunyan", "level");
bunyan.error({ level: "gold" }, "hello"); show("bunyan", "level at error");
const { createLogger, format, transports } = require("winston");
const winston = createLogger({ format: format.json(), transports: [new transports.Stream({ stream: sink() })] });
winston.info("hello", { message: "x" });
show("winston", "message");
require("pino")({ base: null, timestamp: false }, sink()).info({ level: "gold" }, "hello"); show("pino", "level");
J
cat > log.py <<'P'
import io, json, logging, sys
import ecs_logging, structlog

def ecs(**extra):
    out, errors = io.StringIO(), io.StringIO()
    handler = logging.StreamHandler(out)
    handler.setFormatter(ecs_logging.StdlibFormatter())
    log = logging.getLogger(repr(extra))
    log.addHandler(handler)
    log.setLevel(logging.INFO)
    sys.stderr, before = errors, sys.stderr
    log.info("hello", extra=extra)
    sys.stderr = before
    error = errors.getvalue().strip().split("\n")
    kinds = [e.split(":")[0] for e in error if e.startswith(("TypeError", "AttributeError", "ValueError"))]
    print("ecs-logging", *extra, "a line" if out.getvalue() else "no line", *kinds)

ecs(rank="gold"); ecs(log="x"); ecs(**{"log.level": "x"}); ecs(**{"@timestamp": "x"})
out = io.StringIO()
structlog.wrap_logger(structlog.PrintLogger(out), processors=[
    structlog.processors.add_log_level, structlog.processors.JSONRenderer(sort_keys=True)]).info("hello", level="gold")
print("structlog level", out.getvalue().strip())
P
{ node log.js; PYTHONPATH=p python3 log.py; } > got
cat > want <<'W'
bunyan rank a line
bunyan level no line
bunyan level at error no line
winston message {"level":"info","message":"hello x"}
pino level {"level":30,"level":"gold","msg":"hello"}
ecs-logging rank a line
ecs-logging log no line TypeError
ecs-logging log.level no line TypeError
ecs-logging @timestamp no line TypeError
structlog level {"event": "hello", "level": "info"}
W
cat got
diff want got >&2 || changed "see the difference above"
echo "as described"
