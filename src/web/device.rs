//! Which browser and system somebody uses, in words, from what the browser says of itself: for the list of one's own visits.
//!
//! Absent on purpose: telling people apart by it, versions, or believing it; it is shown to its owner only.

/// The first name of each pair that stands in the text decides; the order matters, because browsers call themselves by each other's names.
const BROWSERS: [(&str, &str); 6] = [
    ("Edg/", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("Chromium/", "Chromium"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
];
const SYSTEMS: [(&str, &str); 7] = [
    ("Windows", "Windows"),
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Mac OS X", "Mac"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
];

/// Such as `Edge on Windows`.
pub(super) fn words(user_agent: &str) -> String {
    let find = |names: &[(&str, &'static str)], other| {
        names.iter().find(|(sign, _)| user_agent.contains(sign)).map_or(other, |(_, name)| *name)
    };
    format!("{} on {}", find(&BROWSERS, "Another browser"), find(&SYSTEMS, "another system"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_usual_ones_are_told_apart_and_nothing_sent_is_repeated() {
        let edge = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/148.0.0.0 Safari/537.36 Edg/148.0.0.0";
        let phone = "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19.0 Mobile/15E148 Safari/604.1";
        assert_eq!(words(edge), "Edge on Windows");
        assert_eq!(words(phone), "Safari on iPhone");
        assert_eq!(words("<script>"), "Another browser on another system");
    }
}
