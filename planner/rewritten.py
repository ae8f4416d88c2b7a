"""A step as the plan holds it against the same step as it would be written today."""

from __future__ import annotations

from collections.abc import Iterator

from planner.catalog import Catalog
from planner.fates import Fate, Moved, Reason
from planner.openings import is_open_check
from planner.plan import Step


def known_issues(
    step: Step, anew: Step, catalog: Catalog, cause: Moved, *, had_windows: bool, sees_images: bool
) -> Iterator[Reason]:
    """Known issues that meet the step now, or no longer do. Those that look at images or pools move with the facts.

    `sees_images` = the live list, which tells of images, was read now.
    """
    for name in dict.fromkeys((*anew.risks, *step.risks)):
        if name in anew.risks and name in step.risks:
            continue
        risk, appeared = catalog.risk_by_id.get(name), name in anew.risks
        title = f": {risk.title.rstrip('.')}" if risk is not None and appeared else ""
        what = f"known issue {name} {'meets it now' if appeared else 'no longer meets it'}{title}"
        images = risk is not None and risk.match.image_not_ready
        windows = risk is not None and risk.match.windows and not (appeared and had_windows)
        if images and appeared and not sees_images:
            yield Reason(f"whether its node images are there could not be read ({name})", None, Fate.UNKNOWN)
        else:
            fate = Fate.VALID if images and not appeared else Fate.CHANGED  # seen to be fine by now, as was hoped for
            yield Reason(what, Moved.REALITY if images or windows else cause, fate)


def texts(step: Step, anew: Step, cause: Moved) -> Iterator[Reason]:
    """Checks that came or went, another earliest date, other commands. Those of known issues are told with them."""
    then, now = _checks(step), _checks(anew)
    named = {f"{name}: " for name in set(step.risks) ^ set(anew.risks)}
    for text in now:
        if text not in then and not text.startswith(tuple(named)):
            yield Reason(f"a check came: {text}", cause)
    for text in then:
        if text not in now and not text.startswith(tuple(named)):
            yield Reason(f"a check went: {text}", cause)
    if step.not_before != anew.not_before:
        yield Reason(f"not before {anew.not_before or 'any date'}; the plan says {step.not_before or 'none'}", cause)
    if _changing(step) != _changing(anew):
        yield Reason("its commands are other ones now", cause)


def _changing(step: Step) -> list[tuple[str, ...]]:
    """Its commands, without those that only have arcstep look: they are no part of what is done."""
    return [command.argv for command in step.commands if command.argv[:1] != ("arcstep",)]


def _checks(step: Step) -> tuple[str, ...]:
    """What is looked at; what nobody could read when it was planned is told by the facts themselves."""
    return tuple(check.text for check in (*step.before, *step.verify) if not is_open_check(check.id))
