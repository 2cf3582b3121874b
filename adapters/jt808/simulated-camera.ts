/** The in-car camera of the simulated taxi: a photo on 0x8801, uploaded in parts until the platform answers 0x8800 without a list. */
import { readFileSync } from 'node:fs'
import { words } from '../kit/terminal-frame.ts'

/** Bytes of medium in a frame: the escaped frame stays below the limit of a body. */
const PART_BYTES = 900

export interface CabinCamera {
  /** A 0x8801 has come. */
  order(body: Buffer): void
  /** A 0x8800 has come. */
  answered(body: Buffer): void
  /** Sends what has not been answered once more: the line was lost, or the platform is slow. */
  resend(): void
  /** Media ids of photos that the platform has answered for. */
  readonly delivered: readonly number[]
}

export interface CabinCameraOptions {
  /** A location body (28 bytes) of this moment. */
  location(): Buffer
  send(messageId: number, body: Buffer, part?: { readonly total: number; readonly index: number }): void
  /** 2011 has no location in its upload. */
  readonly is2011: boolean
  /** Parts that get lost on their first way. */
  readonly lost?: readonly number[]
}

export function createCabinCamera(options: CabinCameraOptions): CabinCamera {
  const waiting = new Map<number, readonly Buffer[]>()
  const delivered: number[] = []
  let nextId = 1

  function sendPart(parts: readonly Buffer[], index: number): void {
    const body = parts[index - 1]
    if (body) options.send(0x0801, body, { total: parts.length, index })
  }

  return {
    delivered,
    order(body) {
      const channel = body[0] ?? 1
      const mediaId = nextId++
      const head = Buffer.concat([words(0, mediaId), Buffer.from([0, 0, 0, channel])])
      // How the order went (0x0805), that there is something (0x0800), then the picture itself.
      const place = options.is2011 ? Buffer.alloc(0) : options.location()
      const medium = Buffer.concat([head, place, picture()])
      const parts = Array.from({ length: Math.ceil(medium.length / PART_BYTES) }, (_, n) =>
        medium.subarray(n * PART_BYTES, (n + 1) * PART_BYTES)
      )
      waiting.set(mediaId, parts)
      options.send(0x0800, head)
      parts.forEach((_, n) => {
        if (!options.lost?.includes(n + 1)) sendPart(parts, n + 1)
      })
    },
    answered(body) {
      const mediaId = body.readUInt32BE(0)
      const parts = waiting.get(mediaId)
      if (!parts) return
      const count = body.length > 4 ? body.readUInt8(4) : 0
      for (let n = 0; n < count; n++) sendPart(parts, body.readUInt16BE(5 + 2 * n))
      if (count > 0) return
      waiting.delete(mediaId)
      delivered.push(mediaId)
    },
    resend() {
      for (const parts of waiting.values()) parts.forEach((_, n) => void sendPart(parts, n + 1))
    }
  }
}

let jpeg: Buffer | undefined

/** A drawing of a cabin, made with ffmpeg. */
function picture(): Buffer {
  jpeg ??= readFileSync(new URL('../kit/cabin.jpg', import.meta.url))
  return jpeg
}
