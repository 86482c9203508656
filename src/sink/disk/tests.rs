//! The real file operations: links, FIFOs and names that are taken.

use super::*;
use std::os::unix::fs::symlink;

#[test]
fn nothing_is_opened_through_a_symbolic_link() {
    let dir = tempfile::tempdir().unwrap();
    let (victim, link) = (dir.path().join("victim"), dir.path().join("link"));
    fs::write(&victim, "victim").unwrap();
    symlink(&victim, &link).unwrap();
    assert!(Disk.open_log(&link, 0o600).is_err());
    assert!(Disk.open_lock(&link, 0o600).is_err());
    assert!(Disk.open_backup(&link).is_err());
    assert!(!Disk.stat(&link).unwrap().regular);
}

#[test]
fn a_fifo_is_opened_without_waiting_for_its_other_end() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("fifo");
    let made = std::process::Command::new("mkfifo").arg(&path).status();
    assert!(made.unwrap().success());
    assert!(!Disk.open_backup(&path).unwrap().stat().unwrap().regular);
}

#[test]
fn a_rename_overwrites_nothing_not_even_a_link_that_leads_nowhere() {
    let dir = tempfile::tempdir().unwrap();
    let (from, file, link) = (
        dir.path().join("from"),
        dir.path().join("file"),
        dir.path().join("link"),
    );
    fs::write(&from, "from").unwrap();
    fs::write(&file, "file").unwrap();
    symlink("nowhere", &link).unwrap();
    for to in [&file, &link] {
        let error = Disk.rename(&from, to).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::AlreadyExists);
    }
    assert_eq!(fs::read(&file).unwrap(), b"file");
    Disk.rename(&from, &dir.path().join("free")).unwrap();
    assert!(!from.exists());
}

#[test]
fn a_rename_to_a_place_that_cannot_be_looked_at_moves_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let (from, file) = (dir.path().join("from"), dir.path().join("file"));
    fs::write(&from, "from").unwrap();
    fs::write(&file, "file").unwrap();
    let error = Disk.rename(&from, &file.join("below")).unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::NotADirectory);
    assert!(from.exists());
}
