"""Draws the demo's avatars and pictures: plain shapes, so that there is nothing to fetch and nobody to ask."""

from __future__ import annotations

import colorsys
import math
from random import Random

from PIL import Image, ImageDraw

Colour = tuple[int, int, int]
_AVATAR = 400
_WIDTH, _HEIGHT = 960, 640


def avatar(chance: Random) -> Image.Image:
    """A square of two colours with a few shapes, different for each state of `chance`."""
    hue = chance.random()
    picture = _gradient(_AVATAR, _AVATAR, _colour(hue, 0.5, 0.9), _colour(hue + 0.12, 0.65, 0.6))
    draw = ImageDraw.Draw(picture)
    for _ in range(chance.randint(2, 4)):
        colour = _colour(hue + chance.choice((0.33, 0.5, 0.66)), 0.45, 0.95)
        x, y, size = chance.randint(60, 340), chance.randint(60, 340), chance.randint(50, 130)
        kind = chance.randint(0, 2)
        if kind == 0:
            draw.ellipse((x - size, y - size, x + size, y + size), fill=colour)
        else:
            corners, turn = chance.randint(3, 6), chance.random() * math.tau
            draw.polygon(
                [
                    (
                        x + size * math.cos(turn + math.tau * n / corners),
                        y + size * math.sin(turn + math.tau * n / corners),
                    )
                    for n in range(corners)
                ],
                fill=colour,
            )
    return picture


def scene(topic: str, chance: Random) -> Image.Image:
    """A picture for a post about `topic`; topics without a drawing get hills."""
    hue = chance.choice((0.52, 0.56, 0.6, 0.08, 0.95))
    picture = _gradient(_WIDTH, _HEIGHT, _colour(hue, 0.45, 0.95), _colour(hue + 0.04, 0.15, 1.0))
    draw = ImageDraw.Draw(picture)
    x, y = chance.randint(120, 840), chance.randint(80, 200)
    draw.ellipse((x - 60, y - 60, x + 60, y + 60), fill=(255, 240, 190))
    _DRAWN.get(topic, _hills)(draw, chance)
    return picture


def _hills(draw: ImageDraw.ImageDraw, chance: Random) -> None:
    hue = 0.25 + chance.random() * 0.15
    for layer in range(3):
        base, waves, shift = 320 + 90 * layer, chance.uniform(1.0, 2.6), chance.random() * math.tau
        line = [(x, base + 50 * math.sin(shift + waves * math.tau * x / _WIDTH)) for x in range(0, _WIDTH + 20, 20)]
        draw.polygon([*line, (_WIDTH, _HEIGHT), (0, _HEIGHT)], fill=_colour(hue, 0.5, 0.75 - 0.17 * layer))


def _bird(draw: ImageDraw.ImageDraw, chance: Random) -> None:
    x, y = chance.randint(360, 560), 330
    body = _colour(chance.random(), 0.4, 0.55)
    draw.line((0, y + 95, _WIDTH, y + 60), fill=(90, 66, 50), width=22)
    draw.ellipse((x - 110, y - 60, x + 90, y + 80), fill=body)
    draw.ellipse((x + 40, y - 110, x + 140, y - 10), fill=body)
    draw.polygon([(x + 135, y - 70), (x + 185, y - 55), (x + 135, y - 45)], fill=(235, 170, 60))
    draw.polygon([(x - 90, y), (x - 220, y - 30), (x - 210, y + 40)], fill=body)
    draw.ellipse((x + 95, y - 80, x + 110, y - 65), fill=(20, 20, 20))


def _flowers(draw: ImageDraw.ImageDraw, chance: Random) -> None:
    draw.rectangle((0, 520, _WIDTH, _HEIGHT), fill=(94, 70, 52))
    for n in range(9):
        x, y = 60 + n * 105 + chance.randint(-20, 20), chance.randint(280, 430)
        colour = _colour(chance.random(), 0.6, 0.95)
        draw.line((x, y, x, 540), fill=(60, 130, 70), width=10)
        for petal in range(6):
            angle = math.tau * petal / 6
            px, py = x + 34 * math.cos(angle), y + 34 * math.sin(angle)
            draw.ellipse((px - 24, py - 24, px + 24, py + 24), fill=colour)
        draw.ellipse((x - 20, y - 20, x + 20, y + 20), fill=(250, 215, 90))


def _train(draw: ImageDraw.ImageDraw, chance: Random) -> None:
    _hills(draw, chance)
    draw.rectangle((0, 510, _WIDTH, 524), fill=(80, 80, 85))
    colour, at = _colour(chance.random(), 0.65, 0.7), chance.randint(-80, 120)
    for wagon in range(4):
        left = at + wagon * 230
        draw.rounded_rectangle((left, 390, left + 215, 495), radius=16, fill=colour)
        for window in range(4):
            draw.rectangle((left + 18 + window * 48, 410, left + 50 + window * 48, 445), fill=(245, 240, 210))
        for wheel in (40, 175):
            draw.ellipse((left + wheel - 20, 480, left + wheel + 20, 520), fill=(40, 40, 45))


def _loaf(draw: ImageDraw.ImageDraw, chance: Random) -> None:
    draw.rectangle((0, 430, _WIDTH, _HEIGHT), fill=_colour(0.08, 0.35, 0.62))
    draw.ellipse((240, 270, 720, 530), fill=_colour(0.08, 0.6, 0.75))
    for cut in range(4):
        x = 330 + cut * 90 + chance.randint(-10, 10)
        draw.line((x, 330, x + 40, 450), fill=_colour(0.1, 0.3, 0.92), width=14)


def _books(draw: ImageDraw.ImageDraw, chance: Random) -> None:
    x = 40
    while x < _WIDTH - 60:
        width, height = chance.randint(34, 76), chance.randint(210, 330)
        draw.rectangle((x, 520 - height, x + width, 520), fill=_colour(chance.random(), 0.5, 0.7))
        draw.rectangle((x, 540 - height, x + width, 552 - height), fill=(240, 225, 190))
        x += width + 4
    draw.rectangle((0, 520, _WIDTH, 548), fill=(110, 80, 58))


def _squares(draw: ImageDraw.ImageDraw, chance: Random) -> None:
    hue = chance.random()
    for row in range(8):
        for column in range(12):
            colour = _colour(hue + chance.uniform(-0.1, 0.1), chance.uniform(0.2, 0.7), chance.uniform(0.5, 1.0))
            draw.rectangle((column * 80, row * 80, column * 80 + 74, row * 80 + 74), fill=colour)


_DRAWN = {"birds": _bird, "garden": _flowers, "trains": _train, "kitchen": _loaf, "books": _books, "code": _squares}


def _colour(hue: float, saturation: float, value: float) -> Colour:
    red, green, blue = colorsys.hsv_to_rgb(hue % 1.0, saturation, value)
    return int(red * 255), int(green * 255), int(blue * 255)


def _gradient(width: int, height: int, top: Colour, bottom: Colour) -> Image.Image:
    column = Image.new("RGB", (1, height))
    for y in range(height):
        part = y / (height - 1)
        column.putpixel((0, y), tuple(int(a + (b - a) * part) for a, b in zip(top, bottom, strict=True)))
    return column.resize((width, height))
