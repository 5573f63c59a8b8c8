//! Environment variables as settings: `COUNTERSIGN_SOURCES__SHOP__AUTH__0__KEYS__0_FILE=…`.
//!
//! `__` stands between levels and a number is a place in a list. A name that the user chose (of a
//! source, of a header) finds the one already there, `_` standing for `-`. A variable of a secret
//! may end in `_FILE` and then names a file that holds the value.

use std::{collections::BTreeMap, ffi::OsString, fs};

use super::{
    check::show,
    keys,
    kind::{Kind, nearest},
    layer::{Node, Value},
    mistake::{Mistake, Place},
};

/// What every variable begins with.
pub(super) const PREFIX: &str = "COUNTERSIGN_";
/// Variables that belong to the commands, not to the configuration.
const NOT_SETTINGS: [&str; 2] = ["COUNTERSIGN_TOKEN", "COUNTERSIGN_CONFIG"];
const FILE_SUFFIX: &str = "_file";

/// Lays the variables over the tree.
pub(super) fn apply(
    root: &mut Node,
    variables: &[(OsString, OsString)],
    mistakes: &mut Vec<Mistake>,
) {
    let mut settings: Vec<_> = variables
        .iter()
        .filter_map(|(name, value)| {
            let name = name.to_str()?;
            let path = name.strip_prefix(PREFIX)?;
            (!NOT_SETTINGS.contains(&name)).then(|| (name, segments(path), value))
        })
        .collect();
    // By number where there is one, so that place 2 of a list comes before place 10.
    settings.sort_by_key(|(_, path, _)| {
        path.iter()
            .map(|it| (it.parse::<usize>().ok(), it.clone()))
            .collect::<Vec<_>>()
    });
    for (name, path, value) in settings {
        let place = Place::Environment(name.to_owned());
        let Some(value) = value.to_str() else {
            mistakes.push(Mistake::new(&place, "the value is not UTF-8"));
            continue;
        };
        if let Err(mistake) = apply_one(root, &path, value, &place) {
            mistakes.push(mistake);
        }
    }
}

fn segments(path: &str) -> Vec<String> {
    path.split("__").map(str::to_ascii_lowercase).collect()
}

fn apply_one(
    root: &mut Node,
    written: &[String],
    value: &str,
    place: &Place,
) -> Result<(), Mistake> {
    let (path, value) = match resolve(root, written) {
        Some(path) => (path, value.to_owned()),
        None => match named_file(root, written.to_vec()) {
            Some(path) => (path, read_secret(value, place)?),
            None => return Err(unknown(written, place)),
        },
    };
    set(root, &path, 0, Node::new(Value::Text(value), place))
}

/// The path as the tree names it, if it leads to a key (or to a place in the list of one).
fn resolve(root: &Node, written: &[String]) -> Option<Vec<String>> {
    let mut path: Vec<String> = Vec::new();
    for name in written {
        let so_far: Vec<&str> = path.iter().map(String::as_str).collect();
        let takes_list = keys::find(&so_far).is_some_and(|it| it.kind == Kind::Secrets);
        let below = keys::below(&so_far);
        let is_index = !name.is_empty() && name.bytes().all(|it| it.is_ascii_digit());
        if takes_list || below == ["#"] {
            if !is_index {
                return None;
            }
            path.push(name.clone());
        } else if below.contains(&name.as_str()) {
            path.push(name.clone());
        } else if below.contains(&"*") && !name.is_empty() {
            if path.len() > 1 && name.ends_with(FILE_SUFFIX) {
                // A header's name never ends so: it is the header's value that stands in a file.
                return None;
            }
            path.push(chosen_name(root.get(&so_far), name, path.len() > 1));
        } else {
            return None;
        }
    }
    let whole: Vec<&str> = path.iter().map(String::as_str).collect();
    let key = keys::find(&whole).or_else(|| keys::find(whole.split_last()?.1));
    key.map(|_| path)
}

/// The name in the tree that a variable's segment means; headers are written with `-`.
fn chosen_name(table: Option<&Node>, name: &str, is_header: bool) -> String {
    let fold = |it: &str| it.to_ascii_lowercase().replace('-', "_");
    let known = table.and_then(|it| it.members().map(|(it, _)| it).find(|it| fold(it) == name));
    known.cloned().unwrap_or_else(|| {
        if is_header {
            name.replace('_', "-")
        } else {
            name.to_owned()
        }
    })
}

