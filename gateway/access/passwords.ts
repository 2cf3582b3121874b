/** Passwords: scrypt off the main thread, one at a time, so that a flood of log-ins takes neither the event loop nor the memory. */
import { randomBytes, randomInt, scrypt, timingSafeEqual } from 'node:crypto'

/**
 * scrypt's parameters; `n` is the power of two. 2^15, 8, 3 is one of the sets that OWASP names as equal. Its 32 MiB are given back
 * after use: glibc keeps a block of 32 MiB or less in the pool of the thread that freed it, which cost 40 MB with 2^14, 8, 5.
 */
interface Cost {
  readonly n: number
  readonly r: number
  readonly p: number
}

const CHOSEN: Cost = { n: 15, r: 8, p: 3 }
/** For passwords that `randomPassword` made: 60 random bits need no stretching, and a first start makes many of them. */
export const GENERATED: Cost = { n: 10, r: 8, p: 1 }
const KEY_BYTES = 32
/** The salt of a user who is not there: as much work for him, so that the time taken tells nothing. */
const NOBODYS = Buffer.alloc(16)

/** `scrypt$n$r$p$salt$key`, salt of 16 bytes and key of 32 in base64url. */
export async function hashPassword(password: string, kind: 'chosen' | 'generated' = 'chosen'): Promise<string> {
  const cost = kind === 'chosen' ? CHOSEN : GENERATED
  const salt = randomBytes(16)
  const key = await derive(password, salt, cost)
  return ['scrypt', cost.n, cost.r, cost.p, salt.toString('base64url'), key.toString('base64url')].join('$')
}

/** False for a wrong password, an unreadable hash and no hash at all (no such user), all after the same work, that of `even`. */
export async function verifyPassword(password: string, hash: string | undefined, even = CHOSEN): Promise<boolean> {
  const parsed = hash === undefined ? undefined : parse(hash)
  const ok = parsed !== undefined && timingSafeEqual(await derive(password, parsed.salt, parsed.cost), parsed.key)
  if (parsed === undefined || parsed.cost.n < even.n) await derive(password, NOBODYS, even)
  return ok
}

function parse(hash: string): { cost: Cost; salt: Buffer; key: Buffer } | undefined {
  const match = /^scrypt\$(\d{1,2})\$(\d{1,2})\$(\d{1,2})\$([\w-]{22,86})\$([\w-]{43})$/.exec(hash)
  if (match === null) return undefined
  const [, n, r, p, salt = '', key = ''] = match
  const cost = { n: Number(n), r: Number(r), p: Number(p) }
  if (cost.n < 1 || cost.n > 17 || cost.r < 1 || cost.r > 8 || cost.p < 1 || cost.p > 8) return undefined
  return { cost, salt: Buffer.from(salt, 'base64url'), key: Buffer.from(key, 'base64url') }
}

/** Readable over a radio: three groups of four, no 0, 1, l, o; 60 bits. */
export function randomPassword(): string {
  const alphabet = '23456789abcdefghijkmnpqrstuvwxyz'
  const group = () => Array.from({ length: 4 }, () => alphabet[randomInt(alphabet.length)]).join('')
  return `${group()}-${group()}-${group()}`
}

let last: Promise<unknown> = Promise.resolve()

/** In turn: libuv's pool also serves files, and each derivation holds 32 MiB. */
function derive(password: string, salt: Buffer, cost: Cost): Promise<Buffer> {
  const turn = last.then(
    () =>
      new Promise<Buffer>((resolve, reject) => {
        const options = { N: 2 ** cost.n, r: cost.r, p: cost.p, maxmem: 256 * 2 ** 20 }
        scrypt(password.normalize('NFKC'), salt, KEY_BYTES, options, (error, key) =>
          error ? reject(error) : resolve(key)
        )
      })
  )
  last = turn.catch(() => undefined)
  return turn
}
