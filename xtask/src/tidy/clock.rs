//! Time enters by one door: `crates/countersign/src/clock.rs`.
//!
//! The time of day may be asked nowhere else. `Instant::now` may be, in files listed under
//! `[clock]` in `xtask/ratchet.toml`, to measure how long something took and for nothing else.

use regex::Regex;

use super::{Complaint, Tree, ratchet, rust_code};

const DOOR: &str = "crates/countersign/src/clock.rs";

pub(crate) fn check(tree: &Tree) -> Vec<Complaint> {
    let time_of_day = Regex::new(r"\b(SystemTime|Timestamp|Zoned)::now\b|\bUtc::now\b")
        .expect("the pattern is well-formed");
    let mut complaints = Vec::new();
    for file in tree
        .rust()
        .filter(|file| file.path.starts_with("crates/") && file.path != DOOR)
    {
        let measures = tree.ratchet.clock.contains_key(&file.path);
        for (line, code) in rust_code::code(file) {
            if time_of_day.is_match(code) {
                let remedy = "take the time as an argument, or ask the `Clock` passed in";
                complaints.push(Complaint::new(
                    &file.path,
                    line,
                    "asks the system clock",
                    remedy,
                ));
            } else if code.contains("Instant::now") && !measures {
                let remedy = "take a `Clock`, or list the file under [clock] in xtask/ratchet.toml \
                              if it only measures how long something took";
                complaints.push(Complaint::new(&file.path, line, "reads a timer", remedy));
            }
        }
    }
    complaints.extend(ratchet::unneeded(&tree.ratchet.clock, &|path| {
        tree.file(path).is_some_and(|file| {
            rust_code::code(file)
                .iter()
                .any(|(_, code)| code.contains("Instant::now"))
        })
    }));
    complaints
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_system_clock_is_asked_at_the_door_only() {
        let asks = "//! Doc.\nlet now = Timestamp::now();\n";
        assert_eq!(check(&Tree::of(&[(DOOR, asks)])), []);
        let found = check(&Tree::of(&[("crates/store/src/lib.rs", asks)]));
        assert_eq!((found.len(), found[0].line), (1, 2));
    }

    #[test]
    fn a_listed_file_may_measure_but_not_tell_the_time() {
        let path = "crates/countersign/src/server/mod.rs";
        let list = format!("[clock]\n\"{path}\" = \"measures latency\"\n");
        let measures = [(path, "let began = Instant::now();")];
        assert_eq!(check(&Tree::of(&measures)).len(), 1);
        assert_eq!(check(&Tree::of(&measures).with_ratchet(&list)), []);
        let tells = [(path, "let began = Instant::now();\nSystemTime::now();")];
        assert_eq!(check(&Tree::of(&tells).with_ratchet(&list)).len(), 1);
        assert_eq!(check(&Tree::of(&[]).with_ratchet(&list)).len(), 1);
    }
}
