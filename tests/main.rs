//! The real binary, tested over HTTP only.
