/**
 * The thread with a worker's WebRTC peers. What strangers send by UDP is parsed here by a library that is not ours: when it fails,
 * the peers of this thread are lost and nothing else, cameras and recordings least of all.
 */
import { parentPort, workerData } from 'node:worker_threads'
import { RTCDtlsTransport } from 'werift'
import type { RtpFrame } from './frames.ts'
import type { FromRtc, RtcThreadData, ToRtc } from './messages.ts'
import { Peer } from './peer.ts'

interface Source {
  /** Since its last keyframe. */
  replay: RtpFrame[]
  bytes: number
  readonly peers: Set<Peer>
}

/** As in the live hub: a keyframe that never comes back must not fill the memory. */
const MAX_REPLAY_BYTES = 16 * 1024 * 1024

const peers = new Map<number, Peer>()
const watches = new Map<Peer, Source>()
const sources = new Map<number, Source>()
/** One at a time: werift looks for a free port and binds it afterwards. What concerns a peer waits until it is there. */
let queue: Promise<unknown> = Promise.resolve()

function tell(message: FromRtc): void {
  parentPort?.postMessage(message)
}

function sourceOf(source: number): Source {
  const known = sources.get(source) ?? { replay: [], bytes: 0, peers: new Set() }
  sources.set(source, known)
  return known
}

async function open({ peer: id, offer, reach }: Extract<ToRtc, { kind: 'open' }>): Promise<void> {
  const certificate = await RTCDtlsTransport.SetupCertificate()
  const peer: Peer = new Peer({
    ...{ ...(workerData as RtcThreadData), offer, reach, certificate },
    replay: () => watches.get(peer)?.replay ?? [],
    connected: () => tell({ kind: 'connected', peer: id }),
    ended: reason => tell({ kind: 'ended', peer: id, reason })
  })
  peers.set(id, peer)
  const sdp = await peer.open()
  tell(sdp === undefined ? { kind: 'ended', peer: id, reason: 'no port' } : { kind: 'answer', peer: id, sdp })
}

function leave(peer: Peer): void {
  watches.get(peer)?.peers.delete(peer)
  watches.delete(peer)
}

function frame(source: Source, picture: RtpFrame): void {
  if (picture.key) {
    source.replay = []
    source.bytes = 0
  }
  source.bytes += picture.bytes.length
  if (source.bytes > MAX_REPLAY_BYTES) source.replay = []
  else if (picture.key || source.replay.length > 0) source.replay.push(picture)
  for (const peer of source.peers) peer.frame(picture)
}

function take(message: ToRtc): void {
  switch (message.kind) {
    case 'frame':
      frame(sourceOf(message.source), message.frame)
      break
    case 'forget':
      sources.delete(message.source)
      break
    default:
      queue = queue.then(() => takePeer(message)).catch(error => ended(message.peer, error))
  }
}

function takePeer(message: Exclude<ToRtc, { kind: 'frame' | 'forget' }>): Promise<void> | undefined {
  if (message.kind === 'open') return open(message)
  const peer = peers.get(message.peer)
  if (!peer) return undefined
  switch (message.kind) {
    case 'watch':
      watch(peer, sourceOf(message.source))
      break
    case 'keysOnly':
      peer.setKeysOnly(message.value)
      break
    case 'close':
      peers.delete(message.peer)
      leave(peer)
      return peer.close()
  }
  return undefined
}

function ended(peer: number, error: unknown): void {
  tell({ kind: 'ended', peer, reason: error instanceof Error ? error.message : String(error) })
}

function watch(peer: Peer, source: Source): void {
  leave(peer)
  source.peers.add(peer)
  watches.set(peer, source)
  peer.begin()
}

parentPort?.on('message', take)
