//! A table of the faults at the console and in the caller that the logger must survive, each with the tests that cause
//! it. It shows where a fault is tested and where a new test belongs. The test below checks that each of them exists.

use std::fs;
use std::path::Path;

/// A line is a fault. The lines after it, with two blanks in front, are its tests: a file and the name of a test in it,
/// or text of a script.
const MATRIX: &str = r#"
## the console
its reader is gone (EPIPE), with SIGPIPE at its default
  tests/outputs/consoles.rs: a_closed_pipe_ends_the_console_and_nothing_else
a pipe that nobody reads
  tests/outputs/consoles.rs: an_unread_pipe_delays_neither_the_file_nor_the_end
a terminal that is stopped
  tests/outputs/consoles.rs: ctrl_s_delays_only_the_console_and_ctrl_q_brings_all_lines
a descriptor that is closed, and its number used again
  tests/outputs/consoles.rs: a_file_that_got_the_number_of_a_closed_stream_gets_no_line
  tests/outputs/consoles.rs: a_stream_that_is_closed_when_the_logger_starts_is_an_ended_console
a full standard error while an output fails
  tests/outputs/consoles.rs: a_full_standard_error_gets_no_notice_and_delays_no_record
  tests/outputs/consoles.rs: a_notice_after_standard_error_was_closed_goes_where_it_went_before
colour where none is read, and payloads next to it
  tests/lines/styles.rs: a_terminal_gets_color_and_a_pipe_does_not
  tests/lines/injection/sweeps.rs: a_terminal_with_colour_on_obeys_our_own_styles_and_nothing_else
## the program's own code
a panic in a Display, a source of key-values, a value, a Serialize, the cause of an error
  tests/calls/reentry.rs: after_a_display_or_a_source_that_panics_the_thread_logs_on_as_before
  tests/calls/caller_faults.rs: the_causes_of_an_error_that_panic_are_marked_and_the_rest_stays
  tests/calls/caller_faults.rs: a_serialize_that_panics_is_marked_and_the_rest_stays
  tests/calls/caller_faults.rs: a_panic_payload_may_panic_in_its_drop
logging in a Display, with a full queue too
  tests/calls/reentry.rs: records_inside_a_display_are_written_in_order_also_with_a_full_queue
logging in a visitor, a value, a Serialize, a cause; a thousand levels deep
  tests/calls/reentry.rs: records_inside_key_values_are_written
  tests/calls/reentry.rs: records_inside_a_serialize_are_written
  tests/calls/reentry.rs: records_inside_the_causes_of_an_error_are_written
  tests/calls/reentry.rs: nested_records_are_written_to_a_depth_of_eight_and_counted_beyond
an allocator that logs
  tests/allocator.rs: threads_whose_allocations_log_wait_for_a_full_queue_and_go_on
logging and waiting on the logger's own threads
  tests/outputs/own_threads.rs: on_the_workers_thread_records_are_counted_in_every_stage
  tests/outputs/own_threads.rs: a_writer_that_logs_is_refused_and_counted_and_feeds_nothing
  tests/outputs/own_threads.rs: waits_on_the_loggers_own_thread_answer_would_deadlock_at_once
  tests/calls/reentry.rs: a_waker_that_logs_never_waits
a flush in a Display and in a panic hook
  tests/calls/reentry.rs: a_flush_inside_a_display_answers
  tests/calls/caller_faults.rs: a_flush_inside_a_panic_hook_answers
  tests/calls/caller_faults.rs: a_flush_inside_the_panic_hook_of_a_writers_thread_is_refused_at_once
a message of a gibibyte
  tests/calls/caller_faults.rs: a_message_of_a_gibibyte_is_cut_and_costs_no_memory_or_time
a queue full of the largest records
  tests/outputs/backpressure.rs: memory_is_bounded_also_with_the_largest_records
a value of a million levels
  src/record/serialized/tests.rs: a_value_of_a_million_levels_is_refused_and_no_stack_overflows
numbers that JSON has not, keys that are empty, doubled or reserved
  tests/lines/machines/values.rs: numbers_read_back_exactly_also_where_a_float_would_not_hold_them
  tests/lines/key_values.rs: keys_are_cleaned_and_made_unique_where_they_must_be
  tests/lines/injection/lines.rs: no_key_value_overrides_a_member_of_the_line
## ends of the process
panic = "abort"
  .ci/aborts: set -- main thread display stuck own_thread off
a panic that unwinds main
  tests/exits.rs: a_panic_that_unwinds_main_drains_the_queue
a panic in each stage, in the file operations of a write, a sync, a rotation, a cleaning
  tests/outputs/stage_panics.rs: a_panic_between_records_is_reported_to_every_flush_and_loses_none
  tests/outputs/stage_panics.rs: a_panic_over_a_record_fails_that_record_and_no_other
  tests/outputs/stage_panics.rs: a_panic_during_a_rotation_or_a_cleaning_loses_nothing
  tests/outputs/stage_panics.rs: a_panic_during_a_sync_or_a_reopen_answers_its_caller
returns, exits and handlers of the exit, each many times
  tests/exits.rs: a_return_from_main_drains_the_queue
  tests/exits.rs: process_exit_on_another_thread_drains_the_queue
  tests/exits.rs: records_of_a_handler_that_was_registered_later_are_drained
  tests/exits.rs: an_exit_with_an_output_that_does_not_move_ends_within_the_limit
SIGTERM without a handler, and with one
  tests/process/signals.rs: without_a_flush_only_what_is_younger_than_the_interval_is_missing
  .ci/examples: SIGTERM and SIGINT: the last record is the last line
SIGKILL at random moments
  tests/process/signals.rs: killed_processes_keep_flushed_records_and_the_next_repairs_the_end
