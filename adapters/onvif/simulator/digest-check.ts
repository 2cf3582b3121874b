/** The device's side of HTTP digest (RFC 2617, MD5), for snapshots and RTSP. */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'

export interface Login {
  readonly username: string
  readonly password: string
}

const md5 = (text: string): string => createHash('md5').update(text).digest('hex')

/** One protection space; nonces are made at start and never reused by another process. */
export class DigestCheck {
  readonly #login: Login
  readonly #realm: string
  readonly #qop: boolean
  readonly #nonce = randomBytes(16).toString('hex')
  /** Fault for tests: refuses every answer. */
  refusesAll = false

  /** `qop` offers `auth` as HTTP servers of cameras do; their RTSP servers do not (RFC 2069 form). */
  constructor(login: Login, realm: string, qop: boolean) {
    this.#login = login
    this.#realm = realm
    this.#qop = qop
  }

  get challenge(): string {
    const qop = this.#qop ? ', qop="auth"' : ''
    return `Digest realm="${this.#realm}", nonce="${this.#nonce}"${qop}, algorithm=MD5`
  }

  /** True when the Authorization header proves the login for this method. */
  accepts(method: string, authorization: string | undefined): boolean {
    if (this.refusesAll || !authorization?.startsWith('Digest ')) return false
    const given = new Map<string, string>()
    for (const [, name = '', quoted, bare] of authorization.matchAll(/(\w+)=(?:"([^"]*)"|([^\s,]+))/g)) {
      given.set(name, quoted ?? bare ?? '')
    }
    if (given.get('nonce') !== this.#nonce || given.get('username') !== this.#login.username) return false
    const a1 = md5(`${this.#login.username}:${this.#realm}:${this.#login.password}`)
    const a2 = md5(`${method}:${given.get('uri') ?? ''}`)
    const middle = given.has('qop')
      ? `${this.#nonce}:${given.get('nc')}:${given.get('cnonce')}:${given.get('qop')}`
      : this.#nonce
    const expected = Buffer.from(md5(`${a1}:${middle}:${a2}`))
    const response = Buffer.from(given.get('response') ?? '')
    return response.length === expected.length && timingSafeEqual(response, expected)
  }
}
