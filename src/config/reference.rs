//! The reference of the configuration, printed from the types: `docs/CONFIGURATION.md` and the example beside the packaging.
//!
//! Promises: a key that a type gains is in both at the next run of the tests, with its doc comment as its words; the example is read by
//! [`Config::read`], as it stands and with everything in it switched on. Absent on purpose: a second list of keys.

use std::fmt::Write as _;

use serde_json::Value;

use super::Config;
use super::tests::read;

#[path = "../../tests/it/harness/printed.rs"]
mod printed;

/// What stands in the example for a key without a default, as TOML. A key that is not here gets its own name, or 1.
const EXAMPLES: [(&str, &str); 30] = [
    ("portal.force", "\"Example Constabulary\""),
    ("portal.log_name", "\"portal.example.org/log/1\""),
    ("portal.origin", "\"https://portal.example.org\""),
    ("portal.contact", "\"the Area Intelligence Unit on 01632 960001\""),
    ("portal.handling", "\"RECIPIENTS ONLY\""),
    ("listen.certificate", "\"tls/chain.pem\""),
    ("listen.key", "\"tls/key.pem\""),
    ("store.data", "\".\""),
    ("store.postgres.host", "\"db.example.org\""),
    ("store.postgres.database", "\"portal\""),
    ("store.postgres.user", "\"portal\""),
    ("store.postgres.password_file", "\"keys/postgres.password\""),
    ("store.postgres.ca_file", "\"tls/postgres-ca.pem\""),
    ("store.s3.bucket", "\"portal\""),
    ("store.s3.endpoint", "\"https://s3.example.org\""),
    ("store.s3.access_key_id", "\"portal\""),
    ("store.s3.secret_key_file", "\"keys/s3.secret\""),
    ("store.s3.ca_file", "\"tls/s3-ca.pem\""),
    ("keys.log", "\"keys/log.key\""),
    ("keys.records", "\"keys/records.key\""),
    ("keys.web", "\"keys/web.key\""),
    ("keys.blind", "\"keys/blind.key\""),
    ("keys.root", "\"portal.example.org/root+...\""),
    ("keys.break_glass", "\"age1...\""),
    ("mail.host", "\"mail.example.org\""),
    ("mail.port", "587"),
    ("mail.from", "\"portal@example.org\""),
    ("mail.user", "\"portal\""),
    ("mail.password_file", "\"keys/mail.password\""),
    ("mail.ca_file", "\"tls/mail-ca.pem\""),
];

/// A key that may be left out, but not without the other one.
const TOGETHER: [(&str, &str); 2] = [("mail.user", "mail.password_file"), ("mail.password_file", "mail.user")];

/// Whether a key or a section has to be there.
#[derive(Clone, Copy, PartialEq)]
enum Need {
    Required,
    Optional,
}

struct Section {
    name: String,
    need: Need,
    words: String,
    keys: Vec<Key>,
}

struct Key {
    name: String,
    need: Need,
    kind: String,
    /// As TOML; `None`: there is none.
    default: Option<String>,
    words: String,
    /// As TOML.
    example: String,
}

/// The sections of the whole file, each before those inside it.
fn sections() -> Vec<Section> {
    let settings = schemars::generate::SchemaSettings::draft2020_12().with(|how| how.inline_subschemas = true);
    let schema = settings.into_generator().into_root_schema_for::<Config>().to_value();
    let mut found = Vec::new();
    gather("", Need::Required, String::new(), &schema, &mut found);
    found.remove(0); // the file itself: it has sections only
    let told = |section: &Section| {
        let told = |key: &Key| (key.kind == "text" && is_path(&found, section, key), fit(&found, section, key));
        section.keys.iter().map(told).collect::<Vec<_>>()
    };
    let told: Vec<_> = found.iter().map(told).collect();
    for (section, told) in found.iter_mut().zip(told) {
        for (key, (is_path, example)) in section.keys.iter_mut().zip(told) {
            key.example = example;
            if is_path {
                key.kind = "path".to_owned();
            }
        }
    }
    found
}

fn gather(name: &str, need: Need, words: String, schema: &Value, found: &mut Vec<Section>) {
    let within = |key: &str| if name.is_empty() { key.to_owned() } else { format!("{name}.{key}") };
    assert_eq!(schema["additionalProperties"], false, "[{name}] takes unknown keys: deny_unknown_fields is missing");
    let (mut keys, mut inner) = (Vec::new(), Vec::new());
    let required: Vec<&str> = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let properties = schema["properties"].as_object().expect("a section");
    let optional = properties.keys().map(String::as_str).filter(|key| !required.contains(key));
    for key in required.iter().copied().chain(optional) {
        let (of, name) = (&properties[key], within(key));
        let need = if required.contains(&key) { Need::Required } else { Need::Optional };
        let words = of["description"].as_str().unwrap_or_else(|| panic!("{name} has no words")).replace('\n', " ");
        let shape = of["anyOf"].get(0).unwrap_or(of);
        if shape["properties"].is_object() {
            inner.push((name, need, words, shape));
        } else {
            let default = of.get("default").filter(|value| !value.is_null()).map(ToString::to_string);
            let kind = kind(&name, shape);
            keys.push(Key { example: example(&name, &kind, default.as_ref()), kind, name, need, default, words });
        }
    }
    found.push(Section { name: name.to_owned(), need, words, keys });
    // A stable sort: what must be there comes first.
    inner.sort_by_key(|(_, need, ..)| *need == Need::Optional);
    for (name, need, words, shape) in inner {
        gather(&name, need, words, shape, found);
    }
}

