/** MQTT on the wire, as much as we need beside the broker: packet lengths (bounded before anything is buffered) and our topics; pure. */

/** `v1/{site}/{source}/{kind}`, the only topics there are. */
export interface Topic {
  readonly site: string
  readonly source: string
  readonly kind: TopicKind
}

export const TOPIC_KINDS = ['alarm', 'restore', 'heartbeat', 'position', 'status', 'info', 'cmd', 'result'] as const
export type TopicKind = (typeof TOPIC_KINDS)[number]

const MAX_TOPIC = 200

export function parseTopic(topic: string): Topic | undefined {
  if (topic.length > MAX_TOPIC) return undefined
  const parts = topic.split('/')
  const [version, site, source, kind] = parts
  if (parts.length !== 4 || version !== 'v1' || !site || !source) return undefined
  if (!TOPIC_KINDS.includes(kind as TopicKind)) return undefined
  return { site, source, kind: kind as TopicKind }
}

export function formatTopic(topic: Topic): string {
  return `v1/${topic.site}/${topic.source}/${topic.kind}`
}

/**
 * Follows the packet boundaries of a byte stream (MQTT 3.1.1 §2.2.3: remaining length is 1–4 bytes, 7 bits each) and tells when a packet
 * is longer than allowed, from its header alone.
 */
export interface LengthGuard {
  /** False: the stream is over the limit or broken, cut it. */
  feed(chunk: Uint8Array): boolean
}

export function createLengthGuard(maxPacketBytes: number): LengthGuard {
  let skip = 0
  let lengthBytes = -1 // -1: the next byte is a packet's first
  let length = 0
  return {
    feed(chunk) {
      let at = 0
      while (at < chunk.length) {
        if (skip > 0) {
          const step = Math.min(skip, chunk.length - at)
          skip -= step
          at += step
          continue
        }
        const byte = chunk[at++] as number
        if (lengthBytes < 0) {
          lengthBytes = 0
          length = 0
          continue
        }
        length += (byte & 0x7f) * 128 ** lengthBytes
        lengthBytes += 1
        if (length > maxPacketBytes || (lengthBytes === 4 && byte >= 0x80)) return false
        if (byte < 0x80) {
          skip = length
          lengthBytes = -1
        }
      }
      return true
    }
  }
}
