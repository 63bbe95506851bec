//! The police desk's pages by their doors: what is typed is kept, what is wrong stands beside its field, what is done is shown.

use disclosure_portal::domain::actor::Role;

use super::stage::{Got, Stage, get_page, post_form};

async fn sent(stage: &Stage, role: Role, path: &str, fields: &str) -> Got {
    let cookie = stage.sign_in(role).await;
    let token = stage.ask_real(get_page("/").insert_header(("cookie", cookie.as_str()))).await.token();
    stage.ask_real(post_form(path, &format!("token={token}&{fields}")).insert_header(("cookie", cookie))).await
}

#[actix_web::test]
async fn everybody_has_a_first_page_and_its_links_lead_to_doors_that_admit_them() {
    let stage = Stage::new().await;
    for role in Role::ALL {
        let cookie = stage.sign_in(role).await;
        let page = stage.ask_real(get_page("/").insert_header(("cookie", cookie.as_str()))).await;
        assert_eq!(page.status, 200, "{}", role.word());
        let text = page.text();
        let links: Vec<&str> = text.split("href=\"/").skip(1).filter_map(|rest| rest.split('"').next()).collect();
        assert!(links.len() > 3, "{}", role.word());
        // The stage's scheme has no register entry, so a partner's own pages are told apart by the journeys.
        let own = |link: &str| ["bulletins", "undertaking"].contains(&link);
        for link in links.iter().filter(|link| !link.starts_with("assets/") && !own(link)) {
            let got = stage.ask_real(get_page(&format!("/{link}")).insert_header(("cookie", cookie.as_str()))).await;
            assert!([200, 303].contains(&got.status), "/{link} for {}: {}", role.word(), got.status);
        }
    }
}

#[actix_web::test]
async fn an_invitation_keeps_what_was_typed_until_it_is_right_and_then_shows_its_link() {
    let stage = Stage::new().await;
    let wrong = sent(&stage, Role::Administrator, "/invitations/new", "email=nobody&name=Robin+%3CX%3E").await;
    let text = wrong.text();
    assert_eq!(wrong.status, 422);
    for part in
        ["<title>Error: ", "There is a problem", "value=\"Robin &lt;X&gt;\"", "id=\"email-error\"", "href=\"#role\""]
    {
        assert!(text.contains(part), "{part}");
    }
    let right = "email=robin%40example.org&name=Robin&role=auditor";
    let done = sent(&stage, Role::Administrator, "/invitations/new", right).await;
    assert_eq!(done.status, 200, "{}", done.text());
    assert!(done.text().contains("/enrol/"));
}

#[actix_web::test]
async fn a_reference_is_found_however_typed_and_nonsense_is_told() {
    let stage = Stage::new().await;
    let cookie = stage.sign_in(Role::Officer).await;
    let look = |q: &str| get_page(&format!("/releases?q={q}")).insert_header(("cookie", cookie.as_str()));
    assert_eq!(stage.ask_real(look("cz/1/26")).await.status, 200);
    // Whatever is no number may be a source reference.
    let none = stage.ask_real(look("nonsense")).await;
    assert!(none.status == 200 && none.text().contains("There is no such release that you may see."));
    let told = stage.ask_real(look("--%22")).await;
    assert_eq!(told.status, 422);
    assert!(told.text().contains("Enter a reference like CZ/001/26") && told.text().contains("--&quot;"));
}

#[actix_web::test]
async fn the_registration_is_recorded_by_administrators_only() {
    let stage = Stage::new().await;
    let empty =
        sent(&stage, Role::Administrator, "/settings/registration", "registration_reference=&registration_ends=31")
            .await;
    assert_eq!(empty.status, 422);
    let fields = "registration_reference=Z1234567&registration_ends=2030-01-31";
    assert_eq!(sent(&stage, Role::Aic, "/settings/registration", fields).await.status, 404);
    let done = sent(&stage, Role::Administrator, "/settings/registration", fields).await;
    assert_eq!((done.status, done.header("location")), (303, "/settings/registration?saved=yes"));
}
