//! Runs `asynclogger::fuzzing::json` on the inputs of the fuzzer.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| asynclogger::fuzzing::json(data));
