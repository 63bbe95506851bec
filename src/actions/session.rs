//! Who is signed in. LEAD: replace the bodies; `web` asks `check` at each request.

use crate::actions::{Fault, No, Office};
use crate::domain::actor::Actor;
use crate::domain::ids::{PersonId, SessionId};

/// A signed-in person, as of this request.
#[derive(Clone, Debug)]
pub struct Person {
    /// Who.
    pub id: PersonId,
    /// The visit.
    pub session: SessionId,
    /// As the page shows it.
    pub name: String,
    /// What they answer for now.
    pub actor: Actor,
}

/// Who holds this visit now; `None` when it has ended, or the person has changed since (`version`).
#[expect(clippy::unused_async, reason = "the body to come asks the store")]
pub async fn check(office: &Office, session: SessionId, person: PersonId, version: i64) -> Result<Option<Person>, No> {
    let visits = office.visits.lock().map_err(|_| Fault::Other("visits poisoned".into()))?;
    Ok(visits.get(&session).filter(|(who, now)| who.id == person && *now == version).map(|(who, _)| who.clone()))
}

/// Opens a visit.
#[expect(clippy::unused_async, reason = "the body to come asks the store")]
pub async fn open(office: &Office, person: Person, version: i64) -> Result<(), No> {
    let mut visits = office.visits.lock().map_err(|_| Fault::Other("visits poisoned".into()))?;
    visits.insert(person.session, (person, version));
    Ok(())
}
