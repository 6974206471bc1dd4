"""Words of two letters in scripts without spaces: each is found wherever it is written, and nowhere else."""

from __future__ import annotations

import sqlite3

import pytest

from dunnock.discovery import marks
from dunnock.discovery.across import PAIRS, across
from dunnock.discovery.index import _across
from dunnock.discovery.query import Part, for_sqlite, read
from dunnock.discovery.words import fold, words_of

JAPANESE = """
京都 東京 大阪 日本 中国 台湾 韓国 英語 国語 国人 本人 本国 本文 本社 本書 本当 本体 本会 本家 本館 本名 本式 本来 古屋 児島 海道
日中 年中 天下 天上 今日 明日 昨日 時間 午後 午前 人参 人口 人工 人生 大人 子供 学院 学会 中学 学生 生活 社会 学校 会社 社員 先生
電車 動車 和服 有意 開会 作品 不同 同意 事情 行方 行事 会計 平方 動物 地方 存在 内在 外在 上海 市民 家人 国家 写真 映画 音楽 料理
地震 台風 天気 選挙 政府 新聞 食べ 見る 読む お茶 ねこ いぬ さくら うみ カメ パン メモ 豚カ 葉っ 人々 々木 消し ゴム 歯ブ お金
"""
CHINESE = """
北京 上海 台北 香港 中國 国语 国人 國人 华人 華人 京城 法国 德国 国家 國家 家人 天天 今天 明天 天下 天上 员工 員工 市民 动车 行车
租车 开会 作品 不同 同意 动物 動物 正在 实在 實在 存在 内在 外在 后来 後來 有意 人工 学院 学会 生活 服务 和平 发展 研究 生命 政府
新闻 电影 音乐 朋友 老师 学校 手机 电脑 网络 天气 下午 上午 时间 工作 人员 问题 意见 意思 地方 方面 世界 历史 文化 经济 教育 健康
"""
KOREAN = """
한국 서울 부산 국어 국사 국기 국가 머니 학교 사자 기자 인도 사람 회사 대학 교수 학생 친구 음악 영화 날씨 오늘 내일 어제 시간 문제
사진 고양 가수 가요 전기 자동 정부 신문 경제 문화 역사 교육 세계 나라 바다 하늘 나무 사랑 생각 마음 이름 아침 점심 저녁 커피 우유
"""
# A word and where it stands ("_" is a space): as a part of what is longer, …
INSIDE = """
大学<京都大学 京都<京都大学 京都<東京都と京都府 学生<大学生 学生<大学生活動 生活<大学生活 本人<当日本人が来る
日本<当日本人が来る 日中<日中国交 中国<発展中国 国家<発展中国家 外国<外国人参政権 参政<外国人参政権 人民<中国人民
国人<国人 服务<和服务 现在<出现在 学校<小学校 国家<国家庭审 会計<会計画面 人口<人口座標 今天<今天天气 天气<今天天气
不同<不同意见 意见<不同意见 有意<有意见面 한국<한국어 대학<대학교수 교수<대학교수 葛城<葛\U000e0100城市 東京<東\u2060京
京都<東京都_京都 京都<#東京都_#京都
"""
# … or by chance, and is none.
BY_CHANCE = """
京都<東京都に住む 京都<#東京都 京都<东京都 国語<中国語 国语<外国语大学 国人<外国人 本人<日本人です 本社<日本社会
古屋<名古屋 华人<中华人民共和国 中国<発展中国家 中国<发展中国家 中國<發展中國家 人参<外国人参政権 日中<一日中
日中<今日中に 年中<今年中に 天下<今天下午 天上<明天上午 天天<今天天气 学院<大学院 学会<同学会 学生<大学生活
生活<学生活動 员工<工作人员工作 动车<自动车 動車<自動車 行车<自行车 租车<出租车 和服<和服务 有意<有意见 开会<公开会议
不同<不同意 同意<不同意见 存在<保存在 正在<真正在 实在<现实在 内在<国内在 后来<以后来 国家<韓国家庭料理 法国<立法国家
국어<한국어 국사<한국사람 머니<어머니 학교<대학교육 사자<봉사자 기자<전기자동차 인도<노인도
"""


def _read(table):
    return [one.replace("_", " ").split("<") for one in table.split()]


@pytest.fixture(scope="module")
def search():
    """Which of some texts a query finds, by the index that SQLite has."""
    conn = sqlite3.connect(":memory:")
    conn.execute("CREATE VIRTUAL TABLE held USING fts5(words, tokenize='ascii tokenchars ''#@:._-''')")

    def ask(texts, typed):
        conn.execute("DELETE FROM held")
        for number, text in enumerate(texts, 1):
            words = words_of(text)
            held = " ".join([*words, *_across([text], words), marks.PUBLIC])
            conn.execute("INSERT INTO held (rowid, words) VALUES (?, ?)", (number, held))
        rows = conn.execute("SELECT rowid FROM held WHERE held MATCH ?", (for_sqlite(read(typed), {}, (Part(("",)),)),))
        return {texts[row[0] - 1] for row in rows}

    return ask


def test_each_word_is_found_where_it_stands_and_across_no_border(search):
    every = [(word, "これは{}です") for word in JAPANESE.split()] + [(word, "我们{}了") for word in CHINESE.split()]
    every += [(word, "이{}를") for word in KOREAN.split()]
    assert len(every) > 200
    for word, around in every:
        there = {word, around.format(word), f"「{word}」", f"x{word}y", f"#{word}", f"2026{word}", f"... {word}\n"}
        first, rest = word[0], word[1:]
        signs = (" ", "、", "\n", "x", "7", "🦊", "・", "\u200b", " #", "\u3000", "/", "。")
        apart = {first + sign + rest for sign in signs}
        apart |= {f"#{first} {rest}", f"https://far.example/{first} {rest}", f"{first}@{rest}"}
        assert search([*there, *apart], word) == there, word


def test_words_within_longer_ones_are_found_and_those_by_chance_are_not(search):
    for word, text in _read(INSIDE):
        assert search([text], word) == {text}, (word, text)
    for word, text in _read(BY_CHANCE):
        assert search([text], word) == set(), (word, text)
        assert search([text], text.strip("#")) == {text}, "what is longer is found by its letters as before"
        assert search([f"{text} {word}"], word) == {f"{text} {word}"}, "once as a word is enough"
        assert search([text, f"{text} 犬", f"{word} 犬"], f"犬 -{word}") == {f"{text} 犬"}
    assert {word for word, _ in _read(BY_CHANCE)} <= PAIRS


def test_each_pair_is_a_word_when_it_stands_alone():
    for pair in PAIRS:
        assert fold(pair) == pair
        assert words_of(pair)[0] == pair
        assert across([pair], pair) == []
