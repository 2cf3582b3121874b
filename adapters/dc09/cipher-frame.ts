/** Encrypted content of SIA DC-09, pure: AES-CBC with IV 0, random padding in front, `|`, then the content in clear. */
import { createCipheriv, createDecipheriv, createSecretKey, type KeyObject, randomFillSync } from 'node:crypto'
import type { Decoded } from '../../gateway/core/frames.ts'

export type KeyReason = 'keyLength'
export type CipherReason = 'notHex' | 'wrongKey'

/** The standard's choice: what differs from message to message is the padding. */
const IV = Buffer.alloc(16)
const BLOCK = 16
const BAR = 0x7c
/** Not allowed in the padding: they would be taken for its end or for a bracket. */
const FORBIDDEN = new Set([0x5b, 0x5d, BAR])

/**
 * 16, 24 or 32 bytes: as 32, 48 or 64 hex digits, else as that many ASCII characters. 32 hex digits are AES-128, as panels ask for them;
 * `ascii:` or `hex:` in front says it outright. Made into a key once: from bytes each message costs Node four times as much.
 */
export function parseKey(text: string): Decoded<KeyObject, KeyReason> {
  const [, form, rest = ''] = /^(ascii:|hex:)?(.*)$/s.exec(text.trim()) ?? []
  const hex = /^([0-9a-f]{32}|[0-9a-f]{48}|[0-9a-f]{64})$/i.test(rest)
  const key = form !== 'ascii:' && (hex || form === 'hex:') ? Buffer.from(hex ? rest : '', 'hex') : Buffer.from(rest)
  if (![16, 24, 32].includes(key.length)) return { ok: false, reason: 'keyLength' }
  return { ok: true, value: createSecretKey(key) }
}

/** Content in clear (latin1, from the first character after the bracket) of the hex that came. */
export function decrypt(hex: string, key: KeyObject): Decoded<string, CipherReason> {
  const digits = hex.replace(/\]$/, '')
  if (!/^(?:[0-9a-f]{32})+$/i.test(digits)) return { ok: false, reason: 'notHex' }
  const decipher = createDecipheriv(algorithmOf(key), key, IV).setAutoPadding(false)
  const plain = Buffer.concat([decipher.update(digits, 'hex'), decipher.final()])
  const bar = plain.indexOf(BAR)
  // Of a wrong key comes noise, in which a bar is not rare: what follows must be readable up to its bracket.
  const text = bar < 0 ? '' : plain.toString('latin1', bar + 1)
  if (!/^(?:#[^|\]]*\||\]|[NO]|\d)/.test(text) || !text.includes(']')) return { ok: false, reason: 'wrongKey' }
  return { ok: true, value: text }
}

/** Upper-case hex for the place after the bracket; `content` begins after the bar and holds its own `]` and time. */
export function encrypt(content: string, key: KeyObject): string {
  const length = content.length + 1
  // At least one byte, so that no two messages begin alike.
  const pad = BLOCK - (length % BLOCK)
  const text = Buffer.allocUnsafe(pad + length)
  randomPad(text, pad)
  text[pad] = BAR
  text.write(content, pad + 1, 'latin1')
  const cipher = createCipheriv(algorithmOf(key), key, IV).setAutoPadding(false)
  return (cipher.update(text, undefined, 'hex') + cipher.final('hex')).toUpperCase()
}

function algorithmOf({ symmetricKeySize = 0 }: KeyObject): string {
  return `aes-${symmetricKeySize * 8}-cbc`
}

/** Fetched ahead: asked of the system a few bytes at a time they cost as much as the cipher. Each byte is used once. */
const random = Buffer.alloc(4_096)
let used = random.length

function randomPad(into: Buffer, length: number): void {
  if (used + length > random.length) {
    randomFillSync(random)
    used = 0
  }
  for (let n = 0; n < length; n++) {
    const byte = random[used++] ?? 0
    into[n] = FORBIDDEN.has(byte) ? byte + 1 : byte
  }
}
