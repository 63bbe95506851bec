//! What a case waits for beside the co-ordinator's own work, and whose it is: an answer of a higher rank, the 72 hours, telling the
//! person (O3.2.3, O3.2.4). One function for the first page, the release's page and the task list.
//!
//! Absent on purpose: words, which are the pages'.

use super::untold;
use crate::actions::decision::{self, Gathered};
use crate::actions::{No, Office, casefile};
use crate::domain::actor::Actor;
use crate::domain::ids::ReleaseId;
use crate::domain::moment::Moment;
use crate::domain::policy::{Act, may};
use crate::domain::release::notice::Telling;
use crate::domain::release::{Question, Release};

/// One thing that is waited for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum What {
    /// An answer that only a higher rank may give; the notice runs until then, where it still does.
    Answer(Question, Option<Moment>),
    /// The 72 hours: nothing can be authorised before.
    Running(Moment),
    /// The person has to be told what was decided on their representations.
    Telling,
}

/// The same, with whether it is for this person to do.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Wait {
    /// What.
    pub what: What,
    /// It is theirs.
    pub mine: bool,
}

/// One line of the first page.
#[derive(Clone, Debug)]
pub struct Open {
    /// Of which release.
    pub release: ReleaseId,
    /// Its title.
    pub title: String,
    /// What.
    pub what: What,
}

/// The act of whoever answers a question.
fn act(question: Question) -> Act {
    match question {
        Question::Representations => Act::RuleRepresentations,
        Question::NoPositiveOutcome => Act::RuleOutcome,
    }
}

/// Whether `by` may do this to a release that somebody else asked for (K7.7).
fn theirs(by: &Actor, act: Act, release: &Release) -> bool {
    may(by, act, release.thing()) && !release.asked_by(by)
}

/// The end of the 72 hours, while they run.
fn running(of: &Gathered, now: Moment) -> Option<Moment> {
    let notice = &of.case.considered.notice;
    let served = notice.served_at.filter(|_| notice.telling == Some(Telling::Served))?;
    Some(of.case.numbers.representations_until(served)).filter(|until| now < *until)
}

/// Everything a case waits for now.
pub fn of(by: &Actor, of: &Gathered, now: Moment) -> Vec<Wait> {
    let release = &of.filed.release;
    let decides = theirs(by, Act::Decide, release);
    let mut all = Vec::new();
    if release.word(now) == "requested" {
        let until = running(of, now);
        for (question, ..) in Question::ALL {
            if of.case.asks(question) {
                all.push(Wait { what: What::Answer(question, until), mine: theirs(by, act(question), release) });
            }
        }
        all.extend(until.map(|until| Wait { what: What::Running(until), mine: decides }));
    }
    if matches!(release.word(now), "requested" | "closed") && untold(&of.rulings).is_some() {
        all.push(Wait { what: What::Telling, mine: decides });
    }
    all
}

/// What waits for `by`, those that were asked for longest first: every one, since the oldest has the least time left.
pub async fn open(office: &Office, by: &Actor) -> Result<Vec<Open>, No> {
    let (mut conn, now) = (office.read().await?, office.now());
    let mut all = Vec::new();
    for filed in conn.questioned(&by.areas()).await? {
        let release = filed.release.clone();
        let concerns = [Act::Decide, Act::RuleRepresentations, Act::RuleOutcome]
            .into_iter()
            .any(|act| may(by, act, casefile::thing(&release)));
        if !concerns {
            continue;
        }
        let gathered = decision::gather_filed(office, &mut conn, filed, now).await?;
        let title = gathered.file.request.title.as_str();
        let mine = of(by, &gathered, now).into_iter().filter(|wait| wait.mine);
        all.extend(mine.map(|wait| Open { release: release.id, title: title.to_owned(), what: wait.what }));
    }
    Ok(all)
}
