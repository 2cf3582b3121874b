/** Checks the numbered invariants (docs/invariants.md) on a data folder, read-only; every violation is named. */
import { createHash } from 'node:crypto'
import { createReadStream, existsSync } from 'node:fs'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import type { Database } from 'better-sqlite3'
import type { EvidenceItem } from '../core/incident.ts'
import { CHAIN_START, chainHash } from './audit-chain.ts'
import { openReadOnly } from './sqlite/open.ts'

export interface Violation {
  readonly invariant: string
  readonly what: string
}

export interface VerifyReport {
  readonly violations: readonly Violation[]
  readonly counts: Readonly<Record<string, number>>
}

export interface VerifyOptions {
  readonly dir: string
  /** Absolute; absent: the evidence files are not read. */
  readonly evidenceDir?: string
  /** False on a folder whose gateway is running or was killed: signals may wait for the next start. */
  readonly settled: boolean
}

const MAX_SHOWN = 20

/** Reads the whole folder once; memory stays small. Throws when there is no database. */
export async function verify(options: VerifyOptions): Promise<VerifyReport> {
  const db = openReadOnly(options.dir)
  try {
    const violations = [
      ...integrity(db),
      ...everySignalOnce(db, options.settled),
      ...constraints(db),
      ...columns(db),
      ...timelines(db),
      ...endings(db),
      ...auditChain(db),
      ...auditedSteps(db),
      ...feedChain(db),
      ...(options.evidenceDir === undefined ? [] : await evidenceFiles(db, options.evidenceDir))
    ]
    const count = (text: string) => (db.prepare(text).get() as { n: number }).n
    return {
      violations,
      counts: {
        signals: count('SELECT count(*) AS n FROM signals'),
        unhandled: count('SELECT count(*) AS n FROM signals WHERE handled = 0'),
        incidents: count('SELECT count(*) AS n FROM incidents'),
        alarms: count('SELECT count(*) AS n FROM alarms'),
        audit: count('SELECT count(*) AS n FROM audit'),
        evidence: count('SELECT count(*) AS n FROM evidence')
      }
    }
  } finally {
    db.close()
  }
}

function rows<T>(db: Database, text: string): T[] {
  return db.prepare(text).all() as T[]
}

function named(invariant: string, list: readonly { readonly what: string }[]): Violation[] {
  return list.slice(0, MAX_SHOWN).map(({ what }) => ({ invariant, what }))
}

/** I1: the file itself is whole. */
function integrity(db: Database): Violation[] {
  const found = rows<{ quick_check: string }>(db, 'PRAGMA quick_check').filter(row => row.quick_check !== 'ok')
  return named(
    'I1',
    found.map(row => ({ what: row.quick_check }))
  )
}

/** I2: every alarm signal that was acknowledged stands in exactly one incident's timeline; I3: nothing waits once settled. */
function everySignalOnce(db: Database, settled: boolean): Violation[] {
  const each = <T>(text: string): Iterable<T> => db.prepare(text).iterate() as Iterable<T>
  const pressed = new Map<number, number>()
  const lines = each<{ seq: number | null }>(
    `SELECT json_extract(body, '$.data.signal') AS seq FROM timeline
     WHERE json_extract(body, '$.kind') IN ('opened', 'pressed', 'joined')`
  )
  for (const { seq } of lines) if (seq !== null) pressed.set(seq, (pressed.get(seq) ?? 0) + 1)
  const tested = new Set<number>()
  const tests = each<{ seq: number }>(
    `SELECT json_extract(body, '$.data.signal') AS seq FROM timeline WHERE json_extract(body, '$.kind') = 'tested'
     UNION ALL SELECT json_extract(body, '$.detail.signal') FROM audit WHERE json_extract(body, '$.action') IN ('signal.tested', 'signal.shelved')`
  )
  for (const { seq } of tests) tested.add(seq)
  const wrong: { what: string }[] = []
  const signals = each<{ seq: number; source: string }>(
    `SELECT seq, source_id AS source FROM signals WHERE handled = 1 AND json_extract(body, '$.qualifier') = 'new'
       AND json_extract(body, '$.condition') IN ('alarm', 'fault', 'tamper')`
  )
  for (const { seq, source } of signals) {
    const times = pressed.get(seq) ?? 0
    if (times !== 1 && !tested.has(seq)) wrong.push({ what: `signal ${seq} of ${source} stands in ${times} incidents` })
  }
  const waiting = settled
    ? rows<{ what: string }>(
        db,
        "SELECT 'signal ' || seq || ' of ' || source_id || ' was never worked' AS what FROM signals WHERE handled = 0"
      )
    : []
  return [...named('I2', wrong), ...named('I3', waiting)]
}

