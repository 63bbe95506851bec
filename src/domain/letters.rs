//! The letters to the person: the notice (O3.2.3) and its result, as words with places to fill in.
//!
//! Promises: each text stands here once; a place for which there is no fact is answered by its name, so that no letter is printed with
//! a hole; what was typed is never read for places again. Absent on purpose: where the facts come from (`actions::rulings::letters`).

/// The notice: who is told, what, what may follow, the right to make representations, until when, to whom and how.
pub const NOTICE: &str = "\
To {name}

We intend to give information about you to the co-ordinator of {scheme}. The information is who you are and the details of this offence: {offence}.

The partnership may then decide to exclude you from the premises of all its members.

You have the right to make representations. This means that you can tell us why you think we should not give this information. We consider what you say before we give anything.

You have {hours} hours to make representations. They run from the moment this notice is served on you, which is written below.

Make your representations to the Area Intelligence Co-ordinator of {area}, in writing or through somebody who acts for you:
{contact}

If you make representations, the district commander decides, and we tell you the result in writing. If we receive none within {hours} hours, the information may be given without telling you again.
";

/// The result, where the district commander upheld the representations.
pub const UPHELD: &str = "\
To {name}

On {served} we gave you notice that we intended to give information about you to the co-ordinator of {scheme}: who you are and the details of this offence: {offence}. You made representations.

The district commander has considered your representations and has upheld them. The information in that notice will not be given.

If there is reason to give information about you another time, we tell you first in the same way, unless that would prejudice the prevention or detection of crime.

Area: {area}
";

/// The result, where the district commander dismissed them.
pub const DISMISSED: &str = "\
To {name}

On {served} we gave you notice that we intended to give information about you to the co-ordinator of {scheme}: who you are and the details of this offence: {offence}. You made representations.

The district commander has considered your representations and has not upheld them. The information may now be given to the co-ordinator. The partnership may then decide to exclude you from the premises of all its members.

If you think that your personal data is being handled wrongly, you can complain to the force’s data protection officer, or to the Information Commissioner.

Area: {area}
";

/// The words with their places filled in; the places for which there is no fact are answered instead.
pub fn fill(words: &str, facts: &[(&str, &str)]) -> Result<String, Vec<String>> {
    let (mut filled, mut open, mut rest) = (String::with_capacity(words.len()), Vec::new(), words);
    while let Some((before, after)) = rest.split_once('{') {
        filled.push_str(before);
        let (place, next) = after.split_once('}').unwrap_or((after, ""));
        match facts.iter().find(|(name, fact)| *name == place && !fact.is_empty()) {
            Some((_, fact)) => filled.push_str(fact),
            None => open.push(place.to_owned()),
        }
        rest = next;
    }
    filled.push_str(rest);
    if open.is_empty() { Ok(filled) } else { Err(open) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FACTS: [(&str, &str); 7] = [
        ("name", "A {offence} B"),
        ("scheme", "Retail Watch"),
        ("offence", "Theft"),
        ("hours", "72"),
        ("area", "Cantwell"),
        ("contact", "1 Example Road"),
        ("served", "21 November 2026 at 9:30am"),
    ];

    #[test]
    fn the_notice_says_all_that_the_policy_demands() {
        let said = fill(NOTICE, &FACTS).unwrap();
        for words in [
            "the co-ordinator of Retail Watch",
            "who you are and the details of this offence: Theft",
            "exclude you from the premises of all its members",
            "the right to make representations",
            "72 hours",
            "from the moment this notice is served",
            "the Area Intelligence Co-ordinator of Cantwell, in writing",
            "1 Example Road",
            "the district commander decides, and we tell you the result in writing",
        ] {
            assert!(said.contains(words), "{words}");
        }
        assert!(said.contains("To A {offence} B"), "what was typed is not read for places");
    }

    #[test]
    fn each_result_says_what_was_decided_and_by_whom() {
        for (words, decided) in [(UPHELD, "has upheld them"), (DISMISSED, "has not upheld them")] {
            let said = fill(words, &FACTS).unwrap();
            assert!(said.contains("district commander") && said.contains(decided) && said.contains("Retail Watch"));
        }
    }

    #[test]
    fn no_letter_is_printed_with_a_hole() {
        let some: Vec<_> = FACTS.into_iter().filter(|(name, _)| *name != "scheme" && *name != "offence").collect();
        assert_eq!(fill(UPHELD, &some), Err(vec!["scheme".to_owned(), "offence".to_owned()]));
        assert_eq!(fill("{x", &FACTS), Err(vec!["x".to_owned()]));
    }
}
