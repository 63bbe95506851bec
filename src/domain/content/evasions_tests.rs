//! Ways round the rules that were tried with fresh eyes, and what looks like a leak and is none (K8.3, K8.4, K8.5).

use super::{conviction_like, leaks};
use crate::refusal::Refusal;

const ADDRESSES: &[&str] = &[
    // Look-alike letters, letters for figures, figures of other scripts.
    "12 Hígh Strèet",
    "12 Hıgh Str\u{ad}eet",
    "12 Ηigh Ѕtreet",
    "12 ʜɪɢʜ ꜱᴛʀᴇᴇᴛ",
    "12 𝐇𝐢𝐠𝐡 𝕊𝕥𝕣𝕖𝕖𝕥",
    "l2 High Street",
    "I2 High Street",
    "1O High Street",
    "१२ High Street",
    "MEl4 2NQ",
    "ME1O 2NQ",
    "ME1 lAA",
    "ΜΕ14 2ΝQ",
    // Keycaps, circles, squares, flags, Roman figures.
    "1\u{fe0f}\u{20e3}2\u{fe0f}\u{20e3} High Street",
    "①② High Street",
    "⑫ High Street",
    "❶❷ High Street",
    "Ⅻ High Street",
    "12½ High Street",
    "🇲🇪14 2NQ",
    "🄼🄴14 2NQ",
    "ⓜⓔ①④ ②ⓝⓠ",
    "ME\u{e0031}14 2NQ",
    // Written out.
    "one hundred and two High Street",
    "Twenty-Two Acacia Avenue",
    "number twelve, Mill Lane",
    "ME fourteen 2NQ",
    "ME one four two NQ",
    // Parted: line breaks, soft hyphens, words between, HTML typed out.
    "12\r\nHigh\r\nStreet",
    "12 High Str-\neet",
    "Hi\u{ad}gh St\u{ad}reet, 1\u{ad}2",
    "ME14\u{2028}2NQ",
    "ME&nbsp;14 2NQ",
    "ME14&#160;2NQ",
    "12&nbsp;High&nbsp;Street",
    "postcode is ME14, then 2NQ",
    "M.E.15 6.Y.E",
    "ME156YE",
    "12/a High Street",
    "12 A High Street",
    "12 🏠 High Street",
    "house 12 on the High Street",
    "the house at 12, in Mill Lane",
    "Mill Lane (12)",
    "Mill Lane, at number 12",
    "Mill Lane, house number 12",
    "He lives in Mill Lane at 12.",
    "9 Queen Elizabeth the Second Way",
    "c/o 22 Church Lane",
    // File names.
    "12-High-Street.jpg",
    "12_high_street.jpg",
    "12HighStreet.jpg",
    "31HardySt.jpg",
    "High_Street_12.jpg",
    "photo 12 High Street.jpg",
    "custody_ME142NQ.jpg",
    "BFPO 12",
    "GIR 0AA",
];

const PNC: &[&str] = &[
    "VI WE",
    "Subject is (VI) when stopped",
    "He is VI",
    "known VI",
    "has a VI marker",
    "a WE marker",
    "warning sign VI",
    "on the system as VI",
    "flags: WE, DR and AT",
    "(WE) held",
    "markers are ES and VI",
    "markers vi and we",
    "markers VIWE",
    "V.I. W.E.",
    "V I / W E",
    "ＶＩ ＷＥ",
    "V\u{200b}I/W\u{200b}E",
    "ⅤI WE",
    "VI & WE",
    "vi/dr",
    "W/S: VI",
    "wm: VI",
    "WARNING: VI WE",
    "MARKERS: WE",
    "Signals - SU",
    "[VI]",
    "He has markers for violence",
    "flagged as escaper",
    "escape risk marker",
    "CRO 12345/99A",
    "123456/99A",
    "O1/123456A",
    "0l/123456A",
    "01/1234S6A",
    "01 / 123456 A",
    "02\\34567B",
    "01/123456 A. H&M, B&Q and M&S have been told.",
    "In Middle Row. 00/10000A",
    "P&nbsp;N&nbsp;C",
    "ⓅⓃⒸ",
];

const CONVICTIONS: &[&str] = &[
    "c o n v i c t e d of theft",
    "СОNVІCTED of theft",
    "con\u{ad}victed of theft",
    "con\u{200b}victed",
    "ｃｏｎｖｉｃｔｅｄ",
    "ⓒⓞⓝⓥⓘⓒⓣⓔⓓ",
    "cónvicted",
    "con-\nvicted",
    "previous\nfor\ntheft",
    "PREVIOUS&nbsp;FOR theft",
    "pre.cons",
    "pre_cons.pdf",
    "convicted-burglar.jpg",
    "H.M.P. Elmley",
    "A.S.B.O.",
];

const NEAR: &[&str] = &[
    "WE saw him",
    "AT the till",
    "CO-OP",
    "AL",
    "ES",
    "VI",
    "and/or he/she we/they",
    "WARNING: WE HAVE SEEN HIM",
    "Warning: WE have seen him twice",
    "WARNING: IF SEEN CALL 999",
    "I'M AT THE STORE",
    "WE, AT THE CO-OP, ASK ALL STAFF",
    "IF WE ARE AT THE CO-OP",
    "(IF SEEN, CALL US)",
    "Part VI of the plan",
    "Product code CT 400",
    "code ES 400 is on the box",
    "10 1500w heaters",
    "A20 3rd exit",
    "left at the M20 2nd exit",
    "the number 12 bus from Station Road",
    "Camera 12, High Street",
    "Image 2: side view",
    "Photo 2 - Mill Lane.jpg",
    "Five Guys, Week Street",
    "Three Horseshoes, Mill Lane",
    "The shop is 5 minutes' walk away",
    "He was in Mill Lane at 12 and left",
    "Mill Lane at 12.30",
    "extension 4417, Station Road office",
];

fn missed(texts: &[&str], found: impl Fn(&Refusal) -> bool) -> Vec<String> {
    texts
        .iter()
        .filter(|text| !leaks(text).iter().any(&found))
        .map(|text| format!("{text:?}: {:?}", leaks(text)))
        .collect()
}

#[test]
fn no_address_gets_round_the_rules() {
    let missed = missed(ADDRESSES, |found| matches!(found, Refusal::AddressInText { words } if !words.is_empty()));
    assert!(missed.is_empty(), "{missed:#?}");
}

#[test]
fn nothing_of_the_pnc_gets_round_the_rules() {
    let missed = missed(PNC, |found| matches!(found, Refusal::PncInText { words } if !words.is_empty()));
    assert!(missed.is_empty(), "{missed:#?}");
}

#[test]
fn no_conviction_gets_round_the_question() {
    let missed: Vec<_> = CONVICTIONS.iter().filter(|text| conviction_like(text).is_empty()).collect();
    assert!(missed.is_empty(), "{missed:#?}");
}

#[test]
fn what_only_looks_like_a_leak_passes() {
    let refused: Vec<_> = NEAR.iter().map(|text| (text, leaks(text))).filter(|(_, found)| !found.is_empty()).collect();
    assert!(refused.is_empty(), "{refused:#?}");
}

/// A length no form takes: it returns, because nothing looks further than a few words. Not timed.
#[test]
fn a_text_far_longer_than_any_form_takes_is_answered() {
    let units = ["12 High ", "a ", "VI/", "had been ", "1"];
    for unit in units {
        let text: String = unit.repeat(300_000 / unit.len());
        let _ =
            (leaks(&text), conviction_like(&text), super::named(&text, "Alex Example"), super::named("Alex", &text));
    }
}
