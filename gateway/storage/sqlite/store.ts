/** The embedded store as the rooms see it: a proxy to the storage thread; nothing here touches the disk. */
import { Worker } from 'node:worker_threads'
import { GatewayError } from '../../core/errors.ts'
import type { Store } from '../../core/store.ts'
import { createTurns } from '../../core/turns.ts'
import { pack, type ReadName, type Reply, type Request, type ThreadData, type WriteName } from './messages.ts'

interface Waiting {
  readonly name: WriteName | ReadName
  resolve(value: unknown): void
  reject(error: Error): void
}

/** Beyond this many unanswered requests new ones are refused at once: a disk that hangs must not fill the memory. */
const MAX_WAITING = 50_000

/** What nobody waits for goes over with the next request, or alone after so long. */
const UNHURRIED_MS = 20

/** Beyond so many answers of one message some wait for a later turn of the event loop. */
const AT_ONCE = 16

/** What a device waits for. */
const JOURNAL: ReadonlySet<WriteName | ReadName> = new Set(['append', 'gather'])

/** So many go over as one message at most: the storage thread bounds its transactions by whole messages. */
const MAX_TOGETHER = 500

export interface SqliteStoreOptions {
  readonly dir: string
  /** Tests only: behave like a disk that is full after this many pages. */
  readonly maxPages?: number
  /** The storage thread has ended by itself: every later call is refused, so the process must be started again. Called once. */
  onDead?(error: Error): void
}

/** Opens (and migrates) the database on its own thread; resolves when it can be used. */
export async function openSqliteStore(options: SqliteStoreOptions): Promise<Store> {
  const data: ThreadData = { dir: options.dir, maxPages: options.maxPages }
  const worker = new Worker(new URL('./thread.ts', import.meta.url), {
    workerData: data,
    name: 'storage',
    // Messages live for a group only: a small nursery is enough, and is given back.
    resourceLimits: { maxYoungGenerationSizeMb: 8 }
  })
  await new Promise<void>((resolve, reject) => {
    worker.once('message', () => resolve())
    worker.once('error', reject)
    worker.once('exit', code => reject(new Error(`the storage thread ended with ${code}`)))
  })
  return createProxy(worker, options.onDead)
}

