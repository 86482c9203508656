#!/usr/bin/env bash
# Tried:    the lines of OpenTelemetry Python's new OTLP/JSON file exporter, posted as they are to a collector, and read
#           by protobuf's own JSON reader. Ordinary attributes, then one that is None, NaN or 2**63.
# Versions: opentelemetry-sdk 1.45.2, opentelemetry-exporter-otlp-json-file 0.66b1,
#           opentelemetry-exporter-otlp-proto-http 1.45.1, rotel 0.0.1a15, protobuf 7.36.2.
# Guess:    what the project's exporter writes, an OTLP receiver takes. None is the empty AnyValue (which
#           common.proto declares valid), "NaN" is how proto3's JSON mapping writes it, and an integer
#           over 64 bits is dropped or written as text, as the protobuf exporter of the same release drops it.
# Seen:     each of the three makes rotel answer 400 to the whole request; the good records in it are lost too.
#               None    "value": {}                    Invalid data for Value, no known keys found
#               NaN     "doubleValue": "NaN"           invalid type: string "NaN", expected f64
#               2**63   "intValue": "9223372036854775808"   number too large to fit in target type
#           A body of None is written as "body": {} and refused likewise. protobuf takes the first two and refuses
#           the third. The protobuf exporter leaves the attribute 2**63 out and sends the record.
# Concerns: files of OTLP/JSON lines that are sent later, and anybody who writes OTLP/JSON by hand: one value among
#           thousands of records decides over all of them, and 400 means "do not try again".
# Do:       leave a null attribute out, write NaN and numbers beyond int64 as stringValue; on 400 send the halves of
#           the batch to find the record.
set -euo pipefail
T=$(mktemp -d)
PIDS=()
trap 'for p in "${PIDS[@]}"; do kill "$p" 2>/dev/null || true; done; wait; rm -rf "$T"' EXIT
norun() { echo "NOT RUN: $*" >&2; exit 2; }

cd "$T"
python3 -m pip -q --disable-pip-version-check install --no-compile --target p \
    opentelemetry-sdk==1.45.2 opentelemetry-exporter-otlp-json-file==0.66b1 \
    opentelemetry-exporter-otlp-proto-http==1.45.1 protobuf==7.36.2 rotel==0.0.1a15 \
    2> pip.err || norun "pip install: $(tail -n 1 pip.err)"
PORT=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
GRPC=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
AGENT=$(find p -name rotel-agent -type f | head -n 1)
chmod +x "$AGENT"
"$AGENT" start --otlp-http-endpoint "127.0.0.1:$PORT" --otlp-grpc-endpoint "127.0.0.1:$GRPC" \
    --exporter blackhole > agent.out 2>&1 & PIDS+=($!)
PORT=$PORT PYTHONPATH=p python3 -W ignore - <<'P'
import io, json, logging, os, sys, time, urllib.error, urllib.request
from google.protobuf import json_format
from opentelemetry.exporter.otlp.json.file._log_exporter import FileLogExporter
from opentelemetry.exporter.otlp.proto.common._log_encoder import encode_logs
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.sdk._logs import LoggerProvider
from opentelemetry.sdk._logs.export import InMemoryLogRecordExporter, SimpleLogRecordProcessor
logging.disable(logging.CRITICAL)

def post(line):
    req = urllib.request.Request(f"http://127.0.0.1:{os.environ['PORT']}/v1/logs", line.encode(),
                                 {"content-type": "application/json"})
    for _ in range(60):
        try:
            return urllib.request.urlopen(req, timeout=10).status
        except urllib.error.HTTPError as e:
            return e.code
        except urllib.error.URLError:
            time.sleep(0.25)
    print("NOT RUN: the agent does not answer", file=sys.stderr)
    sys.exit(2)

def lines(body, value):
    out, memory, provider = io.StringIO(), InMemoryLogRecordExporter(), LoggerProvider()
    provider.add_log_record_processor(SimpleLogRecordProcessor(FileLogExporter(stream=out)))
    provider.add_log_record_processor(SimpleLogRecordProcessor(memory))
    provider.get_logger("shop").emit(body=body, attributes={"n": 1, "v": value})
    wire = encode_logs(memory.get_finished_logs()).resource_logs[0].scope_logs[0].log_records[0]
    return out.getvalue(), [a.key for a in wire.attributes]

def protobuf(line):
    try:
        json_format.Parse(line, ExportLogsServiceRequest())
        return "takes"
    except json_format.ParseError:
        return "refuses"

want = {
    "plain": ("hi", 7, '{"intValue":"7"}', 200, "takes", ["n", "v"]),
    "None": ("hi", None, "{}", 400, "takes", ["n", "v"]),
    "NaN": ("hi", float("nan"), '{"doubleValue":"NaN"}', 400, "takes", ["n", "v"]),
    "2**63": ("hi", 2**63, '{"intValue":"9223372036854775808"}', 400, "refuses", ["n"]),
    "no body": (None, 7, '{"intValue":"7"}', 400, "takes", ["n", "v"]),
}
bad = 0
for name, (body, value, text, *expected) in want.items():
    line, kept = lines(body, value)
    record = json.loads(line)["resourceLogs"][0]["scopeLogs"][0]["logRecords"][0]
    wrote = json.dumps(record["attributes"][1]["value"], separators=(",", ":"))
    got = [post(line), protobuf(line), kept]
    print(f"{name:8} {wrote:36} rotel {got[0]}, protobuf {got[1]} it, the protobuf exporter sends {kept}")
    if got != expected or wrote != text or (body is None and record["body"] != {}):
        print(f"CHANGED: {name} was {text}, {expected}", file=sys.stderr)
        bad = 1
sys.exit(bad)
P
echo "as described"
