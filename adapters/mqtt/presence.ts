/**
 * Who is connected: last will and heartbeats become sightings, and a source that stays away becomes one trouble signal; many of the embedded
 * broker that go at once become one of what they share.
 */
import { id, type SourceId } from '../../gateway/core/brand.ts'
import type { AdapterHost } from '../../gateway/core/ports.ts'
import type { Signal } from '../../gateway/core/signal.ts'
import { saying, type Words } from '../../gateway/core/words.ts'
import { createCommonCauses, type Lost } from '../kit/common-cause.ts'
import { createTroubles } from '../kit/troubles.ts'

export interface Presence {
  /** `external`: by a broker outside, while which is away its devices are not missed. */
  online(sourceId: SourceId, origin: string, external?: boolean): void
  /** Is to be here: missed like one that left. */
  expect(sourceId: SourceId, origin: string): void
  /** The external broker is reached, or away; `why` goes with its trouble. */
  linked(up: boolean, why?: Words): void
  /** The device's own word on `…/status`, or its last will's: `online`, `offline`. */
  status(sourceId: SourceId, origin: string, text: string): void
  /** The connection went away, with or without a last will. */
  closed(sourceId: SourceId, origin: string): void
  stop(): void
}

/** The external broker itself as a source: its absence is one trouble, its devices' are inhibited meanwhile. */
export const BROKER = id<SourceId>('mqtt:broker')

/** In front of those behind the external broker in the stored list. */
const BEHIND = '>'
/** The sources under supervision, so that one that does not come back after a restart is missed. */
const SUPERVISED = 'mqtt-online'
/** Log-ins come in crowds after a power cut: the list is written once for all of them. */
const WRITE_MS = 1_000
/** A supervision signal that could not be stored is told again. */
const TELL_AGAIN_MS = 5_000

