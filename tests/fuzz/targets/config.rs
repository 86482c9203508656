//! Runs `asynclogger::fuzzing::config` on the inputs of the fuzzer.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| asynclogger::fuzzing::config(data));
