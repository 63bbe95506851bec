//! Words and standings: what is stored, what is shown, what a holder's gate is told; pinned, because rows of a store hold them.

use super::{Authority, Part, Question, Release, Stage, Standing};
use crate::ids::{AreaId, PersonId, ReleaseId};
use crate::moment::Moment;
use crate::refusal::Refusal;
use crate::release::request::Purpose;

fn at(ms: i64) -> Moment {
    Moment::from_millis(1_795_262_400_000 + ms)
}

fn release(stage: Stage) -> Release {
    let by = PersonId::fresh(at(0), [1; 10]);
    let (id, area) = (ReleaseId::fresh(at(0), [2; 10]), AreaId::fresh(at(0), [3; 10]));
    Release { id, area, requested_by: by, requested_at: at(0), stage, origin: None, askers: vec![], version: 1 }
}

#[test]
fn each_stage_has_its_word_its_authority_and_its_standing() {
    let by = PersonId::fresh(at(0), [1; 10]);
    let authority = Authority { by, at: at(0), urn: "CZ/001/26".into(), until: at(1_000) };
    let (had, until) = (Some(authority.clone()), at(1_000));
    let (over, none) = (authority.clone(), Standing::NotLive);
    let table = [
        (Stage::Draft, "draft", None, none),
        (Stage::Requested, "requested", None, none),
        (Stage::Returned { by, at: at(5) }, "returned", None, none),
        (Stage::Closed { by, at: at(5) }, "closed", None, none),
        (Stage::Live(authority), "live", had.clone(), Standing::Live { until }),
        (
            Stage::Voided { authority: over.clone(), by, at: at(5) },
            "voided",
            had.clone(),
            Standing::Recalled { at: at(5) },
        ),
        (Stage::Recalled { authority: over, by, at: at(6) }, "recalled", had, Standing::Recalled { at: at(6) }),
    ];
    for (stage, word, authority, standing) in table {
        assert_eq!((stage.word(), stage.authority()), (word, authority.as_ref()));
        let release = release(stage);
        assert_eq!((release.word(at(999)), release.standing()), (word, standing));
        // Time is no stage: only a live release runs out, at its millisecond.
        let later = if word == "live" { "expired" } else { word };
        assert_eq!((release.word(at(1_000)), release.word(at(1_001))), (later, later));
        assert_eq!(release.object(), format!("release/{}", release.id));
    }
}

#[test]
fn a_standing_says_why_it_is_closed() {
    let live = Standing::Live { until: at(0) };
    assert_eq!(live.closed(at(-1)), []);
    assert_eq!(live.closed(at(0)), [Refusal::LimitReached { at: at(0) }]);
    assert_eq!(Standing::NotLive.closed(at(0)), [Refusal::NotLive]);
    assert_eq!(Standing::Recalled { at: at(3) }.closed(at(0)), [Refusal::Recalled { at: at(3) }]);
}

#[test]
fn words_of_questions_purposes_and_parts_are_pinned_and_read_back() {
    let questions = [(Question::Representations, "representations"), (Question::NoPositiveOutcome, "outcome")];
    for (question, word) in questions {
        assert_eq!((question.word(), Question::parse(word)), (word, Some(question)));
    }
    assert_eq!(Question::Representations.title(), "Representations (O3.2.3)");
    assert_eq!(Question::NoPositiveOutcome.title(), "No positive outcome (O3.2.4)");
    for (purpose, word, title) in Purpose::ALL {
        assert_eq!((Purpose::parse(word), purpose.title()), (Some(purpose), title));
    }
    assert_eq!(
        Purpose::ALL.map(|(_, word, _)| word),
        ["protection", "prevention", "detection", "investigation", "apprehension"]
    );
    for (part, word, title, clause) in Part::ALL {
        assert_eq!((part.word(), part.title(), part.clause(), Part::parse(word)), (word, title, clause, Some(part)));
    }
    let words = ["material", "grounds", "risk", "japan", "outcome", "notice", "recipients", "records"];
    assert_eq!(Part::ALL.map(|(_, word, ..)| word), words);
    assert_eq!((Part::parse("x"), Question::parse("x"), Purpose::parse("x")), (None, None, None));
}
