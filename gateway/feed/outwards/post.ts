/** One HTTP POST to a sink: bounded in time, follows no redirect, reads no answer. */

export type PostResult =
  | { readonly kind: 'taken'; readonly status: number }
  /** It will never take this message. */
  | { readonly kind: 'refused'; readonly status: number }
  | { readonly kind: 'failed'; readonly status?: number; readonly error: string; readonly retryAfterMs?: number }

export type Post = (
  url: string,
  headers: Readonly<Record<string, string>>,
  body: string,
  abort: AbortSignal
) => Promise<PostResult>

/** Nothing but the text is wrong: the same text is wrong for ever. Other answers may be a setting that somebody puts right. */
const REFUSED: ReadonlySet<number> = new Set([400, 406, 409, 410, 413, 415, 422])
const RETRY_AFTER_MAX_MS = 3_600_000

export function createPost(timeoutMs: number): Post {
  return async (url, headers, body, abort) => {
    try {
      const response = await fetch(url, {
        ...{ method: 'POST', headers, body, redirect: 'manual' },
        signal: AbortSignal.any([abort, AbortSignal.timeout(timeoutMs)])
      })
      // What it answers is of no use to anybody; unread, it would hold the connection.
      await response.body?.cancel().catch(() => undefined)
      const { status } = response
      if (status >= 200 && status < 300) return { kind: 'taken', status }
      if (REFUSED.has(status)) return { kind: 'refused', status }
      const retryAfterMs = afterOf(response.headers.get('retry-after'))
      return { kind: 'failed', status, error: `HTTP ${status}`, retryAfterMs }
    } catch (error) {
      return { kind: 'failed', error: reasonOf(error) }
    }
  }
}

function afterOf(header: string | null): number | undefined {
  if (header === null || !/^\d{1,6}$/.test(header)) return undefined
  return Math.min(RETRY_AFTER_MAX_MS, Number(header) * 1_000)
}

/** The code of the system (ECONNREFUSED …), never a text that could repeat the address. */
function reasonOf(error: unknown): string {
  const { name, cause } = error as { name?: unknown; cause?: { code?: unknown; name?: unknown } }
  if (name === 'TimeoutError') return 'timeout'
  const code = cause?.code ?? cause?.name ?? name
  return typeof code === 'string' ? code.slice(0, 60) : 'failed'
}
