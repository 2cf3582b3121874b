/** Checks the numbered invariants of shifts, follow-up calls, hand-overs, messages and the registry's edits (docs/invariants.md, W1 …) on a data folder, read-only. */
import type { Database } from 'better-sqlite3'
import type { GridVersion } from '../core/grid-wire.ts'
import type { HandOver } from '../core/hand-over.ts'
import type { FollowUp, ShiftHandOver } from '../core/shift.ts'
import type { UnitMessage } from '../core/unit-message.ts'
import { openReadOnly } from '../storage/sqlite/open.ts'
import type { Violation } from '../storage/verify.ts'

const MAX_SHOWN = 20
/** Whoever was asked longer ago than this is asked no more. */
const ASKED_MS = 30 * 86_400_000
const RECORDS = [
  'registry.subject',
  'registry.group',
  'registry.unit',
  'registry.camera',
  'outbox.sink',
  'settings.run'
] as const
const ANSWERS = { accepted: 'accept', refused: 'refuse', withdrawn: 'withdraw' } as const

interface Row {
  readonly key: string
  readonly body: string
}

/** Throws when there is no database. */
export function verifyWork(dir: string): { readonly violations: readonly Violation[]; readonly records: number } {
  const db = openReadOnly(dir)
  try {
    const edits = RECORDS.map(kind => editsOf(db, kind))
    const found = [
      ...shifts(db),
      ...followUps(db),
      ...handOvers(db),
      ...messages(db),
      ...edits.flatMap(each => each.found),
      ...grids(db)
    ]
    const violations = [...Map.groupBy(found, each => each.invariant).values()].flatMap(all => all.slice(0, MAX_SHOWN))
    return { violations, records: edits.reduce((sum, each) => sum + each.count, 0) }
  } finally {
    db.close()
  }
}

function rowsOf(db: Database, kind: string): Iterable<Row> {
  return db.prepare('SELECT key, body FROM documents WHERE kind = ? ORDER BY key').iterate(kind) as Iterable<Row>
}

/** W1: a shift waits for one answer at a time; every answer says when, is on record, and what it moved are incidents of this folder. */
function* shifts(db: Database): Generator<Violation> {
  const say = (what: string): Violation => ({ invariant: 'W1', what })
  const onRecord = db.prepare(
    "SELECT 1 FROM audit WHERE json_extract(body, '$.object') = ? AND json_extract(body, '$.action') = ?"
  )
  const hasNumber = db.prepare('SELECT 1 FROM incidents WHERE number = ?')
  const asked = new Map<string, ShiftHandOver>()
  for (const { body } of rowsOf(db, 'shift.handOver')) {
    const each = JSON.parse(body) as ShiftHandOver
    if (each.state === 'offered') {
      const before = asked.get(each.from.userId)
      if (before && each.atMs - before.atMs < ASKED_MS)
        yield say(`${each.from.login} waits for two answers to his hand-over`)
      asked.set(each.from.userId, each)
      continue
    }
    if (each.answeredAtMs === undefined || each.answeredAtMs < each.atMs)
      yield say(`shift ${each.id} was answered without a time`)
    if (!onRecord.get(`shift:${each.id}`, `shift.${ANSWERS[each.state]}`))
      yield say(`the answer to shift ${each.id} is not in the audit log`)
    for (const number of each.moved ?? [])
      if (!hasNumber.get(number)) yield say(`shift ${each.id} moved ${number}, which is no incident`)
  }
}

/** W2: a follow-up call belongs to an incident, is open or done and not both, and is done by a call. */
function* followUps(db: Database): Generator<Violation> {
  const say = ({ id }: FollowUp, what: string): Violation => ({ invariant: 'W2', what: `follow-up ${id} ${what}` })
  const has = db.prepare('SELECT 1 FROM incidents WHERE id = ?')
  const open = new Set<string>()
  for (const kind of ['followUp.open', 'followUp.done'] as const) {
    for (const { body } of rowsOf(db, kind)) {
      const each = JSON.parse(body) as FollowUp
      const isDone = kind === 'followUp.done'
      if (!isDone) open.add(each.id)
      else if (open.has(each.id)) yield say(each, 'is open and done')
      if (isDone !== (each.state === 'done')) yield say(each, `is kept as ${kind} and says ${each.state}`)
      if (!has.get(each.incidentId)) yield say(each, `belongs to ${each.number}, which is no incident`)
      if (isDone && each.tries.length === 0) yield say(each, 'is done without a call')
      if (!isDone && each.tries.some(({ result }) => result !== 'noAnswer'))
        yield say(each, 'has its answer and is open')
    }
  }
}

