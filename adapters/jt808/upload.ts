/** Multimedia uploads (0x0801), pure: parts in any order → one medium, within bounds; what is missing; what the medium says of itself. */
import { isJpeg, type UploadBudget } from '../kit/device-photos.ts'
import { ownBytes } from '../kit/own-bytes.ts'
import type { Location } from '../kit/vehicle-press.ts'
import { decodeLocation } from './decode.ts'

/** 0x8800 counts the missing parts in one byte; a list this long fits every edition's frame. */
const MAX_ASKED = 125
/** An empty part costs memory too. */
const PART_COST = 128
/** Asked in vain so often, the rest never comes. */
const MAX_ASKS = 3

/** A part as the header names it; `total` 1 for an upload in one frame. */
export interface UploadPart {
  readonly total: number
  readonly index: number
  readonly serial: number
  readonly body: Buffer
}

/** What is to be asked again: with 0x8800 when the medium's id is known, else with 0x8003 by the first part's serial. */
export interface Missing {
  readonly mediaId?: number
  readonly firstSerial: number
  readonly indexes: readonly number[]
}

export type UploadProgress =
  | { readonly state: 'waiting' }
  | { readonly state: 'lacking'; readonly missing: Missing }
  /** `upload` names it when it is answered: the next one may have begun by then. Put together only when asked for: a part that comes again costs nothing. */
  | { readonly state: 'whole'; body(): Buffer; readonly upload: object }
  /** The last part of the upload that was answered already: the answer was lost. */
  | { readonly state: 'answered'; readonly mediaId: number }
  | { readonly state: 'refused'; readonly detail: string }

/** One upload at a time: terminals send a medium's parts one after another; another medium ends an unfinished one. */
export interface Upload {
  add(part: UploadPart): UploadProgress
  /** No part came for a while: what is to be asked again, what is whole and was not kept yet, or `refused` when it is given up. */
  overdue(): UploadProgress | undefined
  /** The medium has been answered with 0x8800: it is forgotten but for its last part. */
  answered(upload: object, mediaId: number): void
  /** The connection has ended. */
  drop(): void
  readonly open: boolean
}

interface Collected {
  readonly total: number
  readonly firstSerial: number
  readonly parts: Map<number, Buffer>
  bytes: number
  cost: number
  asked: Set<number>
  asks: number
  newest: { readonly index: number; readonly body: Buffer }
}

