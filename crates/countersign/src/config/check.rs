//! Holds a tree of settings against the table of keys: unknown keys and bad values, all at once.

use super::{
    keys,
    kind::nearest,
    layer::{Node, Value},
    mistake::Mistake,
};

/// Adds every mistake of the tree.
pub(super) fn check(root: &Node, mistakes: &mut Vec<Mistake>) {
    walk(root, &mut Vec::new(), mistakes);
}

fn walk<'n>(node: &'n Node, path: &mut Vec<&'n str>, mistakes: &mut Vec<Mistake>) {
    if let Some(key) = keys::find(path) {
        key.kind.check(&show(path), node, mistakes);
        return;
    }
    let below = keys::below(path);
    let wants_list = below == ["#"];
    match &node.value {
        Value::Table(members) if !wants_list => {
            for (name, member) in members {
                path.push(name);
                if below.contains(&name.as_str()) {
                    walk(member, path, mistakes);
                } else if below.contains(&"*") {
                    check_name(path, member, mistakes);
                    walk(member, path, mistakes);
                } else {
                    mistakes.push(unknown(path, member, &below));
                }
                path.pop();
            }
        }
        Value::List(items) if wants_list => {
            for item in items {
                // Which place in the list does not matter to the table, nor is it shown.
                path.push("0");
                walk(item, path, mistakes);
                path.pop();
            }
        }
        _ => {
            let path = show(path);
            let shape = if wants_list {
                format!("[[{path}]]")
            } else {
                format!("[{path}]")
            };
            let message = format!("`{path}` is a table: write {shape} and its keys below it");
            mistakes.push(Mistake::new(&node.name_place, message));
        }
    }
}

fn unknown(path: &[&str], node: &Node, below: &[&str]) -> Mistake {
    let name = path.last().copied().unwrap_or_default();
    let mistake = Mistake::new(&node.name_place, format!("unknown key `{}`", show(path)));
    match nearest(name, below) {
        Some(near) => mistake.hint(format!("did you mean `{near}`?")),
        None => mistake.hint(format!("the keys here are {}", below.join(", "))),
    }
}

/// Checks a name that the user chose: of a source, or of a header.
fn check_name(path: &[&str], node: &Node, mistakes: &mut Vec<Mistake>) {
    let name = path.last().copied().unwrap_or_default();
    let good = if path.len() == 2 {
        is_source_name(name)
    } else {
        http::HeaderName::from_bytes(name.as_bytes()).is_ok()
    };
    if !good {
        let expected = if path.len() == 2 {
            "a source's name has 1 to 64 of the characters a-z, 0-9, `-` and `_`"
        } else {
            "this is not the name of an HTTP header"
        };
        let message = format!("`{}`: {expected}", show(path));
        mistakes.push(Mistake::new(&node.name_place, message));
    }
}

fn is_source_name(name: &str) -> bool {
    (1..=64).contains(&name.len())
        && name
            .bytes()
            .all(|it| matches!(it, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_'))
}

/// Writes a path as in TOML, but for the place in a list, which TOML does not write.
pub(super) fn show(path: &[&str]) -> String {
    let is_index = |it: &str| it.bytes().all(|it| it.is_ascii_digit());
    let names = path.iter().enumerate();
    // The second segment is a source's name, which may be all digits.
    let names = names
        .filter(|(index, it)| *index == 1 || !is_index(it))
        .map(|(_, it)| *it);
    names.collect::<Vec<_>>().join(".")
}

#[cfg(test)]
mod tests {
    use super::{super::file, *};

    fn mistakes_of(text: &str) -> Vec<String> {
        let root = file::read("c.toml", text).ok().unwrap();
        let mut mistakes = Vec::new();
        check(&root, &mut mistakes);
        mistakes.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn every_mistake_is_named_with_its_place_and_the_nearest_name() {
        let text = "lisen = \"127.0.0.1:1\"\n[limits]\nqueue = 0\nbody_bytes = \"1 elephant\"\n\
                    [sources.a]\ncontrat = \"x\"\nstrict = \"true\"\n[[sources.a.auth]]\n\
                    type = \"api-key\"\nkeys = []\n";
        let mistakes = mistakes_of(text);
        for expected in [
            "c.toml:1:1: unknown key `lisen`\n  hint: did you mean `listen`?",
            "c.toml:3:9: `limits.queue`: expected a whole number from 1 to 4294967295",
            "c.toml:4:14: `limits.body_bytes`: expected a whole number of bytes or a size",
            "c.toml:6:1: unknown key `sources.a.contrat`\n  hint: did you mean `contract`?",
            "c.toml:7:10: `sources.a.strict`: expected true or false, not a text",
            "c.toml:9:8: `sources.a.auth.type`: expected one of \"headers\", \"api_key\", ",
            "c.toml:10:8: `sources.a.auth.keys` is an empty list",
        ] {
            assert!(
                mistakes.iter().any(|it| it.starts_with(expected)),
                "{expected}\n{mistakes:#?}"
            );
        }
        assert_eq!(mistakes.len(), 7, "{mistakes:#?}");
        assert!(
            !mistakes.join("").contains("elephant"),
            "no message repeats a value"
        );
    }

    #[test]
    fn shapes_are_told_apart() {
        let mistakes = mistakes_of("limits = 3\n[sources.a]\nauth = { type = \"path\" }\n");
        assert_eq!(mistakes.len(), 2, "{mistakes:#?}");
        assert!(mistakes[0].contains("write [limits]"), "{mistakes:#?}");
        assert!(
            mistakes[1].contains("write [[sources.a.auth]]"),
            "{mistakes:#?}"
        );
    }

    #[test]
    fn names_are_checked_too() {
        let mistakes = mistakes_of("[sources.\"My Shop\"]\ncontract = \"x\"\n");
        assert_eq!(mistakes.len(), 1, "{mistakes:#?}");
        assert!(
            mistakes[0].starts_with("c.toml:1:10: `sources.My Shop`"),
            "{mistakes:#?}"
        );
    }
}
