//! The demo's papers and lists: a signed agreement attached, one member's copy, an initiative.
//!
//! The papers are made here: a page of words as a PDF.

use std::fmt::Write as _;

use crate::actions::No;
use crate::actions::office::Office;
use crate::actions::registers::{self, Subject, attach, initiatives};
use crate::demo::people::World;
use crate::demo::stamp;
use crate::domain::ids::MemberId;

/// One page that says this, as the smallest PDF that readers open. `words` must not hold brackets or backslashes.
pub fn pdf(words: &str) -> Vec<u8> {
    let text = format!("BT /F1 18 Tf 60 760 Td ({words}) Tj ET");
    let objects = [
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_owned(),
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>".to_owned(),
        format!("<< /Length {} >>\nstream\n{text}\nendstream", text.len()),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>".to_owned(),
    ];
    let mut out = String::from("%PDF-1.4\n");
    let mut table = String::from("0000000000 65535 f \n");
    for (n, object) in objects.iter().enumerate() {
        let _ = writeln!(table, "{:010} 00000 n ", out.len());
        let _ = write!(out, "{} 0 obj\n{object}\nendobj\n", n + 1);
    }
    let (start, size) = (out.len(), objects.len() + 1);
    let _ = write!(out, "xref\n0 {size}\n{table}trailer\n<< /Size {size} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n");
    out.into_bytes()
}

/// Attaches the papers and begins the initiative.
pub(super) async fn begin(office: &Office, world: &World) -> Result<(), No> {
    let sam = &world.called("Sam")?.actor;
    let [bcrp, pubs, _] = world.schemes;
    attach(office, sam, bcrp, Subject::Agreement, pdf("Information sharing agreement ISA/2026/1, signed"), stamp())
        .await?;
    let entry = registers::scheme(office, sam, bcrp, stamp()).await?;
    if let Some(member) = entry.members.first().and_then(|row| MemberId::parse(&row.id)) {
        attach(office, sam, bcrp, Subject::Member(member), pdf("Agreement of a member business, signed"), stamp())
            .await?;
    }
    let area = world.areas.first().map(ToString::to_string).unwrap_or_default();
    let about = "Thefts and disorder in the evening, October to January";
    let id = initiatives::begin(office, sam, &area, "Safer town centre", about, stamp()).await?;
    for scheme in [bcrp, pubs] {
        if let Some(row) = registers::scheme(office, sam, scheme, stamp()).await?.members.first() {
            initiatives::put_on(office, sam, id, &format!("business/{scheme}/{}", row.id), stamp()).await?;
        }
    }
    Ok(())
}
