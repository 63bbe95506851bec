//! What waits for a person: the first page, by what they answer for.
//!
//! Absent on purpose: words, which are the page's. Whether something is theirs is asked of the policy.

use crate::actions::approve::{self, Own};
use crate::actions::find::{self, Found, Waits};
use crate::actions::reviews::queue::{self, Due, Step, Whose};
use crate::actions::rulings::waits::{self, Open};
use crate::actions::unit::{self, Work};
use crate::actions::{
    No, Office, corrections, demands, elsewhere, inspections, jobs, messages, reseal, retention, root,
};
use crate::domain::actor::{Actor, Role};
use crate::domain::demand::State;
use crate::domain::policy::{Act, Thing, may};
pub use crate::store::corrections::WaitingReport;
pub use crate::store::inspections::Row as Inspection;

/// One section of the first page.
#[derive(Clone, Debug)]
pub enum Waiting {
    /// Their own keys are not confirmed.
    Keys(Own),
    /// So many people wait for this person to confirm their keys.
    Approvals(usize),
    /// What waits beside the co-ordinator's own work: answers of a higher rank, the 72 hours, telling the person.
    Questions(Vec<Open>),
    /// Requests that this person may decide.
    Requests(Found),
    /// Reports of holders that this person may answer (K8.7).
    Reports(Vec<WaitingReport>),
    /// Live releases with copies not sealed, which this person may seal.
    Unsealed(Found),
    /// Requests of this person's that were sent back.
    Returned(Found),
    /// Live releases whose limit is near.
    Ending(Found),
    /// Releases of this person's, or of their area, with an open duty (K7.12, K7.13, O3.2.2).
    Duties(Found),
    /// What this person asked for.
    Own(Found),
    /// The releases of their area, to read.
    Area(Found),
    /// They receive bulletins.
    Bulletins,
    /// They read the log.
    Log,
    /// Something between their areas and others (K7.6).
    Elsewhere(Vec<elsewhere::Work>),
    /// Units of theirs with work to do.
    Units(Vec<Work>),
    /// So many releases have copies to be sealed again.
    Reseal(usize),
    /// So many keys wait for the offline root.
    Root(usize),
    /// They keep accounts.
    Accounts,
    // Reviews
    /// Releases whose review is due (K7.9).
    Reviews(Vec<Due>),
    // Demands
    /// Copies whose end should have been confirmed by now (K8.2), by deadline: these stand first.
    Overdue(Vec<demands::Line>),
    /// So many copies are to be confirmed, and so many confirmations to be answered.
    Demands(usize, usize),
    /// Copies and prints whose end this holder has to confirm, by deadline; also of whoever left.
    Owed(Vec<demands::Line>),
    // Telling people, and inspections
    /// So many messages are not read.
    Messages(i64),
    /// Inspections to be made, or followed up, in their areas (K8.2).
    Inspections(Vec<Inspection>),
    /// So many jobs fail, and so many mails could not be delivered.
    Troubles(usize, i64),
    // Retention
    /// So many reviews before disposal wait for this person (K9.1).
    Retention(usize),
}

/// How many releases a section names before it only counts.
const NAMED: i64 = 8;

/// What waits at the police desk, most pressing first.
async fn desk(office: &Office, by: &Actor, all: &mut Vec<Waiting>) -> Result<(), No> {
    let found = async |waits| find::waiting(office, by, waits, NAMED).await;
    let calls = by.is(Role::Aic) || by.is(Role::Commander);
    let open = if calls { demands::open(office, by, demands::Narrowed::default()).await? } else { Vec::new() };
    let (overdue, open): (Vec<_>, Vec<_>) = open.into_iter().partition(demands::Line::is_overdue);
    if !overdue.is_empty() {
        all.push(Waiting::Overdue(overdue));
    }
    let (due, over) = reviews(office, by).await?;
    all.extend(Some(due).filter(|due| !due.is_empty()).map(Waiting::Reviews));
    let rules = by.is(Role::Inspector) || by.is(Role::Commander);
    if rules || by.is(Role::Aic) {
        let questions = waits::open(office, by).await?;
        if rules || !questions.is_empty() {
            all.push(Waiting::Questions(questions));
        }
    }
    if by.is(Role::Officer) {
        let returned = found(Waits::Returned).await?;
        if returned.count > 0 {
            all.push(Waiting::Returned(returned));
        }
    }
    if by.is(Role::Aic) {
        all.push(Waiting::Requests(found(Waits::Decide).await?));
        let reports = corrections::waiting(office, by).await?;
        if !reports.is_empty() {
            all.push(Waiting::Reports(reports));
        }
        let answers = open.iter().filter(|line| line.state == State::Confirmed).count();
        if !open.is_empty() {
            all.push(Waiting::Demands(open.len() - answers, answers));
        }
        let unsealed = found(Waits::Seal).await?;
        all.extend(Some(unsealed).filter(|found| found.count > 0).map(Waiting::Unsealed));
        let between = elsewhere::work(office, by).await?;
        if !between.is_empty() {
            all.push(Waiting::Elsewhere(between));
        }
    }
    custody(office, by, all).await?;
    all.extend(Some(over).filter(|over| !over.is_empty()).map(Waiting::Reviews));
    dated(office, by, all).await?;
    if by.is(Role::Aic) {
        let units = unit::work(office, by).await?;
        if !units.is_empty() {
            all.push(Waiting::Units(units));
        }
    }
    if by.is(Role::Officer) {
        all.push(Waiting::Own(found(Waits::Own).await?));
    }
    if [Role::Reviewer, Role::Inspector, Role::Commander].iter().any(|role| by.is(*role)) {
        all.push(Waiting::Area(found(Waits::Others).await?));
    }
    Ok(())
}

