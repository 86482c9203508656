//! A backend for the [`log`] facade that is asynchronous without a runtime.
