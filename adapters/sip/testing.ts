/** What the tests of this adapter share: the adapter on a free port with a fake host, and a bare UDP telephone. */
import { createSocket } from 'node:dgram'
import { join } from 'node:path'
import Value from 'typebox/value'
import type { CallEvents, CallRequest, PlacedCall } from '../../gateway/core/placed-call.ts'
import type { VoiceLines } from '../../gateway/core/voice.ts'
import { createFakeClock, settle } from '../../gateway/testing/fake-clock.ts'
import { createFakeHost, type FakeHost, type FakeHostOptions } from '../../gateway/testing/fake-host.ts'
import { until } from '../../gateway/testing/wait.ts'
import type { Party, VoiceEvents } from './call.ts'
import { type SipConfig, sipConfig } from './config.ts'
import type { Certificate } from './connections.ts'
import { header, parseMessage, type SipMessage, type SipRequest, type SipResponse } from './frame.ts'
import { definition } from './index.ts'
import { type Peer, peerOf, type TransportName } from './peer.ts'
import { Uas } from './uas.ts'

const LOOPBACK = '127.0.0.1'
const trunk = { name: 'exchange', address: LOOPBACK }

/** Defaults with free ports, a short ringing and the loopback as trusted exchange. */
export function testConfig(settings: Partial<SipConfig> = {}): SipConfig {
  const base = {
    address: LOOPBACK,
    port: 0,
    tlsPort: -1,
    hearPort: 0,
    ringMs: 20,
    rtpPorts: { from: 0, to: 0 },
    trunks: [trunk]
  }
  return Value.Default(sipConfig, { ...base, ...settings }) as SipConfig
}

export interface RunningAdapter {
  readonly fake: FakeHost
  readonly server: { readonly address: string; readonly port: number }
  /** Where it listens by this transport. */
  serverBy(transport: TransportName): Promise<RunningAdapter['server']>
  place(request: CallRequest, events: CallEvents): PlacedCall
  /** Open calls as consoles hear them. */
  readonly voice: VoiceLines | undefined
  stop(): Promise<void>
}

export async function startAdapter(
  settings: Partial<SipConfig> = {},
  options: FakeHostOptions & { readonly tls?: Certificate } = {}
): Promise<RunningAdapter> {
  const fake = createFakeHost(options)
  const abort = new AbortController()
  const context = { site: 'test', assetsDir: join(import.meta.dirname, '..'), tls: options.tls }
  const adapter = definition.create(testConfig(settings), context)
  const ended = adapter.run(fake.host, abort.signal)
  const endpoint = await Promise.race([
    until('the SIP adapter listens', () => fake.endpoints[0]),
    ended.then(() => {
      throw new Error('the adapter ended at once')
    })
  ])
  const stop = async () => {
    abort.abort()
    await ended
  }
  const place = (request: CallRequest, events: CallEvents) => {
    if (!adapter.placeCall) throw new Error('the adapter places no calls')
    return adapter.placeCall(request, events)
  }
  const serverBy = (transport: TransportName) =>
    until(`it listens by ${transport}`, () => fake.endpoints.find(e => e.protocol === transport))
  return {
    fake,
    server: { address: endpoint.address, port: endpoint.port },
    serverBy,
    place,
    stop,
    voice: adapter.voice
  }
}

