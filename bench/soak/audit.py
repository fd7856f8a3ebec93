"""What was really done: triggers in the backend's own Postgres write down each row that a change touches.

They belong to the transaction of the change, so what was undone is not in the list.
"""

from __future__ import annotations

from dataclasses import dataclass

import psycopg

from bench.soak.records import Kind

_TRIGGERS = """
CREATE TABLE soak_audit (number bigserial PRIMARY KEY, kind text NOT NULL, project text NOT NULL, name text);
CREATE FUNCTION soak_note_project() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  INSERT INTO soak_audit (kind, project, name) VALUES (TG_ARGV[0], NEW.id::text, NEW.name); RETURN NEW;
END $$;
CREATE FUNCTION soak_note_favorite() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  IF TG_OP = 'INSERT' THEN
    INSERT INTO soak_audit (kind, project) VALUES ('favorite', NEW.project_id::text); RETURN NEW;
  END IF;
  INSERT INTO soak_audit (kind, project) VALUES ('unfavorite', OLD.project_id::text); RETURN OLD;
END $$;
CREATE TRIGGER soak_created AFTER INSERT ON projects
  FOR EACH ROW EXECUTE FUNCTION soak_note_project('create');
CREATE TRIGGER soak_renamed AFTER UPDATE ON projects
  FOR EACH ROW EXECUTE FUNCTION soak_note_project('rename');
CREATE TRIGGER soak_favored AFTER INSERT OR DELETE ON project_favorites
  FOR EACH ROW EXECUTE FUNCTION soak_note_favorite();
"""


@dataclass(frozen=True, slots=True)
class Effect:
    """One row that was really written, in the order in which rows of one project were."""

    kind: Kind
    project: str
    name: str | None


def begin_audit(database_url: str) -> None:
    """Write everything down from now on."""
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute(_TRIGGERS)


def effects(database_url: str) -> list[Effect]:
    """Give what was done since then."""
    with psycopg.connect(database_url) as connection:
        rows = connection.execute("SELECT kind, project, name FROM soak_audit ORDER BY number").fetchall()
    return [Effect(Kind(kind), project, name) for kind, project, name in rows]
