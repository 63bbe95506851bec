//! One part of a review, on the page that a part of the decision has too.

use crate::actions::No;
use crate::actions::decision::questions::Kind;
use crate::actions::reviews::{self, Gathered, Saved, questions};
use crate::domain::ids::ReleaseId;
use crate::domain::policy::Act;
use crate::domain::refusal::Refusal;
use crate::domain::release::{Order, ReviewOutcome, ReviewPart};
use crate::web::frame::Typed;
use crate::web::police::choice;
use crate::web::police::part::{Asked, Part};
use crate::web::police::reviews::{gathered, reviewed};
use crate::web::police::tasks::told;
use crate::web::{Answer, Visit};

fn which(v: &Visit) -> Result<ReviewPart, No> {
    ReviewPart::parse(v.path("part")).ok_or(No::NotFound)
}

/// What stands above the questions.
fn note(of: &Gathered, part: ReviewPart) -> String {
    match part {
        ReviewPart::Grounds => {
            let rested = reviewed(of).earlier;
            let rested: Vec<&str> = rested.iter().map(crate::domain::words::Line::as_str).collect();
            format!(
                "The release rests on {}. Look at what has come since, and say what it shows. To continue, give the reference of intelligence \
                 that has come since.",
                rested.join(", ")
            )
        }
        ReviewPart::Risk => "Assess it as it is now, not as it was at authority.".to_owned(),
        ReviewPart::Recipients | ReviewPart::Recommendation => String::new(),
    }
}

fn page(of: &Gathered, part: ReviewPart, v: &Visit) -> Part {
    let (saved, facts) = (of.open().and_then(|round| round.answers(part)), reviewed(of));
    let asked = questions::of(part).iter().map(|question| {
        let mut asked = Asked::of(question);
        if question.kind == Kind::Copies {
            asked.options =
                of.copies.iter().map(|copy| choice(&copy.id, &copy.holder_name, &copy.scheme_name)).collect();
        }
        asked
    });
    let id = of.of.filed.release.id;
    let unmet = if saved.is_some() { facts.unmet_in(part, facts.advised(), v.now) } else { Vec::new() };
    Part {
        base: format!("/releases/{id}/review"),
        word: part.word(),
        title: of.of.file.request.title.as_str().to_owned(),
        clause: part.clause(),
        version: saved.map_or(0, |saved| saved.version),
        saved: saved.map_or_else(String::new, |one| format!("Saved by {} on {}", one.by_name, one.at.long())),
        note: note(of, part),
        questions: asked.collect(),
        missing: unmet.iter().map(told).collect(),
        ..Part::default()
    }
}

/// What a part that was never saved begins with: after a review that was sent back, what was written there.
fn before(of: &Gathered, part: ReviewPart) -> Option<&Saved> {
    let last = of.rounds.last().filter(|round| round.row.outcome.as_deref() == Some(ReviewOutcome::Again.word()));
    last.and_then(|round| round.answers(part))
}

/// `GET /releases/{id}/review/{part}`; where this person cannot write it leads to the reviews.
pub async fn show(v: Visit) -> Result<Answer, No> {
    let (of, part) = (gathered(&v, Act::Review).await?, which(&v)?);
    if !super::writes(&v, &of) {
        return Answer::see(format!("/releases/{}/review", of.of.filed.release.id));
    }
    let saved = of.open().and_then(|round| round.answers(part)).or_else(|| before(&of, part));
    let answers = saved.map_or_else(Vec::new, |saved| saved.answers.clone());
    v.filled(part.title(), &page(&of, part, &v), Typed::posted(&answers))
}

/// `POST /releases/{id}/review/{part}`: saves it, and leads to the next part that is not complete.
pub async fn save(v: Visit) -> Result<Answer, No> {
    let (id, part) = (v.id(ReleaseId::parse)?, which(&v)?);
    let version = v.field("version").parse().unwrap_or(0);
    match reviews::save(&v.office, v.actor(), id, part, &v.posted.fields, version, v.stamp()).await {
        Ok(()) if v.field("then") == "list" => Answer::see(format!("/releases/{id}/review")),
        Ok(()) => {
            let of = gathered(&v, Act::Review).await?;
            let facts = reviewed(&of);
            let open = |one: &ReviewPart| *one > part && !facts.unmet_in(*one, facts.advised(), v.now).is_empty();
            let next = ReviewPart::ALL.into_iter().map(|(part, ..)| part).find(open);
            let ready = of.of.filed.release.decide(Order::Review(Box::new(reviewed(&of))), v.actor(), v.now).is_ok();
            let end = if ready { "review-check" } else { "review" };
            Answer::see(match next {
                Some(next) => format!("/releases/{id}/review/{}", next.word()),
                None => format!("/releases/{id}/{end}"),
            })
        }
        Err(No::Refused(refusals)) if !refusals.contains(&Refusal::ReviewBegunAnew) => Err(No::Refused(refusals)),
        Err(no) => {
            let of = gathered(&v, Act::Review).await?;
            // The version stays the one that was read, so that sending again does not overwrite what somebody else saved.
            v.again(no, part.title(), &Part { version, ..page(&of, part, &v) })
        }
    }
}
