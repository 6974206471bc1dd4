"""Filters: what a member wants to be warned of, not to see, or to see blurred. Owns filters, their keywords and posts."""

from __future__ import annotations

from dunnock.filters.errors import FilterMissing, FilterRefused
from dunnock.filters.events import FiltersChanged
from dunnock.filters.model import Filter, FilteredPost, Keyword, KeywordChange, Result
from dunnock.filters.read import filters_of, find_filter, find_filtered_post, find_keyword
from dunnock.filters.rules import add_keyword, add_post, change_keyword, remove_keyword, remove_post
from dunnock.filters.views import FilterViews
from dunnock.filters.write import change_filter, change_phrase, delete_filter, delete_phrase, make_filter

__all__ = [
    "Filter",
    "FilterMissing",
    "FilterRefused",
    "FilterViews",
    "FilteredPost",
    "FiltersChanged",
    "Keyword",
    "KeywordChange",
    "Result",
    "add_keyword",
    "add_post",
    "change_filter",
    "change_keyword",
    "change_phrase",
    "delete_filter",
    "delete_phrase",
    "filters_of",
    "find_filter",
    "find_filtered_post",
    "find_keyword",
    "make_filter",
    "remove_keyword",
    "remove_post",
]