function createProxy(worker: Worker, onDead: SqliteStoreOptions['onDead']): Store {
  const waiting = new Map<number, Waiting>()
  let nextId = 1
  let lastError: string | undefined
  let dead: Error | undefined

  worker.removeAllListeners('exit')
  const settle = (entry: Waiting, reply: Reply): void => {
    if (!waiting.delete(reply.id)) return
    if (reply.ok) {
      if (JOURNAL.has(entry.name) || entry.name === 'commit') lastError = undefined
      entry.resolve(reply.value)
    } else {
      const why = `${reply.code}: ${reply.message}`
      if (JOURNAL.has(entry.name) || entry.name === 'commit') lastError = why
      entry.reject(new GatewayError(JOURNAL.has(entry.name) ? 'JOURNAL_UNAVAILABLE' : 'STORE_FAILED', { why }))
    }
  }
  const turns = createTurns()
  /** Devices are acknowledged first; what was stored beside that is told to memory and consoles in its order, and where it is much a share a turn. */
  worker.on('message', (replies: readonly Reply[]) => {
    const others: (() => void)[] = []
    for (const reply of replies) {
      const entry = waiting.get(reply.id)
      if (entry && JOURNAL.has(entry.name)) settle(entry, reply)
      else if (entry) others.push(() => settle(entry, reply))
    }
    const few = turns.waiting === 0 && others.length <= AT_ONCE
    for (const other of others) few ? other() : turns.add(other)
  })
  const die = (error: Error) => {
    if (dead) return
    dead = error
    lastError = error.message
    for (const entry of waiting.values()) entry.reject(new GatewayError('JOURNAL_UNAVAILABLE', { why: error.message }))
    waiting.clear()
    onDead?.(error)
  }
  worker.on('error', die)
  worker.on('exit', code => die(new Error(`the storage thread ended with ${code}`)))

  /** What is asked for together goes over as one message, in its order: each message costs more than what stands in it. */
  let outgoing: Request[] = []
  let isDue = false
  let later: NodeJS.Timeout | undefined
  const send = () => {
    const all = outgoing
    outgoing = []
    isDue = false
    clearTimeout(later)
    later = undefined
    for (let from = 0; from < all.length; from += MAX_TOGETHER) {
      const requests = all.slice(from, from + MAX_TOGETHER)
      try {
        worker.postMessage(requests)
      } catch {
        for (const request of requests) sendAlone(request)
      }
    }
  }
  /** One that cannot be copied is refused, and takes no other with it. */
  const sendAlone = (request: Request) => {
    try {
      worker.postMessage([request])
    } catch (error) {
      waiting.get(request.id)?.reject(error as Error)
      waiting.delete(request.id)
    }
  }

  /** In the order in which they were asked for, whoever waits for them. */
  const post = (request: Request, unhurried: boolean) => {
    outgoing.push(request)
    if (unhurried) later ??= setTimeout(send, UNHURRIED_MS)
    else if (!isDue) {
      isDue = true
      process.nextTick(send)
    }
  }

  const request = (unhurried: boolean, name: WriteName | ReadName, args: readonly unknown[]): Promise<never> =>
    new Promise<unknown>((resolve, reject) => {
      if (dead || waiting.size >= MAX_WAITING) {
        reject(
          new GatewayError('JOURNAL_UNAVAILABLE', {
            why: dead?.message ?? `${waiting.size} writes are waiting for the disk`
          })
        )
        return
      }
      const asked: Request = { id: nextId++, name, args }
      waiting.set(asked.id, { name, resolve, reject })
      post(asked, unhurried)
    }) as Promise<never>
  const call = (name: WriteName | ReadName, ...args: readonly unknown[]) => request(false, name, args)

  return {
    append: (signal, remember) => call('append', signal, remember),
    gather: reports => call('gather', reports),
    commit: change => request(change.unhurried ?? false, 'commit', [pack(change)]),
    unhandled: () => call('unhandled'),
    openIncidents: () => call('openIncidents'),
    incident: incidentId => call('incident', incidentId),
    incidentOfEvidence: evidenceId => call('incidentOfEvidence', evidenceId),
    recordingIncidents: () => call('recordingIncidents'),
    recentIncidents: query => call('recentIncidents', query),
    historyOf: query => call('historyOf', query),
    openIncidentOf: (subject, lane) => call('openIncidentOf', subject, lane),
    openAlarms: () => call('openAlarms'),
    alarm: key => call('alarm', key),
    timeline: incidentId => call('timeline', incidentId),
    lastNumber: (day, sinceMs) => call('lastNumber', day, sinceMs),
    feedSince: (scope, seq, limit) => call('feedSince', scope, seq, limit),
    feedBounds: scope => call('feedBounds', scope),
    remembered: () => call('remembered'),
    documents: query => call('documents', query),
    commandResult: (client, seq) => call('commandResult', client, seq),
    users: () => call('users'),
    saveUser: (user, audit) => call('saveUser', user, audit),
    saveSession: (session, audit) => call('saveSession', session, audit),
    deleteSession: (tokenHash, audit) => call('deleteSession', tokenHash, audit),
    sessions: nowMs => call('sessions', nowMs),
    credential: (adapter, key) => call('credential', adapter, key),
    saveCredential: (row, audit) => call('saveCredential', row, audit),
    auditTail: limit => call('auditTail', limit),
    async prune(nowMs, feedKeptMs) {
      // True while there is more: each slice is a transaction of its own.
      while (await call('prune', nowMs, feedKeptMs));
    },
    async health() {
      const { freeBytes } = (await call('probe')) as { freeBytes: number }
      return { writable: lastError === undefined, freeBytes, error: lastError }
    },
    async close() {
      if (dead) return
      worker.removeAllListeners('exit')
      await call('close')
      await worker.terminate()
      dead = new Error('the store is closed')
    }
  }
}
