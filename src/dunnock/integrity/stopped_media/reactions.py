"""What stopped media make of others' events, and their job."""

from __future__ import annotations

from dunnock import moderation, posts
from dunnock.foundation.jobs import Does, Every
from dunnock.foundation.reactions import Hears
from dunnock.integrity.stopped_media import letting_go, looking_back, meet
from dunnock.media import MediaChanged

HEARS: Hears = {
    posts.PostPublished: (meet.look_at_post,),
    posts.PostEdited: (meet.look_at_edit,),
    posts.PostDeleted: (meet.forget_deleted,),
    MediaChanged: (meet.look_at_file,),
    moderation.MediaStopsChanged: (letting_go.hear_of_stop, looking_back.begin_looking_back),
    moderation.DecisionReversed: (letting_go.restore_reversed,),
}
EVERY: tuple[Every, ...] = (Every(letting_go.EndMediaStops(), letting_go.END_EVERY_MS),)
JOBS: Does = {
    letting_go.EndMediaStops: letting_go.end_media_stops,
    looking_back.LookBack: looking_back.look_back,
}
