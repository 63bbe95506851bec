//! A name in words that have a field of their own for it (K8.3).

use super::named;

const FOUND: &[(&str, &str)] = &[
    ("John Smith was seen", "John Smith"),
    ("SMITH, John", "john smith"),
    ("seen with J. Smith", "John Smith"),
    ("Mr Smith runs off", "John Smith"),
    ("smith runs off", "John Smith"),
    ("Smith's van", "John Smith"),
    ("known as John to staff", "John Smith"),
    ("John A. Smith", "John Smith"),
    ("John \"Spider\" Smith", "John Smith"),
    ("JohnSmith.jpg", "John Smith"),
    ("john_smith_front.jpg", "John Smith"),
    ("smithjohn2.png", "John Smith"),
    ("J o h n  S m i t h", "John Smith"),
    ("Jоhn Ѕmith", "John Smith"),
    ("Jo\u{ad}hn", "John Smith"),
    ("ＪＯＨＮ", "John Smith"),
    ("José Núñez", "Jose Nunez"),
    ("Jose Nunez", "José Núñez"),
    ("OBrien left", "Pat O'Brien"),
    ("O\u{2019}Brien left", "Pat O'Brien"),
    ("Smith-Jones", "Anna Smith-Jones"),
    ("Anna Jones", "Anna Smith-Jones"),
    ("seen with Zoë", "Zoe Young"),
    ("Müller", "Hans Muller"),
    ("Mark Hill was seen", "Mark Hill"),
    ("Hill, Mark", "Mark Hill"),
    ("The man, Mark, ran", "Mark Hill"),
    ("Mr Hill ran", "Mark Hill"),
    ("staff call him Will", "Will May"),
    ("MarkHill.jpg", "Mark Hill"),
    ("Ali was seen", "Ali"),
    ("The subject Nguyen", "Nguyen Van An"),
    ("Jan van der Berg", "Jan van der Berg"),
    ("Berg ran", "Jan van der Berg"),
    ("Иван was seen", "Иван Петров"),
];

const NOT_FOUND: &[(&str, &str)] = &[
    ("May engage in thefts", "Theresa May"),
    ("He may return in May.", "Theresa May"),
    ("on 4 May", "Theresa May"),
    ("He will leave", "Will Young"),
    ("a young man", "Will Young"),
    ("Will staff please look", "Will Young"),
    ("Gabriels Hill", "Mark Hill"),
    ("near King Street", "Anna King"),
    ("Burger King in Week Street", "Anna Street"),
    ("Smith Street", "John Smith"),
    ("marks and hills", "Mark Hill"),
    ("the market on the hill", "Mark Hill"),
    ("Mark the time on the form", "Mark Hill"),
    ("alibi, Italian", "Ali"),
    ("a green coat and brown shoes", "Jo Green"),
    ("join the others", "Jo Brown"),
    ("stocky, wears a black hat", "Jack Black"),
    ("WE WILL CALL", "Will Young"),
    ("blacksmith", "John Smith"),
    ("He left", ""),
    ("Mr and Mrs", "Mr"),
    ("", "John Smith"),
    ("van with a dented door", "Jan van der Berg"),
    ("He ran to the park", "Ji Park"),
    ("In Kent and London", "Clark Kent"),
    ("Robertson was seen", "Robert"),
    ("Joleen was seen", "Jo Lee"),
    ("seen with J and others", "J Smith"),
    ("He ran down the road", "Anna Down"),
    ("He came early", "Jo Early"),
    ("Seen in January", "January Jones"),
    ("He ran up the mews", "Jo Mews"),
];

#[test]
fn a_name_is_found_however_it_is_typed() {
    let missed: Vec<_> = FOUND.iter().filter(|(text, name)| named(text, name).is_none()).collect();
    assert!(missed.is_empty(), "{missed:#?}");
}

#[test]
fn a_word_that_is_also_a_name_is_not_one_by_itself() {
    let found: Vec<_> =
        NOT_FOUND.iter().map(|(text, name)| (text, name, named(text, name))).filter(|one| one.2.is_some()).collect();
    assert!(found.is_empty(), "{found:#?}");
}

#[test]
fn the_name_is_shown_as_typed() {
    assert_eq!(named("The man is SMITH, John.", "John Smith").as_deref(), Some("SMITH John"));
    assert_eq!(named("seen with john a. hill", "John Hill").as_deref(), Some("john a hill"));
    assert_eq!(named("see john_smith.jpg", "John Smith").as_deref(), Some("john smith"));
}

#[test]
fn no_common_name_stands_in_the_ordinary_sentences() {
    let names =
        ["Will May", "Mark Rose", "Anna Hill", "Jack Black", "Bill Green", "Rob Young", "Pat Grant", "Penny Close"];
    for name in names {
        let found: Vec<_> =
            include_str!("ordinary.txt").lines().filter_map(|text| Some((text, named(text, name)?))).collect();
        assert!(found.is_empty(), "{name}: {found:#?}");
    }
}

#[test]
fn any_text_and_any_name_are_read_without_a_panic() {
    proptest::proptest!(|(text in "(\\PC|[0-9A-Za-z .'-]){0,40}", name in "(\\PC|[A-Za-z .'-]){0,20}")| { let _ = named(&text, &name); });
}
