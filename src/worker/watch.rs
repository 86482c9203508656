//! Notices that the crate named by the configuration never logs: the name then raises the level of nothing.
//!
//! A logger's name also selects the crate that logs at debug. If the executable's crate has another name, its debug
//! lines are missing without a word.

use super::Worker;
use super::notice::{Kind, clean};
use crate::clock::Tick;
use crate::record::View;
use crate::sync::Ordering::Relaxed;

/// The number of records of other crates after which the named one is taken for missing.
const ENOUGH: u64 = 1_000;

/// Watches for the first record of one crate.
#[derive(Debug)]
pub(super) struct NameWatch {
    /// The crate, with `_`.
    name: String,
    others: u64,
}

impl NameWatch {
    pub(super) fn new(name: String) -> NameWatch {
        NameWatch { name, others: 0 }
    }

    /// Takes the target of a record. Returns true if the watch is over: the crate has logged, or enough others have.
    fn sees(&mut self, target: &str) -> bool {
        let below = target.get(self.name.len()..);
        let covers = below.is_some_and(|below| below.is_empty() || below.starts_with("::"))
            && target
                .bytes()
                .zip(self.name.bytes())
                .all(|(byte, own)| byte == own || (byte == b'-' && own == b'_'));
        match covers {
            true => self.others = 0,
            false => self.others += 1,
        }
        covers || self.others == ENOUGH
    }

    /// What to report; `None` if nothing was logged, or the crate has logged.
    fn report(&self) -> Option<String> {
        let NameWatch { name, others } = self;
        (*others > 0).then(|| {
            format!(
                "none of the first {others} records came from the crate \"{name}\", which logs at debug because the \
                 logger has its name; if the program's crate has another name, pass that to Config::new, or set a \
                 filter such as \"info,my_crate=debug\""
            )
        })
    }
}

impl Worker {
    /// Shows the records of the batch to the watch, if it is on. Called once a batch.
    #[inline]
    pub(super) fn watch_names(&mut self) {
        if self.name_watch.is_some() {
            self.show_to_watch();
        }
    }

    /// Not inlined, so that the loop over records stays as small as without a watch.
    #[cold]
    #[inline(never)]
    fn show_to_watch(&mut self) {
        let Some(watch) = &mut self.name_watch else { return };
        let records = self.batch.records.iter();
        let targets = records.filter_map(|record| View::read(self.backlog.frame(record.frame)));
        let mut targets = targets.map(|view| watch.sees(view.target()));
        if targets.any(|is_over| is_over) {
            self.end_watch();
        }
    }

    /// Ends the watch, and reports the crate if it has not logged and the default levels are still in force.
    #[cold]
    #[inline(never)]
    pub(super) fn end_watch(&mut self) {
        let Some(watch) = self.name_watch.take() else {
            return;
        };
        let text = watch
            .report()
            .filter(|_| !self.shared.has_new_filter.load(Relaxed));
        if let Some(text) = text {
            let text = clean(&mut self.masker, &text);
            self.notices.report(Kind::Name, &text, Tick::now());
        }
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    /// What is reported after records with these targets, and whether the watch ended by itself.
    fn reported<'a>(targets: impl IntoIterator<Item = &'a str>) -> (bool, bool) {
        let mut watch = NameWatch::new("my_app".to_owned());
        let is_over = targets.into_iter().any(|target| watch.sees(target));
        (watch.report().is_some(), is_over)
    }

    #[test]
    fn the_first_record_of_the_crate_ends_the_watch_without_a_report() {
        for own in ["my_app", "my_app::db", "my-app"] {
            assert_eq!(reported(["hyper", own]), (false, true), "{own}");
        }
    }

    #[test]
    fn a_thousand_records_of_others_end_it_with_a_report() {
        let others = ["hyper", "my_apps", "my_ap", "", "é"].into_iter().cycle();
        assert_eq!(reported(others.clone().take(999)), (true, false));
        assert_eq!(reported(others.take(1_000)), (true, true));
    }

    #[test]
    fn without_any_record_there_is_nothing_to_report() {
        assert_eq!(reported([]), (false, false));
    }
}
