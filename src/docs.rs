//! Pages next to the reference: settings, formats, recipes, promises, moving from another logger, and how the crate works.
//!
//! They are the Markdown files of `src/docs`, for readers of the repository and of `cargo doc` alike. Their code is
//! compiled and run as doc tests. Only the documentation contains this module, programs do not.

// The first definition of a link counts. The definitions here lead to modules, those at the end of each page to files.

#[doc = "[styles]: crate::docs::formats#styles\n[survives]: crate::docs::promises#what-survives\n"]
#[doc = include_str!("docs/settings.md")]
pub mod settings {}

#[doc = "[recipes]: crate::docs::recipes\n"]
#[doc = include_str!("docs/formats.md")]
pub mod formats {}

#[doc = "[recipes]: crate::docs::recipes#logrotate\n[settings]: crate::docs::settings\n"]
#[doc = include_str!("docs/files.md")]
pub mod files {}

#[doc = "[formats]: crate::docs::formats\n[questions]: crate::docs::questions\n[promises]: crate::docs::promises#what-survives\n"]
#[doc = include_str!("docs/recipes.md")]
pub mod recipes {}

#[doc = "[questions]: crate::docs::questions#records-are-dropped\n"]
#[doc = include_str!("docs/health.md")]
pub mod health {}

#[doc = "[formats]: crate::docs::formats#values-in-json-lines\n"]
#[doc = include_str!("docs/masking.md")]
pub mod masking {}

#[doc = "[contributing]: crate::docs::contributing#glossary\n[masking]: crate::docs::masking#what-it-does-not-find\n"]
#[doc = include_str!("docs/promises.md")]
pub mod promises {}

#[doc = include_str!("docs/platforms.md")]
pub mod platforms {}

#[doc = "[formats]: crate::docs::formats\n[recipes]: crate::docs::recipes\n"]
#[doc = include_str!("docs/migration.md")]
pub mod migration {}

#[doc = "[migration]: crate::docs::migration\n"]
#[doc = include_str!("docs/comparison.md")]
pub mod comparison {}

#[doc = "[recipes]: crate::docs::recipes\n[formats]: crate::docs::formats#json-and-logfmt\n[masking]: crate::docs::masking#what-it-does-not-find\n[promises]: crate::docs::promises#what-survives\n"]
#[doc = include_str!("docs/questions.md")]
pub mod questions {}

#[doc = "[contributing]: crate::docs::contributing\n"]
#[doc = include_str!("docs/architecture.md")]
pub mod architecture {}

#[doc = "[architecture]: crate::docs::architecture\n"]
#[doc = include_str!("docs/contributing.md")]
pub mod contributing {}
