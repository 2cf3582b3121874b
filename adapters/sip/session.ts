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
import { hostPort, isReliable, isWeb, originOf, type Peer, type TransportName } from './peer.ts'
import { openStreamDoors, type StreamDoor, settingOf } from './stream-doors.ts'
import { Uas } from './uas.ts'
import { VoiceThread } from './voice.ts'
import { WebTelephones } from './web-telephones.ts'

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
  const { tlsPort, wsPort } = config
  const own = datagrams.port
  const ports: Record<TransportName, number> = { udp: own, tcp: own, tls: tlsPort, ws: wsPort, wss: wsPort }
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
  const lost = (peer: Peer) => uas.registrar.lost(peer)
  const web = new WebTelephones({ host, config, budget, receive, lost })
  const uas = new Uas({
    host,
    config,
    voice,
    send: (bytes, to, failed) => {
      trace(bytes, to, true)
      if (isWeb(to)) return web.send(bytes, to, failed)
      return isReliable(to) ? connections.send(bytes, to, failed) : datagrams.send(bytes, to)
    },
    isOpen: peer => web.isOpen(peer),
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
    const doors = streamDoorsOf(config, tls)
    host.expecting?.(1 + doors.length)
    host.listening({ protocol: 'udp', address: config.address, port: ports.udp, setting: 'adapters.sip.port' })
    stopDoors = openStreamDoors(
      {
        ...{ host, address: config.address },
        listen: ({ transport, port, certificate }) =>
          transport === 'ws'
            ? web.listen(port, settingOf(transport), certificate)
            : connections.listen(transport, port, certificate),
        opened: (transport, port) => {
          ports[transport] = port
          if (transport === 'ws') ports.wss = port
        }
      },
      doors
    )
    await ended
  } finally {
    stopDoors()
    exchange.calls = undefined
    exchange.callers = undefined
    exchange.voice = undefined
    datagrams.deafen()
    connections.deafen()
    web.deafen()
    await uas.close()
    await Promise.all([datagrams.close(), connections.close(), web.close()])
    await voice.end()
  }
}

function streamDoorsOf({ tcp, port, tlsPort, wsPort }: SipSettings, tls: SessionContext['tls']): readonly StreamDoor[] {
  return [
    ...(tcp ? [{ transport: 'tcp' as const, port }] : []),
    ...(tls && tlsPort >= 0 ? [{ transport: 'tls' as const, port: tlsPort, certificate: tls }] : []),
    ...(wsPort >= 0 ? [{ transport: 'ws' as const, port: wsPort, certificate: tls }] : [])
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
