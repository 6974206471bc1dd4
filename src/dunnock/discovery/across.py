"""Two letters of scripts without spaces that stand beside each other by chance: the 京都 in 東京都 is no Kyoto.

Each such pair is a word, and stands here with what is around it where it is none: where its first letter ends one word and
its second begins another. Only what can be read in no other way is here, for what somebody wrote must be found. Written by hand:
programs that cut texts into words tear some apart (docs/decisions/0013-pairs-across-words.md).
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

import regex

# Not "今日、本人が", "20日、本社が", "在日本社".
_JAPAN = r"(?<![\d一二三四五六七八九十今当當毎每翌即同平休連先後前初曜祝終他近数多末元半何本明昨天旧在])日"
_AROUND = {  # pair -> what stands around it (`_`), as regular expressions with spaces between
    # Places, peoples, languages
    "京都": "(?<![関広])東_ 东_",
    "国語": "(?<!小)中_ [韓外米英仏独露]_",
    "国语": "[中韩外英法德俄]_",
    "国人": "[中外美英德韓韩俄泰]_ 全_大",
    "國人": "[中外美英德韓俄泰]_ 全_大",
    "本人": f"{_JAPAN}_",
    "本国": f"{_JAPAN}_",
    "本文": f"{_JAPAN}_[化学學]",
    "本社": f"{_JAPAN}_会",
    "本書": f"{_JAPAN}_紀",
    "本当": f"{_JAPAN}_局",
    "本体": f"{_JAPAN}_[育操]",
    "本会": f"{_JAPAN}_議",
    "本家": f"{_JAPAN}_屋",
    "本館": f"{_JAPAN}_",
    "本名": f"{_JAPAN}_",
    "本式": f"{_JAPAN}_",
    "本来": f"{_JAPAN}_日",
    "古屋": "(?<!有)名_",
    "児島": "鹿_",
    "知県": "[愛高]_",
    "海道": "北_",
    "华人": "中_民",
    "華人": "中_民",
    "京城": "[北南]_",
    "中国": "[发発]展_家(?![庭具电电居族]) 期間_内 日_[交境]",
    "中國": "發展_家(?![庭具電居族])",
    "国家": "_庭(?![院审長长])",
    "國家": "_庭(?![院審長])",
    "家人": "国_民",
    "法国": "[立宪憲司违合]_家",
    "德国": "道_家",
    "上海": "陸_上",
    # Time
    "日中": "(?<!第)一_(?![国國華韓関両米首友外間朝台]) (?<!昨)今_(?![国國華韓関両米首友外間朝台]) (?<!日)本_(?![国國華韓])",
    "年中": "[今去昨]_(?![国國華])",
    "天下": "[今明昨后後]_[午雨雪班课課]",
    "天上": "[今明昨后後]_[午班课課]",
    "天天": "[今明昨后後]_[气氣]",
    # People and their places
    "人参": "_政 _加者 _戦 _拝",
    "人口": "_座(?![標标])",
    "人工": "[个個本]_作(?![业業物品])",
    "大人": "_数(?![人名個組枚十百千])",
    "学院": "(?<![北东東师師工医农])大_",
    "学会": "(?<![一共])同_ 大_館",
    "中学": "[高初]_[生历歷]",
    "学生": "[科大]_活(?![動动力躍跃きか用])",
    "生活": "学_[動动]",
    "社会": "会_[長員計議]",
    "学校": "大_[舎友]",
    "员工": "[人委党官成]_作",
    "員工": "[人委黨官成]_作",
    "市民": "城_[众眾营營]",
    "先生": "優_[産徒]",
    # Things and deeds
    "动车": "[自机电]_",
    "動車": "[自機電]_",
    "行车": "自_",
    "租车": "出_",
    "和服": "_[务務]",
    "有意": "_[见見](?!面) _[义義]",
    "开会": "公_",
    "開会": "公_",
    "作品": "(?<![手木美金加])工_质(?!量) _牌",
    "不同": "_意(?![义義思味見见图圖図境识識志向愿願象])",
    "同意": "不_[见見](?!面)",
    "事情": "_報(?![告導])",
    "行方": "_[法向]",
    "行事": "_務",
    "会計": "_画(?![面像])",
    "平方": "_向",
    "动物": "运_",
    "動物": "運_",
    "地方": "土_面",
    "存在": "[保储儲]_",
    "正在": "真_",
    "实在": "[现其]_",
    "實在": "[現其]_",
    "内在": "[国境室]_",
    "外在": "[国海另此]_",
    "后来": "[以今]_",
    "後來": "[以今]_",
    # Korean writes spaces, but not between the parts of a word
    "국어": "[한중외]_",
    "국사": "[한중외]_[람회]",
    "국기": "[한중]_업",
    "국가": "[한중]_[수요]",
    "머니": "[어할주]_",
    "학교": "대_[수육]",
    "사자": "[봉종당조]_ 회_료",
    "기자": "전_[동전]",
    "인도": "[노본개]_",
}
PAIRS = _AROUND.keys()
"""Words of two letters that are found by chance in some others."""


@cache
def _elsewhere(pair: str) -> regex.Pattern[str]:
    """The pair where it is a word."""
    around = []
    for one in _AROUND[pair].split():
        before, after = one.split("_")
        around.append(f"(?<!{before}(?={pair}{after}))" if before else f"(?!{pair}{after})")
    return regex.compile("".join(around) + pair)


def across(pairs: Iterable[str], folded: str) -> list[str]:
    """Which of `pairs` (of `PAIRS`) are no words anywhere in a text, as it is folded, that has them."""
    return [pair for pair in pairs if _elsewhere(pair).search(folded) is None]
