//! Whether a stream gets colour: the choice, then the environment, then the terminal.
//!
//! The variables are those of no-color.org and bixense.com/clicolors.

use crate::config::{Color, Console};
use crate::process;
use crate::sink::console;

/// Decides for the console `target`, by the choice, the environment and the terminal.
pub(super) fn is_on_console(choice: Color, target: Console) -> bool {
    is_on(choice, process::variable, console::is_terminal(target))
}

/// Decides for one stream; `variable` reads the environment.
pub(super) fn is_on(choice: Color, variable: impl Fn(&str) -> Option<String>, is_terminal: bool) -> bool {
    let set = |name: &str| variable(name).filter(|value| !value.is_empty());
    let on = |name: &str| set(name).is_some_and(|value| value != "0");
    match choice {
        Color::Always => true,
        Color::Never => false,
        Color::Auto if set("NO_COLOR").is_some() => false,
        Color::Auto if on("FORCE_COLOR") || on("CLICOLOR_FORCE") => true,
        Color::Auto if set("CLICOLOR").as_deref() == Some("0") => false,
        Color::Auto if set("TERM").as_deref() == Some("dumb") => false,
        // Windows terminals set none; elsewhere nothing is known of a terminal without it.
        Color::Auto if cfg!(not(windows)) && set("TERM").is_none() => false,
        Color::Auto => is_terminal,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decide(choice: Color, variables: &[(&str, &str)], is_terminal: bool) -> bool {
        let find = |name: &str| {
            variables
                .iter()
                .find(|(n, _)| *n == name)
                .map(|(_, value)| (*value).to_owned())
        };
        is_on(choice, find, is_terminal)
    }

    #[test]
    fn the_choice_wins_over_all() {
        assert!(decide(
            Color::Always,
            &[("NO_COLOR", "1"), ("TERM", "dumb")],
            false
        ));
        assert!(!decide(Color::Never, &[("FORCE_COLOR", "1")], true));
    }

    #[test]
    fn then_no_color_then_force_then_clicolor_and_term_then_the_terminal() {
        let auto = |variables, terminal| decide(Color::Auto, variables, terminal);
        assert!(!auto(&[("NO_COLOR", "1"), ("FORCE_COLOR", "1")], true));
        assert!(
            auto(&[("NO_COLOR", ""), ("TERM", "xterm")], true),
            "an empty NO_COLOR is none"
        );
        assert!(auto(&[("FORCE_COLOR", "1"), ("TERM", "dumb")], false));
        assert!(auto(&[("CLICOLOR_FORCE", "1"), ("CLICOLOR", "0")], false));
        assert!(!auto(&[("FORCE_COLOR", "0")], false));
        assert!(!auto(&[("CLICOLOR", "0")], true));
        assert!(!auto(&[("TERM", "dumb")], true));
        assert!(auto(&[("TERM", "xterm")], true));
        assert!(!auto(&[("TERM", "xterm")], false));
        assert_eq!(auto(&[], true), cfg!(windows));
        assert_eq!(auto(&[("TERM", "")], true), cfg!(windows));
        assert!(auto(&[("FORCE_COLOR", "1")], true));
    }
}
