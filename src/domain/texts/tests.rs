//! Each text is as its clause wants it, and what its clause does not want is refused.

use super::*;

fn prose(words: &str) -> Prose {
    Prose::parse("the text", words).unwrap()
}

fn codes(text: Text, words: &str) -> Vec<&'static str> {
    text.check(&prose(words)).iter().map(Refusal::code).collect()
}

#[test]
fn every_shipped_text_meets_its_own_clause() {
    for &text in Text::ALL {
        assert_eq!(text.check(&prose(text.shipped())), [], "{text:?}");
        assert_eq!(Text::parse(text.word()), Some(text));
        assert!(!text.needs().is_empty() && text.clause().starts_with(['K', 'O']) && !text.used().is_empty());
        assert!(text.used().ends_with('.'), "{text:?} is used where?");
        assert!(text.shipped().ends_with('\n') && !text.shipped().contains("  "), "{text:?}");
    }
}

#[test]
fn what_a_clause_requires_cannot_be_left_out() {
    // Taking any needed part out of the shipped words is refused with the clause of that part.
    for (text, part, clause) in [
        (Text::Notice, "{hours}", "O3.2.3"),
        (Text::Notice, "{contact}", "O3.2.3"),
        (Text::Notice, "{offence}", "O3.2.3"),
        (Text::Notice, "{scheme}", "O3.2.3"),
        (Text::Notice, "representations", "O3.2.3"),
        (Text::Notice, "co-ordinator", "O3.2.3"),
        (Text::Notice, "all its members", "O3.2.3"),
        (Text::Upheld, "will not be given", "O3.2.3"),
        (Text::Dismissed, "will be given", "O3.2.3"),
        (Text::Dismissed, "district commander", "O3.2.3"),
        (Text::Danger, "Do not approach", "K8.5"),
        (Text::NameWarning, "{reference}", "K8.3"),
        (Text::NameWarning, "radio", "K8.3"),
        (Text::Mg6e, "circulated", "K7.12"),
        (Text::Undertaking, "section 170", "K8.2"),
        (Text::Undertaking, "surrender", "K8.2"),
        (Text::Conditions, "locked", "K8.2"),
        (Text::Conditions, "Do not copy", "K8.2"),
    ] {
        let why = text.check(&prose(&text.shipped().replace(part, "…")));
        assert!(!why.is_empty(), "{text:?} without {part}");
        assert!(
            why.iter().all(|one| one.code() == "text-lacks" && one.told().clause == clause),
            "{text:?} {part} {why:?}"
        );
        assert_eq!(why[0].told().field, Some("words"));
    }
}

#[test]
fn a_place_that_the_portal_cannot_fill_is_refused_with_those_that_it_can() {
    let with = |more: &str| format!("{}\n{more}", Text::Notice.shipped());
    for bad in [
        "{address}",
        "{}",
        "{",
        "}",
        "{ name }",
        "{Name}",
        "{reference}",
        "{a very long word that nobody could ever mean}",
    ] {
        assert_eq!(codes(Text::Notice, &with(bad)), ["text-slot"], "{bad}");
    }
    let told = Text::Notice.check(&prose(&with("{address}")))[0].told();
    assert!(told.sentence.contains("“{address}”") && told.sentence.contains("{contact}"), "{}", told.sentence);
    assert_eq!(codes(Text::Danger, "Do not approach {name}. Call the police."), ["text-slot"]);
}

#[test]
fn a_letter_is_filled_in_whole_or_not_at_all() {
    let facts = Facts::default().with(Slot::Reference, "CZ/001/26");
    let filled = Text::NameWarning.fill(Text::NameWarning.shipped(), &facts).unwrap();
    assert!(filled.starts_with("Refer to this person by the reference CZ/001/26 only."), "{filled}");
    assert_eq!(Text::Mg6e.fill(Text::Mg6e.shipped(), &facts), Err(vec![Slot::Area, Slot::Authorised, Slot::Scheme]));
    // What is missing is asked for once, however often it stands there.
    let twice = Text::Notice.fill("{name} {offence} {name}", &facts);
    assert_eq!(twice, Err(vec![Slot::Name, Slot::Offence]));
    // What was filled in is not read again: a name in braces stays a name.
    let odd = Text::NameWarning.fill("{reference}", &Facts::default().with(Slot::Reference, "{name}"));
    assert_eq!(odd, Ok("{name}".to_owned()));
}

#[test]
fn versions_are_kept_by_their_words_and_told_in_full() {
    let pairs = [("undertaking", 2), ("danger", 1), ("numbers", 3), ("of-a-newer-program", 9)];
    let all = Versions::of(pairs.map(|(word, n)| (word.to_owned(), n)));
    assert_eq!((all.text(Text::Undertaking), all.text(Text::Notice), all.numbers), (2, 0, 3));
    let kept = serde_json::to_string(&all).unwrap();
    assert_eq!(kept, "{\"danger\":1,\"numbers\":3,\"undertaking\":2}");
    assert_eq!(serde_json::from_str::<Versions>(&kept).unwrap(), all);
    assert_eq!(all.told().len(), Text::ALL.len() + 1);
    assert!(all.told().contains(&("Limits and periods", 3)));
}
