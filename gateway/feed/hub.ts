/** The only fan-out: every viewer gets the messages of its scopes in order, without loss or repeat, over any number of reconnections. */
import { jsonOf } from '../core/json.ts'
import type { CommitResult, FeedRow, Store } from '../core/store.ts'
import type { ServerMessage, SessionUser } from '../core/wire.ts'
import { FLOOR, isUnitScope } from './project.ts'

/** A connected console or phone, whatever carries it. */
export interface Sink {
  /** UTF-8 where it goes to many: encoded once. False when the client is too slow: it is cut and comes back with `resume`. */
  send(message: string | Buffer): boolean
  close(code: number, reason: string): void
}

export type Snapshot = Omit<Extract<ServerMessage, { type: 'snapshot' }>, 'type' | 'scope' | 'seq'>

export interface HubOptions {
  readonly store: Pick<Store, 'feedSince' | 'feedBounds'>
  readonly now: () => number
  /** The present state of a scope, from memory, without waiting; `positions` false: without where people are. */
  snapshot(scope: string, user: SessionUser, positions: boolean): Snapshot
  /** What stands beside the sequence (notices, cameras), sent after a resumption, which does not bring it; a snapshot has it. */
  present?(scope: string): readonly ServerMessage[]
  /** What is older is not sent again, whether or not it is still stored. */
  readonly replayMs: number
  /** More missed messages than this: a snapshot is cheaper. */
  readonly maxReplay?: number
}

export interface Viewer {
  readonly user: SessionUser
  readonly scopes: readonly string[]
  /** Ends `positions: false`: a new snapshot brings what was withheld. */
  showPositions(): void
  leave(): void
}

export interface Hub {
  /** Learns the last numbers; before it nobody may subscribe. */
  start(scopes: readonly string[]): Promise<void>
  /** Durable rows with the numbers their commit gave them, in the order of commits. */
  publish(rows: readonly FeedRow[], numbers: Extract<CommitResult, { ok: true }>['feed'], atMs: number): void
  subscribe(
    sink: Sink,
    user: SessionUser,
    scopes: readonly string[],
    resume: Readonly<Record<string, number>>,
    options?: { readonly positions: boolean }
  ): Promise<Viewer>
  /** Unsequenced state (positions, cameras, notices) to the viewers of a scope. */
  broadcast(scope: string, message: ServerMessage): void
  viewers(): Iterable<Viewer>
  viewersOf(scope: string): readonly Viewer[]
  readonly cut: number
}

interface Entry {
  readonly viewer: Viewer
  readonly sink: Sink
  /** Messages that came while the client was catching up; undefined once it is live. */
  held: { scope: string; seq: number; text: string | Buffer }[] | undefined
  /** What stands beside the sequence has to be sent when it is live: it resumed, or something of it changed meanwhile. */
  beside: boolean
  positions: boolean
}

const MAX_REPLAY = 2_000
const MAX_HELD = 20_000
/** Viewers that get positions in one turn: with two hundred consoles an alarm would wait behind all of them. */
const POSITIONS_AT_ONCE = 20

