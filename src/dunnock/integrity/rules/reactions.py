"""What rules make of others' events, and their jobs."""

from __future__ import annotations

from dunnock import moderation, posts
from dunnock.foundation.jobs import Does, Every
from dunnock.foundation.reactions import Hears
from dunnock.integrity.events import SignalGrew, SignalRaised
from dunnock.integrity.rules import letting_go, meet, trial

HEARS: Hears = {
    posts.PostPublished: (meet.meet_post,),
    posts.PostWaits: (meet.meet_waiting,),
    posts.PostEdited: (meet.meet_edit,),
    posts.PostBoosted: (meet.meet_boost,),
    SignalRaised: (meet.meet_signal,),
    SignalGrew: (meet.meet_signal,),
    moderation.DecisionReversed: (letting_go.let_go_reversed,),
}
EVERY: tuple[Every, ...] = (
    Every(letting_go.EndWatchRules(), letting_go.END_EVERY_MS),
    Every(letting_go.TrimHits(), letting_go.TRIM_EVERY_MS),
)
JOBS: Does = {
    letting_go.EndWatchRules: letting_go.end_watch_rules,
    letting_go.TrimHits: letting_go.trim_hits,
    trial.TryRule: trial.try_rule,
}
