//! The sealing room from outside: what may be uploaded, what is left of it, and who can open what comes out.
//!
//! Pictures are made by code; nothing is written but under the system's temporary directory.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use disclosure_portal::demo::portrait;
use disclosure_portal::sealing::age::{self, Identity};
use disclosure_portal::sealing::copy::{Prepared, seal_original, seal_text};
use disclosure_portal::sealing::image::{self, Media, Unfit};
use disclosure_portal::sealing::lock::{CopyKey, RecordsKey};
use disclosure_portal::sealing::mark::{FaceBox, Mark, Rendition};
use zeroize::Zeroizing;

mod files;
use files::{Colour, bitmap, chunk, jpeg, png, segment, webp, with_segments};

const MARK: Mark<'static> = Mark { urn: "CZ/001/26", copy: "K7Q4-2M", recipient: "Jane Smith, Luton BCRP", sheet: "" };

/// A directory that goes away with the test.
struct Scratch(PathBuf);

impl Scratch {
    fn new(name: &str) -> Scratch {
        let path = std::env::temp_dir().join(format!("sealing-{name}-{}", std::process::id()));
        fs::create_dir_all(&path).unwrap();
        Scratch(path)
    }

    fn file(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.0.join(name);
        fs::write(&path, bytes).unwrap();
        path
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Opens with Debian's `age`, as a recipient without our software would.
fn opened_by_debians_age(sealed: &Path, key: &Path) -> Option<Vec<u8>> {
    let run = Command::new("age").arg("-d").arg("-i").arg(key).arg(sealed).output();
    let run = run.expect("the command `age` is missing: install the Debian package `age`");
    run.status.success().then_some(run.stdout)
}

#[test]
fn a_copy_opens_with_debians_age_for_its_recipient_only() {
    let scratch = Scratch::new("age");
    let (jane, other) = (Identity::fresh().unwrap(), Identity::fresh().unwrap());
    let janes = scratch.file("jane.key", jane.secret().as_bytes());
    let others = scratch.file("other.key", other.secret().as_bytes());
    let face = FaceBox::new(2800, 2000, 4400, 4200);
    let copy = Prepared::open(&portrait::draw(7), face).unwrap().seal_for(&MARK, &jane.recipient()).unwrap();
    for (sealed, size) in copy.iter().zip([(900, 1200), (240, 320)]) {
        let path = scratch.file("copy.age", &sealed.age_bytes);
        assert_eq!(opened_by_debians_age(&path, &others), None);
        let plain = opened_by_debians_age(&path, &janes).unwrap();
        assert_eq!(image::sha256(&plain), sealed.plain_sha256);
        assert_eq!(plain, *age::open(&sealed.age_bytes, &jane).unwrap());
        let admitted = files::dimensions(&plain);
        assert_eq!((sealed.media, admitted), (Media::Jpeg, size));
    }
    let path = scratch.file("text.age", &seal_text("Current intelligence", &jane.recipient()).unwrap());
    assert_eq!(opened_by_debians_age(&path, &janes).unwrap(), b"Current intelligence");
    let path = scratch.file("original.age", &seal_original(&portrait::draw(7), &jane.recipient()).unwrap());
    assert_eq!(opened_by_debians_age(&path, &janes).unwrap(), portrait::draw(7));
}

#[test]
fn a_stored_copy_opens_only_through_both_locks() {
    let jane = Identity::fresh().unwrap();
    let copy = Prepared::open(&portrait::draw(3), None).unwrap().seal_for(&MARK, &jane.recipient()).unwrap();
    let key = CopyKey::fresh().unwrap();
    let records = RecordsKey::from_bytes(Zeroizing::new([9; 32]));
    let blob = key.lock(&copy[0].age_bytes, b"copy-1/screen").unwrap();
    let wrapped = records.wrap(&key, "copy-1").unwrap();
    assert!(age::open(&blob, &jane).is_err(), "her key alone does not open a stolen blob");
    let again = records.unwrap(&wrapped, "copy-1").unwrap().open(blob.clone(), b"copy-1/screen").unwrap();
    assert_eq!(again, copy[0].age_bytes);
    assert!(!blob.windows(22).any(|part| part == b"age-encryption.org/v1\n"));
}

#[test]
fn every_rendition_carries_the_mark_and_two_recipients_never_get_the_same() {
    let prepared = Prepared::open(&portrait::draw(11), None).unwrap();
    let clean = image::open(&portrait::draw(11)).unwrap();
    for (rendition, clean) in [(Rendition::Screen, clean.screen()), (Rendition::Thumbnail, clean.thumbnail())] {
        let marked = prepared.mark(rendition, &MARK).unwrap();
        assert_eq!(marked.rendition(), rendition);
        let changed = clean.rgb().iter().zip(marked.picture().rgb()).filter(|(a, b)| a.abs_diff(**b) > 12).count();
        assert!(changed * 100 > clean.rgb().len(), "{rendition:?}: {changed}");
    }
    let other = Mark { copy: "P2XX-9A", ..MARK };
    let encode = |mark| prepared.mark(Rendition::Screen, mark).unwrap().encode().unwrap();
    assert_eq!(encode(&MARK), encode(&MARK));
    assert_ne!(encode(&MARK), encode(&other));
    // Two sheets of one holder differ by their marks, and each says on its foot which it is.
    let sheet = |copy, sheet| Mark { copy, sheet, ..MARK };
    let (one, two) = (sheet("P2XX-9B", "Sheet 1 of 2"), sheet("P2XX-9C", "Sheet 2 of 2"));
    assert_ne!(encode(&one), encode(&two));
    let bare = Mark { sheet: "", ..one };
    assert_ne!(encode(&one), encode(&bare));
    let to = Identity::fresh().unwrap();
    let sealed = prepared.seal_sheet(&one, &to.recipient()).unwrap();
    assert_eq!(sealed.len(), 1, "a sheet has no small picture");
    assert_eq!(*age::open(&sealed[0].age_bytes, &to).unwrap(), encode(&one));
    assert!(prepared.seal_sheet(&Mark { copy: "", ..one }, &to.recipient()).is_err());
    assert!(prepared.seal_for(&Mark { urn: "", ..MARK }, &Identity::fresh().unwrap().recipient()).is_err());
}

#[test]
fn renditions_keep_their_bounds_and_are_never_enlarged() {
    for ((width, height), screen, thumbnail) in [
        ((3000, 1500), (2048, 1024), (320, 160)),
        ((1500, 9000), (341, 2048), (53, 320)),
        ((240, 240), (240, 240), (240, 240)),
        ((300, 280), (300, 280), (300, 280)),
    ] {
        let photograph = image::open(&png(width, height, Colour::Rgb)).unwrap();
        assert_eq!((photograph.screen().width(), photograph.screen().height()), screen);
        assert_eq!((photograph.thumbnail().width(), photograph.thumbnail().height()), thumbnail);
        Prepared::of(&photograph, None).seal_for(&MARK, &Identity::fresh().unwrap().recipient()).unwrap();
    }
}

#[test]
fn nothing_but_pixels_survives() {
    let secrets = [
        "GPS 51.87 N 0.42 W",
        "Owner: PC 1234",
        "<x:xmpmeta>",
        "<script>alert(1)</script>",
        "ICC-SECRET",
        "IPTC-SECRET",
    ];
    let thumbnail = jpeg(64, 48);
    let hostile = with_segments(
        &jpeg(300, 400),
        &[
            segment(0xE1, &[&files::exif(6)[..], secrets[0].as_bytes(), &thumbnail].concat()),
            segment(0xE1, &[b"http://ns.adobe.com/xap/1.0/\0", secrets[2].as_bytes()].concat()),
            segment(0xE2, &[b"ICC_PROFILE\0\x01\x01", secrets[4].as_bytes()].concat()),
            segment(0xED, &[b"Photoshop 3.0\08BIM", secrets[5].as_bytes()].concat()),
            segment(0xFE, secrets[1].as_bytes()),
            segment(0xEF, secrets[3].as_bytes()),
        ],
    );
    let hostile = [hostile, b"PK\x03\x04<html>trailing archive</html>".to_vec()].concat();
    let admitted = image::admit(&hostile).unwrap();
    assert_eq!((admitted.width, admitted.height), (400, 300), "orientation 6 is a quarter turn");
    assert_eq!(admitted.sha256, image::sha256(&hostile));
    let prepared = Prepared::open(&hostile, None).unwrap();
    for rendition in [Rendition::Screen, Rendition::Thumbnail] {
        let plain = prepared.mark(rendition, &MARK).unwrap().encode().unwrap();
        for code in files::segments(&plain) {
            assert!(matches!(code, 0xE0 | 0xDB | 0xC0 | 0xC4 | 0xDA), "{code:x}");
        }
        for text in secrets.iter().copied().chain(["Exif", "http", "html", "PK\x03\x04", "JPEGThumb"]) {
            assert!(!plain.windows(text.len()).any(|part| part == text.as_bytes()), "{text}");
        }
        assert!(plain.ends_with(&[0xFF, 0xD9]));
    }
}

#[test]
fn each_orientation_turns_the_picture_upright() {
    // Red on the left, blue on the right, as stored; where red must be in the upright picture, by EXIF 2.32 table 6.
    let stored = files::halves(400, 300);
    for (orientation, red) in
        [(1, "left"), (2, "right"), (3, "right"), (4, "left"), (5, "top"), (6, "top"), (7, "bottom"), (8, "bottom")]
    {
        let bytes = with_segments(&stored, &[segment(0xE1, &files::exif(orientation))]);
        let picture = image::open(&bytes).unwrap().screen();
        let (width, height) = (picture.width(), picture.height());
        let (x, y) = match red {
            "left" => (20, height / 2),
            "right" => (width - 20, height / 2),
            "top" => (width / 2, 20),
            _ => (width / 2, height - 20),
        };
        let at = usize::try_from((y * width + x) * 3).unwrap();
        assert!(picture.rgb()[at] > 200, "orientation {orientation}");
        assert_eq!(width < height, orientation > 4);
    }
}

#[test]
fn what_is_not_a_photograph_is_named_in_the_refusal() {
    let wrong = |what| Unfit::WrongKind { what };
    for (bytes, why) in [
        (&b""[..], Unfit::Empty),
        (b"GIF89a\x01\0\x01\0\x80\0\0\xFF\xD8\xFF", wrong("a GIF picture")),
        (b"BM\x36\0\0\0\0\0\0\0\x36\0\0\0", wrong("a BMP picture")),
        (b"II*\0\x08\0\0\0", wrong("a TIFF or camera raw picture")),
        (b"MM\0*\0\0\0\x08", wrong("a TIFF or camera raw picture")),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1", wrong("a HEIC picture")),
        (b"\0\0\0\x1cftypavif\0\0\0\0", wrong("an AVIF picture")),
        (b"\0\0\0\x18ftypmp42", wrong("a film")),
        (b"<svg xmlns=\"http://www.w3.org/2000/svg\" onload=\"alert(1)\"/>", wrong("an SVG drawing")),
        (b"\xEF\xBB\xBF <?xml version=\"1.0\"?><svg/>", wrong("an SVG drawing")),
        (b"<!doctype html><script>", wrong("a web page or XML document")),
        (b"PK\x03\x04\x14\0", wrong("a ZIP archive or an office document")),
        (b"%PDF-1.7\n\xFF\xD8\xFF", wrong("a PDF document")),
        (b"\xFF\x0A\xFA\x1F", wrong("a JPEG XL picture")),
        (b"8BPS\0\x01", wrong("a Photoshop document")),
        (b"MZ\x90\0", Unfit::Unknown),
        (b"\xFF\xD8", Unfit::Unknown),
        (b"RIFF\x24\0\0\0WAVEfmt ", Unfit::Unknown),
        (b"just some words", Unfit::Unknown),
        (&[0; 4096], Unfit::Unknown),
    ] {
        assert_eq!(image::admit(bytes).unwrap_err(), why, "{}", String::from_utf8_lossy(bytes));
    }
}

#[test]
fn sizes_out_of_bounds_are_refused_with_the_size() {
    let too_large = |width, height| Unfit::TooLarge { width, height };
    for (bytes, why) in [
        (png(1, 1, Colour::Rgb), Unfit::TooSmall { width: 1, height: 1 }),
        (png(1, 300, Colour::Rgb), Unfit::TooSmall { width: 1, height: 300 }),
        (jpeg(239, 400), Unfit::TooSmall { width: 239, height: 400 }),
        (webp(400, 100), Unfit::TooSmall { width: 400, height: 100 }),
        (png(30_000, 240, Colour::Grey), too_large(30_000, 240)),
        (jpeg(30_000, 8), too_large(30_000, 8)),
        (bitmap(60_000, 60_000), too_large(60_000, 60_000)),
        (bitmap(0x7FFF_FFFF, 0x7FFF_FFFF), too_large(0x7FFF_FFFF, 0x7FFF_FFFF)),
        (bitmap(11_000, 11_000), too_large(11_000, 11_000)),
        (bitmap(0, 500), Unfit::Damaged { media: Media::Png }),
        (png(2000, 300, Colour::Grey), Unfit::TooNarrow { width: 2000, height: 300 }),
        ([jpeg(300, 300), vec![0; 50_000_000]].concat(), Unfit::TooHeavy),
    ] {
        let started = Instant::now();
        let refused = image::admit(&bytes).unwrap_err();
        assert_eq!(refused, why);
        assert!(started.elapsed() < Duration::from_secs(2), "{refused}");
    }
    // A header that lies: far more pixels announced than there is data for.
    assert_eq!(image::admit(&bitmap(7000, 7000)).unwrap_err(), Unfit::Damaged { media: Media::Png });
}

#[test]
fn a_file_cut_short_anywhere_is_refused() {
    for (media, whole) in [
        (Media::Jpeg, jpeg(300, 300)),
        (Media::Jpeg, files::progressive(300, 300)),
        (Media::Png, png(300, 300, Colour::Rgba)),
        (Media::Webp, webp(300, 300)),
    ] {
        assert!(image::admit(&whole).is_ok());
        let step = (whole.len() / 150).max(1);
        for end in (16..whole.len()).step_by(step).chain(whole.len() - 8..whole.len()) {
            let refused = image::admit(&whole[..end]).expect_err("cut");
            assert!(matches!(refused, Unfit::CutShort { media: of } if of == media), "{media} cut at {end}: {refused}");
        }
    }
}

#[test]
fn a_jpeg_cut_short_and_closed_again_is_refused() {
    for whole in [jpeg(600, 600), files::progressive(600, 600)] {
        let start = files::scan_start(&whole);
        let scan = whole.len() - start;
        for tenth in 0..9 {
            let closed = [&whole[..start + scan * tenth / 10], &[0xFF, 0xD9]].concat();
            assert_eq!(
                image::admit(&closed).unwrap_err(),
                Unfit::Damaged { media: Media::Jpeg },
                "{tenth} tenths kept"
            );
        }
    }
}

#[test]
fn damaged_animated_and_rare_files_are_refused() {
    let damaged = |media| Unfit::Damaged { media };
    let mut no_tables = jpeg(300, 300);
    let table = no_tables.windows(2).position(|pair| pair == [0xFF, 0xC4]).unwrap();
    no_tables[table + 4..table + 21].fill(0xFF);
    let mut arithmetic = jpeg(300, 300);
    let frame = arithmetic.windows(2).position(|pair| pair == [0xFF, 0xC0]).unwrap();
    arithmetic[frame + 1] = 0xC9;
    let mut twelve = jpeg(300, 300);
    twelve[frame + 4] = 12;
    let mut checksum = png(300, 300, Colour::Rgb);
    checksum[40] ^= 1;
    let still = png(300, 300, Colour::Rgb);
    let moving = [&still[..33], &chunk(*b"acTL", &[0, 0, 0, 2, 0, 0, 0, 0]), &still[33..]].concat();
    let mut webp_moving = b"RIFF\0\0\0\0WEBPVP8X\x0A\0\0\0\x02\0\0\0\x2B\x01\0\x2B\x01\0".to_vec();
    webp_moving[4] = u8::try_from(webp_moving.len() - 8).unwrap();
    for (bytes, why) in [
        (no_tables, damaged(Media::Jpeg)),
        (arithmetic, Unfit::RareCoding { media: Media::Jpeg }),
        (twelve, Unfit::RareCoding { media: Media::Jpeg }),
        (b"\xFF\xD8\xFF\xD9".to_vec(), damaged(Media::Jpeg)),
        (checksum, damaged(Media::Png)),
        (moving, Unfit::Animated),
        (webp_moving, Unfit::Animated),
        (b"RIFF\x04\0\0\0WEBP".to_vec(), damaged(Media::Webp)),
    ] {
        assert_eq!(image::admit(&bytes).unwrap_err(), why);
    }
}

/// Set in the child process that measures its own memory.
const WORST: &str = "SEALING_WORST_FILE";

/// The files that cost most among those within the limits, and the classical bombs. Each is opened and sealed in a process of its
/// own, which then reads its own peak memory.
#[test]
fn the_worst_files_stay_within_8_seconds_and_600_mib() {
    if let Some(path) = std::env::var_os(WORST) {
        let bytes = fs::read(path).unwrap();
        // Time on the processor: the machine may be busy with other tests.
        let busy =
            || fs::read_to_string("/proc/thread-self/schedstat").unwrap().split(' ').next().unwrap().parse().unwrap();
        let started: u64 = busy();
        let opened = Prepared::open(&bytes, None);
        let taken = Duration::from_nanos(busy() - started);
        let status = fs::read_to_string("/proc/self/status").unwrap();
        let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap().trim().to_owned();
        let peak: u64 = peak.trim_end_matches(" kB").parse().unwrap();
        assert!(taken < Duration::from_secs(8), "{taken:?}");
        assert!(peak < 600 * 1024, "{} MiB", peak / 1024);
        print!(
            "outcome={} in {taken:?}, {} MiB",
            opened.map_or_else(|no| no.to_string(), |_| "fit".into()),
            peak / 1024
        );
        return;
    }
    let scratch = Scratch::new("worst");
    let worst = [
        ("progressive.jpg", files::progressive(7000, 7000), "fit"),
        ("clear.png", files::clear_png(7000, 8), "fit"),
        ("deep.png", files::clear_png(5700, 16), "fit"),
        ("deeper.png", files::clear_png(7000, 16), "The picture needs too much memory"),
        ("lossless.webp", webp(7000, 7000), "fit"),
        ("text-bomb.png", files::compressed_bomb(*b"zTXt", b"Comment\0\0"), ""),
        ("colour-bomb.png", files::compressed_bomb(*b"iCCP", b"profile\0\0"), ""),
    ];
    for (name, bytes, outcome) in worst {
        assert!(bytes.len() < 25_000_000, "{name}: {}", bytes.len());
        let path = scratch.file(name, &bytes);
        let test = "sealing::the_worst_files_stay_within_8_seconds_and_600_mib";
        let child = Command::new(std::env::current_exe().unwrap())
            .args([test, "--exact", "--nocapture"])
            .env(WORST, &path)
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&child.stdout);
        assert!(child.status.success(), "{name}: {said} {}", String::from_utf8_lossy(&child.stderr));
        assert!(said.contains(&format!("outcome={outcome}")), "{name}: {said}");
    }
}
