/** Puts sub-packaged messages together, pure; a batch after a long blind area is longer than one frame. */
import { ownBytes } from '../kit/own-bytes.ts'
import type { Frame } from './frame.ts'

const MAX_PARTS = 64

/** What one part led to: still waiting, or the whole message and the serials of all its parts, which are acknowledged together. */
export type Assembly =
  | { readonly state: 'waiting' }
  | { readonly state: 'refused'; readonly detail: string }
  | { readonly state: 'whole'; readonly frame: Frame; readonly serials: readonly number[] }

/** What has not come of the message under way, as 0x8003 names it: parts from 1. */
export interface MissingParts {
  readonly firstSerial: number
  readonly total: number
  readonly indexes: readonly number[]
}

export interface Assembler {
  /** `frame.part` must be there. */
  add(frame: Frame): Assembly
  /** Undefined when nothing is under way. What is told here counts as asked for: it is taken under whatever serial it comes. */
  missing(): MissingParts | undefined
  /** Names the message under way; empty: none. */
  readonly message: string
  drop(): void
}

/** One message at a time: terminals send the parts one after another; the first part of another message drops the unfinished one. */
export function createAssembler(): Assembler {
  let key = ''
  let firstSerial = 0
  let asked: ReadonlySet<number> = new Set()
  let parts = new Map<number, Frame>()

  function begin(own: string, serial: number): void {
    key = own
    firstSerial = serial
    asked = new Set()
    parts = new Map()
  }

  /** Parts have consecutive serials (§4.4.3), so that of the first names the message. One that was asked for may have a new one, as a new frame has. */
  function belongs(own: string, index: number): boolean {
    return own === key || (asked.has(index) && !parts.has(index) && kindOf(own) === kindOf(key))
  }

  return {
    get message() {
      return key
    },
    add(frame) {
      const { total, index } = frame.part ?? { total: 0, index: 0 }
      if (total < 1 || total > MAX_PARTS || index < 1 || index > total)
        return { state: 'refused', detail: `part ${index} of ${total}` }
      const serial = (frame.serial - index + 1) & 0xffff
      const own = `${frame.phone}/${frame.id}/${total}/${serial}`
      if (!belongs(own, index)) begin(own, serial)
      // A copy: the part may lie in a large read of the socket, which must not wait with it.
      parts.set(index, { ...frame, body: ownBytes(frame.body) })
      if (parts.size < total) return { state: 'waiting' }
      const ordered = [...parts].sort(([a], [b]) => a - b).map(([, part]) => part)
      begin('', 0)
      return {
        state: 'whole',
        frame: { ...frame, part: undefined, body: Buffer.concat(ordered.map(part => part.body)) },
        serials: ordered.map(part => part.serial)
      }
    },
    missing() {
      const total = parts.values().next().value?.part?.total
      if (total === undefined) return undefined
      const indexes = Array.from({ length: total }, (_, n) => n + 1).filter(index => !parts.has(index))
      asked = new Set(indexes)
      return { firstSerial, total, indexes }
    },
    drop: () => begin('', 0)
  }
}

/** All of it but the serial. */
const kindOf = (own: string): string => own.slice(0, own.lastIndexOf('/'))
