/** A SIP message explained line by line: what it is, who calls whom, by which call; everything that proves a log-in is blanked; pure. */
import { id, type SourceId } from '../../gateway/core/brand.ts'
import { type Field, fieldOf, textOf } from '../kit/explain.ts'
import { localNumber } from './decode.ts'

const CALLERS = [
  /^P-Asserted-Identity[ \t]*:[^\r\n]*?(?:sips?|tel):([+\d][\d.-]{1,31})/im,
  /^(?:From|f)[ \t]*:[^\r\n]*?(?:sips?|tel):([+\d][\d.-]{1,31})/im,
  /^(?:To|t)[ \t]*:[^\r\n]*?(?:sips?|tel):([+\d][\d.-]{1,31})/im
]
/** Enough for the heads of a call; a body has no caller in it. */
const HEAD_BYTES = 1_500

/** Whose telephone this message is about: the first number in it that somebody of the registry has. */
export function claimedBy(
  bytes: Uint8Array,
  localPrefixes: readonly string[],
  known: (sourceId: SourceId) => boolean
): SourceId | undefined {
  const head = textOf(bytes.subarray(0, HEAD_BYTES))
  for (const pattern of CALLERS) {
    const number = pattern.exec(head)?.[1]
    const source = number && id<SourceId>(`sip:${localNumber(number.replace(/[.-]/g, ''), localPrefixes)}`)
    if (source && known(source)) return source
  }
  return undefined
}

export function explain(bytes: Uint8Array): readonly Field[] {
  const text = textOf(bytes)
  const blank = text.search(/\r?\n\r?\n/)
  const head = blank < 0 ? text : text.slice(0, blank)
  return [
    ...fieldOf(head, /^(SIP\/2\.0 \d{3}[^\r\n]*)/d, 'status'),
    ...fieldOf(head, /^([A-Z]+ [^\r\n]* SIP\/2\.0)/d, 'request'),
    ...fieldOf(head, /^(?:From|f)[ \t]*:[ \t]*([^\r\n]*)/dim, 'from'),
    ...fieldOf(head, /^(?:To|t)[ \t]*:[ \t]*([^\r\n]*)/dim, 'to'),
    ...fieldOf(head, /^P-Asserted-Identity[ \t]*:[ \t]*([^\r\n]*)/dim, 'asserted'),
    ...fieldOf(head, /^(?:Call-ID|i)[ \t]*:[ \t]*([^\r\n]*)/dim, 'callId'),
    ...fieldOf(head, /^CSeq[ \t]*:[ \t]*([^\r\n]*)/dim, 'cseq'),
    ...fieldOf(head, /^(?:Via|v)[ \t]*:[ \t]*([^\r\n]*)/dim, 'via'),
    ...fieldOf(head, /^(?:Contact|m)[ \t]*:[ \t]*([^\r\n]*)/dim, 'contact'),
    ...fieldOf(head, /^User-Agent[ \t]*:[ \t]*([^\r\n]*)/dim, 'agent'),
    ...fieldOf(head, /^Reason[ \t]*:[ \t]*([^\r\n]*)/dim, 'reason'),
    ...secrets(text),
    ...(blank < 0 || /^CSeq[ \t]*:[ \t]*\d+ INFO/im.test(head)
      ? []
      : [{ offset: blank, length: text.length - blank, name: 'body', value: bodyText(text.slice(blank)) }])
  ]
}

/** Log-ins, challenges and keys, with their folded lines; wherever they stand, also in a body that quotes them. */
function secrets(text: string): readonly Field[] {
  const found: Field[] = []
  const header =
    /^(?:(?:Proxy-)?Authorization|(?:Proxy-|WWW-)Authenticate|Authentication-Info)[ \t]*:((?:[^\r\n]|\r?\n[ \t])*)/dgim
  for (const match of text.matchAll(header)) {
    const [from, to] = match.indices?.[1] ?? [0, 0]
    found.push({ offset: from, length: to - from, name: 'login', value: '', secret: true })
  }
  for (const match of text.matchAll(/^a=crypto:([^\r\n]*)/dgm)) {
    const [from, to] = match.indices?.[1] ?? [0, 0]
    found.push({ offset: from, length: to - from, name: 'mediaKey', value: '', secret: true })
  }
  // Keys pressed in a call may be somebody's code.
  const body = /^CSeq[ \t]*:[ \t]*\d+ INFO/im.test(text) ? /\r?\n\r?\n([\s\S]+)$/d.exec(text)?.indices?.[1] : undefined
  if (body) found.push({ offset: body[0], length: body[1] - body[0], name: 'keys', value: '', secret: true })
  return found
}

function bodyText(text: string): string {
  return text.replace(/^a=crypto:.*$/gm, 'a=crypto:••••••').trim()
}
