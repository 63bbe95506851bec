//! A form as it came in, and the document that its signer saw: the answers as canonical JSON (`docs/formats/statement.md` clause 3).
//!
//! Promise: an act that takes a [`Form`] reads what it does from the same answers that the signature covers. Absent on purpose:
//! rules about any field. Proved by the vectors of the format page.

use std::collections::BTreeMap;

use aws_lc_rs::digest;
use serde_json::Value;

use crate::actions::No;

/// Fields that are no answer: the page's token, the signature and its document, the proof of who is there.
const NOT_ANSWERS: [&str; 4] = ["token", "statement", "document", super::step_up::FIELD];

/// What was typed, and what came with it as signed.
#[derive(Clone, Debug, Default)]
pub struct Form {
    answers: Vec<(String, String)>,
    document: String,
    note: String,
}

impl Form {
    /// The fields of a form as they were posted, in their order.
    pub fn posted(fields: &[(String, String)]) -> Self {
        let first = |name: &str| fields.iter().find(|(field, _)| field == name).map_or("", |(_, value)| value.as_str());
        Self {
            // A form sends each newline as two characters; what was signed has one.
            document: newlines(first("document")),
            note: first("statement").to_owned(),
            answers: fields.iter().filter(|(name, _)| !NOT_ANSWERS.contains(&name.as_str())).cloned().collect(),
        }
    }

    /// The same answers with a document and a signature: as a browser fills in both before it sends the form.
    #[must_use]
    pub fn signed(self, document: String, note: String) -> Self {
        Self { document, note, ..self }
    }

    /// The fields to post.
    pub fn fields_to_post(&self) -> Vec<(String, String)> {
        let mut fields = self.answers.clone();
        fields.push(("document".to_owned(), self.document.clone()));
        fields.push(("statement".to_owned(), self.note.clone()));
        fields
    }

    /// The first answer to a question; none is empty.
    pub fn field(&self, name: &str) -> &str {
        self.answers.iter().find(|(field, _)| field == name).map_or("", |(_, value)| value.as_str())
    }

    /// All answers to a question.
    pub fn fields(&self, name: &str) -> Vec<&str> {
        self.answers.iter().filter(|(field, _)| field == name).map(|(_, value)| value.as_str()).collect()
    }

    /// Adds what stands for a file of the form: the digest of its bytes.
    pub fn add_file(&mut self, name: &str, bytes: &[u8]) {
        self.answers.push((name.to_owned(), digested(bytes)));
    }

    /// The document that these answers make. Of a question in `digested` it holds the digest alone.
    pub fn canonical(&self, by_digest: &[&str]) -> String {
        let mut gathered: BTreeMap<&str, Vec<String>> = BTreeMap::new();
        for (name, value) in &self.answers {
            let value = newlines(value);
            let value = if by_digest.contains(&name.as_str()) && !value.is_empty() {
                digested(value.as_bytes())
            } else {
                value
            };
            gathered.entry(name).or_default().push(value);
        }
        let member = |mut values: Vec<String>| match (values.len(), values.pop()) {
            (1, Some(one)) => Value::String(one),
            (_, last) => values.into_iter().chain(last).collect(),
        };
        let object: BTreeMap<&str, Value> = gathered.into_iter().map(|(name, values)| (name, member(values))).collect();
        serde_json::to_string(&object).unwrap_or_default()
    }

    /// The signed document, if it says what the fields say, and the signature over it.
    pub(super) fn agreed(&self, by_digest: &[&str]) -> Result<(&str, &str), No> {
        if !self.note.trim().is_empty() && self.document != self.canonical(by_digest) {
            return Err(No::field(
                "statement",
                "What was signed is not what the form says. Unlock your keys and sign again.",
            ));
        }
        Ok((&self.document, &self.note))
    }
}

/// How bytes are named in a document that does not hold them: `sha256:` and 64 hexadecimal digits.
pub fn digested(bytes: &[u8]) -> String {
    format!("sha256:{}", hex::encode(digest::digest(&digest::SHA256, bytes)))
}

/// Line ends as one newline.
fn newlines(text: &str) -> String {
    text.replace("\r\n", "\n").replace('\r', "\n")
}

/// A kept document's answers, in order: each question with its answers. `None`: it is no form's document.
pub fn read(document: &[u8]) -> Option<Vec<(String, Vec<String>)>> {
    let object: BTreeMap<String, Value> = serde_json::from_slice(document).ok()?;
    let texts = |value: Value| match value {
        Value::String(one) => Some(vec![one]),
        Value::Array(many) => many.into_iter().map(|one| one.as_str().map(str::to_owned)).collect(),
        _ => None,
    };
    object.into_iter().map(|(name, value)| Some((name, texts(value)?))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn vector(name: &str) -> Value {
        let page = include_str!("../../docs/formats/statement.md");
        let json = page.split(&format!("```json {name}\n")).nth(1).unwrap().split("```").next().unwrap();
        serde_json::from_str(json).unwrap()
    }

    fn form(vector: &Value) -> Form {
        let pair = |one: &Value| (one[0].as_str().unwrap().to_owned(), one[1].as_str().unwrap().to_owned());
        Form::posted(&vector["answers"].as_array().unwrap().iter().map(pair).collect::<Vec<_>>())
    }

    #[test]
    fn a_forms_document_is_the_pages() {
        let vector = vector("fields");
        assert_eq!(form(&vector).canonical(&[]), vector["document"]);
        let answers = read(vector["document"].as_str().unwrap().as_bytes()).unwrap();
        assert_eq!(answers[2], ("part".to_owned(), vec!["print".to_owned(), "screen".to_owned()]));
        assert_eq!(read(b"I promise.\n"), None);
        assert_eq!(Form::default().canonical(&[]), "{}");
    }

    #[test]
    fn files_and_words_kept_elsewhere_stand_as_their_digests() {
        let vector = vector("fields-with-files");
        let mut form = form(&vector);
        for file in vector["files"].as_array().unwrap() {
            form.add_file(file[0].as_str().unwrap(), &hex::decode(file[1].as_str().unwrap()).unwrap());
        }
        assert_eq!(form.canonical(&["text", "name"]), vector["document"]);
    }

    #[test]
    fn a_document_that_says_something_else_is_refused_and_what_proves_who_is_there_is_no_answer() {
        let posted = |fields: &[(&str, &str)]| {
            Form::posted(&fields.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect::<Vec<_>>())
        };
        let good = [("token", "t"), ("reason", "a\r\nb"), ("fresh_code", "123456"), ("statement", "note")];
        let with = |document: &str| {
            let mut fields = good.to_vec();
            fields.push(("document", document));
            posted(&fields)
        };
        assert_eq!(with(r#"{"reason":"a\nb"}"#).agreed(&[]).unwrap(), (r#"{"reason":"a\nb"}"#, "note"));
        for other in ["", "{}", r#"{"reason":"a"}"#, r#"{"reason":"a\nb","x":""}"#, r#"{"reason": "a\nb"}"#] {
            assert!(with(other).agreed(&[]).is_err(), "{other}");
        }
    }
}
