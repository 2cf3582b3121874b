/**
 * Sends what waits for one sink: messages of one incident one after the other (those to contacts only until each was tried), several incidents
 * side by side; what fails is tried again with growing pauses, what will never be taken is given up, and a sink that is down is left alone for
 * a while.
 */
import type { SinkSettings, SinkView } from '../../core/outwards.ts'
import type { Clock, Log } from '../../core/ports.ts'
import type { Store } from '../../core/store.ts'
import { backOffMs, createBreaker } from './breaker.ts'
import { deliveryOf, type Item, textFor } from './item.ts'
import { signedHeaders } from './message.ts'
import { ITEM, type Outbox } from './outbox.ts'
import type { Post, PostResult } from './post.ts'

export interface SenderSettings {
  readonly retryMs: number
  readonly retryMaxMs: number
  readonly giveUpMs: number
  readonly breakerFailures: number
  readonly breakerMs: number
}

export interface SenderDeps {
  readonly sink: SinkSettings
  readonly outbox: Outbox
  readonly store: Pick<Store, 'commit'>
  readonly clock: Clock
  readonly log: Log
  readonly settings: SenderSettings
  readonly post: Post
  /** Read anew for each message, so that a changed secret counts at once. */
  secret(): Promise<string | undefined>
  readonly random: () => number
  /** Sends nothing until `pause` has said whether it is paused. */
  readonly isHeld?: boolean
  /** Its contact calls for help himself: asked again just before it leaves. */
  isCalling?(item: Item): boolean
  /** The sink has it, and that is on record. */
  onDelivered?(item: Item): void
  /** The sink is down, or is there again. */
  onState(down: string | undefined): void
}

export interface Sender {
  /** There may be something new. */
  kick(): void
  pause(paused: boolean): void
  /** Tries at once, whatever the pauses say. */
  hurry(): void
  view(): Pick<SinkView, 'state' | 'retryAtMs' | 'error'>
  stop(): Promise<void>
}

/** Incidents whose messages are under way at once. */
const SIDE_BY_SIDE = 4
/** Until it is asked again whether a contact still calls for help himself. */
const HELD_MS = 15_000
/** A clock that is slewed drifts by less between two looks; it adds up to a step of its own. */
const STEP_MS = 1_000

