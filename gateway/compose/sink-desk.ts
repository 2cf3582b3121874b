/** The administrator's desk of sinks 接收方: made, changed, taken out and tried while the gateway runs; what the configuration names is read there only. */
import { randomBytes } from 'node:crypto'
import { GatewayError } from '../core/errors.ts'
import type { SinkSettings } from '../core/outwards.ts'
import type { Clock } from '../core/ports.ts'
import { createSerial } from '../core/serial.ts'
import type { SinkDraft, SinkSaved, SinkTried } from '../core/sink-record.ts'
import type { AuditEntry, CredentialRow, DocumentRow, Store } from '../core/store.ts'
import type { FaultCode } from '../core/subject-record.ts'
import { personOf } from '../core/who.ts'
import type { SessionUser } from '../core/wire.ts'
import { deliveryOf } from '../feed/outwards/item.ts'
import { signedHeaders } from '../feed/outwards/message.ts'
import type { Outbox } from '../feed/outwards/outbox.ts'
import type { TryPost } from '../feed/outwards/post.ts'
import type { SinkRooms } from '../http/sink-ports.ts'
import { type AuditWords, differing } from '../registry/records.ts'
import { PAUSED } from './outward-rooms.ts'
import type { SinkBook } from './sink-book.ts'
import { sinkFaults, sinkOf } from './sink-draft.ts'
import type { SinkReach } from './sink-reach.ts'

/** The adapter's name under which secrets of sinks stand among the log-ins. */
export const SINK_CREDENTIAL = 'sink'

export interface SinkDeskDeps {
  readonly book: SinkBook
  readonly outbox: Outbox
  readonly store: Pick<Store, 'commit' | 'credential'>
  readonly clock: Clock
  readonly reach: Pick<SinkReach, 'mayName' | 'isNarrowed'>
  /** Names, as the page of deliveries keeps them. */
  readonly paused: Set<string>
  tryPost(sink: SinkSettings): TryPost
  /** Its line begins anew with what is true now, or ends; resolves when the old one has. */
  renew(name: string): Promise<void>
}

