"""Every word that the pages show and no author wrote, one table for each language."""

from sphinx.errors import ConfigError

WORDS = {
    "ko": {
        "locale": "ko_KR",
        "skip": "본문으로 건너뛰기",
        "contents": "차례",
        "on_this_page": "이 페이지에서",
        "search": "찾기",
        "search_hint": "이 책에서 찾기",
        "search_advice": "여러 단어를 쓰면 모두 들어 있는 페이지만 나옵니다.",
        "search_found": "{}개 페이지에서 찾았습니다.",
        "search_nothing": "찾는 말이 들어 있는 페이지가 없습니다. 더 짧은 말로 찾아 보세요.",
        "search_needs_script": "찾기는 자바스크립트가 켜져 있어야 합니다.",
        "not_found": "없는 페이지입니다",
        "not_found_advice": "주소가 바뀌었거나 잘못 적힌 것 같습니다. 차례나 찾기에서 찾아 보세요.",
        "to_first_page": "첫 페이지로 가기",
        "toggle_theme": "밝은 화면과 어두운 화면 바꾸기",
        "previous": "이전",
        "next": "다음",
        "launch": "Binder에서 실행",
        "download": "노트북 내려받기",
        "edit": "이 페이지 고치기",
        "report": "잘못된 곳 알리기",
        "copy": "복사",
        "copied": "복사됨",
        "selected": "선택됨",
        "fold_result": "결과 보기",
        "fold_drawing": "그림을 그린 코드",
        "fold_check": "검산",
        "fold_code": "코드 보기",
        "permalink": "이 자리의 주소",
        "wide": "옆으로 밀어 볼 수 있음",
        "licence": "글과 그림은 CC BY 4.0, 코드는 MIT 라이선스입니다.",
    },
}


def words_of(config):
    """Return the table of the book's language (`language` in `_config.yml`)."""
    if config.language not in WORDS:
        raise ConfigError(
            f"The book's language is {config.language!r}, but theme/words.py has the pages' words only in "
            f"{', '.join(WORDS)}: add a table there, or change `language` in _config.yml."
        )
    return WORDS[config.language]
