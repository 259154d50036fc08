"""Korean for Sphinx's search: "우도" finds the pages that say "우도를" and "우도는".

Korean glues particles to words and Sphinx compares whole words. So the index holds the beginnings of every
Korean word, and the search box drops the particle from what the reader types.
"""

import re

from sphinx.search import SearchLanguage

PARTICLES = """
으로부터 에서부터 이라는 이라고 으로써 으로서 에게서 까지는 에서는 에서의 으로는 로부터 이라도
라는 라고 로써 로서 에서 에게 부터 까지 처럼 보다 마다 만큼 조차 마저 이나 이란 이다 입니다 으로
에는 에도 와의 과의 로는 들을 들이 들은 들의 은 는 이 가 을 를 의 에 로 와 과 도 만 란 나 들 야
"""
LONGEST = 6  # syllables; no word stem of the book is longer

KOREAN = re.compile(r"[가-힣]+")
FOREIGN_AND_PARTICLE = re.compile(r"(\w*[A-Za-z0-9_])[가-힣]+")

STEMMER = """
var Stemmer = function () {
  const particles = `PARTICLES`.trim().split(/\\s+/).sort((a, b) => b.length - a.length);
  this.stemWord = function (word) {
    const foreign = /^(\\w*[a-z0-9_])[가-힣]+$/.exec(word);
    if (foreign) return foreign[1];
    const particle = particles.find((p) => word.endsWith(p) && word.length - p.length >= 2);
    return particle ? word.slice(0, -particle.length) : word;
  };
};
"""


class Korean(SearchLanguage):
    """What `language: ko` uses to make the index and to read the query."""

    lang = "ko"
    language_name = "Korean"
    stopwords = frozenset()
    js_stemmer_code = STEMMER.replace("PARTICLES", PARTICLES)

    def split(self, text):
        """Return the words of `text` and the beginnings by which they can be found."""
        return [term for word in super().split(text) for term in terms(word)]

    def stem(self, word):
        """Return the word as the index spells it."""
        return word.lower()


def terms(word):
    """Return `word` and the beginnings it can be found by.

    >>> terms("우도에서")
    ['우도에서', '우도', '우도에']
    >>> terms("PyTorch의")
    ['PyTorch의', 'PyTorch']
    """
    if KOREAN.fullmatch(word):
        return [word, *(word[:length] for length in range(2, min(len(word) - 1, LONGEST) + 1))]
    foreign = FOREIGN_AND_PARTICLE.fullmatch(word)
    return [word, foreign[1]] if foreign else [word]


def setup(app):
    """Register the language; Sphinx picks it by `language: ko`."""
    app.add_search_language(Korean)