/// What a value looks like, in words.
fn kind(name: &str, shape: &Value) -> String {
    if let Some(choices) = shape["oneOf"].as_array() {
        let told = choices.iter().map(|one| {
            format!("`{}` ({})", one["const"], one["description"].as_str().unwrap_or_default().trim_end_matches('.'))
        });
        return format!("one of {}", told.collect::<Vec<_>>().join(", "));
    }
    let of = match &shape["type"] {
        Value::Array(several) => several[0].as_str(),
        one => one.as_str(),
    };
    match of.unwrap_or_else(|| panic!("{name}: what is {shape}?")) {
        "string" => "text".to_owned(),
        "boolean" => "`true` or `false`".to_owned(),
        "integer" => match (shape["minimum"].as_i64(), shape["maximum"].as_i64()) {
            (Some(least), Some(most)) => format!("whole number, {least} to {most}"),
            _ => "whole number".to_owned(),
        },
        "array" => format!("list of {}", kind(name, &shape["items"])),
        other => panic!("{name} is {other}: say in src/config/reference.rs how to print it"),
    }
}

/// What the portal reads where everything that must be there is, and a key has this value; `None`: the value is refused.
fn read_with(sections: &[Section], section: &Section, probed: &Key, value: &str) -> Option<Value> {
    let mut text = format!("{} = {value}\n", probed.name);
    let other = TOGETHER.iter().find(|(one, _)| *one == probed.name).map(|(_, other)| *other);
    let beside = section.keys.iter().find(|key| Some(key.name.as_str()) == other);
    if let Some(key) = beside {
        writeln!(text, "{} = {}", key.name, key.example).unwrap();
    }
    for one in sections.iter().filter(|one| one.need == Need::Required || one.name == section.name) {
        let needed = one.keys.iter().filter(|key| key.need == Need::Required && key.name != probed.name);
        needed.for_each(|key| writeln!(text, "{} = {}", key.name, key.example).unwrap());
    }
    read(&text).ok().map(|config| serde_json::to_value(config).unwrap())
}

/// Tells a path from other text as the portal does: it is taken as lying beside the file.
fn is_path(sections: &[Section], section: &Section, key: &Key) -> bool {
    let read = read_with(sections, section, key, "\"./probe\"").unwrap_or_default();
    value(&read, &key.name).as_str().is_some_and(|path| path.starts_with('/') && path.ends_with("/probe"))
}

fn value<'a>(config: &'a Value, name: &str) -> &'a Value {
    name.split('.').fold(config, |value, part| &value[part])
}

/// What the example says for a key, as TOML, as far as it can be told from the key alone.
fn example(name: &str, kind: &str, default: Option<&String>) -> String {
    let given = EXAMPLES.iter().find(|(at, _)| *at == name).map(|(_, value)| (*value).to_owned());
    given.or_else(|| default.cloned()).unwrap_or_else(|| match kind {
        "text" => format!("\"{}\"", name.rsplit('.').next().unwrap_or_default()),
        "`true` or `false`" => "false".to_owned(),
        kind if kind.starts_with("list") => "[]".to_owned(),
        _ => "1".to_owned(),
    })
}

/// The key's example, or another one where that is refused: a text may have to be an address.
fn fit(sections: &[Section], section: &Section, key: &Key) -> String {
    let others = ["\"127.0.0.1:8000\"", "\"127.0.0.1\"", "\"https://name.example.org\""].map(str::to_owned);
    let mut candidates = std::iter::once(key.example.clone()).chain(others);
    let found = candidates.find(|one| read_with(sections, section, key, one).is_some());
    found.unwrap_or_else(|| {
        panic!(
            "{}, or a key that [{}] needs: say in src/config/reference.rs what the example says",
            key.name, section.name
        )
    })
}

