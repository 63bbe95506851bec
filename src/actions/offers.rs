//! What an inviter can offer: the roles, areas and schemes that the policy lets them invite into.

use crate::actions::{No, Office, registers};
use crate::domain::actor::{Actor, Grant, Role};
use crate::domain::policy::{Act, Thing, may};
use crate::store::people::Area;
use crate::store::registers::Scheme;

/// The choices of the invitation's form.
#[derive(Clone, Debug, Default)]
pub struct Offers {
    /// Roles that can be given in at least one of the places below, or in the force as a whole.
    pub roles: Vec<Role>,
    /// Areas to invite into.
    pub areas: Vec<Area>,
    /// Schemes to invite into.
    pub schemes: Vec<Scheme>,
}

/// What `by` can offer; nothing where there is no scheme of theirs yet.
pub async fn offers(office: &Office, by: &Actor) -> Result<Offers, No> {
    let mut offers = Offers::default();
    for area in registers::areas(office).await? {
        if may(by, Act::Invite, Thing::Area(area.id()?)) {
            offers.areas.push(area);
        }
    }
    for scheme in registers::schemes(office, by).await? {
        if may(by, Act::Invite, Thing::Scheme { area: scheme.area()?, scheme: scheme.id()? }) {
            offers.schemes.push(scheme);
        }
    }
    let area = offers.areas.first().map(Area::id).transpose()?;
    let scheme = offers.schemes.first().map(Scheme::id).transpose()?;
    let force = may(by, Act::Invite, Thing::Force);
    let fits = |role: &Role| {
        (area.is_some() && Grant::join(*role, area, None).is_some())
            || (scheme.is_some() && Grant::join(*role, None, scheme).is_some())
            || (force && Grant::join(*role, None, None).is_some())
    };
    offers.roles = Role::ALL.into_iter().filter(fits).collect();
    Ok(offers)
}
