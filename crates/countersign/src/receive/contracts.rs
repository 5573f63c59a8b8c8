//! The contracts that this process knows: the built-in ones, and those of a folder, which replace
//! built-in ones of the same name.

use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
    sync::Arc,
};

use countersign_domain::contract::{Contract, Mistake, embedded};
use countersign_store::Lifecycles;

/// Every contract, by name.
#[derive(Clone, Debug, Default)]
pub(crate) struct Contracts {
    by_name: BTreeMap<String, Arc<Contract>>,
}

/// Why the contracts cannot be loaded.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ContractsError {
    /// The folder or a file in it cannot be read.
    #[error("{}: cannot be read: {source}", path.display())]
    Unreadable {
        /// The folder or file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A file is not a contract.
    #[error("{}", lines(path, mistakes))]
    Wrong {
        /// The file.
        path: PathBuf,
        /// Every mistake in it.
        mistakes: Vec<Mistake>,
    },
}

fn lines(path: &Path, mistakes: &[Mistake]) -> String {
    let lines: Vec<_> = mistakes
        .iter()
        .map(|it| format!("{}:{it}", path.display()))
        .collect();
    lines.join("\n")
}

impl Contracts {
    /// Loads the built-in contracts and then every `.yaml` file of the folder.
    ///
    /// # Errors
    ///
    /// When the folder cannot be read or a file is not a contract: every mistake with its line.
    pub(crate) fn load(folder: Option<&Path>) -> Result<Self, ContractsError> {
        let mut contracts = Self::default();
        for (stem, text) in embedded() {
            contracts.add(Path::new(stem), text)?;
        }
        if let Some(folder) = folder {
            for path in yaml_files(folder)? {
                let unreadable = |source| ContractsError::Unreadable {
                    path: path.clone(),
                    source,
                };
                let text = fs::read_to_string(&path).map_err(unreadable)?;
                contracts.add(&path, &text)?;
            }
        }
        Ok(contracts)
    }

    fn add(&mut self, path: &Path, text: &str) -> Result<(), ContractsError> {
        let contract = Contract::load(text).map_err(|mistakes| ContractsError::Wrong {
            path: path.to_owned(),
            mistakes,
        })?;
        self.by_name
            .insert(contract.name.to_string(), Arc::new(contract));
        Ok(())
    }

    /// The contract of that name.
    pub(crate) fn get(&self, name: &str) -> Option<Arc<Contract>> {
        self.by_name.get(name).cloned()
    }

    /// Every contract, in the order of their names.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Arc<Contract>> {
        self.by_name.values()
    }

    /// The life of every kind of document; of two contracts of one namespace that tell of one kind,
    /// the one whose name comes later says it.
    pub(crate) fn lifecycles(&self) -> Lifecycles {
        let all = self.iter().flat_map(|it| it.lifecycles());
        all.map(Arc::clone).collect()
    }

    /// The names, for a sentence.
    pub(crate) fn names(&self) -> String {
        self.by_name
            .keys()
            .map(|it| format!("`{it}`"))
            .collect::<Vec<_>>()
            .join(", ")
    }
}

fn yaml_files(folder: &Path) -> Result<Vec<PathBuf>, ContractsError> {
    let unreadable = |source| ContractsError::Unreadable {
        path: folder.to_owned(),
        source,
    };
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        if path
            .extension()
            .is_some_and(|it| it == "yaml" || it == "yml")
        {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_contracts_load_and_a_folder_replaces_by_name() {
        let folder = tempfile::tempdir().unwrap();
        let (_, text) = embedded()[0];
        fs::write(folder.path().join("mine.yaml"), text).unwrap();
        fs::write(folder.path().join("notes.txt"), "not a contract").unwrap();
        let built_in = Contracts::load(None).unwrap();
        let with_folder = Contracts::load(Some(folder.path())).unwrap();
        assert_eq!(built_in.names(), with_folder.names());
        assert_eq!(built_in.iter().count(), 3);
    }

    #[test]
    fn a_wrong_file_is_named_with_its_line() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("wrong.yaml"), "openapi: 3.1.0\n").unwrap();
        let error = Contracts::load(Some(folder.path()))
            .unwrap_err()
            .to_string();
        assert!(error.contains("wrong.yaml:"), "{error}");
    }
}
