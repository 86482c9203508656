//! Pages beside the reference: what a line may look like, recipes, moving from another logger, and how the crate works.
//!
//! They are the Markdown files of `src/docs`, for readers of the repository and of `cargo doc` alike; their code is
//! compiled and run as doc tests. Only the documentation has this module, a program does not.

// The first definition of a link counts: here they lead to modules, at the end of each file to files.

#[doc = "[recipes]: crate::docs::recipes\n[migration]: crate::docs::migration\n[formats]: crate::docs::formats\n"]
#[doc = include_str!("docs/formats.md")]
pub mod formats {}

#[doc = "[formats]: crate::docs::formats\n[questions]: crate::docs::questions\n"]
#[doc = include_str!("docs/recipes.md")]
pub mod recipes {}

#[doc = "[formats]: crate::docs::formats\n[recipes]: crate::docs::recipes\n"]
#[doc = include_str!("docs/migration.md")]
pub mod migration {}

#[doc = "[migration]: crate::docs::migration\n"]
#[doc = include_str!("docs/comparison.md")]
pub mod comparison {}

#[doc = "[recipes]: crate::docs::recipes\n"]
#[doc = include_str!("docs/questions.md")]
pub mod questions {}

#[doc = "[contributing]: crate::docs::contributing\n"]
#[doc = include_str!("docs/architecture.md")]
pub mod architecture {}

#[doc = "[architecture]: crate::docs::architecture\n"]
#[doc = include_str!("docs/contributing.md")]
pub mod contributing {}
