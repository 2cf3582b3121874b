/** API tokens: made, revoked and recognised; only the SHA-256 of a secret is stored, and 256 random bits need no stretching. */
import { createHash, randomBytes } from 'node:crypto'
import {
  API_SCOPES,
  type ApiToken,
  TOKEN_LIMITS as LIMITS,
  type TokenDraft,
  type TokenMade
} from '../core/api-token.ts'
import { GatewayError } from '../core/errors.ts'
import type { Clock } from '../core/ports.ts'
import { createSerial } from '../core/serial.ts'
import type { AuditEntry, DocumentRow, Store } from '../core/store.ts'
import type { RecordFault } from '../core/subject-record.ts'
import { personOf } from '../core/who.ts'
import type { SessionUser } from '../core/wire.ts'

export interface Tokens {
  /** Valid ones first, each group newest first. */
  list(): readonly ApiToken[]
  /** The only time the secret is known in clear. */
  make(draft: TokenDraft, by: SessionUser): Promise<TokenMade>
  /** From the next request on; NOT_FOUND when it is over. */
  revoke(tokenId: string, by: SessionUser): Promise<void>
  /** By the text a program sends; undefined: unknown, revoked or expired. From memory. */
  verify(text: string): ApiToken | undefined
  /** On record before the request is served, once an hour for each token and route; NOT_LOGGED_IN when it is over meanwhile. */
  used(token: ApiToken, route: string, origin: string): Promise<void>
}

type Kept = ApiToken & { readonly hash: string }

const KIND = 'api.token'
const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
const TEXT = /^pgw_[A-Za-z0-9_-]{43}$/

/** Rejects when the store cannot be read. */
export async function createTokens({
  store,
  clock
}: {
  readonly store: Pick<Store, 'documents' | 'commit'>
  readonly clock: Clock
}): Promise<Tokens> {
  const rows = new Map<string, Kept>()
  const byHash = new Map<string, string>()
  const serial = createSerial()
  const saidAtMs = new Map<string, number>()
  const keep = (row: Kept): void => {
    rows.set(row.id, row)
    byHash.set(row.hash, row.id)
  }
  for (const { body } of await store.documents({ kind: KIND, limit: LIMITS.valid + LIMITS.over })) keep(body as Kept)

  const isValid = (row: Kept) => row.revokedAtMs === undefined && clock.now() < row.expiresAtMs
  const write = async (documents: readonly DocumentRow[], entry: Omit<AuditEntry, 'atMs' | 'outcome'>) => {
    const audit = [{ ...entry, atMs: clock.now(), outcome: 'done' as const }]
    const result = await store.commit({ documents, audit })
    if (!result.ok) throw new GatewayError('STORE_FAILED', { conflict: result.conflict })
  }
  const shown = ({ hash: _, ...token }: Kept): ApiToken => token

  /** The oldest of those that are over give way. */
  const surplus = (): readonly Kept[] => {
    const over = [...rows.values()].filter(row => !isValid(row)).sort((a, b) => a.createdAtMs - b.createdAtMs)
    return over.slice(0, Math.max(0, over.length + 1 - LIMITS.over))
  }

  return {
    list: () =>
      [...rows.values()]
        .sort((a, b) => Number(isValid(b)) - Number(isValid(a)) || b.createdAtMs - a.createdAtMs)
        .map(shown),
    make: (draft, by) =>
      serial.run(KIND, async () => {
        const valid = [...rows.values()].filter(isValid)
        const faults = faultsOf(draft, valid)
        if (faults.length > 0) return { saved: false, faults }
        const secret = `pgw_${randomBytes(32).toString('base64url')}`
        const nowMs = clock.now()
        const row: Kept = {
          ...{ id: randomBytes(6).toString('hex'), name: draft.name.trim(), hash: hashOf(secret) },
          scopes: API_SCOPES.filter(each => draft.scopes.includes(each)),
          ...{ createdAtMs: nowMs, createdBy: by.name, expiresAtMs: nowMs + draft.days * DAY_MS }
        }
        const gone = surplus()
        await write(
          [{ kind: KIND, key: row.id, body: row }, ...gone.map(({ id }) => ({ kind: KIND, key: id, body: undefined }))],
          {
            ...{ who: personOf(by), action: 'token.make', object: `token:${row.id}` },
            detail: { name: row.name, scopes: row.scopes.join(' '), days: draft.days }
          }
        )
        for (const each of gone) {
          rows.delete(each.id)
          byHash.delete(each.hash)
        }
        keep(row)
        return { saved: true, token: shown(row), secret }
      }),
    revoke: (tokenId, by) =>
      serial.run(KIND, async () => {
        const row = rows.get(tokenId)
        if (!row || !isValid(row)) throw new GatewayError('NOT_FOUND', { token: tokenId.slice(0, 40) })
        const over = { ...row, revokedAtMs: clock.now(), revokedBy: by.name }
        await write([{ kind: KIND, key: row.id, body: over }], {
          ...{ who: personOf(by), action: 'token.revoke', object: `token:${row.id}`, detail: { name: row.name } }
        })
        keep(over)
      }),
    verify(text) {
      if (!TEXT.test(text)) return undefined
      const row = rows.get(byHash.get(hashOf(text)) ?? '')
      return row && isValid(row) ? shown(row) : undefined
    },
    async used({ id, name }, route, origin) {
      const key = `${id} ${route}`
      const steadyMs = clock.steady()
      if (steadyMs - (saidAtMs.get(key) ?? Number.NEGATIVE_INFINITY) < HOUR_MS) return
      saidAtMs.set(key, steadyMs)
      const entry = { who: `api ${name}`, action: 'token.use', object: `token:${id}`, detail: { route, origin } }
      try {
        await serial.run(KIND, async () => {
          const row = rows.get(id)
          // Written over a revocation it would be valid again at the next start.
          if (!row || !isValid(row)) throw new GatewayError('NOT_LOGGED_IN')
          const used = { ...row, lastUsedAtMs: clock.now() }
          await write([{ kind: KIND, key: id, body: used }], entry)
          rows.set(id, used)
        })
      } catch (error) {
        saidAtMs.delete(key)
        throw error
      }
    }
  }
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('base64url')
}

function faultsOf(draft: TokenDraft, valid: readonly ApiToken[]): readonly RecordFault[] {
  const faults: RecordFault[] = []
  const name = draft.name.trim()
  if (name === '') faults.push({ field: 'name', code: 'required' })
  if (name.length > LIMITS.nameLength) faults.push({ field: 'name', code: 'tooLong', other: String(LIMITS.nameLength) })
  if (valid.some(each => each.name === name)) faults.push({ field: 'name', code: 'nameTaken', other: name })
  if (draft.scopes.length === 0) faults.push({ field: 'scopes', code: 'chooseOne' })
  if (!Number.isInteger(draft.days) || draft.days < 1 || draft.days > LIMITS.maxDays)
    faults.push({ field: 'days', code: 'range', other: `1–${LIMITS.maxDays}` })
  if (valid.length >= LIMITS.valid) faults.push({ field: '', code: 'tooMany', other: String(LIMITS.valid) })
  return faults
}
