//! A page is a typed struct and a template; templates are carried in the binary and parsed once.
//!
//! Promises: a template can only be rendered through its struct; a page whose template is missing stops the start; every sample of
//! every page in [`PAGES`] is rendered by `tests/it/web_shell.rs`. Text is escaped: files end in `.html`, and `| safe` is banned by test.
//! Absent on purpose: a bare context, templates read at run time.

use include_dir::{Dir, include_dir};
use serde::Serialize;
use tera::{Context, Tera};

use crate::actions::{Fault, No};
use crate::web::visit::Visit;
use crate::web::{Answer, plain, problem};

static TEMPLATES: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/templates");

/// What a template shows. Field names become the template's variables; `frame` and `form` are taken.
pub trait Page: Serialize {
    /// File below `templates/`.
    const TEMPLATE: &'static str;

    /// Made-up contents, each branch of the template at least once.
    fn samples() -> Vec<Self>
    where
        Self: Sized;
}

/// A page as the sample test sees it.
pub struct Sampled {
    /// The template.
    pub template: &'static str,
    /// Renders all samples on behalf of a visitor.
    pub render: fn(&Visit) -> Vec<Result<Answer, No>>,
}

macro_rules! pages {
    ($($page:ty),+ $(,)?) => {
        /// Every page there is. A page left out is caught by its own template: each file below `pages/` must be named here.
        pub const PAGES: &[Sampled] = &[$(Sampled {
            template: <$page as Page>::TEMPLATE,
            render: |visit| <$page as Page>::samples().iter().map(|page| visit.page("Sample", page)).collect(),
        }),+];
    };
}

pages![problem::Problem, plain::Accessibility, plain::Cookies, plain::Privacy];

/// Parses all templates and checks that each page has its own and each template below `pages/` its page.
pub(crate) fn templates() -> Result<Tera, String> {
    let mut tera = Tera::default();
    tera.autoescape_on(vec![".html"]);
    let mut texts = Vec::new();
    gather(&TEMPLATES, &mut texts)?;
    tera.add_raw_templates(texts).map_err(|why| told(&why))?;
    for page in PAGES {
        tera.get_template(page.template).map_err(|why| told(&why))?;
    }
    let lost = tera
        .get_template_names()
        .find(|name| name.starts_with("pages/") && !PAGES.iter().any(|page| page.template == *name));
    match lost {
        Some(name) => Err(format!("templates/{name} has no page in web::page::PAGES")),
        None => Ok(tera),
    }
}

fn gather(dir: &'static Dir<'static>, texts: &mut Vec<(String, &'static str)>) -> Result<(), String> {
    for file in dir.files() {
        let name = file.path().display().to_string();
        let text = file.contents_utf8().ok_or_else(|| format!("templates/{name} is not UTF-8"))?;
        texts.push((name, text));
    }
    dir.dirs().try_for_each(|dir| gather(dir, texts))
}

/// Renders a page inside its frame.
pub(crate) fn render<P: Page>(
    tera: &Tera,
    page: &P,
    frame: &impl Serialize,
    form: &impl Serialize,
) -> Result<String, Fault> {
    let broken = |why: tera::Error| Fault::Other(format!("template {}: {}", P::TEMPLATE, told(&why)));
    let mut context = Context::from_serialize(page).map_err(broken)?;
    context.insert("frame", frame);
    context.insert("form", form);
    tera.render(P::TEMPLATE, &context).map_err(broken)
}

/// An error with all its causes, for the operator.
fn told(why: &tera::Error) -> String {
    let mut words = why.to_string();
    let mut cause = std::error::Error::source(why);
    while let Some(next) = cause {
        words = format!("{words}: {next}");
        cause = next.source();
    }
    words
}
