"""Give every heading an address that stays: its own words, as links in the chapters name it.

Docutils makes addresses of Latin letters alone and numbers all other headings by their place on the page, so
that a new heading would move the addresses of those below it.
"""

from docutils import nodes
from sphinx.transforms import SphinxTransform


class NameHeadings(SphinxTransform):
    """Call each section by the slug that MyST has found for it."""

    default_priority = 200  # before anything looks an address up

    def apply(self, **options):
        """Rename the sections of a page."""
        slugs = getattr(self.document, "myst_slugs", {})
        for section in self.document.findall(nodes.section):
            slug = section.get("slug")
            if slug and slug not in self.document.ids:
                old = section["ids"][0]
                section["ids"] = [slug, *section["ids"][1:]]
                self.document.ids[slug] = self.document.ids.pop(old)
                self.document.nameids.update(
                    {name: slug for name, id_ in self.document.nameids.items() if id_ == old}
                )
                line, _, title = slugs[slug]
                slugs[slug] = line, slug, title


def setup(app):
    """Register the transform."""
    app.add_transform(NameHeadings)