/** `maxSupervised`: as many as are served; beyond it the oldest is no longer missed after a restart. */
export function createPresence(host: AdapterHost, troubleMs: number, maxSupervised: number): Presence {
  const timers = new Map<SourceId, () => void>()
  const online = new Set<SourceId>()
  /** True: behind the external broker. */
  const supervised = new Map<SourceId, boolean>(readList(host.recall(SUPERVISED)))
  /** Who is away, since when, and from which address it was heard. */
  const gone = new Map<SourceId, { readonly sinceMs: number; readonly address?: string }>()
  const troubles = createTroubles(host, 'alarmBox')
  const common = createCommonCauses(host, troubles, { protocol: 'mqtt', zh: '台设备', en: 'devices' })
  let linkUp = true
  let linkFault: Words | undefined
  let cancelWrite: (() => void) | undefined
  const inTrouble = (sourceId: SourceId) => host.recall(`mqtt-trouble:${sourceId}`)

  const write = (): void => {
    cancelWrite = undefined
    host
      .remember({
        key: SUPERVISED,
        value: JSON.stringify([...supervised].map(([source, behind]) => (behind ? BEHIND : '') + source))
      })
      .catch(error => {
        host.log.warn({ err: error }, 'the list of supervised sources could not be stored')
        cancelWrite ??= host.clock.after(TELL_AGAIN_MS, write)
      })
  }
  const supervise = (sourceId: SourceId, external: boolean): void => {
    if (supervised.get(sourceId) === external) return
    supervised.set(sourceId, external)
    const [oldest] = supervised.keys()
    if (supervised.size > maxSupervised && oldest !== undefined) supervised.delete(oldest)
    cancelWrite ??= host.clock.after(WRITE_MS, write)
  }

  const tell = (
    sourceId: SourceId,
    origin: string,
    qualifier: 'new' | 'restore',
    episode: string
  ): Promise<unknown> => {
    const signal: Signal = {
      sourceId,
      sourceKind: 'alarmBox',
      qualifier,
      condition: 'fault',
      alarmClass: 'trouble',
      cause: sourceId === BROKER ? 'broker' : 'offline',
      eventId: `${qualifier === 'new' ? 'offline' : 'online'}:${episode}`,
      receivedTimeMs: host.clock.now(),
      verified: true,
      origin,
      ...(sourceId === BROKER && qualifier === 'new' && linkFault ? saying(linkFault) : {})
    }
    // The episode is remembered with the signal, so that a restart neither repeats it nor forgets to restore it.
    return host.accept(signal, { key: `mqtt-trouble:${sourceId}`, value: qualifier === 'new' ? episode : '' })
  }
  /** One timer per source: what is to be told next, or told again. */
  const later = (sourceId: SourceId, ms: number, work: () => void): void => {
    timers.get(sourceId)?.()
    const cancel = host.clock.after(ms, () => {
      timers.delete(sourceId)
      work()
    })
    timers.set(sourceId, cancel)
  }
  const lostOf = (sourceId: SourceId): Lost => {
    const { sinceMs = host.clock.now(), address } = gone.get(sourceId) ?? {}
    const told = Boolean(inTrouble(sourceId)) || common.covers(sourceId)
    return { ...{ native: sourceId, address, lastMs: sinceMs, away: !online.has(sourceId) }, told }
  }
  /** Of the embedded broker: of those behind another one its own absence is the trouble. */
  const shared = (): readonly Lost[] =>
    [...supervised].flatMap(([sourceId, behind]) => (behind || sourceId === BROKER ? [] : lostOf(sourceId)))
  const isShared = (sourceId: SourceId, origin: string): boolean =>
    supervised.get(sourceId) === false &&
    sourceId !== BROKER &&
    common.cover(lostOf(sourceId), shared(), origin).length > 0

  const missed = (sourceId: SourceId, origin: string): void => {
    if (online.has(sourceId) || inTrouble(sourceId) || common.covers(sourceId)) return
    // Nobody knows: the broker's own absence is the trouble.
    if (supervised.get(sourceId) && !linkUp) {
      later(sourceId, troubleMs, () => missed(sourceId, origin))
      return
    }
    if (isShared(sourceId, origin)) return
    tell(sourceId, origin, 'new', String(host.clock.now())).then(
      // It may have come back while the trouble was being stored.
      () => online.has(sourceId) && restored(sourceId, origin),
      again(sourceId, () => missed(sourceId, origin))
    )
  }
  const restored = (sourceId: SourceId, origin: string): void => {
    const episode = inTrouble(sourceId)
    if (!episode || !online.has(sourceId)) return
    tell(sourceId, origin, 'restore', episode).catch(again(sourceId, () => restored(sourceId, origin)))
  }
  const again = (sourceId: SourceId, work: () => void) => (error: unknown) => {
    host.log.warn({ err: error, source: sourceId }, 'a supervision signal could not be stored yet')
    if (!stopped && !timers.has(sourceId)) later(sourceId, TELL_AGAIN_MS, work)
  }
  let stopped = false

  /** Who shared its trouble and is still away has the full time anew. */
  const back = (sourceId: SourceId, origin: string): void => {
    for (const each of common.back(sourceId, gone.get(sourceId)?.address ?? addressOf(origin))) {
      const other = id<SourceId>(each)
      gone.set(other, { ...gone.get(other), sinceMs: host.clock.now() })
      later(other, troubleMs, () => missed(other, origin))
    }
    gone.delete(sourceId)
  }

  const away = (sourceId: SourceId, origin: string): void => {
    if (!online.delete(sourceId)) return
    gone.set(sourceId, { sinceMs: host.clock.now(), address: addressOf(origin) })
    host.sighted({ deviceId: sourceId, protocol: 'mqtt', state: 'offline', atMs: host.clock.now(), origin })
    later(sourceId, troubleMs, () => missed(sourceId, origin))
  }
  const here = (sourceId: SourceId, origin: string, external = false): void => {
    timers.get(sourceId)?.()
    timers.delete(sourceId)
    host.sighted({ deviceId: sourceId, protocol: 'mqtt', state: 'online', atMs: host.clock.now(), origin })
    online.add(sourceId)
    supervise(sourceId, external)
    back(sourceId, origin)
    restored(sourceId, origin)
  }

  // Whoever was here before the restart has as long to come back as after a cut.
  for (const sourceId of supervised.keys()) gone.set(sourceId, { sinceMs: host.clock.now() })
  common.resume(shared())
  for (const sourceId of supervised.keys()) later(sourceId, troubleMs, () => missed(sourceId, 'tcp unknown'))
  return {
    online: here,
    status(sourceId, origin, text) {
      if (text.includes('offline')) away(sourceId, origin)
      else here(sourceId, origin)
    },
    closed: away,
    expect: (sourceId, origin) => later(sourceId, troubleMs, () => missed(sourceId, origin)),
    linked(up, why) {
      linkFault = why
      if (up && !linkUp)
        for (const [sourceId, behind] of supervised)
          if (behind && !online.has(sourceId)) later(sourceId, troubleMs, () => missed(sourceId, 'tcp unknown'))
      linkUp = up
    },
    stop() {
      stopped = true
      cancelWrite?.()
      troubles.stop()
      for (const cancel of timers.values()) cancel()
      timers.clear()
    }
  }
}

/** Of `tcp 10.0.0.7:50123`. */
function addressOf(origin: string): string | undefined {
  const address = origin.slice(origin.indexOf(' ') + 1).replace(/:\d+$/, '')
  return address === 'unknown' ? undefined : address
}

function readList(text: string | undefined): (readonly [SourceId, boolean])[] {
  try {
    const list: unknown = JSON.parse(text ?? '[]')
    const texts = Array.isArray(list) ? list.filter(each => typeof each === 'string') : []
    return texts.map(each => [id<SourceId>(each.replace(BEHIND, '')), each.startsWith(BEHIND)] as const)
  } catch {
    return []
  }
}
