"""What several screens ask for: open the portal, an instance, the support scope, a goal, a day, a snapshot file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING
from urllib.parse import quote

from tui.messages import CalendarChosen, MomentChosen, PlanAsked, WalkAsked
from tui.state import AppState, Job

if TYPE_CHECKING:
    from planner.inventory import Cluster, Instance
    from planner.plan import Plan
    from planner.schedule.calendar import Calendar
    from tui.app import PlannerApp
    from tui.fleet_job import FleetJob

PORTAL = "https://portal.azure.com/#resource"
_NO_FACTS = "Drift needs facts: start arcstep with a source, or run arcstep drift FILE."


def place_of(state: AppState, cluster: Cluster) -> str:
    """Instance and release, in words."""
    from planner.inventory import value_of

    instance = state.inventory.instance_of(cluster) if state.inventory else None
    if instance is None:
        return "instance unknown"
    build = value_of(instance.build)
    return f"{instance.name}, release {build.release if build else 'unknown'}"


def open_portal(app: PlannerApp, key: str) -> None:
    """Open a cluster in the Azure portal, and say the address for terminals without a browser."""
    cluster = app.state.inventory.by_key.get(key) if app.state.inventory else None
    if cluster is not None:
        open_portal_of(app, cluster.id)


def open_portal_of(app: PlannerApp, arm_id: str) -> None:
    """The same by ARM id."""
    url = PORTAL + quote(arm_id, safe="/-._()")
    if app.source is not None and app.source.label == "live":
        app.open_url(url)
    app.copy_to_clipboard(url)
    app.notify(f"Portal address, copied: {url}", markup=False, timeout=10)


def show_instance(app: PlannerApp, key: str) -> None:
    """The instance that hosts a cluster."""
    inventory = app.state.inventory
    cluster = inventory.by_key.get(key) if inventory else None
    instance = inventory.instance_of(cluster) if inventory and cluster else None
    if instance is None:
        if cluster is not None:
            app.notify(f"Which instance hosts {cluster.name} is not known.", severity="warning", markup=False)
        return
    open_instance(app, instance.id)


def open_instance(app: PlannerApp, instance_id: str) -> None:
    """An instance by id: what an update of its hosts would do."""
    from tui.screens.instance import InstanceScreen

    app.push_screen(InstanceScreen(instance_id))


def walk_plan(app: PlannerApp) -> None:
    """Walk the plan on the table, or say why it cannot be."""
    from planner.documents.datablock import digest_of

    job = app.state.job
    if job is None or job.plan is None or job.busy:
        app.notify("There is no plan to walk yet.", markup=False)
        return
    is_walked = walk_it(app, job.plan, digest_of(job.plan), job.saved or job.opened, job.notes if job.opened else ())
    if is_walked and not job.opened and not job.saved:
        app.notify("Only the journal of the walk keeps this plan; e on Plan saves it as a document.", markup=False)


def walk_it(app: PlannerApp, plan: Plan, digest: str, file: str, problems: Sequence[str] = ()) -> bool:
    """Walk a plan, or say why it cannot be. `problems` are those of its document."""
    from tui import places
    from tui.open_walk import refusal

    can_look = app.walking.outfit is not None and hasattr(app.source, "poll")
    against = refusal(plan, problems, file, can_look=can_look)
    if against is None:
        app.post_message(WalkAsked(plan, digest, file))
    else:
        app.push_screen(places.error(against, title="This plan is not walked"))
    return against is None


def compare_plan(app: PlannerApp) -> None:
    """The plan on the table against the facts of now, or why it cannot be compared."""
    job = app.state.job
    if _can_compare(app, job):
        from tui.screens.drift import DriftScreen

        assert job is not None and job.plan is not None  # what can be compared is there
        app.push_screen(DriftScreen(job.plan, job.notes if job.opened else ()))


def compare_fleet_plan(app: PlannerApp) -> None:
    """The plan of instances on the table against the facts of now, likewise."""
    job = app.state.fleet_job
    if _can_compare(app, job):
        from tui.screens.fleet_drift import FleetDriftScreen

        assert job is not None and job.plan is not None  # what can be compared is there
        app.push_screen(FleetDriftScreen(job.plan, job.notes if job.opened else ()))


def _can_compare(app: PlannerApp, job: Job | FleetJob | None) -> bool:
    """Whether there is a plan and facts to set it against; says what is missing."""
    if job is None or job.plan is None or job.busy:
        app.notify("There is no plan to compare yet.", markup=False)
    elif app.state.lens is None:
        app.notify(_NO_FACTS, markup=False, timeout=10)
    else:
        return True
    return False


def save_evidence(app: PlannerApp) -> None:
    """The open walk as evidence, in Markdown."""
    shown, journal = app.state.walk, app.walking.journal
    if shown is None or shown.walk is None or journal is None:
        app.notify("No walk is open.", markup=False)
        return
    from planner.documents.evidence import render_evidence
    from planner.files import safe_name
    from planner.journal import read
    from tui.screens.save_as import SaveScreen

    walk, path = shown.walk, journal
    subject = walk.plan.subject

    def make() -> bytes:
        record = read(path)
        return render_evidence(walk, record.events, record.problems).encode()

    def saved(where: str | None) -> None:
        if where:
            app.notify(f"Evidence saved: {where}", markup=False)

    name = safe_name(f"{subject.name[:50]}-evidence", walk.digest, ".md")
    app.push_screen(SaveScreen("evidence", name, make), saved)


def show_journals(app: PlannerApp) -> None:
    """Plans and journals."""
    from tui.screens.journals import JournalsScreen

    app.push_screen(JournalsScreen())


def show_timeline(app: PlannerApp, query: str = "") -> None:
    """Support against the days, of what the query keeps."""
    from tui.screens.timeline import TimelineScreen

    app.push_screen(TimelineScreen(query=query))


def query_of(state: AppState, instance: Instance) -> str:
    """The filter that keeps the clusters of one instance; by its id where another one has its name."""
    named = [one for one in state.inventory.instances if _same_name(one, instance)] if state.inventory else []
    value = instance.name if len(named) < 2 and '"' not in instance.name else instance.id
    return f'instance:="{value}"' if " " in value else f"instance:={value}"


def _same_name(one: Instance, other: Instance) -> bool:
    return one.name.casefold() == other.name.casefold()


def show_scope(app: PlannerApp) -> None:
    """What Microsoft supports, and who is responsible."""
    if app.state.catalog is None:
        app.notify("The knowledge is not loaded yet.", markup=False)
        return
    from tui.explain import scope_page
    from tui.screens.why import WhyScreen

    page = scope_page(app.state.catalog)
    app.push_screen(WhyScreen(page, "Support scope", (("Who is responsible for what, by the support policy", ""),)))


def ask_goal(app: PlannerApp, key: str, goal: str = "latest") -> None:
    """Choose a goal, then plan."""
    inventory, lens = app.state.inventory, app.state.lens
    cluster = inventory.by_key.get(key) if inventory else None
    if cluster is None or lens is None:
        return
    from tui.screens.goal import GoalScreen

    def chosen(wanted: str | None) -> None:
        if wanted:
            app.post_message(PlanAsked(key, wanted))

    app.push_screen(GoalScreen(cluster, lens, goal), chosen)


OPENED = "This plan was opened from a file. Start arcstep on a source to plan again."


def ask_calendar(app: PlannerApp, *, opened: bool) -> None:
    """Type the path of a calendar; it is read at once, so that what is wrong with it is said there."""
    if opened:
        app.notify(OPENED, markup=False)
        return
    from pathlib import Path

    from planner.calendarfile import CalendarError, load
    from planner.ports import SourceError
    from planner.schedule.calendar import ANYTIME
    from tui.screens.ask import AskScreen

    read: dict[str, Calendar] = {"": ANYTIME}

    def problem(text: str) -> str:
        if text not in read:
            try:
                read[text] = load(Path(text).expanduser())
            except CalendarError as error:
                return f"{error}."
            except SourceError as error:
                return f"{error.why} {error.cure}"
        return ""

    def chosen(file: str | None) -> None:
        if file is not None:
            app.post_message(CalendarChosen(read[file], file))
            _say_strange(app, read[file])

    text = "Windows, freezes, waves and waits from a TOML file. Empty = any time."
    app.push_screen(AskScreen("Calendar", text, app.state.calendar_file, problem, "calendar.toml"), chosen)


def _say_strange(app: PlannerApp, calendar: Calendar) -> None:
    """A freeze whose pattern names nothing that was read freezes nothing: that is said at once, and on the pages of times."""
    from tui.timeline_calendar import strange_notice, strange_patterns

    notice = strange_notice(strange_patterns(replace(app.state, calendar=calendar)))
    if notice:
        app.notify(notice, severity="warning", markup=False, timeout=10)


def ask_moment(app: PlannerApp) -> None:
    """Judge as of another day; knowledge stays the same."""
    from tui.screens.ask import AskScreen

    def problem(text: str) -> str:
        try:
            date.fromisoformat(text) if text else None
        except ValueError:
            return "A day is written like 2026-05-20."
        return ""

    shown = app.state.as_of.date().isoformat() if app.state.as_of else ""
    text = "Support is judged as of this day. Empty = the moment of the facts."

    def chosen(day: str | None) -> None:
        if day is not None:
            app.post_message(MomentChosen(day))

    app.push_screen(AskScreen("As of", text, shown, problem, "2026-05-20"), chosen)


def save_snapshot(app: PlannerApp) -> None:
    """All facts on screen to a snapshot file."""
    inventory = app.state.inventory
    if inventory is None:
        app.notify("There is nothing to save yet.", markup=False)
        return
    from planner.documents.snapshot import dump
    from planner.files import snapshot_file_name
    from tui.screens.save_as import SaveScreen

    def saved(where: str | None) -> None:
        if where:
            app.notify(f"Snapshot saved: {where}", markup=False)

    app.push_screen(SaveScreen("snapshot", snapshot_file_name(inventory.as_of), lambda: dump(inventory)), saved)


def show_cluster(app: PlannerApp, key: str) -> None:
    """A cluster by key."""
    from tui.screens.cluster import ClusterScreen

    app.push_screen(ClusterScreen(key))


def show_source(app: PlannerApp) -> None:
    """Where facts come from."""
    from tui.screens.source import SourceScreen

    app.push_screen(SourceScreen())
