"""Say after every reference which chapters cite it, in the words and titles of the edition."""

from pybtex.plugin import register_plugin
from pybtex.style.formatting.plain import Style as PlainStyle

from .words import words_of

CHAPTERS = "chapters/"


class CourseStyle(PlainStyle):
    """The plain style; the field `chapters` of an entry becomes its note."""

    app = None  # Sphinx, which knows the titles

    def format_entry(self, label, entry, bib_data=None):
        """Write one entry."""
        title = f"title_{self.app.config.language}"  # where the work has no title of its own
        entry.fields["title"] = entry.fields.get(title, entry.fields["title"])
        entry.fields["note"] = self.place(entry.fields["chapters"].split(", "))
        return super().format_entry(label, entry, bib_data)

    def place(self, names):
        """Return in words where the lessons and pages `names` are."""
        words, titles = words_of(self.app.config), self.app.env.titles
        numbers = [name for name in names if name.isdigit()]
        lessons = (
            [words["lessons" if len(numbers) > 1 else "lesson"].format(", ".join(numbers))] if numbers else []
        )
        pages = [name for name in names if not name.isdigit()]
        docs = [CHAPTERS + name if CHAPTERS + name in titles else name for name in pages]
        return ", ".join(lessons + [words["title"].format(titles[doc].astext()) for doc in docs])


def setup(app):
    """Register the style, which references.md chooses."""
    CourseStyle.app = app
    register_plugin("pybtex.style.formatting", "course", CourseStyle)
