/** Secret numbers of households for arming by telephone; wrong ones are bounded for each number. */
import { createHash, timingSafeEqual } from 'node:crypto'
import type { AdapterHost } from '../../gateway/core/ports.ts'
import { Budget } from '../kit/token-budget.ts'

export interface PinVerdict {
  /** `locked`: too many wrong ones, whatever was typed now. */
  readonly answer: 'right' | 'wrong' | 'locked'
  /** It is the number a household types when somebody forces it. */
  readonly duress: boolean
}

/** Five at once, then one every three minutes: of four digits half are tried in ten days, and the floor has seen it by then. */
const WRONG = { perMs: 1 / 180_000, burst: 5 }
const PIN = /^\d{4,8}$/

export class Pins {
  readonly #host: AdapterHost
  readonly #wrong: Budget

  constructor(host: AdapterHost) {
    this.#host = host
    this.#wrong = new Budget(host.clock)
  }

  /** `number` as in the source's id. Rejects when the credentials cannot be read. */
  async check(number: string, typed: string): Promise<PinVerdict> {
    const [pin, duressPin] = await Promise.all(
      ['pin', 'duress'].map(kind => this.#host.credential(`${kind}/${number}`))
    )
    // Also while locked: who is forced and trembles is heard. It is answered as the right one would be.
    const duress = matches(typed, duressPin?.password)
    const locked = !this.#wrong.has(number, WRONG)
    if (locked || duress || matches(typed, pin?.password)) return { answer: locked ? 'locked' : 'right', duress }
    this.#wrong.take(number, WRONG)
    return { answer: this.#wrong.has(number, WRONG) ? 'wrong' : 'locked', duress }
  }
}

function matches(typed: string, secret: string | undefined): boolean {
  const hash = (text: string) => createHash('sha256').update(text).digest()
  return timingSafeEqual(hash(typed), hash(secret ?? '')) && secret !== undefined && PIN.test(secret)
}
