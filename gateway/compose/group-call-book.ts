/** What is kept of group calls 群呼: the open one with each of its units, and those before; answers that come together share a commit. */
import type { UnitId } from '../core/brand.ts'
import { GatewayError } from '../core/errors.ts'
import {
  afterRestart,
  applyGroupParty,
  type GroupCallHead,
  type GroupParty,
  GROUP_CALL_LIMITS as LIMITS,
  type PartyChange
} from '../core/group-call.ts'
import type { Clock, Log } from '../core/ports.ts'
import { createSerial } from '../core/serial.ts'
import type { AuditEntry, Change, Commit, Store } from '../core/store.ts'

const HEADS = 'groupCall'
const PARTIES = 'groupCall.party'
/** One after the other: what is kept of a call, its end, the next one's start. */
const BOOK = 'book'

export interface GroupCallBook {
  readonly open: GroupCallHead | undefined
  readonly parties: ReadonlyMap<UnitId, GroupParty>
  /** Newest first. */
  readonly past: readonly GroupCallHead[]
  start(head: GroupCallHead, parties: readonly GroupParty[], audit: AuditEntry): Promise<void>
  /** Resolves once it is durable, false when it cannot be kept or that call is over; a confirmation that is none any more is not audited twice. */
  write(callId: string, unitId: UnitId, change: PartyChange, audit?: AuditEntry): Promise<boolean>
  /** The open one with its end; what is too old to be listed leaves. */
  end(head: GroupCallHead, audit: AuditEntry): Promise<void>
}

interface Queued {
  readonly callId: string
  readonly unitId: UnitId
  readonly change: PartyChange
  readonly audit: AuditEntry | undefined
  readonly done: (kept: boolean) => void
}

const docOf = (head: GroupCallHead, party: GroupParty) => ({
  ...{ kind: PARTIES, key: `${head.id}/${party.unitId}`, body: party }
})

export async function openGroupCallBook(deps: {
  readonly clock: Clock
  readonly log: Log
  readonly store: Pick<Store, 'documents'>
  readonly commit: Commit
}): Promise<GroupCallBook> {
  const { clock, log, store } = deps
  const partiesOf = (callId: string) => store.documents({ kind: PARTIES, fromKey: `${callId}/`, toKey: `${callId}0` })
  const heads = (await store.documents({ kind: HEADS })).map(({ body }) => body as GroupCallHead).reverse()
  let open = heads.find(({ end }) => !end)
  let past = heads.filter(({ end }) => end)
  const parties = new Map<UnitId, GroupParty>()
  for (const { body } of open ? await partiesOf(open.id) : []) {
    const party = afterRestart(body as GroupParty, clock.now())
    parties.set(party.unitId, party)
  }

  const commit = async (change: Change, apply: () => void): Promise<void> => {
    const result = await deps.commit(change, apply)
    if (!result.ok) throw new GatewayError('STORE_FAILED', { conflict: result.conflict })
  }
  const keep = async (head: GroupCallHead, all: readonly Queued[]): Promise<boolean> => {
    const next = new Map<UnitId, GroupParty>()
    const audit: AuditEntry[] = []
    for (const { unitId, change, audit: entry } of all) {
      const before = next.get(unitId) ?? parties.get(unitId)
      const after = before && applyGroupParty(before, change, clock.now())
      if (!after || after === before) continue
      next.set(unitId, after)
      if (entry) audit.push(entry)
    }
    const documents = [...next.values()].map(party => docOf(head, party))
    const apply = () => {
      for (const [unitId, party] of next) parties.set(unitId, party)
    }
    return commit({ documents, audit }, apply).then(
      () => true,
      error => {
        log.warn({ err: error }, 'answers to a group call were not put down')
        return false
      }
    )
  }
  const serial = createSerial()
  let queue: Queued[] = []
  let flushing = false
  const flush = async (): Promise<void> => {
    if (flushing) return
    flushing = true
    while (queue.length > 0)
      await serial.run(BOOK, async () => {
        const all = queue
        queue = []
        const head = open
        // What is late belongs to a call that is over: the next one's parties are others.
        const [ours, late] = [
          all.filter(({ callId }) => callId === head?.id),
          all.filter(({ callId }) => callId !== head?.id)
        ]
        for (const { done } of late) done(false)
        const kept = head !== undefined && (await keep(head, ours))
        for (const { done } of ours) done(kept)
      })
    flushing = false
  }
  const tooOld = async () => {
    const gone: { kind: string; key: string; body: undefined }[] = []
    for (const { id } of past.slice(LIMITS.kept - 1)) {
      gone.push({ kind: HEADS, key: id, body: undefined })
      for (const { key } of await partiesOf(id)) gone.push({ kind: PARTIES, key, body: undefined })
    }
    return gone
  }

  return {
    get open() {
      return open
    },
    get past() {
      return past
    },
    parties,
    start: (head, made, audit) =>
      serial.run(BOOK, () => {
        const documents = [{ kind: HEADS, key: head.id, body: head }, ...made.map(each => docOf(head, each))]
        return commit({ documents, audit: [audit] }, () => {
          open = head
          parties.clear()
          for (const party of made) parties.set(party.unitId, party)
        })
      }),
    write: (callId, unitId, change, audit) =>
      new Promise(done => {
        queue.push({ callId, unitId, change, audit, done })
        void flush()
      }),
    end: (head, audit) =>
      serial.run(BOOK, async () => {
        const documents = [{ kind: HEADS, key: head.id, body: head }, ...(await tooOld())]
        await commit({ documents, audit: [audit] }, () => {
          open = undefined
          past = [head, ...past.slice(0, LIMITS.kept - 1)]
          parties.clear()
        })
      })
  }
}
