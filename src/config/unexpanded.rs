//! Finds paths that a shell was meant to expand: `~/logs`, `$HOME/logs`. Nothing expands them in a setting.

use std::ffi::OsStr;
use std::path::{Component, Path};

/// Why a path looks like one that a shell was meant to expand, if it does: nothing expands it here.
pub(super) fn unexpanded(path: &Path) -> Option<&'static str> {
    let mut components = path.components();
    if let Some(Component::Normal(first)) = components.next() {
        if first.as_encoded_bytes().starts_with(b"~") {
            return Some(
                "`~` is not expanded; give the whole path, for example by std::env::var(\"HOME\"), or `./~` if the \
                 directory has that name",
            );
        }
    }
    // A directory that exists has this name.
    let is_meant = |part: &&Path| part.file_name().is_some_and(names_variable) && !part.is_dir();
    path.ancestors().find(is_meant).map(|_| {
        "variables are not expanded; give the whole path, for example by std::env::var, or make the directory first if it \
         has that name"
    })
}

/// Whether a name contains `$NAME` or `${`, or is `%NAME%`.
fn names_variable(name: &OsStr) -> bool {
    let name = name.as_encoded_bytes();
    let begins_name = |byte: u8| byte.is_ascii_alphabetic() || byte == b'_' || byte == b'{';
    let unix = name
        .windows(2)
        .any(|pair| pair[0] == b'$' && begins_name(pair[1]));
    // `%0d%0a` is none: names of variables do not begin with a digit.
    let windows = name
        .strip_prefix(b"%")
        .filter(|rest| rest.first().is_some_and(|&byte| begins_name(byte)))
        .is_some_and(|rest| rest.contains(&b'%'));
    unix || windows
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_for_a_shell_are_found_and_other_names_are_not() {
        for path in ["~/app.log", "~joe/app.log", "~", "~/"] {
            assert!(unexpanded(Path::new(path)).unwrap().contains('~'), "{path}");
        }
        for path in [
            "$HOME/app.log",
            "${XDG_STATE_HOME}/app.log",
            "/var/log/$USER/app.log",
            "/var/log/app-$HOSTNAME.log",
            "%APPDATA%/app.log",
        ] {
            assert!(
                unexpanded(Path::new(path)).unwrap().contains("variables"),
                "{path}"
            );
        }
        for path in [
            "app.log",
            "./~/app.log",
            "/srv/~old/app.log",
            "a~/app.log",
            "C$/app.log",
            "cost$/5$.log",
            "100%/a.log",
            "%0d%0a/a.log",
        ] {
            assert_eq!(unexpanded(Path::new(path)), None, "{path}");
        }
    }
}
