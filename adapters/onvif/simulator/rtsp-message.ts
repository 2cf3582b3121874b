/** Reads RTSP requests (RFC 2326) out of a TCP stream, skipping interleaved frames from the client; bounded. */

export interface RtspRequest {
  readonly method: string
  readonly url: string
  /** Names in lower case. */
  readonly headers: ReadonlyMap<string, string>
}

const MAX_HEAD = 16_384
const MAX_BODY = 16_384
const HEAD_END = '\r\n\r\n'

/** Feed it bytes; it gives whole requests. `broken` once the peer does not speak RTSP: close the connection. */
export class RtspReader {
  #rest: Buffer = Buffer.alloc(0)
  broken = false

  push(chunk: Buffer): RtspRequest[] {
    this.#rest = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk])
    const requests: RtspRequest[] = []
    while (!this.broken && this.#rest.length > 0) {
      const request = this.#rest[0] === 0x24 ? this.#skipInterleaved() : this.#takeRequest()
      if (request === 'more') break
      if (request !== 'skipped') requests.push(request)
    }
    return requests
  }

  #skipInterleaved(): 'more' | 'skipped' {
    if (this.#rest.length < 4) return 'more'
    const end = 4 + this.#rest.readUInt16BE(2)
    if (this.#rest.length < end) return 'more'
    this.#rest = this.#rest.subarray(end)
    return 'skipped'
  }

  #takeRequest(): RtspRequest | 'more' | 'skipped' {
    const end = this.#rest.indexOf(HEAD_END)
    if (end < 0) {
      this.broken = this.#rest.length > MAX_HEAD
      return 'more'
    }
    const [first = '', ...lines] = this.#rest.subarray(0, end).toString('latin1').trimStart().split('\r\n')
    const [method, url, version] = first.split(' ')
    const headers = new Map(lines.map(headerOf))
    const length = Number(headers.get('content-length') ?? 0)
    if (!method || !url || !version?.startsWith('RTSP/') || !(length >= 0 && length <= MAX_BODY)) {
      this.broken = true
      return 'skipped'
    }
    const bodyEnd = end + HEAD_END.length + length
    if (this.#rest.length < bodyEnd) return 'more'
    this.#rest = this.#rest.subarray(bodyEnd)
    return { method, url, headers }
  }
}

function headerOf(line: string): [string, string] {
  const colon = line.indexOf(':')
  return [line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim()]
}

const REASONS: Readonly<Record<number, string>> = {
  200: 'OK',
  401: 'Unauthorized',
  404: 'Not Found',
  454: 'Session Not Found',
  455: 'Method Not Valid in This State',
  461: 'Unsupported Transport',
  501: 'Not Implemented'
}

/** Bytes of one answer; `headers` in the order given. */
export function rtspAnswer(
  status: number,
  cseq: string,
  headers: Readonly<Record<string, string>> = {},
  body = ''
): string {
  const length = body ? { 'Content-Length': String(Buffer.byteLength(body)) } : {}
  const lines = Object.entries({ CSeq: cseq, ...headers, ...length }).map(([name, value]) => `${name}: ${value}\r\n`)
  return `RTSP/1.0 ${status} ${REASONS[status] ?? 'Error'}\r\n${lines.join('')}\r\n${body}`
}
