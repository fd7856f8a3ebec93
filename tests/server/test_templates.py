"""Templates: listed in full, and what a new project begins with, as a whole or not at all."""

from __future__ import annotations

import pytest
from hivesync_contract.projects import ProjectTemplate
from hivesync_dev.servers.backend_user import BackendUser
from hivesync_server.tasks.schemas import LabelCreateBody, TaskCreateBody
from hivesync_server.templates.catalog import templates
from pydantic import TypeAdapter

PROJECTS = "/api/v1/projects"


async def test_a_project_begins_with_the_labels_and_tasks_of_its_template(ann: BackendUser) -> None:
    listed = (await ann.client.get(f"{PROJECTS}/templates")).json()
    assert listed["next_cursor"] is None
    assert [item["key"] for item in listed["items"]] == list(templates())
    (template,) = [item for item in listed["items"] if item["key"] == "mobile-app"]
    answer = await ann.client.post(PROJECTS, json={"name": "App", "template": "mobile-app"})
    assert answer.status_code == 201
    path = answer.headers["Location"]
    labels = (await ann.client.get(f"{path}/labels")).json()["items"]
    assert [(label["name"], label["color"]) for label in reversed(labels)] == [
        (label["name"], label["color"]) for label in template["labels"]
    ]
    names = {label["id"]: label["name"] for label in labels}
    tasks = (await ann.client.get(f"{path}/tasks")).json()["items"]
    for task, planned in zip(tasks, template["tasks"], strict=True):
        assert (task["title"], task["description"]) == (planned["title"], planned["description"])
        assert {names[label_id] for label_id in task["label_ids"]} == set(planned["labels"])
    assert {(task["status"], task["creator_id"]) for task in tasks} == {("open", ann.profile["id"])}
    assert (await ann.client.get("/api/v1/notifications")).json()["items"] == []


@pytest.mark.any_database
async def test_an_unknown_template_makes_no_project(ann: BackendUser) -> None:
    for template in ("nonsense", "", "../catalog", "x" * 51, 1):
        answer = await ann.client.post(PROJECTS, json={"name": "App", "template": template})
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "template"), template
    assert (await ann.client.get(PROJECTS)).json()["items"] == []
    ann.client.headers.pop("Authorization")
    assert (await ann.client.get(f"{PROJECTS}/templates")).status_code == 401


@pytest.mark.parametrize("template", templates().values(), ids=lambda template: template.key)
def test_a_template_holds_only_what_a_project_takes(template: ProjectTemplate) -> None:
    names = [label.name for label in template.labels]
    for label in template.labels:
        TypeAdapter(LabelCreateBody).validate_python({"name": label.name, "color": label.color})
    for task in template.tasks:
        TypeAdapter(TaskCreateBody).validate_python({"title": task.title, "description": task.description})
        assert set(task.labels) <= set(names)
    assert len({name.casefold() for name in names}) == len(names)
    assert template.tasks
