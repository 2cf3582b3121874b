/** The in-car camera of the simulated JT/T 905 taxi: a picture on 0x8801, sent piece after piece, each again until the platform has answered it. */
import { readFileSync } from 'node:fs'
import { writeBcd, writeBcdTime } from '../kit/bcd.ts'
import { writeGb18030 } from '../kit/gb18030.ts'
import { words } from '../kit/terminal-frame.ts'

const PIECE_BYTES = 900
/** What one maker keeps free behind the file header's known fields. */
const HEADER_FREE = 84
const ALARM_PHOTO = 2

export interface CabinCamera {
  /** A 0x8801 with this serial has come. */
  order(body: Buffer, serial: number): void
  /** A 0x8001 for one of our frames. */
  answered(serial: number, result: number): void
  /** Sends the piece under way once more. */
  resend(): void
  /** Pictures that the platform has answered for. */
  readonly delivered: number
}

export interface CabinCameraOptions {
  readonly isu: string
  /** With a file header in front of the JPEG, as two of three programs have it, or bare. */
  readonly isBare: boolean
  /** Gives the serial of the frame. */
  send(messageId: number, body: Buffer): number
}

export function createCabinCamera({ isu, isBare, send }: CabinCameraOptions): CabinCamera {
  /** Pieces still to go, the first under way. */
  const waiting: Buffer[] = []
  let underWay: number | undefined
  let nextId = 1
  let delivered = 0
  const next = (): void => {
    const piece = waiting[0]
    underWay = piece && send(0x0800, piece)
  }
  return {
    get delivered() {
      return delivered
    },
    order(body, serial) {
      const fileId = nextId++
      const whole = isBare ? picture() : Buffer.concat([fileHeader(isu, fileId, picture().length), picture()])
      const camera = Math.max(0, (body[0] ?? 1) - 1)
      const head = Buffer.concat([words(serial, 0, fileId), Buffer.from([camera])])
      for (let at = 0; at < whole.length; at += PIECE_BYTES) {
        const place = Buffer.alloc(8)
        place.writeUInt32BE(whole.length, 0)
        place.writeUInt32BE(at, 4)
        waiting.push(Buffer.concat([head, place, whole.subarray(at, at + PIECE_BYTES)]))
      }
      if (underWay === undefined) next()
    },
    answered(serial, result) {
      if (serial !== underWay || result !== 0) return
      const done = waiting.shift()
      // The piece that reaches the end of its picture.
      if (done && done.readUInt32BE(11) + done.length - 15 === done.readUInt32BE(7)) delivered += 1
      next()
    },
    resend: next
  }
}

function fileHeader(isu: string, fileId: number, jpegBytes: number): Buffer {
  const numbers = Buffer.alloc(16)
  numbers.writeUInt32BE(27_033_200, 0)
  numbers.writeUInt32BE(119_613_500, 4)
  numbers.writeUInt32BE(fileId, 8)
  numbers.writeUInt32BE(jpegBytes, 12)
  const fare = Buffer.alloc(4)
  return Buffer.concat([
    writeBcd(isu.slice(-10), 5),
    ...[Buffer.from([0]), writeGb18030('T0316', 10), fare, Buffer.from([ALARM_PHOTO])],
    ...[writeBcdTime(Date.now()), numbers, Buffer.alloc(HEADER_FREE)]
  ])
}

let jpeg: Buffer | undefined

/** A drawing of a cabin, made with ffmpeg. */
function picture(): Buffer {
  jpeg ??= readFileSync(new URL('../kit/cabin.jpg', import.meta.url))
  return jpeg
}
