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
    // Both sides of an edge: numbers that are no hour, no date and no count, beside those that are (below).
    "12 highstreet",
    "12 millroad",
    "24:30 High Street",
    "house 10:300 High Street",
    "He lives at 2024 High Street",
    "flats 4/12/14 High Street",
    "Shop-11-14 High Street",
    "since 2026 11-14 High Street",
    "seen 2026, 11, 14 High Street",
    "12 A Broadway",
    "lives at 12s, High Street",
    "He lives in Mill Lane at 12:front door",
    "He lives in Mill Lane at no. 4, pm only",
    "High Street 12 gas leak",
    "High Street 12, to let",
    "XX1O 2NQ",
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
    "markers for self harm",
    "01 123456a",
    "01/123S5S7A",
    "01/1B3456A",
    "01/12O4A",
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
    "12 went abroad",
    "12 abroad",
    "12 McStreet fans",
    "I know High Street well",
    "At 10:30 High Street was shut.",
    "At 23:59 High Street was shut.",
    "Reference 46/1234/26 High Street",
    "2026-11-14 High Street was shut.",
    "bay e1 or 2AB",
    "ME14&1;2NQ",
    "He lives in High Street, at no one place",
    "He stays in Mill Lane at 4 pm most days",
    "He stays in Mill Lane at 12:30 most days",
    "In High Street 10 to 4",
    "20 750W heaters",
    "Order 123/123456A",
    "20 1500 W heaters",
    "a clip known as V, I think",
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

/// Each letter and figure of the rows that are read by arithmetic is the one that a reader takes it for.
#[test]
fn each_drawn_letter_and_figure_is_read_as_what_it_looks_like() {
    let seen = |code: u32| {
        let mut text = String::new();
        super::looks::plain(char::from_u32(code).unwrap(), |c| text.push(c));
        text
    };
    let letters = |small: bool| if small { 'a'..='z' } else { 'A'..='Z' };
    for (n, code) in (0x1D400..=0x1D6A3).enumerate() {
        assert_eq!(seen(code), letters(n % 52 >= 26).nth(n % 26).unwrap().to_string(), "{code:X}");
    }
    for (first, small) in [
        (0x249C, true),
        (0x24B6, false),
        (0x24D0, true),
        (0x1F110, false),
        (0x1F130, false),
        (0x1F150, false),
        (0x1F170, false),
        (0x1F1E6, false),
    ] {
        let row: String = (first..first + 26).map(seen).collect();
        assert_eq!(row, letters(small).collect::<String>(), "{first:X}");
    }
    for first in [0x1D7CE, 0x1D7D8, 0x1D7E2, 0x1D7EC, 0x1D7F6, 0x660, 0x6F0, 0x966, 0x1FBF0] {
        let row: String = (first..first + 10).map(seen).collect();
        assert_eq!(row, "0123456789", "{first:X}");
    }
    for (first, most) in
        [(0x2460, 20), (0x2474, 20), (0x2488, 20), (0x24F5, 10), (0x2776, 10), (0x2780, 10), (0x278A, 10)]
    {
        for n in 0..most {
            assert_eq!(seen(first + n), (n + 1).to_string(), "{first:X}");
        }
    }
    assert_eq!([0xFF01, 0xFF21, 0xFF41, 0xFF5E].map(seen), ["!", "A", "a", "~"]);
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
