/** Typed requests to the gateway. A refusal is thrown as `Refusal` with its code; a gateway that does not answer as code `OFFLINE`. */
import type { ErrorCode } from '../../../gateway/core/errors.ts'
import type { ErrorBody } from '../../../gateway/core/wire.ts'

export type RefusalCode = ErrorCode | 'OFFLINE' | 'UNKNOWN'

/** Why something was not done. `code` has words in `words:error.<code>`; status is 0 when the gateway was not reached. */
export class Refusal extends Error {
  readonly code: RefusalCode
  readonly status: number
  readonly detail: NonNullable<ErrorBody['detail']>
  /** No readable answer came: the gateway may have done it, or may do it yet. Never of a GET. */
  readonly lost: boolean

  constructor(code: RefusalCode, status: number, message: string, detail: ErrorBody['detail'] = {}, lost = false) {
    super(message)
    this.name = 'Refusal'
    this.code = code
    this.status = status
    this.detail = detail
    this.lost = lost
  }
}

/** Longer than any answer of a healthy gateway on one machine; after it the operator is told to use the radio. */
const TIMEOUT_MS = 8_000

async function refusalOf(response: Response, mayLose: boolean): Promise<Refusal> {
  try {
    const { error, message = '', detail } = (await response.json()) as Partial<ErrorBody>
    if (error !== undefined) return new Refusal(error as RefusalCode, response.status, message, detail)
  } catch {
    // No JSON, or its end never came.
  }
  return new Refusal(response.status >= 502 ? 'OFFLINE' : 'UNKNOWN', response.status, response.statusText, {}, mayLose)
}

/** The time is up, or the line broke, also in the middle of an answer. */
function broken(mayLose: boolean): (error: unknown) => never {
  return error => {
    throw new Refusal('OFFLINE', 0, String(error), {}, mayLose)
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
  const mayLose = method !== 'GET'
  const response = await fetch(path, init).catch(broken(mayLose))
  if (!response.ok) throw await refusalOf(response, mayLose)
  const text = await response.text().catch(broken(mayLose))
  try {
    return (text === '' ? undefined : JSON.parse(text)) as T
  } catch (error) {
    throw new Refusal('UNKNOWN', 0, String(error), {}, mayLose)
  }
}

/** GET a path below /api; `timeoutMs` for what is counted anew. */
export function get<T>(path: string, timeoutMs?: number): Promise<T> {
  return request<T>('GET', path, undefined, timeoutMs)
}

/** POST a JSON body, or a file's text, to a path below /api; `timeoutMs` for what waits for a device. */
export function post<T>(path: string, body: unknown = {}, timeoutMs?: number): Promise<T> {
  return request<T>('POST', path, body, timeoutMs)
}
