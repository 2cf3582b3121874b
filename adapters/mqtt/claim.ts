/** Claiming: a box without a log-in shows its one-time code, and gets one of its own, once, over TLS. */
import { randomBytes } from 'node:crypto'
import type { Client } from 'aedes'
import type { AdapterHost } from '../../gateway/core/ports.ts'
import { createSerial } from '../../gateway/core/serial.ts'
import { createBudget } from '../kit/budget.ts'
import { type ClaimRecord, codeOf, hashOf, keyOf, readRecord } from './claim-code.ts'
import type { ClaimSettings } from './config.ts'

/** The user name of every box that claims; the password is the code. */
export const CLAIM_USER = 'claim'
export const CLAIM_REQUEST = 'v1/claim/request'
export const CLAIM_ANSWER = 'v1/claim/answer'

export interface Claims {
  /** Whether the code opens; counted by address and in all before it is looked at. */
  login(client: Client, password: string, origin: string, secure: boolean): Promise<boolean>
  claims(client: Client): boolean
  /** The request of a client that `login` let in: the answer to give it, durable before. */
  request(client: Client, payload: Uint8Array): Promise<object>
}

/** So many boxes at once, and so long, are enough for an installer; a claim takes a second. */
const MAX_AT_ONCE = 16
const LONGEST_MS = 30_000
/** The box's own secret, kept by it over power cuts. */
const BOX_KEY = /^[\x21-\x7e]{16,128}$/

interface Claimer {
  readonly code: string
  readonly origin: string
}

export function createClaims(host: AdapterHost, settings: ClaimSettings): Claims {
  const inside = new Map<Client, Claimer>()
  const byAddress = createBudget(settings.perAddress)
  const all = createBudget(settings.perMinute)
  const serial = createSerial()
  const refuse = (reason: string, origin: string, detail = ''): false => {
    host.reject(reason, origin, detail)
    return false
  }

  const recordOf = async (code: string): Promise<ClaimRecord | undefined> => {
    const record = readRecord((await host.credential(keyOf(code)))?.password)
    return record && record.expiresAtMs > host.clock.now() ? record : undefined
  }
  const save = (key: string, password: string, source: string, detail: Readonly<Record<string, string>>) => {
    if (!host.saveCredential) throw new Error('this host stores no log-ins')
    const audit = { action: 'deviceClaim', object: `mqtt:${source}`, detail }
    return host.saveCredential(key, { username: key, password }, audit)
  }

  /** Bound first, then issued: whoever dies in between finds its password when it asks again. */
  const issue = async ({ code, origin }: Claimer, boxKey: string): Promise<object> => {
    const record = await recordOf(code)
    if (!record) return { v: 1, error: 'expired' }
    const { source } = record
    const mine = hashOf(boxKey)
    if (record.boxKey !== undefined && record.boxKey !== mine) {
      host.reject('claimTaken', origin, source)
      return { v: 1, error: 'taken' }
    }
    const password = record.password ?? randomBytes(18).toString('base64url')
    if (record.boxKey === undefined) {
      const bound: ClaimRecord = { ...record, boxKey: mine, password }
      await save(keyOf(code), JSON.stringify(bound), source, { origin, step: 'bound' })
    }
    if ((await host.credential(source))?.password !== password)
      await save(source, password, source, { origin, step: 'issued' })
    const [site = '', name = ''] = source.split('/')
    return { v: 1, username: source, password, site, source: name }
  }

  return {
    async login(client, typed, origin, secure) {
      if (!settings.enabled) return refuse('loginRefused', origin, CLAIM_USER)
      if (!secure && !settings.allowPlain) return refuse('claimPlain', origin)
      const now = host.clock.now()
      const address = origin.slice(0, origin.lastIndexOf(':'))
      if (!byAddress.take(address, now).within || !all.take('', now).within || inside.size >= MAX_AT_ONCE)
        return refuse('claimTooMany', origin)
      const code = codeOf(typed)
      if (!code || !(await recordOf(code))) return refuse('claimRefused', origin)
      inside.set(client, { code, origin })
      const cancel = host.clock.after(LONGEST_MS, () => client.close())
      client.conn.once('close', () => {
        cancel()
        inside.delete(client)
      })
      return true
    },
    claims: client => inside.has(client),
    async request(client, payload) {
      const claimer = inside.get(client)
      if (!claimer) throw new Error('it has not shown a code')
      const boxKey = keyIn(payload)
      if (boxKey !== undefined) return serial.run(claimer.code, () => issue(claimer, boxKey))
      host.reject('claimUnreadable', claimer.origin)
      return { v: 1, error: 'unreadable' }
    }
  }
}

function keyIn(payload: Uint8Array): string | undefined {
  try {
    const said = JSON.parse(Buffer.from(payload).toString('utf8')) as { readonly v?: unknown; readonly key?: unknown }
    return said?.v === 1 && typeof said.key === 'string' && BOX_KEY.test(said.key) ? said.key : undefined
  } catch {
    return undefined
  }
}
