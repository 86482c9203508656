//! The static fields of a configuration: keys and values that every line has.

use crate::config::kinds::pairs;

/// The static fields, in the order in which they were set.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Fields(pub(crate) Vec<(String, String)>);

impl Fields {
    /// Adds a field, or replaces the value of its key, which keeps its place.
    pub(crate) fn set(&mut self, key: String, value: String) {
        match self.0.iter_mut().find(|(known, _)| *known == key) {
            Some((_, old)) => *old = value,
            None => self.0.push((key, value)),
        }
    }
}

/// `field`: keys and their values.
impl pairs::Pairs for Fields {
    fn add(&mut self, key: &str, value: &str) -> Result<(), String> {
        self.set(key.to_owned(), value.to_owned());
        Ok(())
    }

    fn texts(&self) -> Vec<(&str, &str)> {
        let fields = self.0.iter();
        fields
            .map(|(key, value)| (key.as_str(), value.as_str()))
            .collect()
    }
}
