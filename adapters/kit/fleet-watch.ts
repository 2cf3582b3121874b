/**
 * Vehicles that fall silent. One that was on line and is not heard for three heartbeats is a trouble; one that logged out, or whose last word
 * was that its engine is off, is not missed: terminals sleep when a taxi is parked. Many at once are one trouble of what they share.
 */
import { id, type SourceId } from '../../gateway/core/brand.ts'
import type { AdapterHost } from '../../gateway/core/ports.ts'
import { createCommonCauses, type Lost } from './common-cause.ts'
import { createTroubles } from './troubles.ts'

/** The vehicles that are waited for, with the address each was heard from last. */
const SUPERVISED = 'supervised'
const MAX_SUPERVISED = 20_000
/** Mobile terminals come back from another address all day long: the list is written once for all of them. */
const WRITE_MS = 60_000
/** After a start terminals find their way back first. */
const START_GRACE_MS = 300_000
/** Who is silent for this part of the limit counts as lost with one who has reached it: they report at different seconds. */
const SILENT_TOO = 0.6

/** A vehicle's line, read when it is needed: fifty thousand positions a second tell nobody. */
export interface Life {
  readonly origin: string
  readonly address: string
  /** Of its last valid frame, by the clock that nobody sets. */
  readonly lastFrameMs: number
  /** By its last position the engine (ACC) is off. */
  readonly parked: boolean
}

export interface FleetWatch {
  /** It has proved who it is, by this line. */
  here(native: string, life: Life): void
  /** The line has ended; another that has taken its place is not touched. */
  gone(native: string, life: Life): void
  /** It has logged out. */
  left(native: string): void
  /** Resolves when what was not written yet is written, or cannot be. */
  stop(): Promise<void>
}

interface Watched {
  address: string
  /** What counts when it is later than the line's; all times here are of the clock that nobody sets: it must neither miss everybody at once nor nobody for an hour. */
  lastMs: number
  life?: Life
  parked: boolean
  /** Since when it is told, by itself or with others; any later word ends it. */
  missedMs?: number
}

export interface FleetSettings {
  readonly protocol: string
  readonly silentMs: number
  /** The end of our own run takes nobody away. */
  readonly abort: AbortSignal
}

