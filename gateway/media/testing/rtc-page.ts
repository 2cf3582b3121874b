/** A page that looks at one camera by WebRTC, and tells what its browser makes of it. */
import { createServer, type Server } from 'node:http'

const PAGE = `<!doctype html><meta charset="utf-8"><video id="v" muted autoplay playsinline></video><script>
const video = document.getElementById('v')
window.seen = { texts: [], closed: 0, states: [], firstMs: 0 }
/* A test may put a line of its own in between. */
window.through ??= async sdp => sdp
window.look = async ({ port, path, ticket }) => {
  const began = performance.now()
  const peer = window.peer = new RTCPeerConnection({ iceServers: [] })
  const { receiver } = peer.addTransceiver('video', { direction: 'recvonly' })
  receiver.jitterBufferTarget = 0
  peer.ontrack = ({ track }) => { video.srcObject = new MediaStream([track]) }
  peer.onconnectionstatechange = () => seen.states.push(peer.connectionState)
  video.requestVideoFrameCallback(() => { seen.firstMs = performance.now() - began })
  await peer.setLocalDescription(await peer.createOffer())
  const socket = window.socket = new WebSocket('ws://' + location.hostname + ':' + port + path)
  window.say = message => socket.send(JSON.stringify(message))
  socket.onopen = () => say({ ticket, offer: peer.localDescription.sdp })
  socket.onclose = event => { seen.closed = event.code }
  socket.onmessage = ({ data }) => {
    seen.texts.push(data)
    const message = JSON.parse(data)
    if (message.type === 'answer') window.through(message.sdp).then(sdp => peer.setRemoteDescription({ type: 'answer', sdp }))
  }
}
window.state = async () => {
  const stats = [...(await peer.getStats()).values()]
  const inbound = stats.find(({ type }) => type === 'inbound-rtp') ?? {}
  const { framesDecoded = 0, framesReceived = 0, packetsLost = 0, keyFramesDecoded = 0, freezeCount = 0, pliCount = 0, nackCount = 0, framesDropped = 0, totalProcessingDelay = 0 } = inbound
  return { ...seen, framesDecoded, framesReceived, packetsLost, keyFramesDecoded, freezeCount, pliCount, nackCount, framesDropped, totalProcessingDelay,
    width: video.videoWidth, height: video.videoHeight }
}
</script>`

export interface RtcPageState {
  readonly texts: readonly string[]
  /** Code the socket was closed with, 0 while it is open. */
  readonly closed: number
  readonly states: readonly string[]
  /** From the first step until a frame was shown, ms. */
  readonly firstMs: number
  readonly framesDecoded: number
  readonly framesReceived: number
  readonly packetsLost: number
  readonly keyFramesDecoded: number
  readonly freezeCount: number
  readonly pliCount: number
  readonly nackCount: number
  readonly framesDropped: number
  /** From the first packet of a picture until it was decoded, seconds over all pictures. */
  readonly totalProcessingDelay: number
  readonly width: number
  readonly height: number
}

/** On loopback; close the server when done. */
export async function serveRtcPage(): Promise<{ readonly url: string; readonly server: Server }> {
  const server = createServer((_, response) => {
    response.setHeader('Content-Type', 'text/html')
    response.end(PAGE)
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  return { url: `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}/`, server }
}