/// The example: what must be there stands open; all else stands behind a `#`, as its default where it has one.
fn toml(sections: &[Section]) -> String {
    let mut text = String::from(
        "# A portal's whole configuration. `init` writes a shorter one, which is enough to begin with.\n\
         # A line that begins with `#` and no space can be switched on by taking the `#` away; where the key has a default, it shows it.\n\
         # Relative paths mean beside this file. Nothing in it is secret; what it names is.\n",
    );
    for Section { name, need, words, keys } in sections {
        let closed = if *need == Need::Optional { "#" } else { "" };
        write!(text, "\n# {words}\n{closed}[{name}]\n").unwrap();
        for key in keys {
            let closed = if key.need == Need::Optional { "#" } else { closed };
            let word = key.name.rsplit('.').next().unwrap_or_default();
            write!(text, "# {}\n{closed}{word} = {}\n", key.words, key.example).unwrap();
        }
    }
    text
}

fn page(sections: &[Section], example: &str) -> String {
    let mut text = String::from(
        "# Configuration\n\nPrinted by `src/config/reference.rs` from the types that read the file (`src/config.rs`, `src/config/`).\n\n\
One TOML file, given as `--config FILE`, read once at the start: a change takes a restart. `init` writes one that is enough to begin with;\n\
`check --config FILE` says what is wrong with it. An unknown section or key is refused by name. A *path* that is relative means beside the file.\n\
Nothing secret stands in the file or has a default: keys and passwords are files of mode 0600 that it names. There are no environment variables.\n",
    );
    for Section { name, need, words, keys } in sections {
        let optional = if *need == Need::Optional { " May be left out." } else { "" };
        write!(
            text,
            "\n## `[{name}]`\n{words}{optional}\n\n| key | type | default | what it is |\n| --- | --- | --- | --- |\n"
        )
        .unwrap();
        for key in keys {
            let default = match (&key.default, key.need) {
                (Some(value), _) => format!("`{value}`"),
                (None, Need::Required) => "**required**".to_owned(),
                (None, Need::Optional) => "none".to_owned(),
            };
            let word = key.name.rsplit('.').next().unwrap_or_default();
            writeln!(text, "| `{word}` | {} | {default} | {} |", key.kind, key.words.replace('|', "\\|")).unwrap();
        }
    }
    write!(text, "\n## A complete example\nAlso in the Debian package, as `/usr/share/doc/disclosure-portal/examples/portal.toml`.\n\n```toml\n{example}```\n")
        .unwrap();
    text
}

#[test]
fn the_reference_of_the_configuration_is_as_printed() {
    let sections = sections();
    printed::printed("docs/CONFIGURATION.md", &page(&sections, &toml(&sections)));
}

#[test]
fn the_example_of_the_package_is_as_printed() {
    printed::printed("packaging/portal.toml", &toml(&sections()));
}

#[test]
fn the_example_is_read_as_it_stands_and_with_everything_switched_on() {
    let sections = sections();
    let plain = read(&toml(&sections)).expect("an example in src/config/reference.rs is not fit");
    assert!(plain.mail.is_none() && plain.store.postgres.is_none() && plain.store.s3.is_none());
    let open = |line: &str| match line.strip_prefix('#') {
        Some(rest) if !rest.starts_with(' ') => rest.to_owned(),
        _ => line.to_owned(),
    };
    let all = toml(&sections).lines().map(open).collect::<Vec<_>>().join("\n");
    let all = serde_json::to_value(read(&all).expect("an example in src/config/reference.rs is not fit")).unwrap();
    let keys: Vec<&Key> = sections.iter().flat_map(|section| &section.keys).collect();
    assert!(keys.len() > 35, "{}", keys.len());
    for key in keys {
        let value = value(&all, &key.name);
        assert!(!value.is_null(), "{} is not in the example", key.name);
        if let Some(default) = &key.default {
            assert_eq!(value.to_string(), *default, "{}", key.name);
        }
    }
    for (name, _) in EXAMPLES {
        assert!(sections.iter().any(|one| one.keys.iter().any(|key| key.name == name)), "{name} is no key any more");
    }
}

#[test]
fn kinds_and_needs_are_told_as_they_are() {
    let sections = sections();
    let told = |name: &str| {
        let key = sections.iter().flat_map(|section| &section.keys).find(|key| key.name == name).expect(name);
        (key.kind.as_str(), key.need == Need::Required, key.default.as_deref())
    };
    assert_eq!(told("portal.origin"), ("text", true, None));
    assert_eq!(told("keys.records"), ("path", true, None));
    assert_eq!(told("keys.root"), ("text", true, None));
    assert_eq!(told("store.s3.ca_file"), ("path", false, None));
    assert_eq!(told("store.postgres.port"), ("whole number, 0 to 65535", false, Some("5432")));
    assert_eq!(told("listen.proxies"), ("list of text", false, Some("[]")));
    assert!(sections.iter().flat_map(|section| &section.keys).all(|key| key.name != "portal.demo"));
    assert!(sections.iter().find(|one| one.name == "store.s3").is_some_and(|one| one.need == Need::Optional));
}