/// The path of the secret whose value stands in the file that this variable names.
fn named_file(root: &Node, mut written: Vec<String>) -> Option<Vec<String>> {
    let last = written.last_mut()?;
    last.truncate(last.strip_suffix(FILE_SUFFIX)?.len());
    let path = resolve(root, &written)?;
    let whole: Vec<&str> = path.iter().map(String::as_str).collect();
    let key = keys::find(&whole).or_else(|| keys::find(whole.split_last()?.1))?;
    key.secret.then_some(path)
}

fn read_secret(file: &str, place: &Place) -> Result<String, Mistake> {
    fs::read_to_string(file)
        .map(|it| it.trim().to_owned())
        .map_err(|error| Mistake::new(place, format!("the file it names cannot be read: {error}")))
}

fn unknown(written: &[String], place: &Place) -> Mistake {
    let mistake = Mistake::new(place, "this variable sets no key");
    let names: Vec<&str> = written.iter().map(String::as_str).collect();
    for length in (0..names.len()).rev() {
        let below = keys::below(&names[..length]);
        if below.is_empty() {
            continue;
        }
        let prefix: String = names[..length]
            .iter()
            .map(|it| it.to_ascii_uppercase() + "__")
            .collect();
        if let Some(near) = nearest(names[length], &below) {
            let near = near.to_ascii_uppercase();
            return mistake.hint(format!("did you mean {PREFIX}{prefix}{near}…?"));
        }
        return mistake.hint(format!(
            "after {PREFIX}{prefix} may come {}",
            below.join(", ")
        ));
    }
    mistake
}

/// Puts a value at a path, below the first `depth` segments, and makes what is missing on the way.
fn set(node: &mut Node, path: &[String], depth: usize, new: Node) -> Result<(), Mistake> {
    let Some(name) = path.get(depth) else {
        node.value = new.value;
        node.place = new.place;
        return Ok(());
    };
    if is_list(&path[..depth]) && !matches!(node.value, Value::List(_)) {
        // A single secret stands for a list of one; a place in it makes it a list.
        let items = match &node.value {
            Value::Table(_) => Vec::new(),
            single => vec![Node::new(single.clone(), &node.place)],
        };
        node.value = Value::List(items);
    }
    let empty = || Node::new(Value::Table(BTreeMap::new()), &new.place);
    match &mut node.value {
        Value::Table(members) => set(
            members.entry(name.clone()).or_insert_with(empty),
            path,
            depth + 1,
            new,
        ),
        Value::List(items) => {
            let index = name.parse::<usize>().unwrap_or(usize::MAX);
            if index > items.len() {
                let message = format!("place {name} leaves a gap: the list has {}", items.len());
                return Err(Mistake::new(&new.place, message).hint("places count from 0"));
            }
            if index == items.len() {
                items.push(empty());
            }
            set(&mut items[index], path, depth + 1, new)
        }
        _ => {
            let names: Vec<&str> = path[..depth].iter().map(String::as_str).collect();
            let message = format!(
                "`{}` is not a table, so nothing below it is set",
                show(&names)
            );
            Err(Mistake::new(&new.place, message))
        }
    }
}

fn is_list(path: &[String]) -> bool {
    let path: Vec<&str> = path.iter().map(String::as_str).collect();
    keys::below(&path) == ["#"] || keys::find(&path).is_some_and(|it| it.kind == Kind::Secrets)
}

#[cfg(test)]
mod tests {
    use super::{super::file, *};

    fn applied(text: &str, variables: &[(&str, &str)]) -> (Node, Vec<String>) {
        let mut root = file::read("c.toml", text).ok().unwrap();
        let variables: Vec<_> = variables
            .iter()
            .map(|(name, value)| (name.into(), value.into()))
            .collect();
        let mut mistakes = Vec::new();
        apply(&mut root, &variables, &mut mistakes);
        (root, mistakes.iter().map(ToString::to_string).collect())
    }

    fn text_at(root: &Node, path: &[&str]) -> Option<String> {
        root.get(path).and_then(Node::text)
    }

    const FILE: &str = "[sources.my-shop]\ncontract = \"c\"\n[[sources.my-shop.auth]]\n\
                        type = \"headers\"\nheaders = { X-Secret = \"old\" }\n";