/** The server without sockets, under a clock of its own. */
export function createBench(settings: Partial<SipConfig> = {}, options: Omit<FakeHostOptions, 'clock'> = {}) {
  const clock = createFakeClock()
  const fake = createFakeHost({ ...options, clock })
  const sent: { readonly message: SipMessage; readonly to: Peer }[] = []
  const keptAlive: Peer[] = []
  const voice: string[] = []
  /** From which host each call was, whenever its voice was aimed. */
  const aimed: string[] = []
  /** What each opened channel tells its call. */
  const heard: (VoiceEvents | undefined)[] = []
  const parties: Party[] = []
  const bench = { freeVoice: true, webOpen: true }
  const config = testConfig(settings)
  const uas = new Uas({
    host: fake.host,
    config,
    voice: {
      open: async (_call, party, events) => {
        heard.push(events)
        parties.push(party)
        return bench.freeVoice ? 40_000 : undefined
      },
      say: (_, { pieces }) => void voice.push(`say ${pieces.map(p => p.name).join(' ')}`),
      play(_, { offer, peer, speak }) {
        voice.push(`${speak ? 'speak' : 'hold'} ${offer.law} ${offer.port}`)
        aimed.push(peer.address)
      },
      tell: () => {},
      onLine: () => 0,
      confer: () => void voice.push('confer'),
      close: () => void voice.push('close')
    },
    send: (bytes, to) => {
      const message = parseMessage(bytes)
      if (!message.ok && message.reason === 'keepAlive') return void keptAlive.push(to)
      if (!message.ok) throw new Error(`unreadable: ${message.reason}`)
      sent.push({ message: message.value, to })
    },
    isOpen: () => bench.webOpen,
    localAddress: () => '192.0.2.1',
    sentBy: () => '192.0.2.1:5060'
  })
  const receive = async (text: string | Buffer, from: string | Peer = 'trunk') => {
    const peer = typeof from === 'string' ? peerOf(from === 'trunk' ? LOOPBACK : from, 5062) : from
    await uas.receive(Buffer.from(text), peer, from === 'trunk' ? trunk : undefined)
    await settle()
  }
  /** Statuses and methods of everything sent, in order. */
  const spoken = () => sent.map(({ message: m }) => (m.kind === 'response' ? m.status : m.method))
  const last = (status: number) =>
    sent.findLast(s => s.message.kind === 'response' && s.message.status === status)?.message
  return Object.assign(bench, {
    uas,
    config,
    fake,
    clock,
    sent,
    keptAlive,
    voice,
    aimed,
    heard,
    parties,
    receive,
    spoken,
    last
  })
}

export interface RawTelephone {
  readonly port: number
  readonly responses: SipResponse[]
  readonly requests: SipRequest[]
  send(text: string | Buffer): void
  /** Waits for the first response with this status, or, given a Call-ID, of this call. */
  response(status: number, callId?: string): Promise<SipResponse>
  close(): Promise<void>
}

/** A socket that sends what a test writes and keeps what comes back. */
export async function rawTelephone(server: RunningAdapter['server']): Promise<RawTelephone> {
  const socket = createSocket('udp4')
  await new Promise<void>(resolve => socket.bind(0, LOOPBACK, resolve))
  const responses: SipResponse[] = []
  const requests: SipRequest[] = []
  socket.on('message', bytes => {
    const message = parseMessage(bytes)
    if (!message.ok) throw new Error(`the adapter sent what it could not read itself: ${message.reason}`)
    if (message.value.kind === 'response') responses.push(message.value)
    else requests.push(message.value)
  })
  return {
    port: socket.address().port,
    responses,
    requests,
    send: text => socket.send(text, server.port, server.address),
    response: (status, callId) =>
      until(`a ${status} answer`, () =>
        responses.find(r => r.status === status && (callId === undefined || header(r, 'call-id') === callId))
      ),
    close: () => new Promise(resolve => socket.close(() => resolve()))
  }
}

export interface InviteOptions {
  readonly uri?: string
  readonly callId?: string
  readonly branch?: string
  readonly fromUser?: string
  readonly extra?: readonly string[]
  readonly body?: string
  readonly method?: string
  readonly cseq?: number
  readonly to?: string
}

/** SDP of a telephone on the loopback. */
export function sdp(port = 4_000, formats = '8 0 101', address = LOOPBACK): string {
  return `v=0\r\no=- 1 1 IN IP4 ${address}\r\ns=-\r\nc=IN IP4 ${address}\r\nt=0 0\r\nm=audio ${port} RTP/AVP ${formats}\r\n`
}

/** The text of a request as a telephone would write it. */
export function requestText(port: number, options: InviteOptions = {}): string {
  const { method = 'INVITE', uri = 'sip:#9@127.0.0.1', callId = 'call-1', branch = 'z9hG4bKone', cseq = 1 } = options
  const body = options.body ?? (method === 'INVITE' ? sdp() : '')
  return [
    `${method} ${uri} SIP/2.0`,
    `Via: SIP/2.0/UDP 127.0.0.1:${port};branch=${branch}`,
    `From: <sip:${options.fromUser ?? '6650147'}@127.0.0.1>;tag=from1`,
    `To: ${options.to ?? `<${uri}>`}`,
    `Call-ID: ${callId}`,
    `CSeq: ${cseq} ${method}`,
    'Max-Forwards: 70',
    `Contact: <sip:6650147@127.0.0.1:${port}>`,
    ...(body === '' || options.extra?.some(h => h.startsWith('Content-Type')) ? [] : ['Content-Type: application/sdp']),
    ...(options.extra ?? []),
    `Content-Length: ${Buffer.byteLength(body)}`,
    '',
    body
  ].join('\r\n')
}
