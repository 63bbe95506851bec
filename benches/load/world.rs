//! What the bench looks at: the demo's world, with one bulletin whose picture is some 300 kB once sealed, and one release whose 12-megapixel
//! photograph waits to be sealed.

use std::path::Path;

use disclosure_portal::actions::office::{Office, write_secret};
use disclosure_portal::actions::{deliver, seal};
use disclosure_portal::clock::Clock;
use disclosure_portal::demo::people::World;
use disclosure_portal::demo::releases::{Plot, acknowledge, asked, authorise, copy_of, send, to};
use disclosure_portal::demo::{self, Account, people, stamp, story};
use disclosure_portal::domain::ids::{CopyId, PartId, PhotographId, ReleaseId};
use disclosure_portal::sealing::image::Picture;
use disclosure_portal::sealing::jpeg;

/// What a view of the bench opens, bytes, about.
const SIZE: usize = 300_000;

/// What was made.
pub(crate) struct Made {
    /// The copy that Priya holds.
    pub(crate) copy: CopyId,
    /// Its picture, to look at.
    pub(crate) part: PartId,
    /// A release that is authorised and not sealed, its photograph and the photograph's bytes.
    pub(crate) unsealed: (ReleaseId, PhotographId, Vec<u8>),
}

const PLOT: Plot = Plot {
    title: "Thefts, measured",
    text: "It is suspected that this person may steal from pharmacies in the town centre.",
    locality: "Cantwell town centre",
    portraits: &[1],
    danger: false,
};

/// A picture of so many pixels with this much grain, the same each time.
fn picture(width: u32, height: u32, grain: u64) -> Picture {
    let mut state = 1_u64;
    let mut rgb = Vec::with_capacity((width * height * 3) as usize);
    for y in 0..height {
        for x in 0..width {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            let grey = 40 + u64::from((x / 16 + y / 11) % 128) + state % (grain + 1);
            rgb.extend([grey, grey + 8, grey + 3].map(|value| u8::try_from(value.min(255)).unwrap()));
        }
    }
    Picture::from_rgb(width, height, rgb).unwrap()
}

/// A picture whose marked copy is about [`SIZE`]: the marks add some.
fn sized() -> Vec<u8> {
    let (mut low, mut high) = (0, 120);
    while high - low > 1 {
        let middle = u64::midpoint(low, high);
        let length = jpeg::encode(&picture(1600, 1200, middle), jpeg::SCREEN_QUALITY).unwrap().len();
        if length > SIZE * 17 / 20 { high = middle } else { low = middle }
    }
    jpeg::encode(&picture(1600, 1200, low), 98).unwrap()
}

/// Asks for a release with this photograph and authorises it for these people.
async fn authorised(office: &Office, world: &World, photograph: &[u8], names: &[(&str, usize)]) -> ReleaseId {
    let (officer, aic) = (world.called("Riley").unwrap(), world.called("Sam").unwrap());
    let area = world.areas[0].to_string();
    let photographs = vec![photograph.to_vec()];
    let id = send(office, officer, &asked(office, officer, &area, &PLOT), photographs).await.unwrap();
    authorise(office, aic, id, &to(world, names).unwrap()).await.unwrap();
    id
}

async fn first_photograph(office: &Office, id: ReleaseId) -> PhotographId {
    PhotographId::parse(&office.read().await.unwrap().photographs(id).await.unwrap()[0].id).unwrap()
}

/// Makes it all in `data`, by the same actions that people use.
pub(crate) async fn make(data: &Path) -> Made {
    std::fs::create_dir_all(data).unwrap();
    let (now, hands) = (Clock::real(), Clock::manual(Clock::real().plus_millis(-75 * 86_400_000)));
    let office =
        Office::open(demo::settings(data, "https://localhost:8443").unwrap(), hands.clone(), true).await.unwrap();
    let world = people::begin(&office).await.unwrap();
    story::play(&office, &world, &hands, now).await.unwrap();
    hands.set(now);
    let (sam, priya) = (world.called("Sam").unwrap(), world.called("Priya").unwrap());

    let photograph = sized();
    let id = authorised(&office, &world, &photograph, &[("Priya", 0), ("Toby", 1)]).await;
    let picture_id = first_photograph(&office, id).await;
    seal::take_whole(&office, &sam.actor, id, picture_id, photograph, stamp()).await.unwrap();
    let copy = copy_of(&office, priya, id).await.unwrap();
    acknowledge(&office, priya, copy).await.unwrap();
    let bulletin = deliver::one(&office, &priya.actor, copy).await.unwrap();
    let part = bulletin.parts.iter().find(|part| part.rendition == "screen").expect("a picture to look at");
    let part = PartId::parse(&part.id).unwrap();

    let large = jpeg::encode(&picture(4000, 3000, 20), 90).unwrap();
    let unsealed = authorised(&office, &world, &large, &[("Morgan", 0), ("Priya", 0), ("Toby", 1)]).await;
    let unsealed = (unsealed, first_photograph(&office, unsealed).await, large);
    office.close().await;

    let accounts: Vec<&Account> = world.people.iter().map(|one| &one.account).collect();
    write_secret(&data.join(demo::ACCOUNTS), &serde_json::to_string_pretty(&accounts).unwrap()).unwrap();
    Made { copy, part, unsealed }
}