/** I4: an open alarm has an open incident, an order an unclosed one, an incident an alarm; I5: one open alarm per key and one open incident per subject and lane; I6: presses add up. */
function constraints(db: Database): Violation[] {
  const orphan = rows<{ what: string }>(
    db,
    `SELECT 'alarm ' || a.id || ' is open, its incident ' || i.number || ' is ' || i.state AS what
     FROM alarms a JOIN incidents i ON i.id = a.incident_id WHERE a.open = 1 AND i.open = 0
     UNION ALL
     SELECT 'unit ' || a.unit_id || ' is bound to the closed incident ' || i.number
     FROM assignments a JOIN incidents i ON i.id = a.incident_id WHERE a.active = 1 AND i.state = 'closed'
     UNION ALL
     SELECT 'incident ' || i.number || ' has no alarm' FROM incidents i
     WHERE NOT EXISTS (SELECT 1 FROM alarms a WHERE a.incident_id = i.id)`
  )
  const twice = rows<{ what: string }>(
    db,
    `SELECT 'two open alarms of ' || source_id || ' ' || alarm_class AS what FROM alarms WHERE open = 1
       GROUP BY source_id, alarm_class, zone HAVING count(*) > 1
     UNION ALL
     SELECT 'two open incidents of ' || subject_id FROM incidents WHERE open = 1 GROUP BY subject_id, lane HAVING count(*) > 1
     UNION ALL
     SELECT 'unit ' || unit_id || ' is on two orders' FROM assignments WHERE active = 1 GROUP BY unit_id HAVING count(*) > 1`
  )
  const presses = rows<{ what: string }>(
    db,
    `SELECT 'incident ' || i.number || ' counts ' || json_extract(i.body, '$.presses') || ' presses, its alarms ' || sum(json_extract(a.body, '$.presses')) AS what
     FROM incidents i JOIN alarms a ON a.incident_id = i.id GROUP BY i.id
     HAVING json_extract(i.body, '$.presses') <> sum(json_extract(a.body, '$.presses'))`
  )
  return [...named('I4', orphan), ...named('I5', twice), ...named('I6', presses)]
}

/** I11: the columns that the constraints and a start read say what the record says. */
function columns(db: Database): Violation[] {
  return named(
    'I11',
    rows(
      db,
      `SELECT 'incident ' || number || ' is ' || state || ' version ' || version || ' open ' || open || ', its record says otherwise' AS what
       FROM incidents WHERE state <> json_extract(body, '$.state') OR version <> json_extract(body, '$.version')
         OR open <> (json_extract(body, '$.state') NOT IN ('resolved', 'closed'))
       UNION ALL
       SELECT 'alarm ' || id || ' is ' || iif(open, 'open', 'over') || ', its record says otherwise'
       FROM alarms WHERE open <> json_extract(body, '$.open')`
    )
  )
}

/** I7: a timeline never runs ahead of its incident, and every incident's begins with its opening. */
function timelines(db: Database): Violation[] {
  return named(
    'I7',
    rows(
      db,
      `SELECT 'incident ' || i.number || ' version ' || i.version || ' has a line ' || max(t.idx) AS what
       FROM incidents i JOIN timeline t ON t.incident_id = i.id GROUP BY i.id HAVING max(t.idx) > i.version
       UNION ALL
       SELECT 'incident ' || i.number || ' has no opening line' FROM incidents i
       WHERE NOT EXISTS (SELECT 1 FROM timeline t WHERE t.incident_id = i.id AND t.idx = 1)`
    )
  )
}

/** I13: what is filed has its feedback, and a leader's review where time alone may not file it; what was merged is linked with the one that goes on. */
function endings(db: Database): Violation[] {
  return named(
    'I13',
    rows(
      db,
      `SELECT 'incident ' || number || ' is closed without feedback' AS what FROM incidents
       WHERE state = 'closed' AND json_extract(body, '$.sop') IS NOT NULL AND json_extract(body, '$.facts.category.code') IS NULL
       UNION ALL
       SELECT 'incident ' || number || ' is closed without a review' FROM incidents
       WHERE state = 'closed' AND json_extract(body, '$.sop') IS NOT NULL
         AND coalesce(json_extract(body, '$.review.verdict'), '') <> 'passed'
         AND (json_extract(body, '$.priority') = 1 OR json_extract(body, '$.duress') = 1 OR json_extract(body, '$.review') IS NOT NULL)
       UNION ALL
       SELECT 'incident ' || i.number || ' is merged into ' || json_extract(i.body, '$.mergedInto') || ', which it is not linked with'
       FROM incidents i WHERE json_extract(i.body, '$.mergedInto') IS NOT NULL AND NOT EXISTS (
         SELECT 1 FROM json_each(i.body, '$.linked') l JOIN incidents o ON o.id = l.value
         WHERE o.number = json_extract(i.body, '$.mergedInto'))`
    )
  )
}

