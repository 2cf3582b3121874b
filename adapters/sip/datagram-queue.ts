/**
 * Datagrams that wait for the main process: in the order of their coming, bounded in number and bytes. An INVITE that is sent again while it
 * waits is kept once; where there is no room what a caller misses least goes first, that of strangers before that of exchanges. Pure.
 */

/** With the address and port it came from. */
export interface Datagram {
  readonly bytes: Uint8Array
  readonly address: string
  readonly port: number
}

/** How many were not kept for one reason, and where the last of them came from. */
export interface Dropped {
  readonly reason: 'repeatWaiting' | 'tooFast' | 'overrun'
  readonly count: number
  readonly address: string
  readonly port: number
}

export interface QueueOptions {
  readonly maxCount: number
  readonly maxBytes: number
  /** Of one address that is no exchange: its whole budget; a flood of one takes no room of others. */
  readonly maxOfStranger: number
  isTrunk(datagram: Datagram): boolean
}

interface Entry extends Datagram {
  readonly order: number
  /** Of an INVITE: where it came from and what it says. */
  readonly repeats?: string
  readonly stranger: boolean
}

/** By the first words of a message; what is not named here is asked anew by itself (OPTIONS, REGISTER) or is none of ours. */
const WEIGHTS: readonly (readonly [start: string, weight: number])[] = [
  ['INVITE ', 2],
  ['ACK ', 1],
  ['BYE ', 1],
  ['CANCEL ', 1],
  ['INFO ', 1],
  ['PRACK ', 1],
  ['UPDATE ', 1],
  ['SIP/2.0 ', 1]
]
const INVITE_WEIGHT = 2
const LONGEST_START = 8

export class DatagramQueue {
  readonly #options: QueueOptions
  /** By rank: those of strangers beside those of exchanges, the least missed first. */
  readonly #lines = Array.from({ length: 2 * (INVITE_WEIGHT + 1) }, () => new Line())
  readonly #invites = new Set<string>()
  readonly #ofStranger = new Map<string, number>()
  readonly #dropped = new Map<Dropped['reason'], Dropped>()
  #order = 0
  #count = 0
  #bytes = 0

  constructor(options: QueueOptions) {
    this.#options = options
  }

  get size(): number {
    return this.#count
  }

  push(datagram: Datagram): void {
    const { bytes, address, port } = datagram
    const stranger = !this.#options.isTrunk(datagram)
    if (stranger && (this.#ofStranger.get(address) ?? 0) >= this.#options.maxOfStranger)
      return void this.#drop('tooFast', datagram)
    const weight = weightOf(bytes)
    const repeats = weight === INVITE_WEIGHT ? `${address} ${port} ${latin1(bytes)}` : undefined
    if (repeats !== undefined && this.#invites.has(repeats)) return void this.#drop('repeatWaiting', datagram)
    const rank = 2 * weight + (stranger ? 0 : 1)
    if (!this.#makeRoom(rank, bytes.length)) return void this.#drop('overrun', datagram)
    if (repeats !== undefined) this.#invites.add(repeats)
    if (stranger) this.#ofStranger.set(address, (this.#ofStranger.get(address) ?? 0) + 1)
    this.#count++
    this.#bytes += bytes.length
    this.#lines[rank]?.push({ bytes, address, port, order: this.#order++, repeats, stranger })
  }

  /** The oldest, at most so many; at least one where there is any. */
  take(maxCount: number, maxBytes: number): Datagram[] {
    const taken: Datagram[] = []
    let bytes = 0
    while (taken.length < maxCount) {
      const oldest = this.#oldest()
      if (!oldest || (taken.length > 0 && bytes + oldest.bytes.length > maxBytes)) break
      bytes += oldest.bytes.length
      taken.push(oldest)
      this.#remove(oldest.line)
    }
    return taken
  }

  /** What was dropped since the last time, by reason. */
  dropped(): readonly Dropped[] {
    const counts = [...this.#dropped.values()]
    this.#dropped.clear()
    return counts
  }

  #drop(reason: Dropped['reason'], { address, port }: Datagram): void {
    this.#dropped.set(reason, { reason, count: (this.#dropped.get(reason)?.count ?? 0) + 1, address, port })
  }

  /** Only what is of a lower rank makes room. */
  #makeRoom(rank: number, bytes: number): boolean {
    const { maxCount, maxBytes } = this.#options
    while (this.#count >= maxCount || this.#bytes + bytes > maxBytes) {
      const line = this.#lines.find(each => each.first !== undefined)
      const least = line?.first
      if (!line || !least || this.#lines.indexOf(line) >= rank) return false
      this.#remove(line)
      this.#drop('overrun', least)
    }
    return true
  }

  #oldest(): (Entry & { readonly line: Line }) | undefined {
    let found: { readonly entry: Entry; readonly line: Line } | undefined
    for (const line of this.#lines) {
      const entry = line.first
      if (entry && (!found || entry.order < found.entry.order)) found = { entry, line }
    }
    return found && { ...found.entry, line: found.line }
  }

  #remove(line: Line): void {
    const entry = line.shift()
    if (!entry) return
    this.#count--
    this.#bytes -= entry.bytes.length
    if (entry.repeats !== undefined) this.#invites.delete(entry.repeats)
    if (!entry.stranger) return
    const left = (this.#ofStranger.get(entry.address) ?? 0) - 1
    if (left > 0) this.#ofStranger.set(entry.address, left)
    else this.#ofStranger.delete(entry.address)
  }
}

/** First in, first out, without moving the rest at each step. */
class Line {
  #entries: Entry[] = []
  #head = 0

  get first(): Entry | undefined {
    return this.#entries[this.#head]
  }

  push(entry: Entry): void {
    this.#entries.push(entry)
  }

  shift(): Entry | undefined {
    const entry = this.#entries[this.#head]
    if (entry === undefined) return undefined
    this.#head++
    if (this.#head === this.#entries.length) {
      this.#entries = []
      this.#head = 0
    } else if (this.#head >= 1_024) {
      this.#entries = this.#entries.slice(this.#head)
      this.#head = 0
    }
    return entry
  }
}

function weightOf(bytes: Uint8Array): number {
  const start = latin1(bytes.subarray(0, LONGEST_START))
  return WEIGHTS.find(([word]) => start.startsWith(word))?.[1] ?? 0
}

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1')
}
