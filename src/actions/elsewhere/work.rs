//! What waits for a co-ordinator between areas (K7.6): to be answered, handed over, compared, thought over after the other took it back.

use super::{Since, State, links};
use crate::actions::{No, Office};
use crate::domain::actor::{Actor, Role};
use crate::domain::ids::{ConsultationId, ReleaseId};
use crate::domain::moment::Moment;
use crate::store::Conn;

/// What waits for a co-ordinator between areas.
#[derive(Clone, Debug)]
pub enum Work {
    /// An area asks.
    Asked(ConsultationId, String),
    /// This release's photographs wait to be handed over to that area.
    HandOver(ReleaseId, String),
    /// What that area handed over for this release waits to be compared.
    Compare(ReleaseId, String),
    /// That area changed what it handed over for this release: it is brought up to date.
    Renew(ReleaseId, String),
    /// That area changed its own after this one was authorised.
    Changed(ReleaseId, String, Since),
    /// That area took its release back, and this one stands.
    TakenBack(ReleaseId, String, State),
}

impl Work {
    /// One of each kind, made up, for the samples of pages.
    pub fn samples() -> Vec<Self> {
        let (at, code) = (Moment::from_millis(1_795_370_400_000), || "NH".to_owned());
        let release = ReleaseId::fresh(at, [0; 10]);
        vec![
            Self::Asked(ConsultationId::fresh(at, [0; 10]), code()),
            Self::HandOver(release, code()),
            Self::Compare(release, code()),
            Self::Renew(release, code()),
            Self::Changed(release, code(), Since::Photographs(1)),
            Self::Changed(release, code(), Since::Photographs(2)),
            Self::Changed(release, code(), Since::Words(at)),
            Self::Changed(release, code(), Since::Request(at)),
            Self::TakenBack(release, code(), State::Recalled { urn: "NH/004/26".into(), at }),
        ]
    }
}

/// Everything between areas that waits for a co-ordinator.
pub async fn work(office: &Office, by: &Actor) -> Result<Vec<Work>, No> {
    let (mut conn, now) = (office.read().await?, office.now());
    let mut all = Vec::new();
    for area in by.areas().into_iter().filter(|area| by.is_in(Role::Aic, *area)) {
        for row in conn.asked_of(area).await? {
            let release = match (row.makes_own, row.linked()?) {
                (None, _) => {
                    let asker = conn.release(row.release()?).await?.ok_or(No::NotFound)?.release.area;
                    let code = conn.area(asker).await?.map_or_else(String::new, |area| area.code);
                    all.push(Work::Asked(row.id()?, code));
                    continue;
                }
                (_, Some(linked)) => linked,
                (Some(_), None) => continue,
            };
            own_side(office, &mut conn, release, now, &mut all).await?;
        }
        let mut asked: Vec<ReleaseId> = Vec::new();
        for row in conn.asked_by(area).await? {
            let release = row.release()?;
            if !asked.contains(&release) {
                asked.push(release);
                own_side(office, &mut conn, release, now, &mut all).await?;
            }
        }
    }
    Ok(all)
}

/// What waits about one release of one's own.
async fn own_side(office: &Office, conn: &mut Conn, id: ReleaseId, now: Moment, all: &mut Vec<Work>) -> Result<(), No> {
    let release = conn.release(id).await?.ok_or(No::NotFound)?.release;
    let stands = matches!(release.word(now), "requested" | "live");
    if !stands {
        return Ok(());
    }
    for link in links(office, conn, &release, now).await? {
        if link.due.lacking > 0 && !link.from {
            all.push(Work::HandOver(id, link.code.clone()));
        }
        if link.due.uncompared > 0 && link.from {
            all.push(Work::Compare(id, link.code.clone()));
        }
        if link.renews {
            all.push(Work::Renew(id, link.code.clone()));
        }
        all.extend(link.since.map(|since| Work::Changed(id, link.code.clone(), since)));
        if link.state.taken_back() {
            all.push(Work::TakenBack(id, link.code, link.state));
        }
    }
    Ok(())
}
