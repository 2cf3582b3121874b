/** What a live client says: its ticket and what it can play first, how much it wants to see later. */
import type { VideoCodec } from '../codec/config.ts'

export interface Hello {
  readonly ticket: string
  readonly plays: ReadonlySet<VideoCodec>
}

/** `keys` while nobody can see the tile: keyframes only. */
export type LiveMode = 'all' | 'keys'

const CODECS: readonly VideoCodec[] = ['h264', 'h265']

/** `{"ticket":"…"}` plays everything, `{"ticket":"…","codecs":["h264"]}` what it names. Undefined for anything else. */
export function readHello(text: string): Hello | undefined {
  const message = readObject(text)
  const { ticket, codecs = CODECS, ...more } = message ?? {}
  if (typeof ticket !== 'string' || !Array.isArray(codecs) || Object.keys(more).length > 0) return undefined
  if (!/^[\w.-]{1,2000}$/.test(ticket) || codecs.length > 8) return undefined
  return { ticket, plays: new Set(CODECS.filter(codec => codecs.includes(codec))) }
}

/** `{"ticket":"…","offer":"v=0…"}`, the first message of a client by WebRTC; more than the ticket's form is not judged here. */
export function readRtcHello(text: string): { readonly ticket: string; readonly offer: string } | undefined {
  const { ticket, offer, ...more } = readObject(text) ?? {}
  if (typeof ticket !== 'string' || typeof offer !== 'string' || Object.keys(more).length > 0) return undefined
  return /^[\w.-]{1,2000}$/.test(ticket) ? { ticket, offer } : undefined
}

/** `{"type":"mode","value":"keys"}`; undefined for anything else. */
export function readMode(text: string): LiveMode | undefined {
  const message = readObject(text)
  if (message?.type !== 'mode') return undefined
  return message.value === 'keys' || message.value === 'all' ? message.value : undefined
}

function readObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined
  } catch {
    return undefined
  }
}
