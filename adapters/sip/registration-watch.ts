/**
 * Registered telephones that fall silent: a trouble of their own when their registration runs out, one of the address when all behind it
 * are gone, none while their exchange is dead, which is a trouble already.
 */

import { id, type SourceId } from '../../gateway/core/brand.ts'
import type { AdapterHost } from '../../gateway/core/ports.ts'
import { ownText } from '../kit/own-bytes.ts'
import { createTroubles, type Trouble, type Troubles } from '../kit/troubles.ts'
import type { SipConfig } from './config.ts'
import { isReliable, originOf, type Peer } from './peer.ts'
import type { Binding, Registrations } from './registrations.ts'
import { parseUri } from './uri.ts'

const SWEEP_MS = 1_000
/** After a start telephones that could not register meanwhile find their way back first. */
const START_GRACE_MS = 300_000
/** NATs forget a UDP way that is silent for half a minute. */
const KEEP_MS = 25_000
const KEEP_ALIVE = Buffer.from('\r\n\r\n')

/** Times are of the clock that nobody sets: set back, nobody who left would be missed, and no way through a NAT kept, for as long. */
interface Watched {
  peer: Peer
  /** Since when it has no binding. */
  goneMs: number | undefined
  keptMs: number
  missing: boolean
  /** Not heard since the start. */
  restored: boolean
}

interface Behind {
  readonly count: number
  readonly gone: number
}

export interface WatchPorts {
  readonly host: AdapterHost
  readonly config: SipConfig
  readonly registrations: Registrations
  /** True while the exchange at this address answers nothing. */
  isDead(address: string): boolean
  send(bytes: Buffer, to: Peer): void
}

export class RegistrationWatch {
  readonly #ports: WatchPorts
  readonly #troubles: Troubles
  readonly #watched = new Map<string, Watched>()
  readonly #startedMs: number
  #stopSweep: (() => void) | undefined

  constructor(ports: WatchPorts) {
    const { host, registrations } = ports
    this.#ports = ports
    this.#troubles = createTroubles(host, 'panicPhone')
    this.#startedMs = host.clock.steady()
    for (const number of registrations.numbers) {
      const [newest] = registrations.held(number)
      if (newest) this.#watch(number, watched(newest.peer, this.#startedMs, true))
    }
  }

  /** It has registered, or taken itself away. */
  heard(number: string, peer: Peer, model: string | undefined): void {
    const { host, registrations } = this.#ports
    const here = registrations.of(number).length > 0
    const known = this.#watched.get(number)
    const nowMs = host.clock.steady()
    if (!known && !here) return
    const one = known ?? watched(peer, nowMs, false)
    this.#watch(number, one)
    if (!here) return
    one.peer = peer
    one.goneMs = undefined
    one.missing = one.restored = false
    this.#troubles.set(this.#own(number, peer), false)
    this.#troubles.set(this.#shared(peer, 0), false)
    const cleaned = model?.replace(/[^\x20-\x7e]/g, '').slice(0, 120)
    this.#tell(number, 'online', peer, cleaned && ownText(cleaned))
  }

  stop(): void {
    this.#stopSweep?.()
    this.#troubles.stop()
  }

  #watch(number: string, one: Watched): void {
    this.#watched.set(number, one)
    this.#stopSweep ??= this.#ports.host.clock.every(SWEEP_MS, () => this.#sweep())
  }

  #sweep(): void {
    const nowMs = this.#ports.host.clock.steady()
    const late: string[] = []
    for (const [number, one] of this.#watched) {
      const bindings = this.#ports.registrations.of(number)
      if (bindings.length > 0) this.#keepAlive(one, bindings, nowMs)
      else if (one.goneMs === undefined) {
        one.goneMs = nowMs
        this.#tell(number, 'offline', one.peer)
      } else if (!one.missing && this.#isLate(one, nowMs)) late.push(number)
    }
    const behind = this.#behind()
    for (const number of late) void this.#miss(number, behind)
  }

  /** While its exchange is dead nobody behind it is late; each has the full time anew afterwards. */
  #isLate(one: Watched, nowMs: number): boolean {
    if (this.#ports.isDead(one.peer.address)) {
      one.goneMs = nowMs
      return false
    }
    const dueMs = (one.goneMs ?? nowMs) + this.#ports.config.registrar.offlineTroubleMs
    return nowMs >= (one.restored ? Math.max(dueMs, this.#startedMs + START_GRACE_MS) : dueMs)
  }

  async #miss(number: string, behindOf: (address: string) => Behind): Promise<void> {
    const one = this.#watched.get(number)
    if (!one || one.missing) return
    one.missing = true
    const { host, registrations } = this.#ports
    const login = await host.credential(number).catch(() => null)
    // Its log-in was taken away: nobody waits for it any more. A store that fails is no reason to forget.
    if (login === undefined) {
      this.#watched.delete(number)
      registrations.forget(number)
      return
    }
    if (one.goneMs === undefined) return
    const { count, gone } = behindOf(one.peer.address)
    const allGone = count > 1 && gone === count
    this.#troubles.set(allGone ? this.#shared(one.peer, count) : this.#own(number, one.peer), true)
  }

  /** Who is behind an address, counted once for all who are late in this moment: they may be twenty thousand. */
  #behind(): (address: string) => Behind {
    let counted: Map<string, Behind> | undefined
    return address => {
      counted ??= this.#countAll()
      return counted.get(address) ?? { count: 0, gone: 0 }
    }
  }

  #countAll(): Map<string, Behind> {
    const counted = new Map<string, Behind>()
    for (const { peer, goneMs } of this.#watched.values()) {
      const { count, gone } = counted.get(peer.address) ?? { count: 0, gone: 0 }
      counted.set(peer.address, { count: count + 1, gone: goneMs === undefined ? gone : gone + 1 })
    }
    return counted
  }

  #own(number: string, peer: Peer): Trouble {
    return { sourceId: id<SourceId>(`sip:${number}`), cause: 'offline', origin: originOf(peer) }
  }

  #shared(peer: Peer, count: number): Trouble {
    const sourceId = id<SourceId>(`sip:gateway@${peer.address}`)
    const said = {
      zh: `此地址下 ${count} 部电话全部掉线`,
      en: `All ${count} telephones behind this address are unregistered`
    }
    return { sourceId, cause: 'offline', origin: originOf(peer), said }
  }

  #keepAlive(one: Watched, bindings: readonly Binding[], nowMs: number): void {
    if (nowMs - one.keptMs < KEEP_MS) return
    one.keptMs = nowMs
    for (const { peer, uri } of bindings)
      if (!isReliable(peer) && isBehindNat(peer, uri)) this.#ports.send(KEEP_ALIVE, peer)
  }

  #tell(number: string, state: 'online' | 'offline', peer: Peer, model?: string): void {
    const { host } = this.#ports
    const atMs = host.clock.now()
    const deviceId = `sip:${number}`
    host.sighted({ deviceId, protocol: 'sip', state, atMs, origin: originOf(peer), model, supervised: true })
  }
}

function watched(peer: Peer, nowMs: number, restored: boolean): Watched {
  return { peer, goneMs: undefined, keptMs: nowMs, missing: false, restored }
}

/** The Contact names another place than its REGISTER came from. */
function isBehindNat(peer: Peer, contact: string): boolean {
  const uri = parseUri(contact)
  if (!uri || !('host' in uri)) return false
  return uri.host !== peer.address || (uri.port ?? 5060) !== peer.port
}
