"""Languages to choose from, called as their speakers call them."""

from __future__ import annotations

_NAMES = {
    "ar": "العربية", "bg": "Български", "bn": "বাংলা", "ca": "Català", "cs": "Čeština", "cy": "Cymraeg", "da": "Dansk",
    "de": "Deutsch", "el": "Ελληνικά", "en": "English", "eo": "Esperanto", "es": "Español", "et": "Eesti", "eu": "Euskara",
    "fa": "فارسی", "fi": "Suomi", "fr": "Français", "ga": "Gaeilge", "gl": "Galego", "he": "עברית", "hi": "हिन्दी",
    "hr": "Hrvatski", "hu": "Magyar", "id": "Bahasa Indonesia", "is": "Íslenska", "it": "Italiano", "ja": "日本語",
    "kab": "Taqbaylit", "ko": "한국어", "lt": "Lietuvių", "lv": "Latviešu", "nl": "Nederlands", "no": "Norsk", "pl": "Polski",
    "pt": "Português", "pt-BR": "Português (Brasil)", "ro": "Română", "ru": "Русский", "sk": "Slovenčina",
    "sl": "Slovenščina", "sq": "Shqip", "sr": "Српски", "sv": "Svenska", "ta": "தமிழ்", "th": "ไทย", "tr": "Türkçe",
    "uk": "Українська", "ur": "اردو", "vi": "Tiếng Việt", "zh-CN": "简体中文", "zh-TW": "繁體中文",
}  # fmt: skip


def language_choices(chosen: str | None) -> list[tuple[str, str]]:
    """(code, name), nothing said first; a chosen language without a name here is called by its code."""
    known = sorted(_NAMES.items(), key=lambda one: one[1].casefold())
    extra = [(chosen, chosen)] if chosen and chosen not in _NAMES else []
    return [("", "Not said"), *extra, *known]