export function createHub(options: HubOptions): Hub {
  const entries = new Map<string, Set<Entry>>()
  const all = new Set<Entry>()
  const last = new Map<string, number>()
  let cut = 0

  const drop = (entry: Entry, code: number, reason: string): void => {
    if (!all.delete(entry)) return
    for (const scope of entry.viewer.scopes) entries.get(scope)?.delete(entry)
    if (code !== 1000) entry.sink.close(code, reason)
  }
  const send = (entry: Entry, text: string | Buffer): void => {
    if (!all.has(entry) || entry.sink.send(text)) return
    cut += 1
    drop(entry, 4008, 'too slow, resume')
  }
  const bounds = async (scope: string): Promise<{ last: number; oldest: number }> => {
    const stored = await options.store.feedBounds(scope)
    if (stored.last > (last.get(scope) ?? 0)) last.set(scope, stored.last)
    return stored
  }

  /** What is left of the last positions of a scope. It leaves before anything newer of that scope does: nobody is drawn where he was. */
  const left = new Map<string, { readonly text: string | Buffer; readonly entries: Iterator<Entry> }>()
  const handOut = (scope: string, most = Number.POSITIVE_INFINITY): void => {
    const positions = left.get(scope)
    for (let n = 0; positions && n < most; n++) {
      const { value: entry, done } = positions.entries.next()
      if (done) left.delete(scope)
      if (!entry) return
      if (!entry.held) send(entry, positions.text)
    }
  }
  const spread = (scope: string): void => {
    handOut(scope, POSITIONS_AT_ONCE)
    if (left.has(scope)) setImmediate(spread, scope)
  }

  /** The last snapshots, good until anything is sent to their scope: after a restart two hundred consoles want the same one. */
  const snapshots = new Map<string, Buffer>()
  const changed = (scope: string): void => {
    snapshots.delete(`${scope} true`)
    snapshots.delete(`${scope} false`)
  }
  const snapshotOf = (entry: Entry, scope: string, seq: number): string | Buffer => {
    const make = (): string => {
      const state = options.snapshot(scope, entry.viewer.user, entry.positions)
      return JSON.stringify({ type: 'snapshot', scope, seq, ...state } satisfies ServerMessage)
    }
    // Other scopes have one viewer or two.
    if (scope !== FLOOR) return make()
    const key = `${scope} ${entry.positions}`
    const known = snapshots.get(key) ?? Buffer.from(make())
    snapshots.set(key, known)
    return known
  }
  /** Snapshot and number are taken in one synchronous turn: memory is updated before it is published. */
  const present = (entry: Entry, scope: string): number => {
    handOut(scope)
    const seq = last.get(scope) ?? 0
    send(entry, snapshotOf(entry, scope, seq))
    return seq
  }
  const goLive = (entry: Entry, reached: ReadonlyMap<string, number>): void => {
    const held = entry.held ?? []
    entry.held = undefined
    for (const message of held) if (message.seq > (reached.get(message.scope) ?? 0)) send(entry, message.text)
    if (!entry.beside) return
    for (const scope of entry.viewer.scopes)
      for (const message of options.present?.(scope) ?? []) send(entry, JSON.stringify(message))
  }

  const catchUp = async (entry: Entry, scope: string, since: number | undefined): Promise<number> => {
    const { oldest, last: newest } = await bounds(scope)
    // A team gets the present only: what it was told of an order that is gone is no longer its business.
    const resumable = !isUnitScope(scope) && since !== undefined && since >= oldest && since <= newest
    if (resumable) {
      const rows = await options.store.feedSince(scope, since, (options.maxReplay ?? MAX_REPLAY) + 1)
      const young = rows[0] === undefined || options.now() - rows[0].atMs <= options.replayMs
      if (young && rows.length <= (options.maxReplay ?? MAX_REPLAY)) {
        entry.beside = true
        for (const row of rows) send(entry, messageText(scope, row.seq, row.prev, row.atMs, row.body))
        return rows.at(-1)?.seq ?? since
      }
    }
    return present(entry, scope)
  }

  return {
    async start(scopes) {
      for (const scope of scopes) await bounds(scope)
    },
    publish(rows, numbers, atMs) {
      rows.forEach((row, index) => {
        const number = numbers[index]
        if (!number) return
        handOut(row.scope)
        last.set(row.scope, number.seq)
        changed(row.scope)
        const viewers = entries.get(row.scope)
        if (!viewers || viewers.size === 0) return
        const text = forAll(messageText(row.scope, number.seq, number.prev, atMs, row.body), viewers)
        for (const entry of viewers) {
          if (!entry.held) send(entry, text)
          else if (entry.held.length < MAX_HELD) entry.held.push({ scope: row.scope, seq: number.seq, text })
          else drop(entry, 4008, 'too slow, resume')
        }
      })
    },
    async subscribe(sink, user, scopes, resume, { positions } = { positions: true }) {
      const viewer: Viewer = {
        user,
        scopes,
        showPositions() {
          entry.positions = true
          if (!entry.held) for (const scope of scopes) present(entry, scope)
        },
        leave: () => drop(entry, 1000, 'left')
      }
      const entry: Entry = { viewer, sink, held: [], beside: false, positions }
      all.add(entry)
      for (const scope of scopes) {
        const set = entries.get(scope) ?? new Set()
        entries.set(scope, set.add(entry))
      }
      const welcome: ServerMessage = { type: 'welcome', serverTimeMs: options.now(), user, scopes }
      send(entry, JSON.stringify(welcome))
      const reached = new Map<string, number>()
      try {
        for (const scope of scopes) reached.set(scope, await catchUp(entry, scope, resume[scope]))
        goLive(entry, reached)
      } catch (error) {
        drop(entry, 1000, 'not caught up') // its carrier is told by the rejection
        throw error
      }
      return viewer
    },
    broadcast(scope, message) {
      handOut(scope)
      changed(scope)
      const viewers = entries.get(scope)
      if (!viewers || viewers.size === 0) return
      const text = forAll(JSON.stringify(message), viewers)
      const live: Entry[] = []
      for (const entry of viewers) {
        if (entry.held) entry.beside = true
        else if (entry.positions || message.type !== 'positions') live.push(entry)
      }
      if (message.type === 'positions') {
        left.set(scope, { text, entries: live.values() })
        spread(scope)
      } else for (const entry of live) send(entry, text)
    },
    *viewers() {
      for (const entry of all) yield entry.viewer
    },
    viewersOf: scope => Array.from(entries.get(scope) ?? [], entry => entry.viewer),
    get cut() {
      return cut
    }
  }
}

/** Encoded once, where each of many connections would encode it for itself. */
function forAll(text: string, viewers: ReadonlySet<Entry>): string | Buffer {
  return viewers.size > 1 ? Buffer.from(text) : text
}

/** Put together from the body's text, which the store has already made. */
function messageText(scope: string, seq: number, prev: number, atMs: number, body: object): string {
  const head = { type: 'msg', scope, seq, prev, atMs } satisfies Omit<Extract<ServerMessage, { type: 'msg' }>, 'body'>
  return `${JSON.stringify(head).slice(0, -1)},"body":${jsonOf(body)}}`
}
