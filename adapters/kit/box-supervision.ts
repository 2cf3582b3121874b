/**
 * Who has fallen silent. A box is supervised from its first link test (heartbeat) on, over restarts. When everything behind one address is
 * silent, that is one trouble of the address (a village's line, a carrier), not one for each box behind it.
 */
import { id, type SourceId } from '../../gateway/core/brand.ts'
import type { AdapterHost } from '../../gateway/core/ports.ts'
import type { Words } from '../../gateway/core/words.ts'
import { ADDRESS_BACK } from './common-cause.ts'
import type { Troubles } from './troubles.ts'

/** The supervised accounts with the address each was heard from last. */
const SUPERVISED = 'supervised'
const MAX_SUPERVISED = 20_000
/** Boxes come in crowds after a power cut, and mobile ones change their address: the list is written once for all of them. */
const WRITE_MS = 10_000
/** An address whose last word is this part of the limit old is silent as a whole: boxes behind it test at different seconds. */
const ADDRESS_SILENT = 0.6

interface Watched {
  address: string
  lastMs: number
  missing: boolean
}

interface Behind {
  readonly natives: Set<string>
  lastMs: number
}

export interface Supervision {
  /** A valid frame of a known account; a link test begins the supervision. True: it is supervised. */
  heard(native: string, from: { readonly address: string; readonly origin: string }, linkTest: boolean): boolean
  stop(): void
}

/** Whose boxes these are, and how the trouble of an address is said. */
export interface Supervised {
  /** Of the source ids: `dc09`. */
  readonly protocol: string
  /** Of the origins: `tcp`. */
  readonly transport: string
  readonly silentMs: number
  allSilent(count: number): Words
}

export function createSupervision(host: AdapterHost, troubles: Troubles, own: Supervised): Supervision {
  const { protocol, transport, silentMs } = own
  const sourceIdOf = (native: string) => id<SourceId>(`${protocol}:${native}`)
  const watched = new Map<string, Watched>()
  const addresses = new Map<string, Behind>()
  let cancelWrite: (() => void) | undefined

  const behind = (address: string, nowMs: number): Behind => {
    const known = addresses.get(address) ?? { natives: new Set<string>(), lastMs: nowMs }
    addresses.set(address, known)
    return known
  }
  const gateway = (address: string, origin: string) => ({
    sourceId: sourceIdOf(`gateway@${address}`),
    cause: 'offline' as const,
    origin,
    said: own.allSilent(addresses.get(address)?.natives.size ?? 0),
    over: ADDRESS_BACK
  })
  const write = (): void => {
    cancelWrite = undefined
    const value = JSON.stringify([...watched].map(([native, { address }]) => [native, address]))
    host.remember({ key: SUPERVISED, value }).catch(error => {
      host.log.warn({ err: error }, 'the list of supervised boxes could not be stored')
      cancelWrite ??= host.clock.after(WRITE_MS, write)
    })
  }
  const place = (native: string, address: string, nowMs: number): Watched => {
    const one = watched.get(native) ?? { address, lastMs: nowMs, missing: false }
    if (!watched.has(native) && watched.size >= MAX_SUPERVISED) drop(watched.keys().next().value as string)
    watched.set(native, one)
    behind(address, nowMs).natives.add(native)
    return one
  }
  /** The old address of a box that moved; with nobody left behind it, its trouble is over. */
  const leave = (native: string, address: string): void => {
    const old = addresses.get(address)
    old?.natives.delete(native)
    if (!old || old.natives.size > 0) return
    addresses.delete(address)
    troubles.set(gateway(address, `${transport} ${address}:0`), false)
  }
  const drop = (native: string): void => {
    const one = watched.get(native)
    watched.delete(native)
    if (one) leave(native, one.address)
  }
  /** The address speaks again: whoever is still silent behind it has the full time anew, then it is its own trouble. */
  const addressSpeaks = (address: string, origin: string, nowMs: number): void => {
    const all = behind(address, nowMs)
    all.lastMs = nowMs
    if (!host.recall(`trouble:offline:${sourceIdOf(`gateway@${address}`)}`)) return
    troubles.set(gateway(address, origin), false)
    for (const native of all.natives) {
      const one = watched.get(native)
      if (!one?.missing || host.recall(`trouble:offline:${sourceIdOf(native)}`)) continue
      one.missing = false
      one.lastMs = nowMs
    }
  }
  const sweep = (): void => {
    const nowMs = host.clock.steady()
    for (const [native, one] of watched) {
      if (one.missing || nowMs - one.lastMs < silentMs) continue
      one.missing = true
      const origin = `${transport} ${one.address}:0`
      host.sighted({ deviceId: sourceIdOf(native), protocol, state: 'offline', atMs: host.clock.now(), origin })
      const all = addresses.get(one.address)
      const whole = all && all.natives.size > 1 && nowMs - all.lastMs >= silentMs * ADDRESS_SILENT
      if (whole) troubles.set(gateway(one.address, origin), true)
      else troubles.set({ sourceId: sourceIdOf(native), cause: 'offline', origin }, true)
    }
  }

  const startMs = host.clock.steady()
  for (const [native, address] of readList(host.recall(SUPERVISED))) place(native, address, startMs)
  const stopSweep = host.clock.every(Math.min(5_000, silentMs / 3), sweep)
  return {
    heard(native, { address, origin }, linkTest) {
      const known = watched.get(native)
      if (!known && !linkTest) return false
      const nowMs = host.clock.steady()
      if (!known || known.address !== address) cancelWrite ??= host.clock.after(WRITE_MS, write)
      if (known && known.address !== address) leave(native, known.address)
      const one = place(native, address, nowMs)
      Object.assign(one, { address, lastMs: nowMs, missing: false })
      addressSpeaks(address, origin, nowMs)
      troubles.set({ sourceId: sourceIdOf(native), cause: 'offline', origin }, false)
      return true
    },
    stop() {
      stopSweep()
      cancelWrite?.()
    }
  }
}

function readList(text: string | undefined): readonly (readonly [native: string, address: string])[] {
  try {
    const list: unknown = JSON.parse(text ?? '[]')
    if (!Array.isArray(list)) return []
    return list.filter(
      (one): one is [string, string] => Array.isArray(one) && one.every(part => typeof part === 'string')
    )
  } catch {
    return []
  }
}