export function createUpload(maxBytes: number, budget: UploadBudget): Upload {
  let current: Collected | undefined
  /** The rest of an upload that was refused is refused without a second look. */
  let refusedTotal = 0
  let last:
    | { readonly total: number; readonly index: number; readonly body: Buffer; readonly mediaId: number }
    | undefined

  function drop(): void {
    if (current) budget.give(current.cost)
    current = undefined
  }

  function refuse(total: number, detail: string): UploadProgress {
    drop()
    refusedTotal = total
    return { state: 'refused', detail }
  }

  /** The upload this part belongs to, begun anew when it cannot be the one under way. */
  function collectedOf({ total, index, serial, body }: UploadPart): Collected {
    const held = current?.parts.get(index)
    const same = current?.total === total && (held === undefined || held.equals(body))
    if (current && same) return current
    drop()
    const firstSerial = (serial - index + 1) & 0xffff
    current = {
      total,
      firstSerial,
      parts: new Map(),
      bytes: 0,
      cost: 0,
      asked: new Set(),
      asks: 0,
      newest: { index, body }
    }
    return current
  }

  function ask(upload: Collected): UploadProgress {
    const indexes: number[] = []
    for (let index = 1; index <= upload.total && indexes.length < MAX_ASKED; index++)
      if (!upload.parts.has(index)) indexes.push(index)
    upload.asked = new Set(indexes)
    upload.asks += 1
    const first = upload.parts.get(1)
    const mediaId = first && first.length >= 4 ? { mediaId: first.readUInt32BE(0) } : {}
    return { state: 'lacking', missing: { ...mediaId, firstSerial: upload.firstSerial, indexes } }
  }

  function stateOf(upload: Collected, index: number): UploadProgress {
    if (upload.parts.size === upload.total) {
      return { state: 'whole', body: () => wholeOf(upload), upload }
    }
    const allAskedCame = upload.asks > 0 && upload.asked.size === 0
    // The last part is the sign that the terminal has sent everything it means to send by itself.
    if (allAskedCame || (index === upload.total && upload.asks === 0)) return ask(upload)
    return { state: 'waiting' }
  }

  return {
    add(part) {
      const { total, index } = part
      if (total < 1 || index < 1 || index > total || total * PART_COST > maxBytes)
        return { state: 'refused', detail: `part ${index} of ${total}` }
      if (total === refusedTotal && index > 1) return { state: 'refused', detail: 'rest' }
      if (!current && last?.total === total && last.index === index && last.body.equals(part.body))
        return { state: 'answered', mediaId: last.mediaId }
      refusedTotal = 0
      // A copy: the part may lie in a large read of the socket, which must not wait with it uncounted.
      const body = ownBytes(part.body)
      const upload = collectedOf({ ...part, body })
      upload.newest = { index, body }
      upload.asked.delete(index)
      if (!upload.parts.has(index)) {
        const cost = body.length + PART_COST
        if (upload.bytes + body.length > maxBytes) return refuse(total, `more than ${maxBytes} bytes`)
        if (!budget.take(cost)) return refuse(total, 'too many uploads at once')
        upload.bytes += body.length
        upload.cost += cost
        upload.parts.set(index, body)
      }
      return stateOf(upload, index)
    },
    overdue() {
      if (!current) return undefined
      if (current.parts.size === current.total) return stateOf(current, current.total)
      if (current.asks < MAX_ASKS) return ask(current)
      return refuse(current.total, `${current.total - current.parts.size} of ${current.total} parts never came`)
    },
    answered(done, mediaId) {
      if (current !== done) return
      last = { total: current.total, ...current.newest, mediaId }
      drop()
    },
    drop,
    get open() {
      return current !== undefined
    }
  }
}

/** In memory once, not once more as parts: in a storm a whole fleet's photos wait for the disk. */
function wholeOf({ parts }: Collected): Buffer {
  const ordered = [...parts].sort(([a], [b]) => a - b)
  const whole = ownBytes(Buffer.concat(ordered.map(([, body]) => body)))
  let at = 0
  for (const [index, { length }] of ordered) {
    parts.set(index, whole.subarray(at, at + length))
    at += length
  }
  return whole
}

/** A whole 0x0801. */
export interface Media {
  readonly mediaId: number
  /** 0 picture, 1 sound, 2 video. */
  readonly type: number
  /** 0 JPEG, 1 TIF, 2 MP3, 3 WAV, 4 WMV. */
  readonly format: number
  /** 0 ordered by the platform, 1 by time, 2 robbery alarm, 3 collision … */
  readonly event: number
  readonly channel: number
  /** Where the vehicle was; not in 2011. */
  readonly location?: Location
  readonly data: Buffer
}

const HEAD = 8
const LOCATION = 28

/** Undefined when it is too short to be one. 2011 has no location between head and data: a JPEG begins where 2011 has it, or where 2013 has it. */
export function decodeMedia(body: Buffer): Media | undefined {
  if (body.length < HEAD) return undefined
  const is2011 = !isJpeg(body.subarray(HEAD + LOCATION)) && isJpeg(body.subarray(HEAD))
  if (!is2011 && body.length < HEAD + LOCATION) return undefined
  const location = is2011 ? undefined : decodeLocation(body.subarray(HEAD, HEAD + LOCATION))
  return {
    mediaId: body.readUInt32BE(0),
    type: body.readUInt8(4),
    format: body.readUInt8(5),
    event: body.readUInt8(6),
    channel: body.readUInt8(7),
    ...(location ? { location } : {}),
    data: body.subarray(is2011 ? HEAD : HEAD + LOCATION)
  }
}
