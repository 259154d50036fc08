"""Link the first use of a term in a chapter to the glossary, so that no author has to.

A term is the title of an entry (a heading of the third level) without what stands in brackets. Its first use
counts where it is read: in running text outside folds, links, code, formulas and headings. Where the chapter
links to the entry by itself, nothing is added.
"""

import re

from docutils import nodes

GLOSSARY, CHAPTERS = "glossary", "chapters/"
# What may follow a term: what Korean glues to a noun begins with one of these, not with the rest of a longer
# noun or a verb ("토큰은", "손실이라고", but not "토큰화", "보정하면"). An English term may have its plural.
AFTER = r"(?=[은는이가을를의에와과로으도만나라란마보부까처뿐인일입임였별끼값]|s?(?!\w))"
TEXTLESS = (nodes.title, nodes.reference, nodes.literal, nodes.literal_block, nodes.math, nodes.raw)


def entries(env):
    """Return the address of every entry by its term, from the contents of the glossary's page."""
    items = env.tocs[GLOSSARY].findall(nodes.list_item) if GLOSSARY in env.tocs else ()
    links = [item.next_node(nodes.reference) for item in items if not item.next_node(nodes.list_item)]
    return {link.astext().split(" (")[0].lower(): link["anchorname"] for link in links}


def may_link(text):
    """Tell whether a link may stand in this text: not in a heading or in code, nor in a folded answer."""
    node = text
    while node := node.parent:
        if isinstance(node, TEXTLESS) or "answer" in node.get("classes", ()):
            return False
    return True


def readable(doctree):
    """Return the texts that may hold a link. Markdown's own folds are raw HTML before and after them."""
    folds, texts = 0, []
    for node in doctree.findall():
        if isinstance(node, nodes.raw):
            folds += node.astext().count("<details") - node.astext().count("</details")
        elif isinstance(node, nodes.Text) and not folds and may_link(node):
            texts.append(node)
    return texts


def link_terms(app, doctree, docname):
    """Replace the first use of each term in a chapter by a link."""
    addresses = entries(app.env) if docname.startswith(CHAPTERS) else {}
    page = app.builder.get_relative_uri(docname, GLOSSARY) if addresses else ""
    present = {link.get("refuri") for link in doctree.findall(nodes.reference)}
    left = {term: page + anchor for term, anchor in addresses.items() if page + anchor not in present}
    if not left:
        return
    longest_first = "|".join(map(re.escape, sorted(addresses, key=len, reverse=True)))
    for text in readable(doctree):
        pieces, end = [], 0
        for use in re.finditer(rf"(?<!\w)(?:{longest_first}){AFTER}", text, re.IGNORECASE):
            if address := left.pop(use[0].lower(), None):
                link = nodes.reference("", use[0], internal=True, refuri=address)
                pieces += [nodes.Text(text[end : use.start()]), link]
                end = use.end()
        if pieces:
            text.parent.replace(text, [*pieces, nodes.Text(text[end:])])


def setup(app):
    """Register the transform; at this point every page has been read."""
    app.connect("doctree-resolved", link_terms)
