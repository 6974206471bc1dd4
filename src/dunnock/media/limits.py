"""Every number of image processing, with its unit and where it comes from."""

from __future__ import annotations

from typing import Final

# Bytes of the file as sent. Source: Mastodon MediaAttachment::IMAGE_LIMIT (16 MB), Account::Avatar::AVATAR_LIMIT and
# Account::Header's (8 MB), CustomEmoji::LIMIT (256 KB).
SOURCE_BYTES: Final = {
    "post": 16 * 1024 * 1024,
    "avatar": 8 * 1024 * 1024,
    "header": 8 * 1024 * 1024,
    "emoji": 256 * 1024,
    "clip": 99 * 1024 * 1024,
}
# Pixels of the picture as sent, read from its header before anything is decoded: 7680x4320.
# Source: Mastodon Attachmentable::MAX_MATRIX_LIMIT, told to clients as image_matrix_limit.
SOURCE_PIXELS: Final = 33_177_600
# Frames of an animation as sent: 100 s at 10 frames a second. Ours.
SOURCE_FRAMES: Final = 1_000
# Canvas pixels times frames of an animation as sent, the work of decoding it: 8 x SOURCE_PIXELS, or 288 frames of
# 1280x720 (Attachmentable::GIF_MATRIX_LIMIT). Ours: GIF decodes at about 10 ns a pixel.
SOURCE_ANIMATION_PIXELS: Final = 8 * SOURCE_PIXELS

# Pixels of the picture that we keep: 3840x2160. Source: Mastodon's MediaAttachment IMAGE_STYLES original.
ORIGINAL_PIXELS: Final = 8_294_400
# Pixels on one side that we keep: the most that WebP can hold. Source: WebP container specification, 14 bits.
ORIGINAL_SIDE: Final = 16_383
# Pixels times frames of the animation that we keep; larger ones are made smaller, none loses frames.
# Ours: the worker holds all frames at once, at 1 to 4 bytes a pixel.
ANIMATION_PIXELS: Final = 33_177_600
# Pixels of the preview: 640x360. Source: Mastodon's MediaAttachment IMAGE_STYLES small.
SMALL_PIXELS: Final = 230_400
# Pixels on one side of the preview. Ours: keeps a 16,000 pixels long strip cheap to draw.
SMALL_SIDE: Final = 4_096

# Width and height in pixels, filled by cropping. Source: Mastodon AVATAR_DIMENSIONS, HEADER_DIMENSIONS.
AVATAR_SIZE: Final = (400, 400)
HEADER_SIZE: Final = (1500, 500)
# Ours: shown at 48 to 60 px on screens of two device pixels per pixel; a header in a card at 300 px.
AVATAR_SMALL_SIZE: Final = (120, 120)
HEADER_SMALL_SIZE: Final = (600, 200)
# Boxes in pixels that emoji are fitted into; the next smaller one is taken while the file exceeds EMOJI_BYTES. Ours.
EMOJI_SIDES: Final = (128, 96, 64)
EMOJI_SMALL_SIDE: Final = 64
# Bytes of the emoji that we keep. Source: Mastodon CustomEmoji::LIMIT, which remote servers hold ours against.
EMOJI_BYTES: Final = 256 * 1024

# Quality 0 to 100. Source: Mastodon's convert_options, `-quality 90`. The preview's is ours.
ORIGINAL_QUALITY: Final = 90
SMALL_QUALITY: Final = 80
# Components in x and y. Source: Mastodon MediaAttachment::BLURHASH_OPTIONS.
BLURHASH_COMPONENTS: Final = (4, 4)
# Pixels on the longer side of what the blurhash is computed from: 4 waves need no more. Ours.
BLURHASH_SIDE: Final = 64

# Bytes at the start of a file that `sniff` wants to see: the longest `ftyp` box that we follow. Ours.
SNIFF_BYTES: Final = 512

# Bytes of sound or moving pictures as sent, and what is possible of them. Source: Mastodon MediaAttachment::VIDEO_LIMIT,
# MAX_VIDEO_MATRIX_LIMIT (3840x2160), MAX_VIDEO_FRAME_RATE.
CLIP_BYTES: Final = 99 * 1024 * 1024
CLIP_PIXELS: Final = 8_294_400
CLIP_RATE: Final = 120
# Seconds of it. Ours: what fits into CLIP_BYTES as speech.
CLIP_SECONDS: Final = 4 * 3600
# What we make when it can't be kept as it is: pixels of a frame (1920x1080), frames and bits a second. Ours.
CLIP_MADE_PIXELS: Final = 2_073_600
CLIP_MADE_RATE: Final = 60
CLIP_MADE_BITRATE: Final = 4_000_000
SOUND_MADE_BITRATE: Final = 192_000
# Seconds, CPU seconds, bytes of memory and of one file for a clip; as below for pictures. Ours.
CLIP_TASK_SECONDS: Final = 3_000.0
CLIP_TASK_CPU_SECONDS: Final = 3_000
CLIP_WORKER_MEMORY: Final = 4 * 1024 * 1024 * 1024
CLIP_FILE_BYTES: Final = 512 * 1024 * 1024
CLIPS_WAITING: Final = 16

# Seconds from handing a file to a worker until the worker is killed. Ours.
TASK_SECONDS: Final = 20.0
# CPU seconds of one file; the kernel ends the worker (RLIMIT_CPU), also when the server is gone. Ours.
TASK_CPU_SECONDS: Final = 20
# Bytes of address space of a worker (RLIMIT_AS). Ours: decoding SOURCE_PIXELS needs about 400 MB.
WORKER_MEMORY: Final = 1536 * 1024 * 1024
# Bytes of one file that a worker may write (RLIMIT_FSIZE). Ours: ORIGINAL_PIXELS of RGBA noise as PNG are 33 MB.
WORKER_FILE_BYTES: Final = 64 * 1024 * 1024
# Open files of a worker (RLIMIT_NOFILE). Ours.
WORKER_OPEN_FILES: Final = 64
# Seconds without work until the workers are ended: the whole idle server has 120 MB. Ours.
IDLE_SECONDS: Final = 60.0
# Files waiting for a worker until more are refused. Ours: at 0.5 s each that is already a long wait.
WAITING: Final = 64
# Bytes of one message between server and worker. Ours.
MESSAGE_BYTES: Final = 64 * 1024
# Parts of a moving picture at which it is looked at to know copies of it, and frames from a key frame to each. Ours.
CLIP_MOMENTS = (0.25, 0.5, 0.75)
CLIP_MOMENT_FRAMES = 300
