/** The UDP socket: datagrams in within their budget, answers out, nothing left open after the end. */
import { createSocket, type Socket } from 'node:dgram'
import { isIP } from 'node:net'
import { GatewayError } from '../../gateway/core/errors.ts'
import type { AdapterHost } from '../../gateway/core/ports.ts'
import { Budget } from '../kit/token-budget.ts'
import type { SipConfig, SipSettings, Trunk } from './config.ts'
import { LocalAddress } from './local-address.ts'
import type { OutgoingCalls } from './outgoing.ts'
import { hostPort, originOf, type Peer, peerOf } from './peer.ts'
import { Uas } from './uas.ts'
import { VoiceThread } from './voice.ts'

const RECEIVE_BUFFER_BYTES = 4 * 1024 * 1024

/** Works until aborted, and meanwhile lends `exchange` the calls it places; throws PORT_TAKEN or the socket's error to be started again. */
export async function runSession(
  host: AdapterHost,
  config: SipSettings,
  abort: AbortSignal,
  exchange: { calls?: OutgoingCalls } = {}
): Promise<void> {
  if (abort.aborted) return
  const socket = await bind(config)
  const port = socket.address().port
  const voice = new VoiceThread(host, config)
  const sender = new Sender(socket, host)
  const fixed = config.advertisedAddress || (isWildcard(config.address) ? '' : config.address)
  const local = new LocalAddress(host.clock, fixed)
  const localAddress = (peer: Peer) => local.for(peer.address)
  const uas = new Uas({
    host,
    config,
    voice,
    send: (bytes, to) => sender.send(bytes, to),
    localAddress,
    sentBy: peer => hostPort({ address: localAddress(peer), port })
  })
  try {
    voice.start()
    exchange.calls = uas.outgoing
    const ended = untilAbortedOrFailed(socket, abort)
    listen(socket, host, config, uas)
    host.listening({ protocol: 'udp', address: config.address, port, setting: 'adapters.sip.port' })
    await ended
  } finally {
    exchange.calls = undefined
    socket.removeAllListeners('message')
    await uas.close()
    await sender.drained()
    await voice.end()
    await new Promise<void>(resolve => socket.close(() => resolve()))
  }
}

function isWildcard(address: string): boolean {
  return address === '0.0.0.0' || address === '::'
}

async function bind(config: SipConfig): Promise<Socket> {
  const socket = createSocket(isIP(config.address) === 6 ? 'udp6' : 'udp4')
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once('error', reject)
      socket.bind({ port: config.port, address: config.address, exclusive: true }, resolve)
    })
  } catch (error) {
    socket.close()
    const taken = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE'
    if (!taken) throw error
    throw new GatewayError('PORT_TAKEN', { port: config.port, setting: 'adapters.sip.port' }, { cause: error })
  }
  socket.removeAllListeners('error')
  // A burst of thousands of calls waits in the kernel; smaller systems give what they allow.
  socket.setRecvBufferSize(RECEIVE_BUFFER_BYTES)
  return socket
}

function untilAbortedOrFailed(socket: Socket, abort: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once('error', reject)
    abort.addEventListener('abort', () => resolve(), { once: true })
    if (abort.aborted) resolve()
  })
}

function listen(socket: Socket, host: AdapterHost, config: SipConfig, uas: Uas): void {
  const budget = new Budget(host.clock)
  socket.on('message', (bytes, from) => {
    const peer = peerOf(from.address, from.port)
    const trunk = trunkOf(config.trunks, peer)
    const perS = trunk ? config.budgets.trunkDatagramsPerS : config.budgets.unknownDatagramsPerS
    if (!budget.take(peer.address, { perMs: perS / 1_000, burst: 2 * perS }))
      return host.reject('tooFast', originOf(peer))
    // A datagram may be anything; whatever it breaks, the next one is served.
    uas.receive(bytes, peer, trunk).catch((error: unknown) => {
      const text = error instanceof Error ? error.message : String(error)
      host.reject('internalError', originOf(peer), text)
      host.log.error({ error: text, origin: originOf(peer) }, 'a SIP datagram broke its handler')
    })
  })
}

function trunkOf(trunks: readonly Trunk[], peer: Peer): Trunk | undefined {
  return trunks.find(t => t.address === peer.address && (t.port === undefined || t.port === peer.port))
}

/** Counts what is on its way out, so that the last BYE leaves before the socket closes. */
class Sender {
  readonly #socket: Socket
  readonly #host: AdapterHost
  #underWay = 0
  #whenEmpty: () => void = () => {}

  constructor(socket: Socket, host: AdapterHost) {
    this.#socket = socket
    this.#host = host
  }

  send(bytes: Buffer, to: Peer): void {
    this.#underWay++
    this.#socket.send(bytes, to.port, to.address, error => {
      if (error) this.#host.reject('notSent', originOf(to), error.message)
      if (--this.#underWay === 0) this.#whenEmpty()
    })
  }

  drained(): Promise<void> {
    return new Promise(resolve => {
      this.#whenEmpty = resolve
      if (this.#underWay === 0) resolve()
    })
  }
}
