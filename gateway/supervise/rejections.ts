/** Bad input, counted by adapter and reason, shown on the diagnostics page, logged at most once a second per adapter. */
import type { Clock, Log } from '../core/ports.ts'

/** One row of the diagnostics. */
export interface Rejected {
  readonly reason: string
  readonly count: number
  readonly lastOrigin: string
  readonly lastAtMs: number
  readonly lastDetail?: string
}

export interface Rejections {
  /** `reason` is one of the adapter's own words; `origin` and `detail` come from the network and are cut and cleaned. */
  reject(adapter: string, reason: string, origin: string, detail?: string, count?: number): void
  of(adapter: string): readonly Rejected[]
  close(): void
}

export interface RejectionsDeps {
  readonly clock: Clock
  readonly log: Log
  /** See metrics.ts; `reason` is bounded. */
  readonly metrics?: { rejected(adapter: string, reason: string, count?: number): void }
}

/** Words beyond this many, and words that are none, are counted as `other`: the network must not grow our memory. */
const REASONS_MAX = 64
const REASON = /^[a-zA-Z][a-zA-Z0-9-]{0,47}$/
const OTHER = 'other'
const ORIGIN_MAX = 80
const DETAIL_MAX = 200
const LOG_MS = 1_000

interface Book {
  readonly rows: Map<string, Rejected>
  /** Since the last log line. */
  readonly fresh: Map<string, number>
  cancelLog?: () => void
}

export function createRejections({ clock, log, metrics }: RejectionsDeps): Rejections {
  const books = new Map<string, Book>()

  const bookOf = (adapter: string): Book => {
    const known = books.get(adapter)
    if (known !== undefined) return known
    const book: Book = { rows: new Map(), fresh: new Map() }
    books.set(adapter, book)
    return book
  }

  /** The first is logged at once, the rest of its second together at the second's end. */
  const write = (adapter: string, book: Book) => {
    book.cancelLog = undefined
    if (book.fresh.size === 0) return
    const last = [...book.rows.values()].reduce((a, b) => (b.lastAtMs >= a.lastAtMs ? b : a))
    const example = { origin: last.lastOrigin, detail: last.lastDetail }
    log.warn({ adapter, rejected: Object.fromEntries(book.fresh), last: example }, 'bad input')
    book.fresh.clear()
    book.cancelLog = clock.after(LOG_MS, () => write(adapter, book))
  }

  return {
    reject(adapter, reason, origin, detail, count = 1) {
      const book = bookOf(adapter)
      const fits = REASON.test(reason) && (book.rows.has(reason) || book.rows.size < REASONS_MAX)
      const word = fits ? reason : OTHER
      book.rows.set(word, {
        reason: word,
        count: (book.rows.get(word)?.count ?? 0) + count,
        lastOrigin: clean(origin, ORIGIN_MAX),
        lastAtMs: clock.now(),
        lastDetail: detail === undefined ? undefined : clean(detail, DETAIL_MAX)
      })
      book.fresh.set(word, (book.fresh.get(word) ?? 0) + count)
      metrics?.rejected(adapter, word, count)
      if (book.cancelLog === undefined) write(adapter, book)
    },
    of: adapter => [...(books.get(adapter)?.rows.values() ?? [])],
    close() {
      for (const book of books.values()) book.cancelLog?.()
      books.clear()
    }
  }
}

/** One line of printable characters. */
function clean(text: string, max: number): string {
  return text.slice(0, max).replace(/[\p{C}\p{Zl}\p{Zp}]/gu, '·')
}