/** I8: the audit log's hash chain holds from the first line to the last, and the last is the last that was written (rule 11). */
function auditChain(db: Database): Violation[] {
  let previous = CHAIN_START
  for (const row of db.prepare('SELECT seq, body, hash FROM audit ORDER BY seq').iterate() as Iterable<{
    seq: number
    body: string
    hash: string
  }>) {
    if (chainHash(previous, row.body) !== row.hash)
      return [{ invariant: 'I8', what: `the audit chain breaks at line ${row.seq}` }]
    previous = row.hash
  }
  return named(
    'I8',
    rows(
      db,
      `SELECT 'the audit log ends at line ' || coalesce(max(a.seq), 0) || ', ' || s.seq || ' were written' AS what
       FROM sqlite_sequence s LEFT JOIN audit a WHERE s.name = 'audit' GROUP BY s.seq HAVING coalesce(max(a.seq), 0) <> s.seq`
    )
  )
}

/** I12: every version of an incident is one line of the audit log (rule 11). */
function auditedSteps(db: Database): Violation[] {
  return named(
    'I12',
    rows(
      db,
      `WITH done AS (
         SELECT json_extract(body, '$.detail.id') AS id, count(*) AS n FROM audit
         WHERE json_extract(body, '$.action') LIKE 'incident.%' AND json_extract(body, '$.outcome') = 'done' GROUP BY 1)
       SELECT 'incident ' || i.number || ' is version ' || i.version || ', ' || coalesce(d.n, 0) || ' steps were audited' AS what
       FROM incidents i LEFT JOIN done d ON d.id = i.id WHERE coalesce(d.n, 0) <> i.version`
    )
  )
}

/** I9: every message of the feed names the one before it in its scope, the scope knows its newest, and what a message names is there. */
function feedChain(db: Database): Violation[] {
  return named(
    'I9',
    rows(
      db,
      `SELECT 'feed ' || seq || ' of ' || scope || ' names ' || prev || ' before it, not ' || before AS what FROM
         (SELECT seq, scope, prev, lag(seq) OVER (PARTITION BY scope ORDER BY seq) AS before FROM feed)
       WHERE before IS NOT NULL AND before <> prev
       UNION ALL
       SELECT 'scope ' || f.scope || ' ends at ' || max(f.seq) || ', it says ' || coalesce(s.last, 0)
       FROM feed f LEFT JOIN scopes s ON s.scope = f.scope GROUP BY f.scope HAVING max(f.seq) <> coalesce(s.last, 0)
       UNION ALL
       SELECT 'feed ' || f.seq || ' names ' || iif(f.line IS NULL, 'an incident', 'line ' || f.line || ' of a story') || ' that is not there'
       FROM feed f LEFT JOIN incidents i ON i.id = f.incident_id
         LEFT JOIN timeline t ON t.incident_id = f.incident_id AND t.idx = f.line
       WHERE f.incident_id IS NOT NULL AND iif(f.line IS NULL, i.id IS NULL, t.idx IS NULL)`
    )
  )
}

/** I10: evidence that is called ready is on disk, byte for byte. */
async function evidenceFiles(db: Database, dir: string): Promise<Violation[]> {
  const violations: Violation[] = []
  const items = rows<{ body: string }>(
    db,
    "SELECT body FROM evidence WHERE state = 'ready' AND id NOT IN (SELECT key FROM documents WHERE kind = 'evidence.deleted')"
  ).map(row => JSON.parse(row.body) as EvidenceItem)
  for (const item of items) {
    const file = join(dir, item.file ?? '')
    if (!item.file || !existsSync(file)) violations.push({ invariant: 'I10', what: `evidence ${item.id} has no file` })
    else if ((await sha256(file)) !== item.sha256)
      violations.push({ invariant: 'I10', what: `evidence ${item.id} was changed` })
  }
  return violations
}

async function sha256(file: string): Promise<string> {
  const hash = createHash('sha256')
  await pipeline(createReadStream(file), hash)
  return hash.digest('hex')
}
