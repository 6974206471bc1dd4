"""The languages a text can be in."""

from __future__ import annotations

import re

# ISO 639-1.
_TWO_LETTERS = (
    "aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de"
    " dv dz ee el en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id"
    " ie ig ii ik io is it iu ja jv ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu"
    " lv mg mh mi mk ml mn mr ms mt my na nb nd ne ng nl nn no nr nv ny oc oj om or os pa pi pl ps pt qu"
    " rm rn ro ru rw sa sc sd se sg sh si sk sl sm sn so sq sr ss st su sv sw ta te tg th ti tk tl tn to"
    " tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu"
)
# ISO 639-3, of languages people post in and that have no shorter code.
_THREE_LETTERS = (
    "arz ast bal bar bcl bho bjn bua ceb chr ckb cnh cnr crh csb diq dsb ext fil frp frr fur gag gsw haw"
    " hif hil hmn hsb ilo jbo kab kbd kmr krc lad ldn lfn lij lmo ltg lzh mai mdf mhr min mni moe mus mwl"
    " myv nah nan nap nds nso nv pag pam pap pcd pdc pms pnb rmy rom rue ruf sah sat scn sco shi sma smj"
    " smn sms sr srn stq syr szl tet tok tpi tum tyv udm vai vec vep vls vro wuu xal xmf yue zba zea zgh"
)
_REGIONAL = "zh-CN zh-HK zh-TW zh-YUE pt-BR pt-PT en-GB es-AR es-MX fr-CA sr-Latn"

LANGUAGES = frozenset(f"{_TWO_LETTERS} {_THREE_LETTERS} {_REGIONAL}".split())

# Of those that many post in, as their speakers call them.
LANGUAGE_NAMES = {
    "ar": "العربية", "bg": "Български", "bn": "বাংলা", "ca": "Català", "cs": "Čeština", "cy": "Cymraeg", "da": "Dansk",
    "de": "Deutsch", "el": "Ελληνικά", "en": "English", "eo": "Esperanto", "es": "Español", "et": "Eesti", "eu": "Euskara",
    "fa": "فارسی", "fi": "Suomi", "fr": "Français", "ga": "Gaeilge", "gl": "Galego", "he": "עברית", "hi": "हिन्दी",
    "hr": "Hrvatski", "hu": "Magyar", "id": "Bahasa Indonesia", "is": "Íslenska", "it": "Italiano", "ja": "日本語",
    "kab": "Taqbaylit", "ko": "한국어", "lt": "Lietuvių", "lv": "Latviešu", "nl": "Nederlands", "no": "Norsk", "pl": "Polski",
    "pt": "Português", "pt-BR": "Português (Brasil)", "ro": "Română", "ru": "Русский", "sk": "Slovenčina",
    "sl": "Slovenščina", "sq": "Shqip", "sr": "Српски", "sv": "Svenska", "ta": "தமிழ்", "th": "ไทย", "tr": "Türkçe",
    "uk": "Українська", "ur": "اردو", "vi": "Tiếng Việt", "zh-CN": "简体中文", "zh-TW": "繁體中文",
}  # fmt: skip

_BY_KEY = {code.lower(): code for code in LANGUAGES}
_SUBTAG = re.compile("[-_]")


def check_language(code: str | None) -> str | None:
    """The code as we keep it: `en_US` is `en`, `zh-tw` is `zh-TW`; None for what names no language we know.

    Source: ISO 639-1, ISO 639-3, Mastodon's LanguagesHelper.
    """
    if not code or len(code) > 35:
        return None
    key = code.strip().lower().replace("_", "-")
    return _BY_KEY.get(key) or _BY_KEY.get(_SUBTAG.split(key, maxsplit=1)[0])


_MOST_RANGES = 20


def accepted_languages(header: str) -> list[str]:
    """The language tags of an Accept-Language header as they are written, those that are wanted most first; 20 at most.

    Source: RFC 9110 section 12.5.4.
    """
    wishes: list[tuple[float, int, str]] = []
    for place, part in enumerate(header[:500].split(",")[:_MOST_RANGES]):
        tag, _, rest = part.strip().partition(";")
        name, _, value = rest.strip().partition("=")
        try:
            weight = float(value) if name.strip().lower() == "q" else 1.0
        except ValueError:
            continue
        if tag and 0 < weight <= 1:
            wishes.append((-weight, place, tag.strip()))
    return [tag for _, _, tag in sorted(wishes)]
