//! What the content screen refuses and lets pass, as tables (K8.3, K8.5).

use super::leaks;
use crate::refusal::Refusal;

const ADDRESSES: &[&str] = &[
    "lives at 12 High Street",
    "12a Mill Lane, Ashford",
    "seen ME14 2NQ",
    "me142nq",
    "TN1 1AA.",
    "W1A 0AX",
    "flat 3 Elm Court",
    "27, Old Dover Road",
    "No.12 High Street",
    "no 12 high street",
    "12-14 High Street",
    "12/14 High Street",
    "High Street 12",
    "High Street, no. 12",
    "twelve High Street",
    "１２ High Street",
    "12\u{a0}High\u{2003}Street",
    "12\u{2013}14 High Street",
    "4 March Road",
    "12 The Glade",
    "7 The Oval",
    "3 Oak Hollow",
    "4 The Quadrant",
    "9 Hartlip Acre",
    "22 Rabbit Warren",
    "12 Broadway",
    "12 St. Mary's Wharf",
    "Flat 3A, Elm Ct",
    "Unit 7 Mill Lane",
    "ME14-2NQ",
    "ME14.2NQ",
    "me14  2nq",
    "M E 1 4 2NQ",
    "12B, The Old Dover Road",
    // Of our own.
    "12. High Street",
    "No12 High Street",
    "12high street",
    "12HighStreet",
    "#12 High St",
    "twenty-one Mill Lane",
    "XII High Street",
    "1 2 H i g h S t r e e t",
    "12\u{200b} High Street",
    "12 The Street",
    "12 Duke of York Street",
    "12 Rose and Crown Yard",
    "number 12 in the High Street",
    "lives at 12 on High Street",
    "Mill Lane 7b, Ashford",
    "High St. 12",
    "High Street number twelve",
    "4 May Tree Close",
    "he stays in Flat B",
    "ME14_2NQ",
    "ME14\n2NQ",
    "\u{ff2d}\u{ff25}14 2NQ",
    "МЕ14 2NQ",
    "M.E.1.4.2.N.Q",
    "12\nHigh\nStreet",
    "(12) High Street",
    "12; High Street",
    "PO Box 12",
];

const PNC: &[&str] = &[
    "PNC shows",
    "ID 01/123456A",
    "1999/1234567Z",
    "warning signals: VI",
    "P.N.C. shows violent",
    "P N C",
    "01-123456A",
    "01/123456A",
    "warning-signals",
    "warning markers: VI",
    "PNCID",
    // Of our own.
    "p-n-c",
    "P\u{200b}N\u{200b}C",
    "РNС check",
    "ＰＮＣ",
    "PNC123",
    "the Police National Computer",
    "01 123456A",
    "01/123456 A",
    "01123456A",
    "01\u{2013}123456A",
    "1999.1234567Z",
    "WarningSignal",
    "violence marker",
    "firearms markers held",
    "warning flag",
    "warning\u{a0}signal",
    "PN C",
    "０１/123456A",
];

const ORDINARY: &[&str] = &[
    "3 thefts in High Street since June",
    "Suspected of shop theft around Mill Lane and the station.",
    "He wears a size 12 coat",
    "size 12 coat",
    "Reference CZ/001/26",
    "Between 10 November and 20 November near King Street",
    "Works with 2 men in the Royal Star Arcade",
    "Do not approach. Call 999.",
    "Seen on the B2011 by the M20",
    "B2011 by the M20",
    "stole 12 bottles from a shop near Park Road",
    "at 3pm on 4 March near the Broadway cinema",
    "5 shops on the High Street",
    "two men in Station Road",
    // Of our own.
    "Seen in High Street at 4.30pm.",
    "Stole 6 jars of coffee, Mill Lane, on 3 May.",
    "On 12/03/2026 High Street shops were hit.",
    "Aged 25, black hair, green jacket.",
    "No one in High Street saw him.",
    "Two women and a man target chemists in Week Street.",
    "In Mill Lane 3 men ran off.",
    "He left by Station Road. 2 bags were found.",
    "In High Street 12 bottles were stolen.",
    "Banned from 14 stores in the town centre.",
    "About 180 cm tall, medium build.",
    "Usually about 10am to 2pm on Saturdays.",
    "Took meat worth £120 from a shop by the Green.",
    "Park Road, 4 March, about noon.",
    "Last seen 14 March, Mill Lane.",
    "3 May, High Street: took razors.",
    "Since 2024 High Street stores have been hit.",
    "Call 101 and quote 46/1234/26.",
    "One of the High Street shops was entered twice.",
    "Told me at 4.30 pm.",
    "Works with a woman aged 30 who waits in a car.",
    "Within 5 minutes he was back in King Street.",
    "He is violent when stopped: do not approach.",
    "Carries a bag lined with foil.",
    "Three offences in Earl Street in May.",
    "Last seen on Friday 6 June in Gabriels Hill.",
    "Wears a cap, size 9 trainers and a green coat.",
    "The shop in Park Road closes at 10.",
    "Known to use buses from Station Road.",
    "Gave staff a warning before leaving.",
    "He hides razors in a pram.",
    "Seen 4 times in Week Street and twice in the Mall.",
    "Took 20 packets of steak on 7 April, High Street.",
    "Meets others at the Broadway at 10:30.",
    "Stole marker pens and 2 phones.",
    "Between 9 and 11 in the morning near Bank Street.",
];

#[test]
fn addresses_are_found_however_typed() {
    for text in ADDRESSES {
        let found = leaks(text);
        let named = |no: &Refusal| matches!(no, Refusal::AddressInText { words } if !words.is_empty());
        assert!(found.iter().any(named), "{text}: {found:?}");
    }
}

#[test]
fn pnc_data_is_found_however_typed() {
    for text in PNC {
        let found = leaks(text);
        let named = |no: &Refusal| matches!(no, Refusal::PncInText { words } if !words.is_empty());
        assert!(found.iter().any(named), "{text}: {found:?}");
    }
}

#[test]
fn ordinary_sentences_pass() {
    let refused: Vec<_> =
        ORDINARY.iter().map(|text| (text, leaks(text))).filter(|(_, found)| !found.is_empty()).collect();
    assert!(refused.is_empty(), "{refused:#?}");
}

#[test]
fn the_words_found_are_named() {
    let words = "12 High Street".to_owned();
    assert_eq!(leaks("He lives at 12, High Street."), vec![Refusal::AddressInText { words }]);
}

#[test]
fn any_text_is_read_without_a_panic() {
    proptest::proptest!(|(text in "(\\PC|[0-9A-Za-z ./:,'-]){0,60}")| { let _ = leaks(&text); });
}

#[test]
fn the_held_list_of_ordinary_sentences_passes() {
    let lines: Vec<_> = include_str!("ordinary.txt").lines().collect();
    assert!(lines.len() >= 300, "{}", lines.len());
    let refused: Vec<_> = lines.iter().map(|text| (text, leaks(text))).filter(|(_, found)| !found.is_empty()).collect();
    assert!(refused.is_empty(), "{} of {}: {refused:#?}", refused.len(), lines.len());
}
