/** Datagrams that pass between the socket's thread and the main process, many in one piece of memory that changes its owner; pure. */
import type { Datagram } from './datagram-queue.ts'

export interface Batch {
  readonly bytes: Uint8Array<ArrayBuffer>
  /** In order: how many of the bytes belong to each, and where it came from or goes to. */
  readonly parts: readonly { readonly length: number; readonly address: string; readonly port: number }[]
}

export function pack(datagrams: readonly Datagram[]): Batch {
  const bytes = new Uint8Array(datagrams.reduce((sum, each) => sum + each.bytes.length, 0))
  let at = 0
  const parts = datagrams.map(({ bytes: own, address, port }) => {
    bytes.set(own, at)
    at += own.length
    return { length: own.length, address, port }
  })
  return { bytes, parts }
}

/** Views of the batch's memory: whoever keeps one keeps the whole. */
export function unpack({ bytes, parts }: Batch): (Datagram & { readonly bytes: Buffer })[] {
  let at = 0
  return parts.map(({ length, address, port }) => {
    const own = Buffer.from(bytes.buffer, bytes.byteOffset + at, length)
    at += length
    return { bytes: own, address, port }
  })
}
