/**
 * The thread with the operators' WebRTC connections. What strangers send by UDP is parsed here by a library that is not ours: when it
 * fails, the operators go on by WebSocket, and no call and no recording notices.
 */
import { parentPort, workerData } from 'node:worker_threads'
import { RTCDtlsTransport } from 'werift'
import type { FromTalkThread, TalkThreadData, ToTalkThread } from './talk-messages.ts'
import { TalkPeer } from './talk-peer.ts'

const peers = new Map<number, TalkPeer>()
/** One at a time: werift looks for a free port and binds it afterwards. */
let queue: Promise<unknown> = Promise.resolve()

function tell(message: FromTalkThread): void {
  parentPort?.postMessage(message)
}

async function open({ peer: id, offer, reach }: Extract<ToTalkThread, { kind: 'open' }>): Promise<void> {
  const certificate = await RTCDtlsTransport.SetupCertificate()
  const peer = new TalkPeer({
    ...{ ...(workerData as TalkThreadData), offer, reach, certificate },
    connected: () => tell({ kind: 'connected', peer: id }),
    said: packet => tell({ kind: 'said', peer: id, packet }),
    ended: reason => tell({ kind: 'ended', peer: id, reason })
  })
  peers.set(id, peer)
  const sdp = await peer.open()
  tell(sdp === undefined ? { kind: 'ended', peer: id, reason: 'no port' } : { kind: 'answer', peer: id, sdp })
}

async function close(id: number): Promise<void> {
  const peer = peers.get(id)
  peers.delete(id)
  await peer?.close()
}

parentPort?.on('message', (message: ToTalkThread) => {
  const { kind, peer } = message
  if (kind === 'hear') return void peers.get(peer)?.hear(message.packet)
  queue = queue
    .then(() => (kind === 'open' ? open(message) : close(peer)))
    .catch(error => tell({ kind: 'ended', peer, reason: error instanceof Error ? error.message : String(error) }))
})