export function createSinkDesk({ book, outbox, store, clock, reach, paused, tryPost, renew }: SinkDeskDeps): SinkRooms {
  const { records } = book
  const serial = createSerial()
  const trying = new Set<string>()
  const refused = (field: string, code: FaultCode): SinkSaved => ({ saved: false, faults: [{ field, code }] })
  const known = (name: string): SinkSettings => {
    const sink = book.find(name)
    if (!sink) throw new GatewayError('NOT_FOUND', { sink: name.slice(0, 80) })
    return sink
  }
  const unchanged = (name: string, version: number): void => {
    if (records.versionOf(name) !== version) throw new GatewayError('CONFLICT_RETRY', { sink: name })
  }
  const entry = (user: SessionUser, action: string, name: string, detail: AuditEntry['detail'] = {}): AuditEntry => ({
    ...{ atMs: clock.now(), who: personOf(user), action, object: `sink:${name}`, outcome: 'done', detail }
  })
  /** Empty: there is none any more. */
  const secretRow = (name: string, password: string): CredentialRow => ({
    ...{ adapter: SINK_CREDENTIAL, key: name, username: name, password }
  })
  /** Whoever makes one of this name anew must not get it paused. */
  const notPaused = (name: string): DocumentRow => ({ kind: PAUSED, key: name, body: undefined })
  const secretWords = (name: string): AuditWords => ({ action: 'sink.secret', object: `sink:${name}`, detail: {} })

  async function save(draft: SinkDraft, version: number, user: SessionUser): Promise<SinkSaved> {
    const { name } = draft
    if (book.originOf(name) === 'file') return refused(version === 0 ? 'name' : '', 'ofFile')
    const before = version === 0 ? undefined : known(name)
    if (before) unchanged(name, version)
    const faults = sinkFaults(draft, { before, names: new Set(book.all().map(each => each.name)), reach })
    if (faults.length > 0) return { saved: false, faults }
    const sink = sinkOf(draft, before)
    const fields = before ? differing(before, sink, isSame) : []
    const made = !before && draft.secret === undefined ? randomBytes(32).toString('base64url') : undefined
    const secret = draft.secret ?? made
    const isChanged = !before || fields.length > 0
    const detail = detailOf(sink, before ? fields : ['made'])
    const words = [
      ...(isChanged ? [{ action: 'sink.save', object: `sink:${name}`, detail }] : []),
      ...(secret === undefined ? [] : [secretWords(name)])
    ]
    const changes = isChanged ? [{ recordId: name, value: sink, fields }] : []
    // One commit: the old receiver is sent nothing that is signed with the secret of the new one.
    if (words.length > 0)
      await records.save(
        ...([changes, user, words, secret === undefined ? [] : [secretRow(name, secret)]] as const),
        before ? [] : [notPaused(name)]
      )
    if (!before) paused.delete(name)
    await renew(name)
    return { saved: true, id: name, version: records.versionOf(name), ...(made ? { secret: made } : {}) }
  }

  async function remove(name: string, version: number, user: SessionUser): Promise<SinkSaved> {
    const sink = known(name)
    if (book.originOf(name) === 'file') return refused('', 'ofFile')
    unchanged(name, version)
    const words = { action: 'sink.remove', object: `sink:${name}`, detail: detailOf(sink, []) }
    const gone = [{ recordId: name, fields: [] }]
    await records.save(gone, user, [words, secretWords(name)], [secretRow(name, '')], [notPaused(name)])
    paused.delete(name)
    await renew(name)
    const { rows, durable } = outbox.orphanRows(name)
    // The sink is gone already, stored or not; the next start gives up what waits as well.
    await store.commit({ documents: rows }).finally(durable)
    return { saved: true, id: name, version: records.versionOf(name) }
  }

  /** Beside the queue, also of a sink that is paused or switched off: that is when somebody wants to know. */
  async function tryOut(name: string, user: SessionUser): Promise<SinkTried> {
    const sink = known(name)
    const item = outbox.test(sink)
    const secret = (await store.credential(SINK_CREDENTIAL, name))?.password
    const atMs = clock.now()
    if (!secret) return { delivery: item.id, taken: false, atMs, ms: 0, error: 'noSecret' }
    // On record before it leaves.
    const began = entry(user, 'sink.test', name, { delivery: item.id, host: new URL(sink.url).host })
    await store.commit({ audit: [began] })
    const from = performance.now()
    const answer = await tryPost(sink)(
      sink.url,
      signedHeaders(secret, item, atMs),
      item.body,
      AbortSignal.timeout(60_000)
    )
    const tried = { delivery: item.id, atMs, ms: Math.round(performance.now() - from), ...answer }
    if (tried.taken) {
      const done = { ...item, attempts: 1, status: tried.status, endedAtMs: clock.now() }
      const { rows, durable } = outbox.deliveredRows(item, deliveryOf(done, 'delivered'))
      await store.commit({ documents: rows })
      durable()
    }
    return tried
  }

  return {
    async detail(name) {
      const { url, ...draft } = known(name)
      const secret = await store.credential(SINK_CREDENTIAL, name)
      return {
        ...{ draft, host: new URL(url).host, origin: book.originOf(name) ?? 'page' },
        ...{ version: records.versionOf(name), hasSecret: Boolean(secret?.password) },
        history: await records.history(name)
      }
    },
    save: (draft, version, user) => serial.run('sinks', () => save(draft, version, user)),
    remove: (name, version, user) => serial.run('sinks', () => remove(name, version, user)),
    async tryOut(name, user) {
      if (trying.has(name)) throw new GatewayError('CONFLICT_RETRY', { sink: name.slice(0, 80) })
      trying.add(name)
      try {
        return await tryOut(name, user)
      } finally {
        trying.delete(name)
      }
    }
  }
}

const isSame = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b)

/** For the audit log: where to, and what changed; never the whole address. */
function detailOf({ url, format, enabled, personal }: SinkSettings, fields: readonly string[]) {
  return { host: new URL(url).host, format, enabled, personal, changed: fields.join(' ') }
}
