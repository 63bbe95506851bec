//! What was asked, as lines of a release's page. What was decided is `actions::decision::record`'s.

use crate::actions::desk::Sheet;
use crate::web::police::{Row, row, yes};

/// The request's words.
pub(crate) fn request(sheet: &Sheet) -> Vec<Row> {
    let request = &sheet.file.request;
    let purposes: Vec<&str> = request.purposes.iter().map(|purpose| purpose.title()).collect();
    let mut rows = vec![
        row("Why it is needed", request.reasons.as_str()),
        row("Purposes", purposes.join("\n")),
        row("Locality", request.locality.as_str()),
        row("Danger: do not approach", yes(request.danger)),
        row("Names the person", yes(request.named)),
    ];
    if !sheet.photographs.is_empty() {
        rows.push(row("Custody photograph (PACE Code D)", yes(request.source.custody)));
        rows.push(row("Brought to justice or cautioned", yes(request.source.justice)));
        rows.push(row("Genesis/Athena reference of the photograph", request.source.reference.as_str()));
    }
    if let Some(draft) = &sheet.draft {
        if request.named {
            rows.push(row("Name that would leave", draft.name.as_str()));
        }
        if !draft.text.is_empty() {
            rows.push(row("Text that would leave", draft.text.as_str()));
        }
    }
    rows
}
