/** One device as the session keeps it: when it is read next, when it counts as gone, when a refused login may be tried again. Pure. */
import type { Credential } from '../../gateway/core/ports.ts'
import type { LoginScheme } from './client.ts'

export interface Pacing {
  readonly readIntervalMs: number
  readonly unauthorizedRetryMs: number
  readonly missedProbes: number
}

const FIRST_RETRY_MS = 5_000
const LONGEST_LOCKOUT_PAUSE_MS = 24 * 3_600_000
/** A Hello, which anybody can send, causes at most one reading in this time. */
const SETTLE_MS = 10_000

export class WatchedDevice {
  readonly endpoint: string
  /** Tried in this order. */
  urls: readonly string[]
  /** The address that answered. */
  address: string
  /** What the last reading came to. */
  state: 'new' | 'online' | 'unauthorized' = 'new'
  /** False between going and coming back. */
  present = true
  /** An answer or a Hello came from its own address in this round. */
  heard = true
  reading = false
  scheme: LoginScheme | undefined
  nextReadMs = 0
  #lastReadMs = Number.NEGATIVE_INFINITY
  #failures = 0
  #missed = 0
  /** Its address gave no sign of life for as many rounds as set. */
  #lost = false
  #refused: { readonly credential: Credential | undefined } | undefined

  constructor(endpoint: string, address: string, urls: readonly string[]) {
    this.endpoint = endpoint
    this.address = address
    this.urls = urls
  }

  /**
   * It answered a probe or said Hello; false when that is not believed. Anybody can say Hello in its name and would get its login, and a
   * device with two network cards answers from both: once read, it has moved only when its own address, asked each round, stays silent.
   */
  heardFrom(address: string, urls: readonly string[], nowMs: number, hello: boolean): boolean {
    const elsewhere = address !== this.address
    if (elsewhere && this.state !== 'new' && !this.#lost) return false
    const moved = elsewhere || urls[0] !== this.urls[0]
    this.heard = true
    this.#lost = false
    this.address = address
    this.urls = urls
    if (moved || hello) this.wantRead(nowMs)
    return true
  }

  /** Reads soon, but never ends the pause after a refused login. */
  wantRead(nowMs: number): void {
    if (this.state !== 'unauthorized')
      this.nextReadMs = Math.min(this.nextReadMs, Math.max(nowMs, this.#lastReadMs + SETTLE_MS))
  }

  /** True when it should be read now; another login than the refused one ends the pause. */
  isDue(nowMs: number, credential: Credential | undefined): boolean {
    if (this.reading) return false
    const refused = this.#refused
    if (this.state === 'unauthorized' && refused && !sameLogin(refused.credential, credential)) return true
    return nowMs >= this.nextReadMs
  }

  readDone(nowMs: number, scheme: LoginScheme | undefined, pacing: Pacing): void {
    this.state = 'online'
    this.present = true
    this.scheme = scheme
    this.#refused = undefined
    this.#settle(nowMs, 0, pacing.readIntervalMs)
  }

  readFailed(nowMs: number, pacing: Pacing): void {
    this.#settle(nowMs, this.#failures + 1, Math.min(FIRST_RETRY_MS * 2 ** this.#failures, pacing.readIntervalMs))
  }

  /** Longer each time: devices lock out after some wrong passwords and often start anew with each further one. */
  loginRefused(nowMs: number, credential: Credential | undefined, pacing: Pacing): void {
    const failures = this.state === 'unauthorized' ? this.#failures : 0
    this.state = 'unauthorized'
    this.scheme = undefined
    this.#refused = { credential }
    this.#settle(nowMs, failures + 1, Math.min(pacing.unauthorizedRetryMs * 2 ** failures, LONGEST_LOCKOUT_PAUSE_MS))
  }

  /** The round's end; true when the device has just gone offline. */
  endRound(alive: boolean, pacing: Pacing): boolean {
    this.#missed = alive ? 0 : this.#missed + 1
    this.heard = false
    this.#lost = this.#missed >= pacing.missedProbes
    return this.#lost && this.goOffline()
  }

  /** True when it was here before. A pause after a refused login outlives an absence. */
  goOffline(): boolean {
    const was = this.present
    this.present = false
    return was
  }

  #settle(nowMs: number, failures: number, pauseMs: number): void {
    this.#lastReadMs = nowMs
    this.#failures = failures
    this.nextReadMs = nowMs + pauseMs
  }
}

function sameLogin(a: Credential | undefined, b: Credential | undefined): boolean {
  return a?.username === b?.username && a?.password === b?.password
}
