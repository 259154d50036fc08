"""Every word that the pages show and no author wrote, one table for each language."""

from sphinx.errors import ConfigError

WORDS = {
    "ko": {
        "locale": "ko_KR",
        "skip": "본문으로 건너뛰기",
        "contents": "차례",
        "on_this_page": "이 페이지에서",
        "search": "검색",
        "search_hint": "이 책에서 검색",
        "search_advice": "단어를 여러 개 쓰면 모두 들어 있는 페이지만 나옵니다.",
        "search_found": "{}개 페이지에서 찾았습니다.",
        "search_nothing": "찾는 단어가 들어 있는 페이지가 없습니다. 더 짧은 단어로 검색해 보세요.",
        "search_needs_script": "검색하려면 자바스크립트를 켜야 합니다.",
        "not_found": "없는 페이지입니다",
        "not_found_advice": "주소가 바뀌었거나 잘못 적힌 것 같습니다. 차례를 보거나 검색해 보세요.",
        "to_first_page": "첫 페이지로 가기",
        "toggle_theme": "밝은 화면과 어두운 화면 바꾸기",
        "previous": "이전",
        "next": "다음",
        "launch": "Binder에서 실행",
        "download": "노트북 내려받기",
        "edit": "이 페이지 고치기",
        "report": "잘못된 곳 알리기",
        "colab": "Colab에서 실행",
        "install": "이 책의 nllutils를 설치합니다. 책의 폴더 밖에서 실행할 때 필요합니다.",
        "live": "여기서 실행 (약 {} MB)",
        "live_torch": "PyTorch를 쓰는 페이지입니다. Binder나 내 컴퓨터에서 실행하세요.",
        "live_words": {
            "live": "여기서 실행",
            "code": "코드",
            "run": "실행: 코드",
            "picture": "실행한 코드가 그린 그림",
            "steps": [
                "파이썬을 내려받는 중입니다.",
                "NumPy와 Matplotlib을 내려받는 중입니다.",
                "준비되었습니다. 셀의 ▶를 누르거나 Shift+Enter를 누르세요. 코드를 고쳐도 됩니다.",
            ],
            "before": "위의 셀까지 차례로 실행합니다: {}",
            "running": "실행하는 중입니다.",
            "done": "실행했습니다.",
            "failed": "오류가 났습니다. 셀의 출력을 보세요.",
            "stopped": "멈췄습니다. 파이썬을 새로 시작하므로 변수는 사라지고 고친 코드는 남습니다.",
            "sure": "고친 코드가 사라집니다. 처음 상태로 되돌릴까요?",
            "fresh": "코드와 출력을 처음 상태로 되돌렸습니다.",
            "broken": "파이썬을 시작하지 못했습니다.",
            "all": "모두 실행",
            "stop": "멈추기",
            "reset": "처음으로",
        },
        "copy": "복사",
        "copied": "복사됨",
        "selected": "선택됨",
        "fold_result": "결과 보기",
        "fold_drawing": "그림을 그린 코드",
        "fold_check": "검산",
        "fold_code": "코드 보기",
        "permalink": "이 제목의 링크",
        "wide": "옆으로 밀어서 볼 수 있습니다",
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
