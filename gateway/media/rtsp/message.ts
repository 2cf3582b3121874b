/** RTSP 1.0 responses (RFC 2326 §7) and the few requests that cameras send to us. */

/** A response; header names in lower case, repeated headers in order. */
export interface RtspResponse {
  readonly kind: 'response'
  readonly status: number
  readonly cseq: number
  readonly headers: ReadonlyMap<string, readonly string[]>
  readonly body: string
}

export interface RtspRequest {
  readonly kind: 'request'
  readonly method: string
  readonly cseq: number
  readonly headers: ReadonlyMap<string, readonly string[]>
}

const MAX_HEADERS = 100

/** From the head with its empty line and the body; undefined when it is neither a response nor a request. */
export function parseMessage(head: string, body: string): RtspResponse | RtspRequest | undefined {
  const [first = '', ...lines] = head.split('\r\n')
  if (lines.length > MAX_HEADERS) return undefined
  const headers = new Map<string, string[]>()
  for (const line of lines) {
    const colon = line.indexOf(':')
    if (colon <= 0) continue
    const name = line.slice(0, colon).trim().toLowerCase()
    const values = headers.get(name) ?? []
    values.push(line.slice(colon + 1).trim())
    headers.set(name, values)
  }
  const cseq = Number.parseInt(headers.get('cseq')?.[0] ?? '-1', 10)
  const response = /^RTSP\/\d\.\d (\d{3})/.exec(first)
  if (response) return { kind: 'response', status: Number(response[1]), cseq, headers, body }
  const request = /^([A-Z_]{3,20}) \S+ RTSP\/\d\.\d$/.exec(first)
  return request ? { kind: 'request', method: request[1] ?? '', cseq, headers } : undefined
}

export function header(message: RtspResponse | RtspRequest, name: string): string | undefined {
  return message.headers.get(name)?.[0]
}

/** `Session: id;timeout=60` (§12.37); 60 s is the rule where no time is given, absurd times are held within 5 s … 10 min. */
export function parseSession(
  value: string | undefined
): { readonly id: string; readonly timeoutS: number } | undefined {
  const [id = '', ...options] = (value ?? '').split(';')
  if (!/^[\x21-\x7e]{1,256}$/.test(id.trim())) return undefined
  const timeout = options.map(option => /^\s*timeout\s*=\s*(\d{1,6})/i.exec(option)).find(match => match)
  return { id: id.trim(), timeoutS: Math.min(600, Math.max(5, Number(timeout?.[1] ?? 60))) }
}

/** `Transport: RTP/AVP/TCP;unicast;interleaved=0-1` (§12.39): the channels, which need not be the ones we asked for. */
export function parseInterleaved(
  value: string | undefined
): { readonly rtp: number; readonly rtcp: number } | undefined {
  const match = /;\s*interleaved\s*=\s*(\d{1,3})(?:-(\d{1,3}))?/i.exec(value ?? '')
  const rtp = Number(match?.[1] ?? -1)
  const rtcp = Number(match?.[2] ?? rtp + 1)
  return match && rtp <= 255 && rtcp <= 255 ? { rtp, rtcp } : undefined
}

/**
 * `Transport: RTP/AVP;unicast;client_port=…;server_port=6970-6971;source=10.0.0.9`: where datagrams will come from, port 0 where the
 * camera does not say; undefined when it is not unicast UDP.
 */
export function parseUdpTransport(
  value: string | undefined
): { readonly rtp: number; readonly rtcp: number; readonly source?: string } | undefined {
  const text = value ?? ''
  if (!/^\s*RTP\/AVP(\/UDP)?\s*(;|$)/i.test(text) || /;\s*multicast/i.test(text)) return undefined
  const ports = /;\s*server_port\s*=\s*(\d{1,5})(?:-(\d{1,5}))?/i.exec(text)
  const rtp = Number(ports?.[1] ?? 0)
  const rtcp = Number(ports?.[2] ?? (rtp === 0 ? 0 : rtp + 1))
  if (rtp > 65_535 || rtcp > 65_535) return undefined
  const source = /;\s*source\s*=\s*"?([\da-f.:]{2,45})"?\s*(?:;|$)/i.exec(text)?.[1]
  return { rtp, rtcp, source }
}
