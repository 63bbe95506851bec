//! Templates: shown through typed pages only, never a decision, never a script.
//!
//! Traps behind the rules, tried on tera 1.20: `{% if not revoked %}` with `revoked` misspelt shows the branch; a name that ends in
//! `.tera` is not escaped; `| safe` undoes escaping.

use super::rust::paths;
use super::{File, keep, tells};

/// Role words: a page offers what the doors and the policy offer, it never asks who somebody is.
const ROLES: [&str; 9] =
    ["officer", "aic", "reviewer", "inspector", "commander", "manager", "member", "auditor", "administrator"];

fn is_template(file: &File) -> bool {
    file.below(&["templates/"])
}

fn ends_in_html(file: &File) -> Vec<String> {
    if is_template(file) && !file.ends(&[".html"]) {
        return vec![file.wrong(1, "templates end in `.html`: by that they are escaped")];
    }
    Vec::new()
}

/// What stands in `{% … %}` and `{{ … }}`, with its line.
fn tags(text: &str) -> Vec<(&str, usize)> {
    let mut found = Vec::new();
    for (open, close) in [("{%", "%}"), ("{{", "}}")] {
        for (at, _) in text.match_indices(open) {
            let rest = &text[at + 2..];
            let end = rest.find(close).unwrap_or(rest.len());
            found.push((&rest[..end], 1 + text[..at].matches('\n').count()));
        }
    }
    found
}

fn decides_nothing(file: &File) -> Vec<String> {
    if !is_template(file) {
        return Vec::new();
    }
    let mut breaches = Vec::new();
    for (tag, line) in tags(&file.text) {
        let tight: String = tag.split_whitespace().collect();
        if tight.contains("|safe") {
            breaches.push(file.wrong(line, "`| safe` undoes escaping"));
        }
        let words: Vec<_> =
            tag.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|word| !word.is_empty()).collect();
        if words.first() == Some(&"autoescape") {
            breaches.push(file.wrong(line, "escaping is never switched"));
        }
        let asks = words.first().is_some_and(|first| ["if", "elif"].contains(first));
        if asks && words.contains(&"not") {
            breaches.push(file.wrong(line, "`not` shows its branch where the name is misspelt: write `== false`"));
        }
        let quoted = |role: &str| tight.contains(&format!("\"{role}\"")) || tight.contains(&format!("'{role}'"));
        let compared = tight.contains("==") || tight.contains("!=") || words.contains(&"in");
        if (asks && words.contains(&"role")) || (compared && ROLES.iter().any(|role| quoted(role))) {
            breaches.push(file.wrong(line, "a template asks for no role: what may be offered comes from the policy"));
        }
    }
    breaches
}

fn runs_nothing(file: &File) -> Vec<String> {
    if !is_template(file) {
        return Vec::new();
    }
    let mut breaches = Vec::new();
    for (at, _) in file.text.match_indices('<') {
        let line = 1 + file.text[..at].matches('\n').count();
        let rest = &file.text[at + 1..];
        let element: String = rest.chars().take_while(char::is_ascii_alphanumeric).collect::<String>().to_lowercase();
        if element.is_empty() {
            continue;
        }
        let tag = &rest[..rest.find('>').unwrap_or(rest.len())];
        if element == "style" || element == "iframe" || element == "object" || element == "embed" {
            breaches.push(file.wrong(line, format_args!("<{element}> is not for pages of this house (CSP)")));
        }
        if element == "script" && !(tag.contains(" src=") && rest[tag.len()..].starts_with("></script>")) {
            breaches.push(file.wrong(line, "a script is a file with `src`, never text in the page (CSP)"));
        }
        for name in attributes(tag) {
            if name == "style" || (name.starts_with("on") && name.len() > 4) || name == "srcdoc" {
                breaches.push(file.wrong(line, format_args!("the attribute `{name}` is refused by the CSP")));
            }
        }
        if tag.to_lowercase().contains("javascript:") {
            breaches.push(file.wrong(line, "an address that runs a script"));
        }
    }
    breaches
}

