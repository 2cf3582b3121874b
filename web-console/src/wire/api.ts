/** Typed requests to the gateway. A refusal is thrown as `Refusal` with its code; a gateway that does not answer as code `OFFLINE`. */
import type { ErrorCode } from '../../../gateway/core/errors.ts'
import type { ErrorBody } from '../../../gateway/core/wire.ts'

export type RefusalCode = ErrorCode | 'OFFLINE' | 'UNKNOWN'

/** Why something was not done. `code` has words in `words:error.<code>`; status is 0 when the gateway was not reached. */
export class Refusal extends Error {
  readonly code: RefusalCode
  readonly status: number
  readonly detail: NonNullable<ErrorBody['detail']>

  constructor(code: RefusalCode, status: number, message: string, detail: NonNullable<ErrorBody['detail']> = {}) {
    super(message)
    this.name = 'Refusal'
    this.code = code
    this.status = status
    this.detail = detail
  }
}

/** Longer than any answer of a healthy gateway on one machine; after it the operator is told to use the radio. */
const TIMEOUT_MS = 8_000

async function refusalOf(response: Response): Promise<Refusal> {
  try {
    const body = (await response.json()) as Partial<ErrorBody>
    return new Refusal((body.error as RefusalCode) ?? 'UNKNOWN', response.status, body.message ?? '', body.detail)
  } catch {
    return new Refusal(response.status >= 502 ? 'OFFLINE' : 'UNKNOWN', response.status, response.statusText)
  }
}

async function request<T>(method: string, path: string, body?: unknown, timeoutMs = TIMEOUT_MS): Promise<T> {
  const init: RequestInit = { method, credentials: 'same-origin', signal: AbortSignal.timeout(timeoutMs) }
  if (body !== undefined) {
    const isFile = typeof body === 'string' || body instanceof Blob
    const fileType = body instanceof Blob ? body.type : 'text/plain'
    init.headers = { 'content-type': isFile ? fileType : 'application/json' }
    init.body = isFile ? body : JSON.stringify(body)
  }
  let response: Response
  try {
    response = await fetch(path, init)
  } catch (error) {
    throw new Refusal('OFFLINE', 0, String(error))
  }
  if (!response.ok) throw await refusalOf(response)
  const text = await response.text()
  return (text === '' ? undefined : JSON.parse(text)) as T
}

/** GET a path below /api; `timeoutMs` for what is counted anew. */
export function get<T>(path: string, timeoutMs?: number): Promise<T> {
  return request<T>('GET', path, undefined, timeoutMs)
}

/** POST a JSON body, or a file's text, to a path below /api; `timeoutMs` for what waits for a device. */
export function post<T>(path: string, body: unknown = {}, timeoutMs?: number): Promise<T> {
  return request<T>('POST', path, body, timeoutMs)
}
