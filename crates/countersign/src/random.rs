//! The one door through which randomness enters.

/// Fills an array with bytes that nobody can guess.
///
/// # Panics
///
/// When the operating system has no randomness to give: nothing secret can be made then.
#[must_use]
#[expect(clippy::disallowed_methods, reason = "this is the door")]
pub fn bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).expect("the operating system gives random bytes");
    bytes
}

/// Makes a secret of 160 bits that is safe in a header, a path and a shell: `0-9 a-z`.
#[must_use]
pub fn token() -> String {
    const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
    bytes::<32>()
        .iter()
        .map(|byte| char::from(ALPHABET[usize::from(byte & 31)]))
        .collect()
}