/// Names of attributes: words directly before `=`, outside quotes.
fn attributes(tag: &str) -> Vec<String> {
    let (mut names, mut name, mut quote) = (Vec::new(), String::new(), None);
    for c in tag.chars() {
        match (c, quote) {
            (_, Some(open)) if c == open => quote = None,
            (_, Some(_)) => {}
            ('"' | '\'', None) => quote = Some(c),
            ('=', None) => names.push(std::mem::take(&mut name).to_lowercase()),
            (_, None) if c.is_whitespace() => name.clear(),
            (_, None) => name.push(c),
        }
    }
    names
}

#[test]
fn templates_are_escaped_and_decide_nothing() {
    assert!(!ends_in_html(&File::new("templates/pages/a.tera", "{{ a }}")).is_empty());
    let path = "templates/pages/a.html";
    tells(decides_nothing, path, "{{ text | safe }}", "{{ safe }}");
    tells(
        decides_nothing,
        path,
        "{% if not frame.revoked %}x{% endif %}",
        "<p>not</p>{% if revoked == false %}{% endif %}",
    );
    tells(decides_nothing, path, "{%- elif a and not b -%}", "{% if a == true and b == false %}{% endif %}");
    tells(decides_nothing, path, "{% if actor == \"aic\" %}", "{{ part::row(key=\"manager\", value=manager) }}");
    tells(decides_nothing, path, "{% if person.role %}", "<a href=\"#\">role of officer</a>{{ role }}");
    tells(decides_nothing, path, "{% autoescape false %}", "<p>autoescape</p>");
    keep(ends_in_html);
    keep(decides_nothing);
}

/// Who is there is asked anew by one part, so that a touch is offered wherever a code is; the page of passkeys has a form of its own.
fn asks_afresh_by_the_part(file: &File) -> Vec<String> {
    if !is_template(file)
        || ["templates/parts/fresh.html", "templates/pages/account/passkeys.html"].contains(&&*file.path)
    {
        return Vec::new();
    }
    let lines = file.text.lines().enumerate().filter(|(_, line)| line.contains("fresh_code"));
    lines.map(|(at, _)| file.wrong(at + 1, "use `fresh::ask` of parts/fresh.html: it offers a touch too")).collect()
}

#[test]
fn a_fresh_proof_is_asked_for_in_one_way() {
    let path = "templates/pages/a.html";
    tells(
        asks_afresh_by_the_part,
        path,
        "{{ f::input(form=form, name=\"fresh_code\") }}",
        "{{ fresh::ask(frame=frame, form=form) }}",
    );
    keep(asks_afresh_by_the_part);
}

#[test]
fn templates_hold_no_script_and_no_style() {
    let path = "templates/pages/a.html";
    tells(runs_nothing, path, "<p style=\"color:red\">", "<p class=\"style=\">");
    tells(runs_nothing, path, "<button\n  onclick='go()'>", "<button data-on=\"x\">");
    tells(runs_nothing, path, "<script>go()</script>", "<script type=\"module\" src=\"/a.js\"></script>");
    tells(runs_nothing, path, "<style>p{}</style>", "<p>style</p>");
    tells(runs_nothing, path, "<a href=\"JavaScript:go()\">", "<a href=\"/javascript\">");
    keep(runs_nothing);
}

fn is_a_typed_page(file: &File) -> Vec<String> {
    if !file.ends(&[".rs"]) || !file.below(&["src/"]) || file.path == "src/web/page.rs" {
        return Vec::new();
    }
    let bare = |path: &[&str]| path.contains(&"tera") && ["Context", "*"].iter().any(|name| path.contains(name));
    paths(&file.text)
        .iter()
        .filter(|(path, _)| bare(path) || path.ends_with(&["tera"]) || path.contains(&"one_off"))
        .map(|(_, line)| file.wrong(*line, "pages are typed structs, rendered by src/web/page.rs alone"))
        .collect()
}

#[test]
fn only_typed_pages_are_shown() {
    let path = "src/web/desk.rs";
    tells(is_a_typed_page, path, "let context = tera::Context::new();", "struct Desk { pages: tera::Tera }");
    tells(is_a_typed_page, path, "use tera::{Context, Tera};", "/// tera\nuse tera::Tera;\nimpl Page for Desk {}");
    tells(is_a_typed_page, path, "let page = Tera::one_off(text);", "let page = Trial;");
    keep(is_a_typed_page);
}
