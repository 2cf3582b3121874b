/** Puts sub-packaged messages together, pure; a batch after a long blind area is longer than one frame. */
import { ownBytes } from '../kit/own-bytes.ts'
import type { Frame } from './frame.ts'

/** Of one message, and of all that are under way on a line: 64 KB at most. */
const MAX_PARTS = 64
/** Messages under way at once; one more, and the one whose last part is longest ago goes. */
const MAX_OPEN = 4

/** What one part led to: still waiting, or the whole message and the serials of all its parts, which are acknowledged together. */
export type Assembly =
  | { readonly state: 'waiting'; readonly message: string }
  | { readonly state: 'refused'; readonly detail: string }
  | { readonly state: 'whole'; readonly frame: Frame; readonly serials: readonly number[] }

/** What has not come of a message under way, as 0x8003 names it: parts from 1. */
export interface MissingParts {
  readonly firstSerial: number
  readonly total: number
  readonly indexes: readonly number[]
}

export interface Assembler {
  /** `frame.part` must be there. */
  add(frame: Frame): Assembly
  isOpen(message: string): boolean
  /** Undefined when it is not under way. What is told here counts as asked for: it is taken under whatever serial it comes. */
  missing(message: string): MissingParts | undefined
  /** All of them when none is named. */
  drop(message?: string): void
}

interface Open {
  readonly kind: string
  readonly firstSerial: number
  readonly total: number
  readonly parts: Map<number, Frame>
  asked: ReadonlySet<number>
}

/** Parts of several messages may come in turns, as those of a batch between those of an upload. */
export function createAssembler(): Assembler {
  /** The one that grew last is the last. */
  const open = new Map<string, Open>()

  /** Parts have consecutive serials (§4.4.3), so that of the first names the message. One that was asked for may have a new one, as a new frame has. */
  function messageOf(kind: string, own: string, index: number): string {
    if (open.has(own)) return own
    for (const [message, each] of open)
      if (each.kind === kind && each.asked.has(index) && !each.parts.has(index)) return message
    return own
  }

  function makeRoom(message: string): void {
    const held = (): number => [...open.values()].reduce((sum, { parts }) => sum + parts.size, 0)
    for (const [oldest] of [...open]) {
      const isFull = open.size > MAX_OPEN || held() > MAX_PARTS
      if (isFull && oldest !== message) open.delete(oldest)
    }
  }

  return {
    add(frame) {
      const { total, index } = frame.part ?? { total: 0, index: 0 }
      if (total < 1 || total > MAX_PARTS || index < 1 || index > total)
        return { state: 'refused', detail: `part ${index} of ${total}` }
      const firstSerial = (frame.serial - index + 1) & 0xffff
      const kind = `${frame.phone}/${frame.id}/${total}`
      const message = messageOf(kind, `${kind}/${firstSerial}`, index)
      const under = open.get(message) ?? { kind, firstSerial, total, parts: new Map<number, Frame>(), asked: new Set() }
      // A copy: the part may lie in a large read of the socket, which must not wait with it.
      under.parts.set(index, { ...frame, body: ownBytes(frame.body) })
      open.delete(message)
      if (under.parts.size < total) {
        open.set(message, under)
        makeRoom(message)
        return { state: 'waiting', message }
      }
      const ordered = [...under.parts].sort(([a], [b]) => a - b).map(([, part]) => part)
      return {
        state: 'whole',
        frame: { ...frame, part: undefined, body: Buffer.concat(ordered.map(part => part.body)) },
        serials: ordered.map(part => part.serial)
      }
    },
    isOpen: message => open.has(message),
    missing(message) {
      const under = open.get(message)
      if (!under) return undefined
      const { total, firstSerial, parts } = under
      const indexes = Array.from({ length: total }, (_, n) => n + 1).filter(index => !parts.has(index))
      under.asked = new Set(indexes)
      return { firstSerial, total, indexes }
    },
    drop(message) {
      if (message === undefined) open.clear()
      else open.delete(message)
    }
  }
}
