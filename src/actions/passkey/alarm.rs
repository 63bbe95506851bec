//! What must never leave a browser is refused at every door that takes an authenticator's answer.
//!
//! `credential.toJSON()` carries what PRF answered, which opens its owner's keys: a page that forgets to strip it would hand the
//! server every key. So the server looks for it in the whole body, throws the body away, and puts an alarm on the log.
//! Absent on purpose: keeping or logging any of what was sent.

use serde_json::Value;

use crate::actions::{No, Office, Stamp};
use crate::domain::event::{Event, Kind};

/// How deep a text within a text is read as JSON again.
const NESTED: u8 = 3;

/// Reads a script's body; refused with an alarm when it holds a secret of a passkey. `object`: about whom, for the log.
pub async fn refuse_secrets(office: &Office, object: &str, body: &[u8], stamp: &Stamp) -> Result<Value, No> {
    let value: Value = serde_json::from_slice(body).map_err(|_| super::no(super::UNREADABLE))?;
    if holds_secret(&value, NESTED) {
        raise(office, object, "prf.results", stamp).await?;
        return Err(No::SecretSent);
    }
    Ok(value)
}

/// The same for the values of a form.
pub async fn refuse_secrets_in_form(office: &Office, object: &str, values: &[&str], stamp: &Stamp) -> Result<(), No> {
    if values.iter().any(|text| holds_secret(&Value::String((*text).to_owned()), NESTED)) {
        raise(office, object, "prf.results", stamp).await?;
        return Err(No::SecretSent);
    }
    Ok(())
}

/// Puts an alarm on the log.
pub(super) async fn raise(office: &Office, object: &str, what: &'static str, stamp: &Stamp) -> Result<(), No> {
    office.record(Event::new(Kind::KeyAlarm, object).with("what", vec![what]), stamp).await
}

/// Whether `prf.results`, or the older `hmacGetSecret` outputs, stand anywhere in it, also in JSON written as a text.
fn holds_secret(value: &Value, nested: u8) -> bool {
    match value {
        Value::Object(members) => members.iter().any(|(name, inner)| {
            let has = |member: &str| inner.get(member).is_some();
            (name == "prf" && has("results"))
                || (name == "hmacGetSecret" && has("output1"))
                || holds_secret(inner, nested)
        }),
        Value::Array(items) => items.iter().any(|item| holds_secret(item, nested)),
        Value::String(text) if nested > 0 && text.contains('{') => {
            serde_json::from_str::<Value>(text).is_ok_and(|inner| holds_secret(&inner, nested - 1))
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_secret_is_found_wherever_it_stands_and_nothing_else_is_taken_for_it() {
        let results = json!({"results": {"first": "AAAA"}});
        for held in [
            json!({"credential": {"clientExtensionResults": {"prf": results}}}),
            json!([{"a": [{"prf": results}]}]),
            json!({"credential": json!({"clientExtensionResults": {"prf": results}}).to_string()}),
            json!({"prf": {"results": {}}}),
            json!({"prf": {"results": null}}),
            json!({"clientExtensionResults": {"hmacGetSecret": {"output1": "AAAA"}}}),
        ] {
            assert!(holds_secret(&held, NESTED), "{held}");
        }
        for clean in [
            json!({"clientExtensionResults": {"prf": {"enabled": true}}}),
            json!({"prf": {}, "results": {"first": "AAAA"}}),
            json!({"name": "prf.results {", "x": "{\"prf\":{}}"}),
            json!(null),
        ] {
            assert!(!holds_secret(&clean, NESTED), "{clean}");
        }
    }
}
