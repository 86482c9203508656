//! Stand-in until the masker is merged.
use crate::record::View;
pub(crate) struct Masker;
pub(crate) struct Masked<'a> {
    pub(crate) view: View<'a>,
    pub(crate) places: u32,
}
impl Masker {
    pub(crate) fn new() -> Masker {
        Masker
    }
    #[inline]
    pub(crate) fn mask<'a>(&mut self, view: View<'a>, _scratch: &'a mut Vec<u8>) -> Masked<'a> {
        Masked { view, places: 0 }
    }
}
