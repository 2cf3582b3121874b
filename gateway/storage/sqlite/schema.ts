/** Tables of the embedded store, as numbered migrations; constraints here are the truth, memory is only a cache of it. */
import type { Database } from 'better-sqlite3'

const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE signals (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    source_id TEXT NOT NULL,
    event_id TEXT NOT NULL,
    received_ms INTEGER NOT NULL,
    handled INTEGER NOT NULL DEFAULT 0,
    body TEXT NOT NULL,
    UNIQUE (source_id, event_id)
  );
  CREATE INDEX signals_unhandled ON signals (seq) WHERE handled = 0;
  CREATE TABLE incidents (
    id TEXT PRIMARY KEY,
    number TEXT NOT NULL,
    subject_id TEXT NOT NULL,
    lane TEXT NOT NULL,
    state TEXT NOT NULL,
    open INTEGER NOT NULL,
    opened_ms INTEGER NOT NULL,
    version INTEGER NOT NULL,
    body TEXT NOT NULL
  );
  -- One open incident per subject and lane: alarms of one household join, a trouble never swallows a press.
  CREATE UNIQUE INDEX incident_open ON incidents (subject_id, lane) WHERE open = 1;
  CREATE INDEX incident_time ON incidents (opened_ms);
  CREATE INDEX incident_number ON incidents (number);
  CREATE INDEX incident_unclosed ON incidents (state) WHERE state <> 'closed';
  CREATE TABLE alarms (
    id TEXT PRIMARY KEY,
    incident_id TEXT NOT NULL REFERENCES incidents (id),
    source_id TEXT NOT NULL,
    alarm_class TEXT NOT NULL,
    zone TEXT NOT NULL,
    open INTEGER NOT NULL,
    body TEXT NOT NULL
  );
  -- Rule 2: one open alarm per (source, class; zone too except for panic, whose zone is stored empty).
  CREATE UNIQUE INDEX alarm_open ON alarms (source_id, alarm_class, zone) WHERE open = 1;
  CREATE INDEX alarm_incident ON alarms (incident_id);
  CREATE TABLE assignments (
    id TEXT PRIMARY KEY,
    incident_id TEXT NOT NULL REFERENCES incidents (id),
    unit_id TEXT NOT NULL,
    state TEXT NOT NULL,
    active INTEGER NOT NULL
  );
  -- A unit is offered, on its way or on scene for one incident at a time.
  CREATE UNIQUE INDEX unit_busy ON assignments (unit_id) WHERE active = 1;
  CREATE TABLE evidence (
    id TEXT PRIMARY KEY,
    incident_id TEXT NOT NULL REFERENCES incidents (id),
    state TEXT NOT NULL,
    body TEXT NOT NULL
  );
  CREATE TABLE timeline (
    incident_id TEXT NOT NULL REFERENCES incidents (id),
    idx INTEGER NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (incident_id, idx)
  ) WITHOUT ROWID;
  CREATE TRIGGER timeline_append_only_u BEFORE UPDATE ON timeline BEGIN SELECT RAISE(ABORT, 'timeline is append-only'); END;
  CREATE TRIGGER timeline_append_only_d BEFORE DELETE ON timeline BEGIN SELECT RAISE(ABORT, 'timeline is append-only'); END;
  CREATE TABLE audit (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    body TEXT NOT NULL,
    hash TEXT NOT NULL
  );
  CREATE TRIGGER audit_append_only_u BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'audit is append-only'); END;
  CREATE TRIGGER audit_append_only_d BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'audit is append-only'); END;
  CREATE TABLE feed (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    scope TEXT NOT NULL,
    prev INTEGER NOT NULL,
    at_ms INTEGER NOT NULL,
    body TEXT NOT NULL
  );
  CREATE INDEX feed_scope ON feed (scope, seq);
  CREATE INDEX feed_time ON feed (at_ms);
  CREATE TABLE scopes (scope TEXT PRIMARY KEY, last INTEGER NOT NULL) WITHOUT ROWID;
  CREATE TABLE commands (
    client TEXT NOT NULL,
    seq INTEGER NOT NULL,
    result TEXT NOT NULL,
    PRIMARY KEY (client, seq)
  ) WITHOUT ROWID;
  CREATE TABLE memory (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
  CREATE TABLE users (id TEXT PRIMARY KEY, login TEXT NOT NULL UNIQUE, body TEXT NOT NULL) WITHOUT ROWID;
  CREATE TABLE sessions (token_hash TEXT PRIMARY KEY, expires_ms INTEGER NOT NULL, body TEXT NOT NULL) WITHOUT ROWID;
  CREATE TABLE credentials (
    adapter TEXT NOT NULL,
    key TEXT NOT NULL,
    username TEXT NOT NULL,
    password TEXT NOT NULL,
    PRIMARY KEY (adapter, key)
  ) WITHOUT ROWID;
  `,
  `
  CREATE TABLE documents (
    kind TEXT NOT NULL,
    key TEXT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (kind, key)
  ) WITHOUT ROWID;
  `,
  `
  -- What was sealed and who had it in his hands is never rewritten.
  CREATE TRIGGER sealed_append_only_u BEFORE UPDATE ON documents
    WHEN OLD.kind IN ('evidence.custody', 'evidence.manifest') BEGIN SELECT RAISE(ABORT, 'custody is append-only'); END;
  CREATE TRIGGER sealed_append_only_d BEFORE DELETE ON documents
    WHEN OLD.kind IN ('evidence.custody', 'evidence.manifest') BEGIN SELECT RAISE(ABORT, 'custody is append-only'); END;
  `,
  `
  -- What was before at the same subject.
  CREATE INDEX incident_subject ON incidents (subject_id, opened_ms);
  `,
  `
  -- What the line "history of 90 days" says of each incident: a few bytes beside bodies of many thousand.
  CREATE TABLE subject_history (
    subject_id TEXT NOT NULL,
    opened_ms INTEGER NOT NULL,
    incident_id TEXT NOT NULL,
    lane TEXT NOT NULL,
    disposition TEXT,
    merged INTEGER NOT NULL,
    PRIMARY KEY (subject_id, opened_ms, incident_id)
  ) WITHOUT ROWID;
  INSERT INTO subject_history
    SELECT subject_id, opened_ms, id, lane, json_extract(body, '$.disposition'), json_extract(body, '$.mergedInto') IS NOT NULL
    FROM incidents;
  DROP INDEX incident_subject;
  `,
  `
  -- What a start takes up again, whatever became of its incident.
  CREATE INDEX evidence_recording ON evidence (incident_id) WHERE state = 'recording';
  `,
  `
  -- What stands in a table of its own is named, not kept a second time for each change: an incident, or with a number that line of its story.
  ALTER TABLE feed ADD COLUMN incident_id TEXT;
  ALTER TABLE feed ADD COLUMN line INTEGER;
  `
]

/** Brings the file to the newest schema, one transaction per step. Throws when the file is from a newer program. */
export function migrate(db: Database): void {
  const version = Number(db.pragma('user_version', { simple: true }))
  if (version > MIGRATIONS.length) {
    throw new Error(
      `the data folder was written by a newer version (schema ${version}, this program knows ${MIGRATIONS.length})`
    )
  }
  for (let step = version; step < MIGRATIONS.length; step++) {
    db.transaction(() => {
      db.exec(MIGRATIONS[step] ?? '')
      db.pragma(`user_version = ${step + 1}`)
    })()
  }
}
