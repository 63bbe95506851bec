//! Pages that are the same for everybody: accessibility, cookies, privacy; and the two doors without a page.

use serde::Serialize;

use crate::actions::No;
use crate::web::{Answer, Page, Visit};

macro_rules! plain_page {
    ($(#[$doc:meta])+ $name:ident, $template:literal) => {
        $(#[$doc])+
        #[derive(Serialize)]
        pub struct $name {}

        impl Page for $name {
            const TEMPLATE: &'static str = $template;

            fn samples() -> Vec<Self> {
                vec![Self {}]
            }
        }
    };
}

plain_page! {
    /// The accessibility statement (PSBAR 2018).
    Accessibility, "pages/accessibility.html"
}
plain_page! {
    /// What is kept in the browser (PECR, strictly necessary).
    Cookies, "pages/cookies.html"
}
plain_page! {
    /// What is recorded about people who use the portal.
    Privacy, "pages/privacy.html"
}

/// `GET /accessibility`.
pub fn accessibility(v: &Visit) -> Result<Answer, No> {
    v.page("Accessibility statement", &Accessibility {})
}

/// `GET /cookies`.
pub fn cookies(v: &Visit) -> Result<Answer, No> {
    v.page("Cookies", &Cookies {})
}

/// `GET /privacy`.
pub fn privacy(v: &Visit) -> Result<Answer, No> {
    v.page("Privacy", &Privacy {})
}

/// `GET /favicon.ico`: browsers ask for one; there is none (no crest is shipped).
pub fn no_picture(_: &Visit) -> Result<Answer, No> {
    Ok(Answer::done())
}

/// `POST /account/stay`: a visit lasts from its last request, and this was one.
pub fn stay(_: &Visit) -> Result<Answer, No> {
    Ok(Answer::done())
}

/// No door: never reached, since the guards answer first.
pub fn nowhere(_: &Visit) -> Result<Answer, No> {
    Err(No::NotFound)
}
