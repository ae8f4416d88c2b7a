"""The words arcstep, and Azure where it names nobody, use in reasons; a text made of others may name anything."""

from __future__ import annotations

import re
from typing import Final

ADDONS: Final = frozenset(
    {
        "arcagent",
        "certificateauthority",
        "cloudprovider",
        "kubeproxy",
        "nfscsidriver",
        "providercsidriver",
        "providerkeyvaultkms",
        "smbcsidriver",
        "telemetry",
    }
)
"""Add-ons of the platform, in small letters: their names say nothing about a fleet."""

_LIST: Final = """\
a account account's after again an and answer answered any apply arc arcstep are as asked asks at azure be because
been before behind bridge broken build but by came can cannot certificate closed cluster clusters command connected
connection content count creates custom data deadline details did disabled do does documents edge empty enabled end
ends error existing exist failed feature first fit fits for from gave gives go graph group groups has have health
host hosts http id in instance instances integrity into is it its kept kind known kubernetes last late later left
linux list local location locations longer machine made more moment must name names need needs network never no node
nodepool nodes not nothing now of off offered on once one only or other out page permission platform platforms pool
pools possible profile provisioned proxy read reading reads ready refused release replied report reported reporting
reports resource run runs running same says seconds sent server service set share shown shows sign-in since so some
state states status subscription summary tell than that the them there these they this throttling time timed to took
tried try unknown update updated updates upgrade upgrades use used uses version versions view visible was what where
which while whole windows with within without yet
agentpools appliances authorizationfailed azurestackhci customlocations extendedlocation hybridcontainerservice
internalservererror invalidauthenticationtoken kubernetesversions microsoft provisionedclusterinstances
resourceconnector resourcegroupnotfound resourcenotfound serviceunavailable connectedclusters subscriptionnotfound
toomanyrequests updatesummaries upgradeprofiles
"""
_WORDS: Final = frozenset(_LIST.split())
_VERSION: Final = re.compile(r"1\.[0-9]{1,2}(\.[0-9]{1,2})?")
_NUMBER: Final = re.compile(r"[0-9]{1,3}")
_EDGES: Final = "(),.;:"


def is_plain(text: str) -> bool:
    """True when every word is one that names nobody: ordinary words, short numbers, Kubernetes versions, read rights.

    What is not known to be harmless counts as telling, so a new sentence is hidden until its words are added here.
    """
    return text.isascii() and all(_is_word(word.strip(_EDGES).casefold()) for word in text.split())


def _is_word(word: str) -> bool:
    if word in _WORDS or not word or _NUMBER.fullmatch(word) or _VERSION.fullmatch(word):
        return True
    return word.startswith("microsoft.") and set(re.split("[./]", word)) <= _WORDS