/// Limits that are near, and open duties (K7.8, K7.12, K7.13).
async fn dated(office: &Office, by: &Actor, all: &mut Vec<Waiting>) -> Result<(), No> {
    if by.is(Role::Aic) || by.is(Role::Officer) {
        // Co-ordinators have each of these under reviews.
        if by.is(Role::Officer) {
            let ending = find::waiting(office, by, Waits::Ending, NAMED).await?;
            all.extend(Some(ending).filter(|found| found.count > 0).map(Waiting::Ending));
        }
        let duties = find::waiting(office, by, Waits::Duties, NAMED).await?;
        all.extend(Some(duties).filter(|found| found.count > 0).map(Waiting::Duties));
    }
    Ok(())
}

/// Reviews, by the limits that do not wait (K7.8, K7.9), and what is over, for which nobody can do anything any more.
async fn reviews(office: &Office, by: &Actor) -> Result<(Vec<Due>, Vec<Due>), No> {
    let reads = by.is(Role::Aic) || by.is(Role::Reviewer);
    if reads || by.is(Role::Inspector) || by.is(Role::Commander) {
        let mut due = queue::queue(office, by).await?;
        // Whoever decides only by an enactment is told of what waits for a decision, and of nothing else.
        due.retain(|due| reads || due.whose != Whose::Others);
        // One section: as pressing as the most pressing of it.
        let open = due.iter().any(|due| due.step != Step::Over);
        return Ok(if open { (due, Vec::new()) } else { (Vec::new(), due) });
    }
    Ok((Vec::new(), Vec::new()))
}

/// What waits of releases that are outside, and of those who hold them (K8.2).
async fn custody(office: &Office, by: &Actor, all: &mut Vec<Waiting>) -> Result<(), No> {
    if by.is(Role::Aic) {
        let again = reseal::queue(office, by).await?.len();
        all.extend(Some(again).filter(|again| *again > 0).map(Waiting::Reseal));
        let open = inspections::waiting(office, by).await?;
        all.extend(Some(open).filter(|open| !open.is_empty()).map(Waiting::Inspections));
    }
    Ok(())
}

/// Everything that waits for `by`, most pressing first.
pub async fn waiting(office: &Office, by: &Actor) -> Result<Vec<Waiting>, No> {
    let mut all = Vec::new();
    let own = approve::own(office, by).await?;
    if own.links.is_empty() {
        all.push(Waiting::Keys(own));
    }
    if by.is(Role::Aic) {
        let people = approve::waiting(office, by).await?.len();
        if people > 0 {
            all.push(Waiting::Approvals(people));
        }
    }
    if !by.areas().is_empty() {
        desk(office, by, &mut all).await?;
    }
    // Of holders, and of whoever was one: what they hold is theirs to account for, whatever became of their role.
    if by.areas().is_empty() {
        let owed = demands::owed(office, by).await?;
        all.extend(Some(owed).filter(|owed| !owed.is_empty()).map(Waiting::Owed));
    }
    let unread = messages::unread(office, by).await?;
    if unread > 0 {
        all.push(Waiting::Messages(unread));
    }
    let reviews = retention::waiting(office, by).await?;
    all.extend(Some(reviews).filter(|many| *many > 0).map(Waiting::Retention));
    if !by.schemes().is_empty() {
        all.push(Waiting::Bulletins);
    }
    if may(by, Act::ReadLog, Thing::Force) {
        all.push(Waiting::Log);
    }
    if may(by, Act::Administer, Thing::Force) {
        let keys = if office.root.is_some() { root::waiting(office, by).await?.len() } else { 0 };
        if keys > 0 {
            all.push(Waiting::Root(keys));
        }
        let (failing, lost) = jobs::troubles(office).await?;
        if failing > 0 || lost > 0 {
            all.push(Waiting::Troubles(failing, lost));
        }
        all.push(Waiting::Accounts);
    }
    Ok(all)
}
