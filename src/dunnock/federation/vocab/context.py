"""What the words in our documents mean, for those who read JSON-LD."""

from __future__ import annotations

from typing import Any, Final

ACTIVITY_STREAMS: Final = "https://www.w3.org/ns/activitystreams"
SECURITY: Final = "https://w3id.org/security/v1"
PROOFS: Final = "https://w3id.org/security/data-integrity/v1"
ACTIVITY_TYPE: Final = "application/activity+json"

CONTEXT: Final[list[Any]] = [
    ACTIVITY_STREAMS,
    SECURITY,
    {
        "manuallyApprovesFollowers": "as:manuallyApprovesFollowers",
        "sensitive": "as:sensitive",
        "Hashtag": "as:Hashtag",
        "movedTo": {"@id": "as:movedTo", "@type": "@id"},
        "alsoKnownAs": {"@id": "as:alsoKnownAs", "@type": "@id"},
        "toot": "http://joinmastodon.org/ns#",
        "Emoji": "toot:Emoji",
        "featured": {"@id": "toot:featured", "@type": "@id"},
        "featuredTags": {"@id": "toot:featuredTags", "@type": "@id"},
        "discoverable": "toot:discoverable",
        "indexable": "toot:indexable",
        "memorial": "toot:memorial",
        "suspended": "toot:suspended",
        "attributionDomains": {"@id": "toot:attributionDomains", "@type": "@id"},
        "blurhash": "toot:blurhash",
        "focalPoint": {"@container": "@list", "@id": "toot:focalPoint"},
        "votersCount": "toot:votersCount",
        "schema": "http://schema.org#",
        "PropertyValue": "schema:PropertyValue",
        "value": "schema:value",
        "gts": "https://gotosocial.org/ns#",
        "interactionPolicy": {"@id": "gts:interactionPolicy", "@type": "@id"},
        "canQuote": {"@id": "gts:canQuote", "@type": "@id"},
        "canReply": {"@id": "gts:canReply", "@type": "@id"},
        "automaticApproval": {"@id": "gts:automaticApproval", "@type": "@id"},
        "manualApproval": {"@id": "gts:manualApproval", "@type": "@id"},
        "quote": {"@id": "https://w3id.org/fep/044f#quote", "@type": "@id"},
        "quoteAuthorization": {"@id": "https://w3id.org/fep/044f#quoteAuthorization", "@type": "@id"},
        "QuoteRequest": "https://w3id.org/fep/044f#QuoteRequest",
        "QuoteAuthorization": "https://w3id.org/fep/044f#QuoteAuthorization",
        "interactingObject": {"@id": "gts:interactingObject", "@type": "@id"},
        "interactionTarget": {"@id": "gts:interactionTarget", "@type": "@id"},
        "dunnock": "urn:dunnock:",
        "labels": {"@id": "dunnock:labels", "@container": "@set"},
        "Label": "dunnock:Label",
        "attestations": {"@id": "dunnock:attestations", "@container": "@set"},
        "Attestation": "dunnock:Attestation",
        "domainHandle": "dunnock:domainHandle",
    },
]


_KEYS: Final[list[Any]] = [
    *CONTEXT[:-1],
    CONTEXT[-1]
    | {
        "assertionMethod": {"@id": "https://w3id.org/security#assertionMethod", "@type": "@id", "@container": "@set"},
        "logEnds": {"@id": "dunnock:logEnds", "@type": "@id"},
        "Multikey": "https://w3id.org/security#Multikey",
        "controller": {"@id": "https://w3id.org/security#controller", "@type": "@id"},
        "publicKeyMultibase": {
            "@id": "https://w3id.org/security#publicKeyMultibase",
            "@type": "https://w3id.org/security#multibase",
        },
    },
]
"""With the words of Ed25519 keys, which only actors have."""


def with_context(document: dict[str, Any]) -> dict[str, Any]:
    """The document as one that stands by itself."""
    about = document.get("object")
    has_keys = "assertionMethod" in document or (isinstance(about, dict) and "assertionMethod" in about)
    return {"@context": _KEYS if has_keys else CONTEXT, **document}
