/** Puts sub-packaged messages together, pure; a batch after a long blind area is longer than one frame. */
import { ownBytes } from '../kit/own-bytes.ts'
import type { Frame } from './frame.ts'

const MAX_PARTS = 64

/** What one part led to: still waiting, or the whole message and the serials of all its parts, which are acknowledged together. */
export type Assembly =
  | { readonly state: 'waiting' }
  | { readonly state: 'refused'; readonly detail: string }
  | { readonly state: 'whole'; readonly frame: Frame; readonly serials: readonly number[] }

export interface Assembler {
  /** `frame.part` must be there. */
  add(frame: Frame): Assembly
}

/** One message at a time: terminals send the parts one after another; the first part of another message drops the unfinished one. */
export function createAssembler(): Assembler {
  let key = ''
  let parts = new Map<number, Frame>()
  return {
    add(frame) {
      const { total, index } = frame.part ?? { total: 0, index: 0 }
      if (total < 1 || total > MAX_PARTS || index < 1 || index > total)
        return { state: 'refused', detail: `part ${index} of ${total}` }
      // Parts have consecutive serials (§4.4.3), so serial minus index names the message.
      const own = `${frame.phone}/${frame.id}/${total}/${(frame.serial - index) & 0xffff}`
      if (own !== key) {
        key = own
        parts = new Map()
      }
      // A copy: the part may lie in a large read of the socket, which must not wait with it.
      parts.set(index, { ...frame, body: ownBytes(frame.body) })
      if (parts.size < total) return { state: 'waiting' }
      const ordered = [...parts].sort(([a], [b]) => a - b).map(([, part]) => part)
      key = ''
      parts = new Map()
      return {
        state: 'whole',
        frame: { ...frame, part: undefined, body: Buffer.concat(ordered.map(part => part.body)) },
        serials: ordered.map(part => part.serial)
      }
    }
  }
}
