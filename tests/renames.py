"""Thirty ways in which people rename themselves, to none of which anybody objects (drill D02)."""

from __future__ import annotations

BENIGN = (
    ("Anna Berg", "Anna Müller"), ("Anna Berg", "Anna Berg 🌻"), ("wren", "Wren"), ("Jo", "Jo (she/her)"), ("Sam", "Sam Poole"),
    ("Night Owl", "Night Owl is on holiday"), ("Robin", "robin 🐦"), ("Dr Lee", "Prof Lee"), ("Tom", "Tomas"),
    ("Kim", "Sparkle"), ("Old Nick", "Sunny"), ("bookworm", "Marta"), ("Felix", "Felix ✈ Rome"), ("Lena S.", "Lena Sommer"),
    ("The Baker", "Hanna the Baker"), ("grue", "Grue 🎃"), ("Pat", "Spooky Pat"), ("Nils", "Nils, PhD"), ("Iva", "IVA"),
    ("Jan", "Jan 🏳️‍🌈"), ("Mo", "Mohammed"), ("Tea", "Coffee"), ("Lou", "Lou Reads"), ("Vic", "Victoria"), ("Max", "Maximilian"),
    ("C. Day", "Cora Day"), ("Ed", "Eddie"), ("Uma", "Uma at sea"), ("Bo", "Bo (hiatus)"), ("Zoe", "Zoë"),
)  # fmt: skip
