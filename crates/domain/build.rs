//! Lists the example files of the contracts, so that the binary carries them.

use std::{
    env,
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
};

fn main() {
    // Read when it runs: compiled in, it would name the checkout that compiled it.
    let here = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").expect("cargo sets it"));
    let root = here.join("../../contracts/examples");
    println!("cargo::rerun-if-changed={}", root.display());
    let mut list = String::from(
        "/// Every example, by operation and name.\npub(super) static EXAMPLES: &[Example] = &[\n",
    );
    for folder in sorted(&root) {
        println!("cargo::rerun-if-changed={}", folder.display());
        for file in sorted(&folder) {
            let (operation, name) = (stem(&folder, false), stem(&file, true));
            let path = file.canonicalize().expect("a listed file exists");
            let _ = writeln!(
                list,
                "    Example {{ operation: {operation:?}, name: {name:?}, text: include_str!({path:?}) }},"
            );
        }
    }
    list.push_str("];\n");
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets OUT_DIR"));
    fs::write(out.join("examples.rs"), list).expect("OUT_DIR can be written");
}

fn sorted(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("the folder of examples can be read");
    let mut paths: Vec<_> = entries
        .map(|it| it.expect("an entry can be read").path())
        .collect();
    paths.sort();
    paths
}

fn stem(path: &Path, is_file: bool) -> String {
    let name = if is_file {
        path.file_stem()
    } else {
        path.file_name()
    };
    name.expect("a listed path has a name")
        .to_string_lossy()
        .into_owned()
}
