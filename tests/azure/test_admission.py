"""What Azure says in an error: the webhook's checks unpacked, broken JSON as text, secrets gone."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.azure.admission import MESSAGE_CAP, Said, of_error, unpack
from planner.events import Complaint
from planner.inventory import clean
from tests.azure.conftest import payload

HEAD = 'admission webhook "vhybridakscluster.kb.io" denied the request: '
CHECK = {"name": "N", "message": "M", "recommendation": "R"}


def test_the_recorded_refusal() -> None:
    said = of_error(payload("operationstatus-failed-validationchecks")["error"])
    assert said.message == 'BadRequest: admission webhook "vhybridakscluster.kb.io" denied the request'
    (complaint,) = said.complaints
    assert complaint.name == "K8sVersionValidation"
    assert complaint.message.startswith("Kubernetes version 1.29.4 is not ready for use on Linux.")
    assert complaint.recommendation.endswith("AKSArcValidationErrors/K8sVersionValidation for recommendations")


@pytest.mark.parametrize("error", [{}, None, [], "text", {"code": None, "message": 3}])
def test_an_empty_error_says_nothing(error: Any) -> None:
    assert of_error(error) == Said("")


@pytest.mark.parametrize(
    ("tail", "complaints"),
    [
        (json.dumps({"validationChecks": [CHECK]}), (Complaint("N", "M", "R"),)),
        (json.dumps({"validationChecks": [CHECK]}) + " trailing", (Complaint("N", "M", "R"),)),
        (json.dumps({"validationChecks": [{}, 3, None, CHECK]}), (Complaint("(unnamed)", "", ""), Complaint("N", "M", "R"))),
        (json.dumps({"validationChecks": [{"name": 1, "message": [], "recommendation": {}}]}), (Complaint("(unnamed)", "", ""),)),
    ],
)  # fmt: skip
def test_checks(tail: str, complaints: tuple[Complaint, ...]) -> None:
    said = unpack(HEAD + tail)
    assert said.complaints == complaints
    assert said.message == HEAD.rstrip(": ")


@pytest.mark.parametrize(
    "tail", ['{"validationChecks": [', "{}", '{"validationChecks": {}}', '{"validationChecks": []}', "plain words", "{" * 5000]
)  # fmt: skip
def test_what_is_no_such_json_stays_text(tail: str) -> None:
    said = unpack(HEAD + tail)
    assert said.complaints == ()
    assert said.message.startswith(HEAD.rstrip())
    assert len(said.message) <= MESSAGE_CAP


def test_json_of_anybody_else_is_not_unpacked() -> None:
    assert unpack(json.dumps({"validationChecks": [CHECK]})).complaints == ()


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("key ssh-rsa AAAAB3Nza+/C1== grace@host is bad", "key (SSH key) grace@host is bad"),
        ("ssh-ed25519\n   AAAAC3Nz", "(SSH key)"),
        ("at https://x.example/op?c=SECRET&s=SECRET.", "at https://x.example/op"),
        ("Authorization: Bearer abc.SECRET", "Authorization: (token)"),
        ("token eyJhbGciOi.SECRET-x_y", "token (token)"),
        ("-----BEGIN CERTIFICATE-----\nSECRET\n-----END CERTIFICATE----- bad", "(key or certificate) bad"),
        ("-----BEGIN RSA PRIVATE KEY-----\nSECRET", "(key or certificate)"),
        ("two\nlines\tand \x1b[31mred", "two lines and �[31mred"),
    ],
)
def test_secrets_and_controls_are_never_repeated(text: str, shown: str) -> None:
    assert unpack(text).message == shown
    inside = unpack(HEAD + json.dumps({"validationChecks": [{"name": "N", "message": text, "recommendation": text}]}))
    assert inside.complaints == (Complaint("N", shown, shown),)


@given(st.text(max_size=400))
def test_any_text_is_told_harmlessly(text: str) -> None:
    for said in (unpack(text), unpack(HEAD + text), of_error({"code": text, "message": text})):
        assert clean(said.message, 10_000) == said.message
        assert len(said.message) <= MESSAGE_CAP + 100
