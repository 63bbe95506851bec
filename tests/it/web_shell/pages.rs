//! Every page renders every sample, whole and escaped; no template decides by a role or by something undefined.

use std::path::{Path, PathBuf};

use disclosure_portal::domain::actor::Role;
use disclosure_portal::web::page::PAGES;

use super::stage::{Stage, get_page};

fn files(under: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(under).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { files(&path, found) } else { found.push(path) }
    }
}

fn templates() -> Vec<(String, String)> {
    let mut found = Vec::new();
    files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("templates"), &mut found);
    assert!(found.len() > 5);
    found.into_iter().map(|path| (path.display().to_string(), std::fs::read_to_string(&path).unwrap())).collect()
}

#[test]
fn no_template_names_a_role_switches_escaping_off_or_reads_a_missing_value_as_no() {
    for (path, text) in templates() {
        for banned in
            ["| safe", "|safe", "if not ", "autoescape", "style=", "onclick", "<script>", "javascript:", "http://"]
        {
            assert!(!text.contains(banned), "{path} has {banned}");
        }
        for role in Role::ALL {
            assert!(!text.contains(&format!("\"{}\"", role.word())), "{path} names the role {}", role.word());
        }
    }
}

#[actix_web::test]
async fn every_sample_of_every_page_is_whole() {
    let stage = Stage::new().await;
    let cookie = stage.sign_in(Role::Auditor).await;
    for cookie in ["", cookie.as_str()] {
        for (at, page) in PAGES.iter().enumerate() {
            let mut seen = 0;
            loop {
                let path = format!("/samples/{at}/{seen}");
                let got = stage.ask(get_page(&path).insert_header(("cookie", cookie))).await;
                if got.status == 404 && got.text().is_empty() {
                    break;
                }
                assert_eq!(got.status, 200, "{} sample {seen}", page.template);
                whole(page.template, &got.text());
                seen += 1;
            }
            assert!(seen > 0, "{} has no samples", page.template);
        }
    }
}

/// Tags nest, each id is used once, there is one h1 in one main, headings go down level by level, each label and error link has its
/// field.
pub(crate) fn whole(name: &str, html: &str) {
    assert!(html.starts_with("<!DOCTYPE html>"), "{name}: {html:.60}");
    assert!(html.contains("<html lang=\"en-GB\""), "{name}");
    for once in ["<h1", "<main", "<title>", "</html>"] {
        assert_eq!(html.matches(once).count(), 1, "{name}: {once}");
    }
    assert_eq!(html.matches("class=\"portal-marking\"").count(), 2, "{name}: marked top and bottom");
    for left in ["{{", "{%", "}}", "%}", "{#"] {
        assert!(!html.contains(left), "{name} has {left}");
    }
    let mut open: Vec<&str> = Vec::new();
    let mut ids: Vec<&str> = Vec::new();
    let mut wanted: Vec<&str> = Vec::new();
    let mut level = b'1';
    for piece in html.split('<').skip(2) {
        let (tag, text) = piece.split_once('>').unwrap_or_else(|| panic!("{name}: unclosed <{piece:.60}"));
        assert!(!text.contains('>'), "{name}: a bare > after <{tag:.60}");
        if let Some(closing) = tag.strip_prefix('/') {
            assert_eq!(open.pop(), Some(closing), "{name}: </{closing}>");
            continue;
        }
        let word = tag.split_whitespace().next().unwrap();
        if let [b'h', next @ b'1'..=b'6'] = *word.as_bytes() {
            assert!(next <= level + 1, "{name}: <h{}> after <h{}>", char::from(next), char::from(level));
            level = next;
        }
        ids.extend(attribute(tag, "id"));
        wanted.extend(attribute(tag, "for"));
        wanted.extend(attribute(tag, "aria-labelledby"));
        wanted.extend(attribute(tag, "aria-describedby").into_iter().flat_map(str::split_whitespace));
        wanted.extend(attribute(tag, "href").and_then(|href| href.strip_prefix('#')));
        if !["meta", "link", "input", "br", "hr", "img"].contains(&word) {
            open.push(word);
        }
    }
    assert!(open.is_empty(), "{name}: never closed: {open:?}");
    let count = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), count, "{name}: an id twice");
    for id in wanted {
        assert!(ids.contains(&id), "{name}: nothing has the id {id}");
    }
}

fn attribute<'h>(tag: &'h str, name: &str) -> Option<&'h str> {
    let (_, after) = tag.split_once(&format!(" {name}=\""))?;
    after.split('"').next()
}

#[actix_web::test]
async fn names_are_escaped_and_the_frame_says_who_and_where() {
    let stage = Stage::new().await;
    let cookie = stage.sign_in(Role::Officer).await;
    let got = stage.ask(get_page("/").insert_header(("cookie", cookie))).await;
    let page = got.text();
    assert_eq!(got.status, 200);
    assert!(page.contains("Signed in as Robin &lt;O’Neill&gt;"));
    assert!(page.contains("<title>Cookies – Disclosure portal</title>"));
    assert!(page.contains("OFFICIAL-SENSITIVE") && page.contains("Demo") && page.contains("01632 960001"));
    assert!(page.contains("integrity=\"sha384-") && page.contains("data-sign-out"));
}
