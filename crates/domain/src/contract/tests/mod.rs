//! The contracts and their rules, tested.

mod examples;
mod loading;
mod rules;
