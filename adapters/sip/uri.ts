/** SIP, SIPS and tel URIs (RFC 3261 §19.1, RFC 3966), pure; takes the unescaped `#` that alarm telephones dial. */
import { type Params, parseParams } from './headers.ts'

export type Uri =
  | {
      readonly scheme: 'sip' | 'sips'
      /** Unescaped user part without its password; empty when there is none. */
      readonly user: string
      /** Name, address or bare number: numeric domains exist. */
      readonly host: string
      readonly port?: number
      readonly params: Params
      /** `?a=b` after the parameters, as written. */
      readonly headers?: string
    }
  | { readonly scheme: 'tel'; readonly user: string; readonly params: Params }
  | { readonly scheme: 'other'; readonly name: string }

/** undefined when the text is no URI at all. */
export function parseUri(text: string): Uri | undefined {
  const [, name, rest] = /^([A-Za-z][A-Za-z0-9+.-]*):(.+)$/s.exec(text) ?? []
  if (name === undefined || rest === undefined || /[\s<>"\p{Cc}]/u.test(rest)) return undefined
  const scheme = name.toLowerCase()
  if (scheme === 'tel') return parseTel(rest)
  if (scheme === 'sip' || scheme === 'sips') return parseSip(scheme, rest)
  return { scheme: 'other', name: scheme }
}

function parseTel(rest: string): Uri | undefined {
  const [number = '', ...tail] = rest.split(';')
  const params = parseParams(tail)
  const user = unescaped(number)
  return params && user ? { scheme: 'tel', user, params } : undefined
}

function parseSip(scheme: 'sip' | 'sips', rest: string): Uri | undefined {
  const at = rest.indexOf('@')
  if (at !== rest.lastIndexOf('@')) return undefined
  const userInfo = at < 0 ? '' : rest.slice(0, at)
  const [place = '', headers] = splitOnce(rest.slice(at + 1), '?')
  const [hostPort = '', ...tail] = place.split(';')
  const [, host, port] = /^(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9][A-Za-z0-9_.-]*)(?::(\d{1,5}))?$/.exec(hostPort) ?? []
  const params = parseParams(tail.map(part => unescaped(part) ?? ''))
  const user = unescaped(splitOnce(userInfo, ':')[0] ?? '')
  if (host === undefined || !params || user === undefined || (at >= 0 && userInfo === '')) return undefined
  return { scheme, user, host, port: port === undefined ? undefined : Number(port), params, headers }
}

function splitOnce(text: string, separator: string): [string, string?] {
  const at = text.indexOf(separator)
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)]
}

/** %XX → its character, as latin1; undefined for an escape that is none. */
function unescaped(text: string): string | undefined {
  if (/%(?![0-9A-Fa-f]{2})/.test(text)) return undefined
  return text.replace(/%([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
}
