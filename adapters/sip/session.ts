/** The adapter's life: its sockets, the server behind them, and nothing left open after the end. */
import type { AdapterContext } from '../../gateway/core/adapter.ts'
import type { AdapterHost } from '../../gateway/core/ports.ts'
import type { VoiceLines } from '../../gateway/core/voice.ts'
import { Budget } from '../kit/token-budget.ts'
import type { SipSettings, Trunk } from './config.ts'
import { Connections } from './connections.ts'
import { Datagrams } from './datagrams.ts'
import { claimedBy } from './explain.ts'
import { LocalAddress } from './local-address.ts'
import type { OutgoingCalls } from './outgoing.ts'
import { hostPort, isReliable, originOf, type Peer, type TransportName } from './peer.ts'
import { openStreamDoors, type StreamDoor } from './stream-doors.ts'
import { Uas } from './uas.ts'
import { VoiceThread } from './voice.ts'

/** What a working session lends to the adapter. */
export interface Exchange {
  /** The calls that we place. */
  calls?: OutgoingCalls
  /** What consoles hear. */
  voice?: VoiceLines
  /** Those who call us. */
  callers?: Pick<Uas, 'unitComing' | 'hush'>
}

/** What the adapter has beside its settings. */
export interface SessionContext {
  readonly tls?: AdapterContext['tls']
  readonly exchange: Exchange
}

/** Works until aborted, with every line whose port is free; throws PORT_TAKEN of UDP or its socket's error to be started again. */
export async function runSession(
  host: AdapterHost,
  config: SipSettings,
  { tls, exchange }: SessionContext,
  abort: AbortSignal
): Promise<void> {
  if (abort.aborted) return
  const datagrams = await Datagrams.open(host, config)
  const voice = new VoiceThread(host, config, tls)
  const fixed = config.advertisedAddress || (isWildcard(config.address) ? '' : config.address)
  const local = new LocalAddress(host.clock, fixed)
  const localAddress = (peer: Peer) => local.for(peer.address)
  const ports: Record<TransportName, number> = { udp: datagrams.port, tcp: datagrams.port, tls: config.tlsPort }
  // A message may be anything; whatever it breaks, the next one is served.
  const trace = (bytes: Buffer, peer: Peer, out: boolean): void => {
    // Keep-alives of two or four bytes say nothing.
    if (bytes.length <= 4) return
    host.trace?.({ source: claimedBy(bytes, config.localPrefixes, host.known), origin: originOf(peer), bytes, out })
  }
  const receive = (bytes: Buffer, peer: Peer, trunk: Trunk | undefined): Promise<void> => {
    trace(bytes, peer, false)
    return uas.receive(bytes, peer, trunk).catch((error: unknown) => {
      const text = error instanceof Error ? error.message : String(error)
      host.reject('internalError', originOf(peer), text)
      host.log.error({ error: text, origin: originOf(peer) }, 'a SIP message broke its handler')
    })
  }
  const budget = new Budget(host.clock)
  const connections = new Connections({ host, config, budget, receive })
  const uas = new Uas({
    host,
    config,
    voice,
    send: (bytes, to, failed) => {
      trace(bytes, to, true)
      return isReliable(to) ? connections.send(bytes, to, failed) : datagrams.send(bytes, to)
    },
    localAddress,
    sentBy: peer => hostPort({ address: localAddress(peer), port: ports[peer.transport] })
  })
  let stopDoors: () => void = () => {}
  try {
    voice.start()
    uas.start()
    exchange.calls = uas.outgoing
    exchange.callers = uas
    exchange.voice = voice
    const ended = untilAbortedOrFailed(abort, failed => datagrams.listen(config, budget, receive, failed))
    host.listening({ protocol: 'udp', address: config.address, port: ports.udp, setting: 'adapters.sip.port' })
    stopDoors = openStreamDoors(
      {
        ...{ host, connections, address: config.address },
        opened: (transport, port) => {
          ports[transport] = port
        }
      },
      streamDoorsOf(config, tls)
    )
    await ended
  } finally {
    stopDoors()
    exchange.calls = undefined
    exchange.callers = undefined
    exchange.voice = undefined
    datagrams.deafen()
    connections.deafen()
    await uas.close()
    await Promise.all([datagrams.close(), connections.close()])
    await voice.end()
  }
}

function streamDoorsOf({ tcp, port, tlsPort }: SipSettings, tls: SessionContext['tls']): readonly StreamDoor[] {
  return [
    ...(tcp ? [{ transport: 'tcp' as const, port }] : []),
    ...(tls && tlsPort >= 0 ? [{ transport: 'tls' as const, port: tlsPort, certificate: tls }] : [])
  ]
}

function isWildcard(address: string): boolean {
  return address === '0.0.0.0' || address === '::'
}

function untilAbortedOrFailed(abort: AbortSignal, start: (failed: (error: Error) => void) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    start(reject)
    abort.addEventListener('abort', () => resolve(), { once: true })
    if (abort.aborted) resolve()
  })
}