export function createFleetWatch(host: AdapterHost, { protocol, silentMs, abort }: FleetSettings): FleetWatch {
  const troubles = createTroubles(host, 'taxi')
  const common = createCommonCauses(host, troubles, { protocol, zh: '辆车', en: 'vehicles' })
  const watched = new Map<string, Watched>()
  let cancelWrite: (() => void) | undefined

  const sourceIdOf = (native: string) => id<SourceId>(`${protocol}:${native}`)
  const own = (native: string, one: Watched) => ({
    ...{ sourceId: sourceIdOf(native), cause: 'offline' as const, origin: one.life?.origin ?? `tcp ${one.address}:0` },
    said: { zh: '三个心跳周期没有音讯', en: 'Silent for three heartbeats' }
  })
  const write = async (): Promise<void> => {
    cancelWrite?.()
    cancelWrite = undefined
    const awaited = [...watched].filter(([, { parked }]) => !parked)
    const value = JSON.stringify(awaited.map(([native, { address }]) => [native, address]))
    try {
      await host.remember({ key: SUPERVISED, value })
    } catch (error) {
      host.log.warn({ err: error }, 'the list of supervised vehicles could not be stored')
      if (!abort.aborted) changed()
    }
  }
  const changed = (): void => {
    cancelWrite ??= host.clock.after(WRITE_MS, () => void write())
  }
  /** Here again or waited for no more: who shared its trouble may have the full time anew. */
  const back = (native: string, address: string): void => {
    for (const other of common.back(native, address)) {
      const one = watched.get(other)
      if (one) Object.assign(one, { missedMs: undefined, lastMs: host.clock.steady() })
    }
  }
  const drop = (native: string): void => {
    const one = watched.get(native)
    if (!watched.delete(native) || !one) return
    back(native, one.address)
    changed()
  }
  const heard = (native: string, one: Watched): void => {
    one.missedMs = undefined
    back(native, one.address)
    troubles.set(own(native, one), false)
  }
  const lostOf = (native: string, one: Watched, nowMs: number): Lost => {
    const lastMs = lastOf(one)
    const away = nowMs - lastMs >= silentMs * SILENT_TOO
    return { ...{ native, address: one.address, lastMs, away }, told: one.missedMs !== undefined }
  }
  const allOf = (nowMs: number): readonly Lost[] =>
    [...watched].filter(([, { parked }]) => !parked).map(([native, one]) => lostOf(native, one, nowMs))

  const miss = (native: string, one: Watched, nowMs: number): void => {
    const origin = own(native, one).origin
    const covered = common.cover(lostOf(native, one, nowMs), allOf(nowMs), origin)
    for (const each of covered) {
      const other = watched.get(each)
      if (other) other.missedMs = nowMs
    }
    if (covered.length > 0) return
    one.missedMs = nowMs
    troubles.set(own(native, one), true)
  }
  const sweep = (): void => {
    const nowMs = host.clock.steady()
    const late: [string, Watched][] = []
    for (const [native, one] of watched) {
      if (one.life && one.life.parked !== one.parked) {
        one.parked = one.life.parked
        changed()
      }
      const { missedMs, parked } = one
      if (missedMs === undefined && !parked && nowMs - lastOf(one) >= silentMs) late.push([native, one])
      else if (missedMs !== undefined && one.life && lastOf(one) > missedMs) heard(native, one)
    }
    // Dismissed by the administrator.
    for (const [native, one] of late)
      if (!host.known(sourceIdOf(native))) drop(native)
      else if (one.missedMs === undefined) miss(native, one, nowMs)
  }

  const startMs = host.clock.steady()
  for (const [native, address] of readList(host.recall(SUPERVISED))) {
    const missedMs = host.recall(`trouble:offline:${sourceIdOf(native)}`) ? startMs : undefined
    // With the grace each has as much time left as after a cut, and never less than the grace.
    const lastMs = startMs + Math.max(0, START_GRACE_MS - silentMs)
    watched.set(native, { address, lastMs, parked: false, missedMs })
  }
  common.resume(allOf(startMs))
  for (const [native, one] of watched) if (common.covers(native)) one.missedMs = startMs
  const stopSweep = host.clock.every(Math.min(5_000, silentMs / 3), sweep)

  return {
    here(native, life) {
      if (abort.aborted) return
      const known = watched.get(native)
      if (!known && watched.size >= MAX_SUPERVISED) drop(watched.keys().next().value as string)
      const one = known ?? { address: life.address, lastMs: 0, parked: false }
      watched.set(native, one)
      if (known?.address !== life.address) changed()
      // Its trouble may be that of the address it had.
      heard(native, one)
      Object.assign(one, { life, address: life.address, lastMs: host.clock.steady(), parked: life.parked })
    },
    gone(native, life) {
      const one = watched.get(native)
      if (abort.aborted || one?.life !== life) return
      if (life.parked) return drop(native)
      one.lastMs = lastOf(one)
      one.life = undefined
    },
    left: native => {
      if (!abort.aborted) drop(native)
    },
    async stop() {
      stopSweep()
      troubles.stop()
      if (cancelWrite) await write()
    }
  }
}

function lastOf({ lastMs, life }: Watched): number {
  return Math.max(lastMs, life?.lastFrameMs ?? 0)
}

function readList(text: string | undefined): readonly (readonly [native: string, address: string])[] {
  try {
    const list: unknown = JSON.parse(text ?? '[]')
    if (!Array.isArray(list)) return []
    return list.filter(
      (one): one is [string, string] =>
        Array.isArray(one) && one.length === 2 && one.every(part => typeof part === 'string')
    )
  } catch {
    return []
  }
}