/** W3: every hand-over of an incident has its line; an answer says when, a refusal why; one that waits has no answer. */
function* handOvers(db: Database): Generator<Violation> {
  const lines = db.prepare(
    "SELECT count(*) AS n FROM timeline WHERE incident_id = ? AND json_extract(body, '$.kind') = 'handedOver'"
  )
  const all = db
    .prepare(
      "SELECT id, number, json_extract(body, '$.handOvers') AS told FROM incidents WHERE json_extract(body, '$.handOvers') IS NOT NULL"
    )
    .iterate() as Iterable<{ readonly id: string; readonly number: string; readonly told: string }>
  for (const { id, number, told } of all) {
    const say = (what: string): Violation => ({ invariant: 'W3', what: `incident ${number} ${what}` })
    const each = JSON.parse(told) as readonly HandOver[]
    if ((lines.get(id) as { n: number }).n < each.length) yield say('has a hand-over that its timeline does not tell')
    for (const { service, state, answeredAtMs, reason } of each) {
      if ((state === 'asked') !== (answeredAtMs === undefined)) yield say(`was ${state} by ${service}, at no such time`)
      if (state === 'refused' && !reason) yield say(`was refused by ${service} without a reason`)
    }
  }
}

/** W6: every message between floor and units stands once and has its line; its picture is evidence of its incident; who read it had it. */
function* messages(db: Database): Generator<Violation> {
  const lines = db.prepare(
    "SELECT count(*) AS n FROM timeline WHERE incident_id = ? AND json_extract(body, '$.kind') IN ('messageSent', 'messageGot')"
  )
  const picture = db.prepare('SELECT 1 FROM evidence WHERE id = ? AND incident_id = ?')
  const all = db
    .prepare(
      "SELECT id, number, json_extract(body, '$.messages') AS said FROM incidents WHERE json_extract(body, '$.messages') IS NOT NULL"
    )
    .iterate() as Iterable<{ readonly id: string; readonly number: string; readonly said: string }>
  for (const { id, number, said } of all) {
    const say = (what: string): Violation => ({ invariant: 'W6', what: `incident ${number} ${what}` })
    const each = JSON.parse(said) as readonly UnitMessage[]
    if ((lines.get(id) as { n: number }).n !== each.length) yield say('has a message that its timeline does not tell')
    if (new Set(each.map(message => message.id)).size !== each.length) yield say('has a message twice')
    for (const { id: message, photo, to } of each) {
      if (photo && !picture.get(photo.id, id)) yield say(`has no picture ${photo.id} for message ${message}`)
      if (to.some(({ readAtMs, deliveredAtMs }) => readAtMs !== undefined && deliveredAtMs === undefined))
        yield say(`has message ${message} read before it came`)
    }
  }
}

/** W4: of every record that was changed all versions are kept, without a gap, and the newest is what is true. */
function editsOf(db: Database, kind: string): { readonly found: readonly Violation[]; readonly count: number } {
  const say = (key: string, what: string): Violation => ({ invariant: 'W4', what: `${kind} ${key}: ${what}` })
  const past = new Map<string, { versions: number[]; newest: string }>()
  for (const { key, body } of rowsOf(db, `${kind}.past`)) {
    const record = key.slice(0, key.lastIndexOf('/'))
    const known = past.get(record) ?? { versions: [], newest: '' }
    known.versions.push((JSON.parse(body) as { readonly version: number }).version)
    past.set(record, { ...known, newest: body })
  }
  const found: Violation[] = []
  let count = 0
  for (const { key, body } of rowsOf(db, kind)) {
    count += 1
    const { version } = JSON.parse(body) as { readonly version: number }
    const { versions = [], newest = '' } = past.get(key) ?? {}
    const edits = versions.filter(each => each > 0)
    if (edits.length !== version || edits.some((each, n) => each !== n + 1))
      found.push(say(key, `version ${version} of which ${edits.join(' ') || 'none'} are kept`))
    else if (newest !== body) found.push(say(key, `is not its own version ${version}`))
    past.delete(key)
  }
  for (const key of past.keys()) found.push(say(key, 'has versions and is not there'))
  return { found, count }
}

/** W5: versions of the grid are one row without a gap, and the one that is true has every cell that it says it has. */
function grids(db: Database): readonly Violation[] {
  const say = (what: string): Violation => ({ invariant: 'W5', what: `grid ${what}` })
  const heads = [...rowsOf(db, 'registry.grid')].map(({ body }) => JSON.parse(body) as GridVersion)
  const gap = heads.find(({ version }, n) => version !== n + 1)
  const newest = heads.at(-1)
  if (!newest) return []
  const from = `${String(newest.version).padStart(6, '0')}/`
  const { n } = db
    .prepare(
      "SELECT coalesce(sum(json_array_length(body, '$.cells')), 0) AS n FROM documents WHERE kind = 'registry.grid.cells' AND key >= ? AND key < ?"
    )
    .get(from, `${from.slice(0, -1)}0`) as { readonly n: number }
  const said = newest.levels.reduce((sum, each) => sum + each, 0)
  return [
    ...(gap ? [say(`has no version before ${gap.version}`)] : []),
    ...(n === said ? [] : [say(`version ${newest.version} has ${n} cells and says ${said}`)])
  ]
}
