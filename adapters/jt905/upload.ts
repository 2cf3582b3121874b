/**
 * Pictures of JT/T 905 (0x0800), pure: pieces with size and offset → the whole, within bounds, and the JPEG in it. Five programs agree on the
 * pieces. Of what they make up, two put a file header in front of the JPEG and one does not: it is taken when its own length says that a JPEG is all that follows.
 */
import { readBcdTime } from '../kit/bcd.ts'
import { isJpeg, type UploadBudget } from '../kit/device-photos.ts'
import { ownBytes } from '../kit/own-bytes.ts'

const PIECE_HEAD = 15
/** An empty piece costs memory too. */
const PIECE_COST = 128
/** Longer than any file header in front of the picture that is known. */
const HEADER_MAX = 256
/** Of the file header, as both know it: unit 5, coding 1, plate 10, fare 4, reason 1, time 6, place 8 (in which order is not agreed), file 4, length 4. */
const [TIME_AT, FILE_AT, LENGTH_AT, KNOWN_HEADER] = [21, 35, 39, 43]

export interface Piece {
  readonly image: number
  /** From 0. */
  readonly camera: number
  /** Of the whole. */
  readonly size: number
  readonly offset: number
  readonly data: Buffer
}

export interface Picture {
  readonly fileId: number
  readonly camera: number
  readonly deviceMs?: number
  readonly jpeg: Buffer
}

/** Reason 2 (serial of the order, 0 if none), image 4, camera 1, size 4, offset 4, data. Undefined when it is too short to be one. */
export function decodePiece(body: Buffer): Piece | undefined {
  if (body.length <= PIECE_HEAD) return undefined
  const [image, camera] = [body.readUInt32BE(2), body.readUInt8(6)]
  return { image, camera, size: body.readUInt32BE(7), offset: body.readUInt32BE(11), data: body.subarray(PIECE_HEAD) }
}

/** Undefined when there is no JPEG where it must be. */
export function readPicture(bytes: Buffer, { image, camera }: Pick<Piece, 'image' | 'camera'>): Picture | undefined {
  if (isJpeg(bytes)) return { fileId: image, camera, jpeg: bytes }
  if (bytes.length <= KNOWN_HEADER) return undefined
  const headerBytes = bytes.length - bytes.readUInt32BE(LENGTH_AT)
  if (headerBytes < KNOWN_HEADER || headerBytes > HEADER_MAX) return undefined
  const jpeg = bytes.subarray(headerBytes)
  if (!isJpeg(jpeg)) return undefined
  const deviceMs = readBcdTime(bytes.subarray(TIME_AT, TIME_AT + 6))
  return { fileId: bytes.readUInt32BE(FILE_AT), camera, jpeg, ...(deviceMs === undefined ? {} : { deviceMs }) }
}

export type UploadProgress =
  | { readonly state: 'waiting' }
  | { readonly state: 'whole'; readonly bytes: Buffer; readonly first: Piece }
  | { readonly state: 'refused'; readonly detail: string }

/** One picture at a time of a vehicle: another one ends an unfinished one. */
export interface Upload {
  add(piece: Piece): UploadProgress
  drop(): void
  readonly open: boolean
}

interface Collected {
  readonly first: Piece
  readonly pieces: Map<number, Buffer>
  bytes: number
  cost: number
}

export function createUpload(maxBytes: number, budget: UploadBudget): Upload {
  let current: Collected | undefined
  const drop = (): void => {
    if (current) budget.give(current.cost)
    current = undefined
  }
  const refused = (detail: string): UploadProgress => {
    drop()
    return { state: 'refused', detail }
  }
  /** Begun anew when the piece cannot be of the one under way. */
  const collectedOf = (piece: Piece): Collected => {
    const held = current?.pieces.get(piece.offset)
    const { size, camera } = current?.first ?? {}
    if (current && size === piece.size && camera === piece.camera && (!held || held.equals(piece.data))) return current
    drop()
    current = { first: { ...piece, data: Buffer.alloc(0) }, pieces: new Map(), bytes: 0, cost: 0 }
    return current
  }
  /** Undefined while something is missing, or two pieces overlap. */
  const whole = ({ pieces, first, bytes }: Collected): Buffer | undefined => {
    if (bytes !== first.size) return undefined
    const parts: Buffer[] = []
    for (let at = 0; at < first.size; at += parts.at(-1)?.length ?? 0) {
      const part = pieces.get(at)
      if (!part) return undefined
      parts.push(part)
    }
    return Buffer.concat(parts)
  }
  return {
    add(piece) {
      const { size, offset, data } = piece
      if (size > maxBytes + HEADER_MAX || offset + data.length > size)
        return refused(`${offset}+${data.length} of ${size}`)
      const upload = collectedOf(piece)
      if (!upload.pieces.has(offset)) {
        const cost = data.length + PIECE_COST
        if (upload.bytes + data.length > size) return refused('pieces overlap')
        if (!budget.take(cost)) return refused('too many uploads at once')
        upload.bytes += data.length
        upload.cost += cost
        // A copy: the piece may lie in a large read of the socket, which must not wait with it uncounted.
        upload.pieces.set(offset, ownBytes(data))
      }
      const bytes = whole(upload)
      return bytes ? { state: 'whole', bytes, first: upload.first } : { state: 'waiting' }
    },
    drop,
    get open() {
      return current !== undefined
    }
  }
}