SIGSTOP and SIGCONT
  tests/process/signals.rs: a_process_that_was_stopped_goes_on_and_loses_nothing
fork without exec under load
  tests/fork/children.rs: children_forked_under_load_log_on_and_nothing_is_lost_or_written_twice
  tests/fork/lock.rs: a_child_neither_releases_its_parents_lock_nor_waits_for_it_for_ever
  tests/fork/waits.rs: a_child_that_drops_a_flush_of_its_parents_never_hangs
fork and exec
  tests/fork/lock.rs: a_program_that_is_executed_inherits_no_descriptor
  tests/fork/lock.rs: a_child_does_not_hold_the_lock_of_a_parent_that_was_killed
## the life of threads and loggers
thread-local destructors that log
  tests/calls/threads.rs: records_of_thread_local_destructors_are_written_in_any_order
  tests/exits.rs: records_of_thread_local_destructors_of_main_are_drained
ten thousand threads, and threads that die
  tests/calls/threads.rs: ten_thousand_short_threads_lose_nothing_and_leave_nothing_behind
  tests/calls/threads.rs: records_left_in_the_chunk_of_a_dead_thread_are_written
records during and after a shutdown
  tests/process/lifecycle.rs: records_after_shutdown_are_dropped_and_counted
  tests/outputs/stuck_outputs.rs: after_the_limit_nothing_is_pending_but_what_the_worker_has_in_hand
records before init
  tests/process/lifecycle.rs: records_before_init_are_discarded_by_log_and_change_nothing
a hundred inits at once
  tests/settings/init.rs: of_a_hundred_inits_at_once_one_wins_and_the_others_leave_nothing
an init that fails: no directory, no thread
  tests/process/lifecycle.rs: a_failed_start_leaks_no_thread_descriptor_or_file
  tests/process/lifecycle.rs: a_start_that_gets_no_thread_fails_and_a_later_one_works
  tests/settings/init.rs: an_init_that_fails_installs_nothing_and_a_later_one_works
a thousand inits and shutdowns
  tests/process/lifecycle.rs: a_thousand_inits_leak_no_thread_descriptor_or_memory
a flood
  tests/outputs/backpressure.rs: errors_and_warnings_are_taken_in_when_nothing_else_is
  tests/outputs/backpressure.rs: one_warning_in_the_log_has_the_exact_numbers_of_a_burst_of_drops
## waiting callers
many shutdowns at once
  tests/calls/flush_shutdown.rs: sixty_four_shutdowns_at_once_all_get_the_same_answer_after_the_drain
  tests/calls/runtimes.rs: concurrent_shutdowns_get_one_answer_after_the_queue_is_drained
  src/logger/models.rs: shutdown_is_answered_to_all_alike_and_the_ledger_balances
futures polled once and dropped, a hundred thousand times
  tests/calls/flush_shutdown.rs: a_hundred_thousand_dropped_futures_leave_no_waker_behind
  tests/calls/flush_shutdown.rs: a_hundred_thousand_dropped_futures_take_no_memory
a flush on the only thread of a runtime
  tests/calls/runtimes.rs: a_ticker_runs_during_a_flush_on_tokio_with_one_thread
  tests/calls/runtimes.rs: a_single_threaded_timer_ticks_while_a_task_awaits_a_stuck_output
every kind of executor, and blocking waits inside of them
  tests/calls/executors.rs: a_thousand_flushes_on_a_hand_written_executor
  tests/calls/runtimes.rs: blocking_waits_work_inside_every_runtime_and_on_its_blocking_threads
futures that move, new wakers, polls for nothing
  tests/calls/executors.rs: a_future_moved_from_one_executor_to_another_wakes_the_last_one_once
  tests/calls/runtimes.rs: flushes_of_tasks_that_move_from_thread_to_thread_are_all_answered
a flush with a full queue that drops
  tests/outputs/backpressure.rs: a_flush_with_a_full_queue_waits_and_reports_the_loss_once
health while everything is stuck
  tests/process/lifecycle.rs: health_answers_at_once_while_everything_is_stuck
  tests/lines/injection/own_words.rs: health_errors_and_notices_are_inert
## surroundings
threads that change the environment
  tests/process/surroundings.rs: threads_that_change_the_environment_do_not_crash_threads_that_log
filter, reopen, purge, flush and shutdown at once
  tests/process/surroundings.rs: everything_asked_at_once_ends_and_the_ledger_balances
processes with the same number
  tests/process/surroundings.rs: processes_with_the_same_number_share_a_file
a worker that hardly gets the processor
  tests/process/surroundings.rs: a_worker_that_hardly_gets_the_processor_loses_nothing
"#;

#[test]
fn every_fault_names_tests_and_every_test_that_is_named_is_there() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let lines = MATRIX
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'));
    let (mut faults, mut without_test) = (0, None);
    for line in lines {
        let Some((file, name)) = line.strip_prefix("  ").map(|test| test.split_once(": ").unwrap()) else {
            assert_eq!(without_test.replace(line), None, "nothing causes it");
            faults += 1;
            continue;
        };
        without_test = None;
        assert!(is_there(root, file, name), "no {name} in {file}");
    }
    assert_eq!((faults, without_test), (FAULTS, None));
}

/// Number of faults in the table, so that a parser that skips lines is noticed.
const FAULTS: usize = 44;

fn is_there(root: &Path, file: &str, name: &str) -> bool {
    // The published package has no `.ci`.
    if file.starts_with(".ci/") {
        return !root.join(".ci").exists() || read(&root.join(file)).contains(name);
    }
    let text = read(&root.join(file));
    text.contains(&format!("fn {name}()")) || text.contains(&format!("name: \"{name}\""))
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{path:?}: {error}"))
}
