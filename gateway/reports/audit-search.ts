/** The audit log searched from its newest entry downward, and its hash chain computed anew a stretch at a time. */
import { createHash } from 'node:crypto'
import type { Database } from 'better-sqlite3'
import { initialsOf, plain } from '../core/initials.ts'
import type { AuditFound, AuditLine, AuditQuery, ChainState } from '../core/search.ts'
import { seqAt } from './audit-book.ts'

/** Entries looked at for one answer; the page goes on where it ended. */
const SCAN_MAX = 50_000
const CHAIN_STRETCH = 100_000
/** Newest entries whose actions are offered to choose from. */
const ACTIONS_OF = 5_000
const CHAIN_START = '0'.repeat(64)

export interface AuditSearch extends Omit<AuditQuery, 'fromDay' | 'toDay'> {
  readonly fromMs?: number
  /** Not reached. */
  readonly toMs?: number
  readonly limit: number
}

interface Row {
  readonly seq: number
  readonly body: string
  readonly hash: string
}

export function createAuditSearch(db: Database): (query: AuditSearch) => AuditFound {
  const chain = createChain(db)
  const below = db.prepare('SELECT seq, body, hash FROM audit WHERE seq < ? AND seq >= ? ORDER BY seq DESC LIMIT ?')
  const actions = db.prepare(
    `SELECT DISTINCT json_extract(body, '$.action') AS action FROM (SELECT body FROM audit ORDER BY seq DESC LIMIT ?)`
  )
  return query => {
    const top = query.toMs === undefined ? Number.MAX_SAFE_INTEGER : seqAt(db, query.toMs)
    const floor = query.fromMs === undefined ? 0 : seqAt(db, query.fromMs)
    const matches = matcher(query)
    const lines: AuditLine[] = []
    let seen = 0
    let last = Math.min(query.before ?? Number.MAX_SAFE_INTEGER, top)
    for (const row of below.iterate(last, floor, SCAN_MAX) as Iterable<Row>) {
      seen += 1
      last = row.seq
      const line = { ...(JSON.parse(row.body) as AuditLine), seq: row.seq }
      if (matches(line)) lines.push(line)
      if (lines.length >= query.limit) break
    }
    const more = seen === SCAN_MAX || lines.length >= query.limit
    return {
      ...{ lines, chain: chain() },
      ...(more ? { next: last } : {}),
      actions: (actions.all(ACTIONS_OF) as readonly { readonly action: string }[]).map(({ action }) => action).sort()
    }
  }
}

function matcher({ text, action, outcome }: AuditSearch): (line: AuditLine) => boolean {
  const wanted = plain(text)
  return line => {
    if (action !== undefined && line.action !== action) return false
    if (outcome !== undefined && line.outcome !== outcome) return false
    if (wanted === '') return true
    const { who, object, reason = '', detail = {} } = line
    const words = [who, line.action, object, reason, ...Object.values(detail).map(String)]
    return words.some(word => plain(word).includes(wanted)) || initialsOf(who).includes(wanted)
  }
}

/** From the first entry to the newest, so much at every asking; what was found broken stays so. */
function createChain(db: Database): () => ChainState {
  const after = db.prepare('SELECT seq, body, hash FROM audit WHERE seq > ? ORDER BY seq LIMIT ?')
  const newest = db.prepare('SELECT coalesce(max(seq), 0) AS seq FROM audit')
  let checked = 0
  let hash = CHAIN_START
  let brokenAt: number | undefined
  return () => {
    if (brokenAt === undefined)
      for (const row of after.iterate(checked, CHAIN_STRETCH) as Iterable<Row>) {
        hash = createHash('sha256').update(hash).update('\n').update(row.body).digest('hex')
        if (row.seq !== checked + 1 || hash !== row.hash) {
          brokenAt = row.seq
          break
        }
        checked = row.seq
      }
    const state = { checked, newest: (newest.get() as { readonly seq: number }).seq }
    return brokenAt === undefined ? state : { ...state, brokenAt }
  }
}
