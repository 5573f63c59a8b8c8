//! What the reader must say of a body, worked out by other means.
//!
//! `serde_json` decides what is JSON; a small visitor over it notes the rules that are stricter
//! here. It is slow and simple on purpose. The tests and the fuzz targets share it.

use std::collections::HashSet;

use serde_json::Value as Json;

/// What `serde_json` and the visitor make of a body.
pub(crate) struct Opinion {
    /// Its tree, or why it refuses.
    pub(crate) json: Result<Json, String>,
    /// Some object has a key twice.
    pub(crate) duplicate: bool,
    /// Some key is one of the library's own.
    pub(crate) reserved: bool,
    /// Some string or key holds NUL.
    pub(crate) nul: bool,
}

/// Asks for an opinion.
pub(crate) fn opinion(bytes: &[u8]) -> Opinion {
    let mut walk = Walk::default();
    let json = serde_json::from_slice::<Json>(bytes).map_err(|error| error.to_string());
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    let walked = serde::de::DeserializeSeed::deserialize(&mut walk, &mut deserializer);
    // A reserved key can make the library itself fail on a body that is JSON.
    let is_json = walked.is_ok() && deserializer.end().is_ok();
    let json = if walk.reserved && is_json {
        Ok(Json::Null)
    } else {
        json
    };
    Opinion {
        json,
        duplicate: walk.duplicate,
        reserved: walk.reserved,
        nul: walk.nul,
    }
}

impl Opinion {
    /// Whether a rule that only the reader has is broken.
    pub(crate) fn is_stricter(&self) -> bool {
        self.duplicate || self.reserved || self.nul
    }

    /// Whether the library refuses something that the reader takes: the 128th level, `1e400`.
    pub(crate) fn is_looser(&self) -> bool {
        self.json.as_ref().is_err_and(|error| {
            error.contains("recursion limit exceeded") || error.contains("number out of range")
        })
    }
}

#[derive(Default)]
struct Walk {
    duplicate: bool,
    reserved: bool,
    nul: bool,
}

impl<'de> serde::de::DeserializeSeed<'de> for &mut Walk {
    type Value = ();

    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> serde::de::Visitor<'de> for &mut Walk {
    type Value = ();

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_str<E>(self, text: &str) -> Result<(), E> {
        self.nul |= text.contains('\0');
        Ok(())
    }

    fn visit_seq<A: serde::de::SeqAccess<'de>>(self, mut sequence: A) -> Result<(), A::Error> {
        while sequence.next_element_seed(&mut *self)?.is_some() {}
        Ok(())
    }

    fn visit_map<A: serde::de::MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let mut keys = HashSet::new();
        while let Some(key) = map.next_key::<String>()? {
            self.nul |= key.contains('\0');
            self.reserved |= key.starts_with("$serde_json::private::");
            self.duplicate |= !keys.insert(key);
            map.next_value_seed(&mut *self)?;
        }
        Ok(())
    }
}
