//! Which system calls a logger makes: those that the page on platforms lists, and none for comfort. A call that a
//! seccomp filter forbids usually ends the process.

use crate::common;

use asynclogger::{AsyncLogger, Config, Console, Retention};
use common::child::alone;
use common::forked::{End, in_a_fork};
use common::lines_of;
use common::log_numbered;
use common::seccomp::{allow_only, forbid};
use log::Level;
use std::path::Path;

/// What the page lists.
const LISTED: [(&str, libc::c_long); 52] = [
    ("brk", libc::SYS_brk),
    ("clock_gettime", libc::SYS_clock_gettime),
    ("clock_nanosleep", libc::SYS_clock_nanosleep),
    ("clone", libc::SYS_clone),
    ("clone3", libc::SYS_clone3),
    ("close", libc::SYS_close),
    ("exit", libc::SYS_exit),
    ("exit_group", libc::SYS_exit_group),
    ("fchmod", libc::SYS_fchmod),
    ("fchown", libc::SYS_fchown),
    ("fcntl", libc::SYS_fcntl),
    ("fdatasync", libc::SYS_fdatasync),
    ("flock", libc::SYS_flock),
    ("fstat", libc::SYS_fstat),
    ("fsync", libc::SYS_fsync),
    ("ftruncate", libc::SYS_ftruncate),
    ("futex", libc::SYS_futex),
    ("getdents64", libc::SYS_getdents64),
    ("getegid", libc::SYS_getegid),
    ("geteuid", libc::SYS_geteuid),
    ("getpid", libc::SYS_getpid),
    ("getrandom", libc::SYS_getrandom),
    ("gettid", libc::SYS_gettid),
    ("ioctl", libc::SYS_ioctl),
    ("lseek", libc::SYS_lseek),
    ("madvise", libc::SYS_madvise),
    ("mkdir", libc::SYS_mkdir),
    ("mmap", libc::SYS_mmap),
    ("mprotect", libc::SYS_mprotect),
    ("mremap", libc::SYS_mremap),
    ("munmap", libc::SYS_munmap),
    ("newfstatat", libc::SYS_newfstatat),
    ("openat", libc::SYS_openat),
    ("poll", libc::SYS_poll),
    ("prctl", libc::SYS_prctl),
    ("pread64", libc::SYS_pread64),
    ("read", libc::SYS_read),
    ("readlink", libc::SYS_readlink),
    ("rename", libc::SYS_rename),
    ("restart_syscall", libc::SYS_restart_syscall),
    ("rseq", libc::SYS_rseq),
    ("rt_sigaction", libc::SYS_rt_sigaction),
    ("rt_sigprocmask", libc::SYS_rt_sigprocmask),
    ("rt_sigreturn", libc::SYS_rt_sigreturn),
    ("sched_getaffinity", libc::SYS_sched_getaffinity),
    ("sched_yield", libc::SYS_sched_yield),
    ("set_robust_list", libc::SYS_set_robust_list),
    ("sigaltstack", libc::SYS_sigaltstack),
    ("stat", libc::SYS_stat),
    ("statx", libc::SYS_statx),
    ("unlink", libc::SYS_unlink),
    ("write", libc::SYS_write),
];

#[test]
fn a_whole_life_makes_no_other_calls_than_those_of_the_page() {
    const TEST: &str = "a_whole_life_makes_no_other_calls_than_those_of_the_page";
    let page = include_str!("../../src/docs/platforms.md");
    let (_, list) = page.split_once("```text\n").expect("the page has the list");
    let (list, _) = list.split_once("```").expect("the list ends");
    let here: Vec<&str> = LISTED.iter().map(|(name, _)| *name).collect();
    assert_eq!(list.split_whitespace().collect::<Vec<_>>(), here);
    alone(TEST, || {
        let dir = tempfile::tempdir().unwrap();
        // The test itself waits for the child that it forks, and deletes its directory.
        let own = [libc::SYS_wait4, libc::SYS_unlinkat, libc::SYS_rmdir];
        let calls: Vec<_> = LISTED.iter().map(|(_, number)| *number).chain(own).collect();
        allow_only(&calls);
        whole_life(dir.path());
    });
}

/// A start, rotations, every request, a forked child, and the end.
fn whole_life(dir: &Path) {
    let config = Config::new("life")
        .log_dir(dir.join("logs"))
        .console(Console::Stdout)
        .file_format("json")
        .max_bytes(4_000)
        .backup_count(3)
        .retention(Retention::new().max_files(2));
    let logger = AsyncLogger::start(config).unwrap();
    (0..500).for_each(|n| log_numbered(&logger, Level::Info, 0, n));
    logger.flush().wait().unwrap();
    logger.sync().wait().unwrap();
    std::fs::rename(dir.join("logs/life.log"), dir.join("moved")).unwrap();
    log_numbered(&logger, Level::Info, 0, 500);
    logger.reopen().wait().unwrap();
    logger.purge(&Retention::new().max_files(1)).unwrap();
    let code = in_a_fork(End::Exit, || {
        log::info!(logger: logger, "of the child");
        i32::from(logger.flush().wait().is_err())
    });
    assert_eq!(code, 0);
    assert_eq!(logger.health().failed, 0);
    logger.shutdown().wait().unwrap();
    let log = String::from_utf8(lines_of(&dir.join("logs/life.log"))).unwrap();
    assert!(log.contains("of the child"), "{log}");
}

/// `@resources` of systemd, which a hardened service may not use.
#[test]
fn no_call_is_made_that_only_changes_how_the_threads_are_scheduled() {
    const TEST: &str = "no_call_is_made_that_only_changes_how_the_threads_are_scheduled";
    alone(TEST, || {
        let dir = tempfile::tempdir().unwrap();
        forbid(&[
            libc::SYS_ioprio_set,
            libc::SYS_mbind,
            libc::SYS_migrate_pages,
            libc::SYS_move_pages,
            libc::SYS_sched_getparam,
            libc::SYS_sched_getscheduler,
            libc::SYS_sched_setaffinity,
            libc::SYS_sched_setattr,
            libc::SYS_sched_setparam,
            libc::SYS_sched_setscheduler,
            libc::SYS_set_mempolicy,
            libc::SYS_setpriority,
            libc::SYS_setrlimit,
            libc::SYS_uname,
        ]);
        whole_life(dir.path());
    });
}
