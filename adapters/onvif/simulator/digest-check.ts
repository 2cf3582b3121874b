/** The device's side of digest authentication, for snapshots, ONVIF over HTTP and RTSP. */
import { randomBytes } from 'node:crypto'
import { digestMatches, formatChallenge, parseAuthorization } from '../../kit/digest.ts'

export interface Login {
  readonly username: string
  readonly password: string
}

/** One protection space with one nonce, made at start. */
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
    const header = formatChallenge({ realm: this.#realm, nonce: this.#nonce, algorithm: 'MD5', stale: false })
    return this.#qop ? header : header.replace(', qop="auth"', '')
  }

  /** True when the Authorization header proves the login for this method. */
  accepts(method: string, authorization: string | undefined): boolean {
    const given = authorization ? parseAuthorization(authorization) : undefined
    if (!given || this.refusesAll || given.nonce !== this.#nonce || given.realm !== this.#realm) return false
    return given.username === this.#login.username && digestMatches(given, method, this.#login.password)
  }
}
