/** The keys of SRTP in a session description (RFC 4568), pure; they are written to TLS legs only. */
import { freshBytes } from './random-bytes.ts'
import { type DirectionKey, MASTER_BYTES, SUITES, type Suite } from './srtp.ts'

/** `a=crypto` of the far end: what it seals with. */
export interface MediaKey extends DirectionKey {
  readonly tag: number
}

/** What we seal with, one for each suite: a key is never used under two. */
export type OwnKeys = Readonly<Record<Suite, Buffer>>

export function newKeys(): OwnKeys {
  const [long, short] = SUITES
  return { [long]: freshBytes(MASTER_BYTES), [short]: freshBytes(MASTER_BYTES) } as OwnKeys
}

const CRYPTO =
  /^a=crypto:(\d{1,9}) (AES_CM_128_HMAC_SHA1_(?:80|32)) inline:([A-Za-z0-9+/]{40}=*)((?:\|[^ |]*)*)((?: +\S+)*)\s*$/
/** How long a key may be used: no call sends so much. */
const LIFETIME = /^\|(?:2\^\d{1,2}|\d{1,15})$/
/** Says how a receiver may guess after losses; every other parameter changes what is sent. */
const HARMLESS = /^-?WSH=\d+$/i

/** The first that we can use, in the far end's order; one with a key of several (MKI) or with other parameters is none. */
export function readMediaKey(lines: readonly string[]): MediaKey | undefined {
  for (const line of lines) {
    const [, tag, suite, key = '', limits = '', parameters = ''] = CRYPTO.exec(line) ?? []
    if (tag === undefined || (limits !== '' && !LIFETIME.test(limits))) continue
    if (!parameters.split(' ').every(each => each === '' || HARMLESS.test(each))) continue
    return { tag: Number(tag), suite: suite as Suite, key: Buffer.from(key, 'base64') }
  }
  return undefined
}

const lineOf = (tag: number, suite: Suite, keys: OwnKeys) =>
  `a=crypto:${tag} ${suite} inline:${keys[suite].toString('base64')}`

/** Ours, for a description that the far end answers. */
export const offeredKeys = (keys: OwnKeys): string[] => SUITES.map((suite, at) => lineOf(at + 1, suite, keys))

/** Ours, in answer to the one of theirs that we use. */
export const answeredKey = ({ tag, suite }: MediaKey, keys: OwnKeys): string => lineOf(tag, suite, keys)

/** An answer must name one of our lines as we wrote it. */
export const isAnswerToOurs = ({ tag, suite }: MediaKey): boolean => SUITES[tag - 1] === suite
