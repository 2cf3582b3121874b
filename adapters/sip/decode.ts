/** From an INVITE to who calls, what was dialled and the Signal to journal; pure. */

import { createHash } from 'node:crypto'
import { id } from '../../gateway/core/brand.ts'
import { oneLine } from '../../gateway/core/plain-text.ts'
import type { Signal } from '../../gateway/core/signal.ts'
import { joined, saying, type Words } from '../../gateway/core/words.ts'
import type { ServiceNumber } from './config.ts'
import { headerValues, type SipRequest, utf8 } from './frame.ts'
import { type NameAddr, parseNameAddr } from './headers.ts'
import type { CheckedRequest } from './request.ts'
import { parseUri, type Uri } from './uri.ts'

/** How far the caller's number is to be believed. */
export type Proof =
  /** From an exchange of the list: its P-Asserted-Identity (RFC 3325) counts. */
  | { readonly kind: 'trunk' }
  /** The log-in that answered our challenge. */
  | { readonly kind: 'digest'; readonly username: string }
  | { readonly kind: 'none' }

export interface Caller {
  /** Digits as the registry has them, or a login name, or `anonymous@<address>`. */
  readonly number: string
  /** True for an asserted or proven number only. */
  readonly verified: boolean
  /** Name shown by the telephone; a claim. */
  readonly display: string
}

/** `service` is absent when the number dialled is none of ours. */
export interface Dialled {
  readonly number: string
  readonly service?: ServiceNumber
  /** Of a test call: what the grid worker dialled after the number. */
  readonly workerCode?: string
}

type Raised = Pick<Signal, 'sourceKind' | 'alarmClass' | 'qualifier' | 'condition'>

const RAISES: Readonly<Record<ServiceNumber['kind'], Raised>> = {
  panicPhone: { sourceKind: 'panicPhone', alarmClass: 'panic', qualifier: 'new', condition: 'alarm' },
  oneKeyCall: { sourceKind: 'oneKeyCall', alarmClass: 'help', qualifier: 'new', condition: 'alarm' },
  taxiLine: { sourceKind: 'taxi', alarmClass: 'help', qualifier: 'new', condition: 'alarm' },
  testCall: { sourceKind: 'panicPhone', alarmClass: 'panic', qualifier: 'status', condition: 'test' },
  // What a dialler reports rings, not that it calls.
  detector: { sourceKind: 'detector', alarmClass: 'unmapped', qualifier: 'status', condition: 'heartbeat' },
  arming: { sourceKind: 'panicPhone', alarmClass: 'panic', qualifier: 'status', condition: 'heartbeat' }
}
const UNMAPPED: Raised = { sourceKind: 'panicPhone', alarmClass: 'unmapped', qualifier: 'new', condition: 'alarm' }
const WORKER_CODE = /^\d{1,8}$/

const MAX_NUMBER_CHARS = 64
const MAX_NAME_CHARS = 250
const MAX_RAW_CHARS = 4_096
const MAX_EVENT_ID_CHARS = 128
/** Visual separators of RFC 3966 §5.1.1. */
const SEPARATORS = /[-.() ]/g

/**
 * The number in a Request-URI: `sip:#9@…` as telephones send it, `%239`, `*9`, `tel:`, any domain, also a numeric one.
 * User parameters (`;phone-context=…`) and separators do not count.
 */
export function readDialled(
  uri: Exclude<Uri, { scheme: 'other' }>,
  services: readonly ServiceNumber[],
  localPrefixes: readonly string[]
): Dialled {
  const number = printable((uri.user.split(';')[0] ?? '').replace(SEPARATORS, '')).slice(0, MAX_NUMBER_CHARS)
  const candidates = [number, localNumber(number, localPrefixes)]
  const service = services.find(s => candidates.includes(s.number))
  return service ? { number, service } : { number, ...testWithCode(services, candidates) }
}

function testWithCode(
  services: readonly ServiceNumber[],
  candidates: readonly string[]
): Pick<Dialled, 'service' | 'workerCode'> {
  for (const service of services)
    for (const dialled of candidates) {
      const workerCode = dialled.slice(service.number.length)
      if (service.kind === 'testCall' && dialled.startsWith(service.number) && WORKER_CODE.test(workerCode))
        return { service, workerCode }
    }
  return {}
}

/**
 * Of a caller nobody vouches for, who he says he is: his From, and where that hides, his P-Asserted-Identity. RFC 3325 §9.1 forbids to believe that;
 * here it is a claim like any From, and an exchange that cannot prove itself any more still says whose call it is.
 */
