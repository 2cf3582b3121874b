/** Where each log-in was proven last, remembered over restarts: at home a telephone has an account of wrong log-ins of its own. */
import type { AdapterHost } from '../../gateway/core/ports.ts'

/** Log-ins share rows of the store: thousands that prove themselves after a power cut are some dozens of writes. */
const ROWS = 64
const WRITE_MS = 2_000
const MAX_KEPT = 10_000
const MAX_TEXT = 64

export class ProvenPlaces {
  readonly #host: Pick<AdapterHost, 'clock' | 'log' | 'recall' | 'remember'>
  /** Log-in → network, the one proven longest ago first. */
  readonly #byLogin = new Map<string, string>()
  readonly #dirty = new Set<number>()
  #cancelWrite: (() => void) | undefined

  constructor(host: Pick<AdapterHost, 'clock' | 'log' | 'recall' | 'remember'>) {
    this.#host = host
    for (let row = 0; row < ROWS; row++)
      for (const [login, network] of readRow(host.recall(rowKey(row)))) this.#byLogin.set(login, network)
  }

  of(login: string): string | undefined {
    return this.#byLogin.get(login)
  }

  set(login: string, network: string): void {
    if (login.length > MAX_TEXT) return
    const before = this.#byLogin.get(login)
    this.#byLogin.delete(login)
    this.#byLogin.set(login, network)
    if (before !== network) this.#changed(login)
    const oldest = this.#byLogin.size > MAX_KEPT ? this.#byLogin.keys().next().value : undefined
    if (oldest === undefined) return
    this.#byLogin.delete(oldest)
    this.#changed(oldest)
  }

  /** What was changed last is written now. */
  async close(): Promise<void> {
    this.#cancelWrite?.()
    await this.#write()
  }

  #changed(login: string): void {
    this.#dirty.add(rowOf(login))
    this.#cancelWrite ??= this.#host.clock.after(WRITE_MS, () => void this.#write())
  }

  async #write(): Promise<void> {
    this.#cancelWrite = undefined
    const inRow = new Map<number, [string, string][]>([...this.#dirty].map(row => [row, []]))
    this.#dirty.clear()
    for (const entry of this.#byLogin) inRow.get(rowOf(entry[0]))?.push(entry)
    for (const [row, entries] of inRow)
      await this.#host.remember({ key: rowKey(row), value: JSON.stringify(entries) }).catch((error: Error) => {
        // Its next proof puts it right; a lost row costs a restart its places.
        this.#host.log.warn({ error: error.message }, 'where log-ins were proven could not be stored')
      })
  }
}

function rowKey(row: number): string {
  return `proven/${row}`
}

function rowOf(login: string): number {
  let sum = 0
  for (const character of login) sum = (sum * 31 + (character.codePointAt(0) ?? 0)) % 65_521
  return sum % ROWS
}

function readRow(text: string | undefined): [string, string][] {
  try {
    const value: unknown = JSON.parse(text ?? '[]')
    return Array.isArray(value) ? value : []
  } catch {
    return []
  }
}
