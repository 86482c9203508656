//! The settings in groups; each file is a table with one row a setting.
//!
//! `table` explains the rows. A new setting is a new row; the reference page says when it does not match.

// The blank lines keep this order, in which rustdoc shows the groups.
mod records;

mod format;

mod rotation;

mod delivery;

mod limits;

pub(super) use delivery::DAY;
pub(crate) use delivery::DeliverySettings;
pub(crate) use format::FormatSettings;
pub(crate) use limits::LimitSettings;
pub(crate) use records::{RecordSettings, log_path};
pub(crate) use rotation::RotationSettings;

use super::table::Setting;

/// In the order in which a file is written.
pub(super) static GROUPS: [&[Setting]; 5] = [
    records::SETTINGS,
    format::SETTINGS,
    rotation::SETTINGS,
    delivery::SETTINGS,
    limits::SETTINGS,
];
