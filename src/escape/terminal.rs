//! A terminal for tests: it counts everything in a line that is not simply shown.

#[derive(Debug, Default)]
pub(crate) struct Terminal {
    pub(crate) printed: usize,
    /// Styles that were set or reset.
    pub(crate) styled: usize,
    /// All other control functions.
    pub(crate) controls: usize,
}

impl Terminal {
    pub(crate) fn reads(text: &str) -> Terminal {
        let mut terminal = Terminal::default();
        vte::Parser::new().advance(&mut terminal, text.as_bytes());
        terminal
    }
}

impl vte::Perform for Terminal {
    fn print(&mut self, _: char) {
        self.printed += 1;
    }

    fn execute(&mut self, _: u8) {
        self.controls += 1;
    }

    fn hook(&mut self, _: &vte::Params, _: &[u8], _: bool, _: char) {
        self.controls += 1;
    }

    fn osc_dispatch(&mut self, _: &[&[u8]], _: bool) {
        self.controls += 1;
    }

    fn csi_dispatch(&mut self, _: &vte::Params, _: &[u8], _: bool, action: char) {
        match action {
            'm' => self.styled += 1,
            _ => self.controls += 1,
        }
    }

    fn esc_dispatch(&mut self, _: &[u8], _: bool, _: u8) {
        self.controls += 1;
    }
}
