"""What integrity makes of others' events, and its jobs."""

from __future__ import annotations

from dunnock import accounts, posts
from dunnock.foundation.clock import DAY
from dunnock.foundation.jobs import Does, Every
from dunnock.foundation.reactions import Hears
from dunnock.integrity import inquire, observe, pictures, raids, rhythm, stolen, watch
from dunnock.integrity.events import SignalGrew, SignalRaised
from dunnock.media import MediaChanged

HEARS: Hears = {
    posts.PostPublished: (observe.see_post, rhythm.note_hour),
    posts.PostBoosted: (observe.see_boost, rhythm.note_hour_of_boost),
    posts.PostEdited: (observe.see_anew,),
    posts.PostAnswers: (observe.see_anew,),
    posts.PostNames: (observe.see_anew,),
    posts.PostDeleted: (observe.unsee_post,),
    MediaChanged: (observe.see_file,),
    accounts.PersonaChanged: (rhythm.note_move,),
    SignalRaised: (inquire.on_signal,),
    SignalGrew: (inquire.on_signal,),
}
EVERY: tuple[Every, ...] = (
    Every(watch.WatchActs(), watch.WATCH_EVERY_MS),
    Every(observe.TrimObservations(), DAY),
    Every(rhythm.TrimRhythms(), DAY),
    Every(pictures.TrimPictures(), DAY),
    Every(raids.TrimRaids(), DAY),
    Every(stolen.TrimDoubts(), DAY),
)
JOBS: Does = {
    watch.WatchActs: watch.watch_acts,
    observe.TrimObservations: observe.trim_observations,
    rhythm.TrimRhythms: rhythm.trim_rhythms,
    pictures.TrimPictures: pictures.trim_pictures,
    raids.TrimRaids: raids.trim_raids,
    stolen.TrimDoubts: stolen.trim_doubts,
}
