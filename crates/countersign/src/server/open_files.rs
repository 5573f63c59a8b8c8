//! Raises the number of files that the process may open, as far as the system lets it.
//!
//! Every connection is a file, and the usual soft limit of 1,024 is far below ours.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// Files that are needed beside connections: the store's, the logs', the runtime's.
const BESIDE: usize = 64;

/// Raises the limit if `connections` need it, and says how many can really be served.
pub(crate) fn allow(connections: usize) -> usize {
    let needed = (connections + BESIDE) as u64;
    let now = getrlimit(Resource::Nofile);
    let soft = now.current.unwrap_or(u64::MAX);
    if soft >= needed {
        return connections;
    }
    let raised = now.maximum.map_or(needed, |hard| needed.min(hard));
    let wish = Rlimit {
        current: Some(raised),
        maximum: now.maximum,
    };
    let files = if setrlimit(Resource::Nofile, wish).is_ok() {
        raised
    } else {
        soft
    };
    let served = usize::try_from(files)
        .unwrap_or(usize::MAX)
        .saturating_sub(BESIDE)
        .max(1);
    if served < connections {
        tracing::warn!(
            wanted = connections,
            served,
            "the system lets this process open too few files for `limits.connections`"
        );
    }
    served.min(connections)
}
