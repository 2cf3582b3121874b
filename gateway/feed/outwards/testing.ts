/** For tests of what goes outwards: one sink, its queue and its sender over a store and a clock of the test's own; commits take effect as in service. */
import type { Incident } from '../../core/incident.ts'
import type { SinkSettings } from '../../core/outwards.ts'
import type { AuditEntry, Change, Store } from '../../core/store.ts'
import { createFakeClock, settle } from '../../testing/fake-clock.ts'
import { silentLog } from '../../testing/fake-host.ts'
import { type ContactRules, numberIn } from './contacts.ts'
import type { Item } from './item.ts'
import { createOutbox } from './outbox.ts'
import type { PostResult } from './post.ts'
import { createSender } from './sender.ts'
import type { OutwardPosition } from './view.ts'

export const SINK: SinkSettings = {
  ...{ name: 'city', url: 'https://example.org/hook', enabled: true, format: 'json', scope: 'private', addresses: [] },
  ...{ restriction: '', status: 'actual', personal: false, tell: 'opened', lowestPriority: 4, classes: [] }
}
export const SITE = {
  ...{ code: 'linxi', sender: 'pingan-gateway.linxi', name: '临溪县', centre: '监控中心' },
  ...{ timeZone: 'Asia/Shanghai', demo: false }
}
export const SETTINGS = { retryMs: 1_000, retryMaxMs: 60_000, giveUpMs: 600_000, breakerFailures: 3, breakerMs: 30_000 }
export const RULES: ContactRules = { classes: ['help', 'medical', 'fire'], afterMs: 30_000 }
export const TAKEN: PostResult = { kind: 'taken', status: 204 }
export const DOWN: PostResult = { kind: 'failed', error: 'ECONNREFUSED' }

/** Documents as a store keeps them: what is committed is there after a restart. */
export function fakeStore() {
  const rows = new Map<string, object>()
  const state = { failing: false }
  const incidents = new Map<string, Incident>()
  const store = {
    commit: async (change: Change) => {
      if (state.failing) throw new Error('disk full')
      for (const incident of change.incidents ?? []) incidents.set(incident.id, incident)
      for (const { kind, key, body } of change.documents ?? [])
        if (body === undefined) rows.delete(`${kind}\n${key}`)
        else rows.set(`${kind}\n${key}`, JSON.parse(JSON.stringify(body)))
      return { ok: true as const, feed: [] }
    },
    documents: async ({ kind, fromKey = '' }: { kind: string; fromKey?: string }) =>
      [...rows]
        .map(([path, body]) => ({ kind: path.split('\n')[0], key: path.split('\n')[1] ?? '', body }))
        .filter(row => row.kind === kind && row.key >= fromKey)
        .sort((a, b) => (a.key < b.key ? -1 : 1)),
    incident: async (incidentId: string) => incidents.get(incidentId)
  }
  return { store: store as unknown as Pick<Store, 'commit' | 'documents' | 'incident'>, rows, state }
}

/** One sink with its queue and sender. */
export async function bench({
  sink = SINK,
  queueMax = 100,
  giveUpMs = SETTINGS.giveUpMs
}: {
  sink?: SinkSettings
  queueMax?: number
  giveUpMs?: number
} = {}) {
  const { store, rows, state } = fakeStore()
  const clock = createFakeClock()
  const posts: { event: string; incident: string; delivery: string; body: string }[] = []
  const downs: (string | undefined)[] = []
  const delivered: Item[] = []
  const answers: (PostResult | Promise<PostResult>)[] = []
  const now = { answer: TAKEN as PostResult, secret: 'a secret of the test' as string | undefined, calling: '' }
  const road: { at?: OutwardPosition } = {}
  const more = { moves: { movedM: 500, movedEveryMs: 60_000 }, vehicleAt: () => road.at }
  const start = async () => {
    const outbox = await createOutbox({
      store,
      clock,
      site: SITE,
      sinks: () => [sink],
      queueMax,
      contacts: RULES,
      ...more
    })
    const sender = createSender({
      ...{ sink, outbox, store, clock, log: silentLog, settings: { ...SETTINGS, giveUpMs }, random: () => 0.5 },
      secret: async () => now.secret,
      isCalling: ({ body }) => now.calling !== '' && numberIn(body) === now.calling,
      onState: down => void downs.push(down),
      onDelivered: item => void delivered.push(item),
      async post(_url, headers, body) {
        const incident = body.startsWith('{') ? (JSON.parse(body).incident?.number ?? '') : ''
        posts.push({
          ...{ event: headers['x-pingan-event'] ?? '', incident, body },
          delivery: headers['x-pingan-delivery'] ?? ''
        })
        return answers.shift() ?? now.answer
      }
    })
    return { outbox, sender }
  }
  let life = await start()
  const audit: AuditEntry[] = []
  /** One step of an incident, committed with what it tells outwards; `conflict`: another was faster, and it does not happen. */
  const step = async (incident: Incident, { conflict = false } = {}) => {
    const { change, durable, undone } = life.outbox.join({ incidents: [incident] })
    if (conflict) return undone()
    await store.commit(change)
    audit.push(...(change.audit ?? []))
    durable()
    life.sender.kick()
    await settle()
  }
  return {
    ...{ audit, delivered },
    ...{ clock, posts, downs, answers, now, rows, state, step, store },
    outbox: () => life.outbox,
    road,
    /** One look after the vehicle. */
    async look(incident: Incident) {
      const told = life.outbox.moved(incident)
      if (!told) return
      await store.commit({ documents: told.rows })
      told.durable()
      life.sender.kick()
      await settle()
    },
    sender: () => life.sender,
    /** As after a kill: nothing of the memory is left. */
    async restart() {
      life = await start()
      life.sender.kick()
      await settle()
    },
    /** Of JSON. */
    sequences: (): readonly number[] => posts.map(({ body }) => JSON.parse(body).sequence),
    said: () => posts.map(({ event, incident }) => `${incident} ${event}`)
  }
}