export function createSender(deps: SenderDeps): Sender {
  const { sink, outbox, store, clock, log, settings } = deps
  const breaker = createBreaker({
    failures: settings.breakerFailures,
    pauseMs: settings.breakerMs,
    get maxPauseMs() {
      return settings.retryMaxMs
    }
  })
  const abort = new AbortController()
  const busy = new Map<string, Promise<void>>()
  let cancelTimer: (() => void) | undefined
  let paused = deps.isHeld === true
  let noSecret = false
  let error: string | undefined

  /** By the clock that nobody sets, as all of the breaker is. */
  const pauseLeftMs = () => (breaker.retryAtMs === undefined ? undefined : breaker.retryAtMs - clock.steady())
  let offsetMs = clock.now() - clock.steady()
  /** A clock that was set back puts off nothing, one set forward gives up nothing: in doubt a thing is tried early. */
  const keepTimes = (): void => {
    const byMs = clock.now() - clock.steady() - offsetMs
    if (Math.abs(byMs) < STEP_MS) return
    offsetMs += byMs
    const nowMs = clock.now()
    // Written by the clock as it was: of the future now, or from before the step.
    const kept = (atMs: number) => ((byMs < 0 ? atMs > nowMs : atMs <= nowMs - byMs) ? atMs + byMs : atMs)
    for (const item of outbox.items(sink.name)) {
      const { state, sinceMs, nextAtMs, notBeforeMs } = item
      if (state !== 'waiting') continue
      const bound = notBeforeMs === undefined ? {} : { notBeforeMs: byMs < 0 ? kept(notBeforeMs) : notBeforeMs }
      outbox.put({ ...item, sinceMs: kept(sinceMs), nextAtMs: byMs < 0 ? kept(nextAtMs) : nextAtMs, ...bound })
    }
  }

  /** Of each incident only its oldest; a test of the line is a lane of its own. */
  const pump = (): void => {
    cancelTimer?.()
    cancelTimer = undefined
    if (abort.signal.aborted || paused || !sink.enabled) return
    keepTimes()
    const now = clock.now()
    const seen = new Set<string>()
    let dueMs = now + Math.max(0, pauseLeftMs() ?? 0)
    if (dueMs === now) dueMs = Infinity
    for (const item of outbox.waiting(sink.name)) {
      if (busy.size >= breaker.allowed(clock.steady(), SIDE_BY_SIDE)) break
      const lane = item.incidentId || item.id
      if (seen.has(lane) || busy.has(lane)) continue
      // A contact who cannot be told, or calls for help himself, keeps nobody else from hearing of it.
      const waitsAlone = item.held || (item.contact && item.attempts > 0)
      if (!waitsAlone || item.nextAtMs <= now) seen.add(lane)
      if (item.nextAtMs > now) dueMs = Math.min(dueMs, item.nextAtMs)
      else
        busy.set(
          lane,
          send(item)
            .finally(() => void busy.delete(lane))
            .then(pump)
        )
    }
    // Also looks whether the clock was set meanwhile.
    if (dueMs < Infinity) cancelTimer = clock.after(Math.min(dueMs - now, settings.retryMaxMs), pump)
  }

  const send = async (item: Item): Promise<void> => {
    try {
      const secret = await deps.secret()
      noSecret = secret === undefined
      // Taken back while the secret was fetched: under duress nobody is told any more (rule 5).
      if (!outbox.has(item)) return
      // His telephone would sound beside whoever threatens him (rule 5).
      if (deps.isCalling?.(item)) return await hold(item)
      const body = textFor(item, sink)
      // Written for another receiver, or with names that are not meant for this one.
      if (body === undefined) return await giveUp({ ...item, held: undefined, error: 'sinkChanged' }, clock.now())
      const result: PostResult =
        secret === undefined
          ? { kind: 'failed', error: 'noSecret' }
          : await deps.post(sink.url, signedHeaders(secret, { ...item, body }, clock.now()), body, abort.signal)
      if (abort.signal.aborted && result.kind !== 'taken') return
      await settle(item, result)
    } catch (failed) {
      // The store refused: the message stays, and may reach the sink twice.
      log.warn({ err: failed, sink: sink.name }, 'the end of a delivery could not be stored')
      if (outbox.has(item)) outbox.put({ ...item, nextAtMs: clock.now() + settings.retryMs })
    }
  }

  /** As long as any other is tried, and not for ever: what is hours old would only frighten. */
  const hold = async (item: Item): Promise<void> => {
    const now = clock.now()
    if (now - item.sinceMs < settings.giveUpMs)
      return outbox.put({ ...item, held: true, nextAtMs: Math.min(now + HELD_MS, item.sinceMs + settings.giveUpMs) })
    await giveUp({ ...item, held: undefined, error: 'contactCalling' }, now)
  }

  const giveUp = async (item: Item, now: number): Promise<void> => {
    log.warn({ sink: sink.name, delivery: item.id, why: item.error }, 'a message outwards was given up')
    const dead: Item = { ...item, state: 'dead', endedAtMs: now }
    await store.commit({ documents: [{ kind: ITEM, key: item.key, body: dead }] })
    outbox.put(dead)
  }

  const settle = async (item: Item, result: PostResult): Promise<void> => {
    const now = clock.now()
    const attempts = item.attempts + 1
    const wasOpen = breaker.open
    if (result.kind === 'failed') breaker.wrong(clock.steady())
    else breaker.right()
    error = result.kind === 'failed' ? result.error : undefined
    if (breaker.open !== wasOpen) deps.onState(breaker.open ? (error ?? '') : undefined)
    if (result.kind === 'taken') {
      const done = { ...item, attempts, status: result.status, error: undefined, endedAtMs: now }
      const { rows, durable } = outbox.deliveredRows(item, deliveryOf(done, 'delivered'))
      await store.commit({ documents: rows })
      durable()
      return deps.onDelivered?.(item)
    }
    // Taken back while it was tried: it is neither tried again nor kept.
    if (!outbox.has(item)) return
    const why = result.kind === 'refused' ? `HTTP ${result.status}` : result.error
    const tried = { ...item, held: undefined, attempts, status: result.status, error: why }
    const over = result.kind === 'refused' || now - item.sinceMs >= settings.giveUpMs
    const pauseMs = Math.max(
      backOffMs(attempts, deps.random(), settings.retryMs, settings.retryMaxMs),
      result.kind === 'failed' ? (result.retryAfterMs ?? 0) : 0
    )
    if (over) return await giveUp(tried, now)
    const after: Item = { ...tried, nextAtMs: now + pauseMs }
    await store.commit({ documents: [{ kind: ITEM, key: item.key, body: after }] })
    outbox.put(after)
  }

  return {
    kick: pump,
    pause(wanted) {
      paused = wanted
      pump()
    },
    hurry() {
      breaker.right()
      for (const item of outbox.items(sink.name))
        if (item.state === 'waiting' && !busy.has(item.incidentId || item.id))
          outbox.put({ ...item, nextAtMs: item.notBeforeMs ?? 0 })
      deps.onState(undefined)
      pump()
    },
    view() {
      const leftMs = pauseLeftMs()
      return {
        state: !sink.enabled ? 'disabled' : paused ? 'paused' : noSecret ? 'noSecret' : breaker.open ? 'open' : 'ready',
        retryAtMs: leftMs === undefined ? undefined : Math.round(clock.now() + leftMs),
        error
      }
    },
    async stop() {
      cancelTimer?.()
      abort.abort()
      await Promise.all(busy.values())
    }
  }
}
