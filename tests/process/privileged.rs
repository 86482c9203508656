//! A program that is installed set-user-ID obeys no variable of the user who starts it.

use crate::common;

use asynclogger::{Color, Config, Console};
use common::child::{is_child, only, output_of};
use common::skipped;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Output};

/// As the child of every test here: the program that is installed.
const NOBODY: u32 = 65_534;

/// Runs `test` as the user `nobody`, from a copy of this program that is installed with `mode`; `None` if that cannot
/// be tried here.
fn run_installed(test: &str, dir: &Path, mode: u32, variables: &[(&str, &str)]) -> Option<Output> {
    let program = dir.join("program");
    fs::copy(std::env::current_exe().unwrap(), &program).unwrap();
    fs::set_permissions(&program, fs::Permissions::from_mode(mode)).unwrap();
    // SAFETY: a call without arguments.
    #[allow(unsafe_code)]
    if unsafe { libc::geteuid() } != 0 {
        skipped("only root can install a program with its rights");
        return None;
    }
    let mut child = Command::new(program);
    child.args(only(test)).env("TEST_CHILD_OF_ASYNCLOGGER", test);
    child.env("TEST_DIR", dir).envs(variables.iter().copied());
    let output = output_of(child.uid(NOBODY).gid(NOBODY));
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{}: {told}", output.status);
    Some(output)
}

/// A directory that anybody may enter.
fn open_directory() -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    fs::set_permissions(dir.path(), fs::Permissions::from_mode(0o755)).unwrap();
    dir
}

/// What the installed program does: it logs one record at each level to a console.
fn program() {
    let dir = std::env::var("TEST_DIR").unwrap();
    let config = Config::new("tool").console(Console::Stdout).color(Color::Auto);
    let config = config.log_file(Path::new(&dir).join("tool.log")).with_env();
    asynclogger::init(config.file_format("{level} {message}")).unwrap();
    log::error!("an error");
    log::debug!(target: "tool", "a detail");
    asynclogger::shutdown().wait().unwrap();
}

#[test]
fn no_variable_decides_where_files_are_and_what_is_shown() {
    const TEST: &str = "no_variable_decides_where_files_are_and_what_is_shown";
    if is_child(TEST) {
        return program();
    }
    let dir = open_directory();
    let secret = dir.path().join("secret");
    fs::create_dir(&secret).unwrap();
    let target = secret.join("cron");
    let variables = [
        ("ASYNCLOGGER_LOG_FILE", target.to_str().unwrap()),
        ("RUST_LOG", "off"),
        ("FORCE_COLOR", "1"),
    ];
    let Some(output) = run_installed(TEST, dir.path(), 0o4755, &variables) else {
        return;
    };
    assert!(!target.exists(), "a variable chose the file");
    let log = fs::read_to_string(dir.path().join("tool.log")).unwrap();
    assert_eq!(
        log, "ERROR an error\nDEBUG a detail\n",
        "RUST_LOG chose what is logged"
    );
    let console = String::from_utf8(output.stdout).unwrap();
    assert!(
        console.contains("an error") && !console.contains('\u{1b}'),
        "{console:?}"
    );
    let told = String::from_utf8(output.stderr).unwrap();
    for ignored in ["RUST_LOG is ignored: ", "ASYNCLOGGER_* are ignored: "] {
        assert_eq!(told.matches(ignored).count(), 1, "{ignored:?} in {told}");
    }
}

/// The same program without the rights of another user obeys them.
#[test]
fn in_a_program_with_the_rights_of_its_user_they_decide() {
    const TEST: &str = "in_a_program_with_the_rights_of_its_user_they_decide";
    if is_child(TEST) {
        return program();
    }
    let dir = open_directory();
    fs::set_permissions(dir.path(), fs::Permissions::from_mode(0o777)).unwrap();
    let target = dir.path().join("chosen");
    let variables = [
        ("ASYNCLOGGER_LOG_FILE", target.to_str().unwrap()),
        ("RUST_LOG", "error"),
        ("FORCE_COLOR", "1"),
    ];
    let Some(output) = run_installed(TEST, dir.path(), 0o755, &variables) else {
        return;
    };
    assert_eq!(fs::read_to_string(target).unwrap(), "ERROR an error\n");
    assert!(String::from_utf8(output.stdout).unwrap().contains('\u{1b}'));
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(!told.contains("ignored"), "{told}");
}

/// `TZ` may name any file, which the program would read with its owner's rights.
#[cfg(feature = "local-time")]
#[test]
fn the_zone_is_that_of_the_machine() {
    const TEST: &str = "the_zone_is_that_of_the_machine";
    if is_child(TEST) {
        let zone = asynclogger::TimeZone::Local;
        let config = Config::new("tool").console(Console::Stdout).time_zone(zone);
        asynclogger::init(config.console_format("{time:%Z} {message}")).unwrap();
        log::error!("in the zone");
        return asynclogger::shutdown().wait().unwrap();
    }
    let dir = open_directory();
    let variables = [("TZ", "FORGED-7")];
    let Some(output) = run_installed(TEST, dir.path(), 0o4755, &variables) else {
        return;
    };
    let console = String::from_utf8(output.stdout).unwrap();
    assert!(
        console.contains("in the zone") && !console.contains("FORGED"),
        "{console:?}"
    );
}
