/** Where registered telephones are to be reached: the bindings of RFC 3261 §10, bounded, and remembered over restarts. */
import type { AdapterHost } from '../../gateway/core/ports.ts'
import { isWeb, originOf, type Peer } from './peer.ts'

/** One place of one telephone. */
export interface Binding {
  /** Contact as the telephone wrote it: the Request-URI of a call to it. */
  readonly uri: string
  /** Where its REGISTER came from, and where calls go: nobody can send them to a third party. */
  readonly peer: Peer
  readonly expiresMs: number
  readonly callId: string
  readonly cseq: number
  /** `+sip.instance` (RFC 5626): the same telephone with another address takes its own old place. */
  readonly instance?: string
}

/** Numbers share rows of the store: thousands that register after a power cut are some dozens of writes. */
const ROWS = 64
const WRITE_MS = 2_000
/** A clock that is slewed drifts by less between two looks; it adds up to a step of its own. */
const STEP_MS = 1_000

export class Registrations {
  readonly #host: AdapterHost
  /** Numbers that have ever registered; one without bindings is waited for. Newest binding first. */
  readonly #byNumber = new Map<string, readonly Binding[]>()
  /** Numbers by the WebSocket that they registered over. */
  readonly #overWeb = new Map<string, Set<string>>()
  readonly #dirty = new Set<number>()
  #cancelWrite: (() => void) | undefined
  #offsetMs: number

  constructor(host: AdapterHost) {
    this.#host = host
    this.#offsetMs = host.clock.now() - host.clock.steady()
    for (let row = 0; row < ROWS; row++)
      for (const [number, bindings] of readRow(host.recall(rowKey(row)))) this.#byNumber.set(number, bindings)
  }

  get numbers(): IterableIterator<string> {
    return this.#byNumber.keys()
  }

  /** Those that are valid now, newest first. */
  of(number: string): readonly Binding[] {
    const nowMs = this.#host.clock.now()
    return this.held(number).filter(b => b.expiresMs > nowMs)
  }

  /** All of them, also what has run out and was not swept. */
  held(number: string): readonly Binding[] {
    this.#keepTimes()
    return this.#byNumber.get(number) ?? []
  }

  set(number: string, bindings: readonly Binding[]): void {
    this.#byNumber.set(number, bindings)
    for (const { peer } of bindings) {
      if (!isWeb(peer)) continue
      const key = originOf(peer)
      this.#overWeb.set(key, (this.#overWeb.get(key) ?? new Set<string>()).add(number))
    }
    this.#changed(number)
  }

  /** A WebSocket is closed, and nobody but its telephone can open another. */
  lost(peer: Peer): void {
    const key = originOf(peer)
    const numbers = this.#overWeb.get(key) ?? []
    this.#overWeb.delete(key)
    for (const number of numbers)
      this.set(
        number,
        this.held(number).filter(b => originOf(b.peer) !== key)
      )
  }

  /** Its log-in was taken away: nobody waits for it any more. */
  forget(number: string): void {
    if (this.#byNumber.delete(number)) this.#changed(number)
  }

  /** What was changed last is written now. */
  async close(): Promise<void> {
    this.#cancelWrite?.()
    await this.#write()
  }

  /** A clock that is set takes nobody's place, and leaves it to nobody for longer; called before anything is read, so before anything is written by the new time. */
  #keepTimes(): void {
    const { clock } = this.#host
    const byMs = clock.now() - clock.steady() - this.#offsetMs
    if (Math.abs(byMs) < STEP_MS) return
    this.#offsetMs += byMs
    for (const [number, bindings] of this.#byNumber)
      if (bindings.length > 0)
        this.set(
          number,
          bindings.map(each => ({ ...each, expiresMs: each.expiresMs + byMs }))
        )
  }

  #changed(number: string): void {
    this.#dirty.add(rowOf(number))
    this.#cancelWrite ??= this.#host.clock.after(WRITE_MS, () => void this.#write())
  }

  async #write(): Promise<void> {
    this.#cancelWrite = undefined
    const rows = [...this.#dirty]
    this.#dirty.clear()
    const inRow = new Map<number, [string, readonly Binding[]][]>(rows.map(row => [row, []]))
    for (const [number, bindings] of this.#byNumber)
      inRow.get(rowOf(number))?.push([number, bindings.filter(b => !isWeb(b.peer))])
    for (const [row, entries] of inRow) {
      await this.#host.remember({ key: rowKey(row), value: JSON.stringify(entries) }).catch((error: Error) => {
        // The telephones register again by themselves; a lost row costs a restart their places.
        this.#host.log.warn({ error: error.message }, 'registrations could not be stored')
      })
    }
  }
}

function rowKey(row: number): string {
  return `registrations/${row}`
}

function rowOf(number: string): number {
  let sum = 0
  for (const character of number) sum = (sum * 31 + character.charCodeAt(0)) % 65_521
  return sum % ROWS
}

function readRow(text: string | undefined): [string, Binding[]][] {
  try {
    const value: unknown = JSON.parse(text ?? '[]')
    return Array.isArray(value) ? value : []
  } catch {
    return []
  }
}
