/**
 * SRTP (RFC 3711), pure: one direction of one call's voice sealed or opened, AES-128 in counter mode, HMAC-SHA1 of 80 or 32 bits.
 * werift has an own of it for WebRTC: it knows no tag of 32 bits and no replay window, and loses the rollover counter after 100 lost packets.
 */
import { createCipheriv, createHmac, timingSafeEqual } from 'node:crypto'
import { payloadStart } from './rtp.ts'

export const SUITES = ['AES_CM_128_HMAC_SHA1_80', 'AES_CM_128_HMAC_SHA1_32'] as const
export type Suite = (typeof SUITES)[number]

/** Of one direction: master key and master salt in one. */
export interface DirectionKey {
  readonly suite: Suite
  readonly key: Uint8Array
}

/** `tag`: changed on its way, made with another key, or sent in clear. `replay`: seen before, or too old to be told. */
export type SrtpFault = 'srtpTag' | 'srtpReplay'

export const MASTER_BYTES = 30
const KEY_BYTES = 16
const SALT_BYTES = 14
const AUTH_BYTES = 20
const TAG_BYTES: Readonly<Record<Suite, number>> = { AES_CM_128_HMAC_SHA1_80: 10, AES_CM_128_HMAC_SHA1_32: 4 }
const LABEL = { cipher: 0, auth: 1, salt: 2 } as const
const SEQUENCES = 0x1_0000
/** Packets back from the newest that may still come, each once. */
const WINDOW = 128
/** Streams a far end may begin in one call: each needs a memory of its own, and none may be forgotten, lest it be played again. */
const MAX_STREAMS = 64

class SessionKeys {
  readonly #cipher: Buffer
  readonly #auth: Buffer
  readonly #salt: Buffer
  readonly tagBytes: number

  constructor({ suite, key: master }: DirectionKey) {
    const derive = (label: number, bytes: number) => {
      const iv = Buffer.alloc(KEY_BYTES)
      iv.set(master.subarray(KEY_BYTES, MASTER_BYTES))
      iv.writeUInt8(iv.readUInt8(7) ^ label, 7)
      return createCipheriv('aes-128-ctr', master.subarray(0, KEY_BYTES), iv).update(Buffer.alloc(bytes))
    }
    this.#cipher = derive(LABEL.cipher, KEY_BYTES)
    this.#auth = derive(LABEL.auth, AUTH_BYTES)
    this.#salt = derive(LABEL.salt, SALT_BYTES)
    this.tagBytes = TAG_BYTES[suite]
  }

  /** Payload in clear ↔ sealed: the same stream of bits both ways. */
  crypt(payload: Buffer, ssrc: number, index: number): Buffer {
    const iv = Buffer.alloc(KEY_BYTES)
    iv.writeUInt32BE(ssrc, 4)
    iv.writeUIntBE(index, 8, 6)
    for (let i = 0; i < SALT_BYTES; i++) iv.writeUInt8(iv.readUInt8(i) ^ this.#salt.readUInt8(i), i)
    return createCipheriv('aes-128-ctr', this.#cipher, iv).update(payload)
  }

  tag(sealed: Buffer, index: number): Buffer {
    const rollovers = Buffer.alloc(4)
    rollovers.writeUInt32BE(Math.floor(index / SEQUENCES))
    return createHmac('sha1', this.#auth).update(sealed).update(rollovers).digest().subarray(0, this.tagBytes)
  }
}

/** What we send. Its own sequence numbers rise by one each: a fall is a rollover. */
export class SrtpSealer {
  readonly #keys: SessionKeys
  #rollovers = 0
  #last = 0

  constructor(key: DirectionKey) {
    this.#keys = new SessionKeys(key)
  }

  seal(packet: Buffer): Buffer {
    const sequence = packet.readUInt16BE(2)
    if (sequence < this.#last) this.#rollovers++
    this.#last = sequence
    const index = this.#rollovers * SEQUENCES + sequence
    const start = payloadStart(packet) ?? packet.length
    const sealed = Buffer.concat([
      packet.subarray(0, start),
      this.#keys.crypt(packet.subarray(start), packet.readUInt32BE(8), index)
    ])
    return Buffer.concat([sealed, this.#keys.tag(sealed, index)])
  }
}

interface StreamState {
  /** Highest index so far: rollovers and sequence number in one. */
  newest: number
  /** Index by place in the window. */
  readonly seen: Float64Array
}

/** What we receive: each packet once, in whatever order, and nothing that was not sealed with this key. */
export class SrtpOpener {
  readonly #keys: SessionKeys
  readonly #streams = new Map<number, StreamState>()

  constructor(key: DirectionKey) {
    this.#keys = new SessionKeys(key)
  }

  /** The packet as it was before it was sealed, bit by bit. */
  open(bytes: Buffer): Buffer | SrtpFault {
    const sealed = bytes.subarray(0, Math.max(0, bytes.length - this.#keys.tagBytes))
    const start = payloadStart(sealed)
    if (start === undefined) return 'srtpTag'
    const ssrc = sealed.readUInt32BE(8)
    const known = this.#streams.get(ssrc)
    const index = indexOf(sealed.readUInt16BE(2), known?.newest)
    if (index < 0 || !timingSafeEqual(this.#keys.tag(sealed, index), bytes.subarray(sealed.length))) return 'srtpTag'
    // Only after the tag: a forged packet must not move the window.
    if (known ? isOld(known, index) : this.#streams.size >= MAX_STREAMS) return 'srtpReplay'
    const state = known ?? { newest: index, seen: new Float64Array(WINDOW).fill(-1) }
    state.newest = Math.max(state.newest, index)
    state.seen[index % WINDOW] = index
    this.#streams.set(ssrc, state)
    return Buffer.concat([sealed.subarray(0, start), this.#keys.crypt(sealed.subarray(start), ssrc, index)])
  }
}

/** The index nearest to the newest one that ends in this sequence number (§3.3.1). */
function indexOf(sequence: number, newest: number | undefined): number {
  if (newest === undefined) return sequence
  const index = newest - (newest % SEQUENCES) + sequence
  if (index - newest > SEQUENCES / 2) return index - SEQUENCES
  return newest - index > SEQUENCES / 2 ? index + SEQUENCES : index
}

function isOld({ newest, seen }: StreamState, index: number): boolean {
  return index <= newest - WINDOW || seen[index % WINDOW] === index
}