    #[test]
    fn variables_reach_names_that_a_variable_cannot_spell() {
        let (root, mistakes) = applied(
            FILE,
            &[
                ("COUNTERSIGN_LISTEN", "0.0.0.0:1"),
                ("COUNTERSIGN_SOURCES__MY_SHOP__MOUNT", "/shop"),
                (
                    "COUNTERSIGN_SOURCES__MY_SHOP__AUTH__0__HEADERS__X_SECRET",
                    "new",
                ),
                (
                    "COUNTERSIGN_SOURCES__MY_SHOP__AUTH__0__HEADERS__X_OTHER",
                    "more",
                ),
                ("COUNTERSIGN_TOKEN", "not a setting"),
                ("PATH", "/bin"),
            ],
        );
        assert!(mistakes.is_empty(), "{mistakes:?}");
        assert_eq!(text_at(&root, &["listen"]).as_deref(), Some("0.0.0.0:1"));
        let shop = root.get(&["sources", "my-shop"]).unwrap();
        assert_eq!(text_at(shop, &["mount"]).as_deref(), Some("/shop"));
        let headers = shop.get(&["auth", "0", "headers"]).unwrap();
        assert_eq!(text_at(headers, &["X-Secret"]).as_deref(), Some("new"));
        assert_eq!(text_at(headers, &["x-other"]).as_deref(), Some("more"));
    }

    #[test]
    fn numbers_are_places_in_lists_and_sort_as_numbers() {
        let names: Vec<_> = (0..12)
            .map(|it| format!("COUNTERSIGN_SOURCES__A__AUTH__0__TOKENS__{it}"))
            .collect();
        let mut variables: Vec<_> = names.iter().map(|it| (it.as_str(), "t")).collect();
        variables.push(("COUNTERSIGN_SOURCES__A__AUTH__0__TYPE", "bearer"));
        let (root, mistakes) = applied("", &variables);
        assert!(mistakes.is_empty(), "{mistakes:?}");
        let tokens = root.get(&["sources", "a", "auth", "0", "tokens"]).unwrap();
        assert_eq!(tokens.items().len(), 12);

        let (_, mistakes) = applied("", &[("COUNTERSIGN_SOURCES__A__AUTH__2__TYPE", "bearer")]);
        assert!(mistakes[0].contains("leaves a gap"), "{mistakes:?}");
    }

    #[test]
    fn one_secret_becomes_a_list_when_a_second_is_given() {
        let variable = (
            "COUNTERSIGN_SOURCES__MY_SHOP__AUTH__0__HEADERS__X_SECRET__1",
            "new",
        );
        let (root, mistakes) = applied(FILE, &[variable]);
        assert!(mistakes.is_empty(), "{mistakes:?}");
        let path = ["sources", "my-shop", "auth", "0", "headers", "X-Secret"];
        let values: Vec<_> = root
            .get(&path)
            .unwrap()
            .items()
            .iter()
            .filter_map(|it| it.text())
            .collect();
        assert_eq!(values, ["old", "new"]);
    }

    #[test]
    fn a_secret_may_stand_in_a_file_and_nothing_else_may() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("secret");
        fs::write(&file, "  from the file\n").unwrap();
        let file = file.to_str().unwrap();
        let (root, mistakes) = applied(
            FILE,
            &[
                (
                    "COUNTERSIGN_SOURCES__MY_SHOP__AUTH__0__HEADERS__X_SECRET_FILE",
                    file,
                ),
                ("COUNTERSIGN_SOURCES__MY_SHOP__MOUNT_FILE", file),
                (
                    "COUNTERSIGN_SOURCES__MY_SHOP__AUTH__0__HEADERS__X_TWO_FILE",
                    "/nowhere/at/all",
                ),
            ],
        );
        let path = ["sources", "my-shop", "auth", "0", "headers", "X-Secret"];
        assert_eq!(text_at(&root, &path).as_deref(), Some("from the file"));
        assert_eq!(mistakes.len(), 2, "{mistakes:?}");
        assert!(
            mistakes.iter().any(|it| it.contains("cannot be read")),
            "{mistakes:?}"
        );
        assert!(
            mistakes.iter().any(|it| it.contains("did you mean")),
            "{mistakes:?}"
        );
    }

    #[test]
    fn an_unknown_variable_is_named_with_the_nearest_right_one() {
        let (_, mistakes) = applied("", &[("COUNTERSIGN_LIMITS__BODY_BYTE", "1")]);
        let expected = "environment COUNTERSIGN_LIMITS__BODY_BYTE: this variable sets no key\n  \
                        hint: did you mean COUNTERSIGN_LIMITS__BODY_BYTES…?";
        assert_eq!(mistakes, [expected]);
    }
}
