//! What waits for a person: the first page, by what they answer for.
//!
//! Absent on purpose: words, which are the page's. Whether something is theirs is asked of the policy.

use crate::actions::approve::{self, Own};
use crate::actions::desk::{self, Line};
use crate::actions::rulings::waits::{self, Open};
use crate::actions::unit::{self, Work};
use crate::actions::{No, Office, casefile, reseal, root};
use crate::domain::actor::{Actor, Role};
use crate::domain::policy::{Act, Thing, may};

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
    Requests(Vec<Line>),
    /// Live releases with copies not sealed, which this person may seal.
    Unsealed(Vec<Line>),
    /// What this person asked for.
    Own(Vec<Line>),
    /// The releases of their area, to read.
    Area(Vec<Line>),
    /// They receive bulletins.
    Bulletins,
    /// They read the log.
    Log,
    /// Units of theirs with work to do.
    Units(Vec<Work>),
    /// So many releases have copies to be sealed again.
    Reseal(usize),
    /// So many keys wait for the offline root.
    Root(usize),
    /// They keep accounts.
    Accounts,
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
        let lines = desk::list(office, by).await?;
        let own = |line: &Line| by.person() == Some(line.filed.release.requested_by);
        let decides = |line: &Line| may(by, Act::Decide, casefile::thing(&line.filed.release));
        let some = |test: &dyn Fn(&Line) -> bool| -> Vec<Line> { lines.iter().filter(|l| test(l)).cloned().collect() };
        let rules = by.is(Role::Inspector) || by.is(Role::Commander);
        if rules || by.is(Role::Aic) {
            let open = waits::open(office, by, &lines).await?;
            if rules || !open.is_empty() {
                all.push(Waiting::Questions(open));
            }
        }
        if by.is(Role::Aic) {
            all.push(Waiting::Requests(some(&|line| line.word == "requested" && decides(line) && !own(line))));
            let lacks = |line: &Line| matches!(line.counts, [copies, sealed, ..] if sealed < copies);
            all.push(Waiting::Unsealed(some(&|line| line.word == "live" && lacks(line) && decides(line))));
            let again = reseal::queue(office, by).await?.len();
            if again > 0 {
                all.push(Waiting::Reseal(again));
            }
            let units = unit::work(office, by).await?;
            if !units.is_empty() {
                all.push(Waiting::Units(units));
            }
        }
        if by.is(Role::Officer) {
            all.push(Waiting::Own(some(&own)));
        }
        if [Role::Reviewer, Role::Inspector, Role::Commander].iter().any(|role| by.is(*role)) {
            all.push(Waiting::Area(some(&|line| !own(line))));
        }
    }
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
        all.push(Waiting::Accounts);
    }
    Ok(all)
}