export function readCaller(
  request: CheckedRequest,
  proof: Proof,
  address: string,
  localPrefixes: readonly string[]
): Caller {
  const display = printable(request.from.display)
  if (proof.kind === 'digest') return { number: plainNumber(proof.username, localPrefixes), verified: true, display }
  if (proof.kind === 'trunk') {
    for (const identity of asserted(request.raw)) {
      const number = numberOf(identity, localPrefixes)
      if (number) return { number, verified: true, display: printable(identity.display) || display }
    }
  }
  const claimed = [request.from, ...(proof.kind === 'none' ? asserted(request.raw) : [])]
  const number = claimed.map(identity => numberOf(identity, localPrefixes)).find(each => each !== '')
  return { number: number ?? `anonymous@${address}`, verified: false, display }
}

function asserted(raw: SipRequest): NameAddr[] {
  return headerValues(raw, 'p-asserted-identity').flatMap(value => parseNameAddr(value) ?? [])
}

function numberOf(identity: NameAddr, localPrefixes: readonly string[]): string {
  const uri = parseUri(identity.uri)
  if (!uri || uri.scheme === 'other') return ''
  const number = plainNumber(uri.user.split(';')[0] ?? '', localPrefixes)
  // RFC 3323 §4.1.1.3: a caller who hides sends this user, which is nobody's number.
  return number === 'anonymous' ? '' : number
}

function plainNumber(user: string, localPrefixes: readonly string[]): string {
  const bare = user.replace(SEPARATORS, '')
  if (/^\+?[0-9*#]+$/.test(bare)) return localNumber(bare, localPrefixes).slice(0, MAX_NUMBER_CHARS)
  return /^[A-Za-z0-9_.+-]{1,64}$/.test(user) ? user : ''
}

/** `+`, then each prefix of the list in turn, is cut: with `86`, `0593`, `593` every written form gives the local number. */
export function localNumber(number: string, localPrefixes: readonly string[]): string {
  let rest = number.startsWith('+') ? number.slice(1) : number
  for (const prefix of localPrefixes)
    if (rest.startsWith(prefix) && rest.length > prefix.length) rest = rest.slice(prefix.length)
  return rest
}

/** Text of a stranger, fit for a log line and a screen: no control characters, at most 250 characters. */
export function printable(text: string): string {
  return oneLine(text.replace(/\p{C}/gu, '')).trim().slice(0, MAX_NAME_CHARS)
}

/** A call is one press: its Call-ID is the event, whatever is sent again. Long or strange ones are hashed. */
export function eventIdOf(callId: string): string {
  const plain = callId.length <= MAX_EVENT_ID_CHARS && /^[\x21-\x7e]+$/.test(callId)
  return plain ? callId : createHash('sha256').update(callId, 'latin1').digest('hex')
}

/** What to journal for an INVITE; a number that is none of ours is an unmapped alarm, never nothing (rule 7). */
export function pressSignal(
  request: CheckedRequest,
  caller: Caller,
  dialled: Dialled,
  received: { readonly atMs: number; readonly origin: string }
): Signal {
  const raises = dialled.service ? RAISES[dialled.service.kind] : UNMAPPED
  const said = [caller.display, ...saidOf(dialled)].filter(each => each !== '')
  return {
    sourceId: id(`sip:${caller.number}`),
    ...raises,
    ...(raises.condition === 'alarm' && dialled.service?.raises ? { alarmClass: dialled.service.raises } : {}),
    eventId: eventIdOf(request.callId),
    receivedTimeMs: received.atMs,
    ...(said.length > 0 ? saying(joined(said, '; ')) : {}),
    verified: caller.verified,
    origin: received.origin,
    raw: rawText(request.raw)
  }
}

function saidOf({ number, service, workerCode }: Dialled): Words[] {
  if (!service) return [{ zh: `所拨号码 ${number}`, en: `dialled ${number}` }]
  if (service.kind === 'detector') return [{ zh: '拨号器来电', en: 'A dialler calls' }]
  if (service.kind === 'arming') return [{ zh: '电话布撤防', en: 'Arming by telephone' }]
  if (service.kind !== 'testCall') return []
  const worker = workerCode ? [{ zh: `网格员 ${workerCode}`, en: `grid worker ${workerCode}` }] : []
  return [{ zh: '试拨', en: 'Test call' }, ...worker]
}

/** Start line and headers for the engineer, log-in proofs left out. */
function rawText(raw: SipRequest): string {
  const kept = raw.headers.filter(h => !h.name.endsWith('authorization'))
  const text = [`${raw.method} ${raw.uri} ${raw.version}`, ...kept.map(h => `${h.name}: ${h.value}`)].join('\n')
  return utf8(text)
    .replace(/[^\P{C}\n]/gu, '')
    .slice(0, MAX_RAW_CHARS)
}
