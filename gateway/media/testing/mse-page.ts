/** A page that plays one live stream with Media Source Extensions as the console does, and tells how it goes. */
import { createServer, type Server } from 'node:http'

const PAGE = `<!doctype html><meta charset="utf-8"><video id="v" muted autoplay playsinline></video><script>
window.play = ({ port, path, ticket }, codecs, mode) => {
  const video = document.getElementById('v')
  const seen = { errors: [], inits: 0, maxRanges: 0, texts: [], binaries: 0 }
  window.seen = seen
  const source = new MediaSource()
  video.src = URL.createObjectURL(source)
  video.onerror = () => seen.errors.push('video ' + video.error.message)
  source.onsourceopen = () => {
    const socket = new WebSocket('ws://' + location.hostname + ':' + port + path)
    socket.binaryType = 'arraybuffer'
    let buffer
    const queue = []
    const feed = () => {
      seen.maxRanges = Math.max(seen.maxRanges, buffer.buffered.length)
      if (!buffer.updating && queue.length > 0) buffer.appendBuffer(queue.shift())
    }
    window.say = message => socket.send(JSON.stringify(message))
    socket.onopen = () => socket.send(JSON.stringify({ ticket, ...(codecs && { codecs }) }))
    socket.onclose = event => seen.errors.push('closed ' + event.code)
    socket.onmessage = ({ data }) => {
      if (typeof data !== 'string') { seen.binaries++; queue.push(data); feed(); return }
      const message = JSON.parse(data)
      if (message.type !== 'init') { seen.texts.push(data); return }
      seen.inits++
      const type = 'video/mp4; codecs="' + message.codec + '"'
      if (buffer) { buffer.changeType(type); return }
      buffer = source.addSourceBuffer(type)
      if (mode) buffer.mode = mode
      buffer.onupdateend = feed
      buffer.onerror = () => seen.errors.push('source buffer')
    }
  }
}
const joined = parts => {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.byteLength, 0))
  let at = 0
  for (const part of parts) { bytes.set(new Uint8Array(part), at); at += part.byteLength }
  return bytes
}
/* Six sockets connect at a time, as in the console's player (socket-gate.ts). */
let places = 6
const waiting = []
const enter = () => new Promise(resolve => { waiting.push(resolve); admit() })
const admit = () => { while (places > 0 && waiting.length > 0) { places--; waiting.shift()() } }
const leave = () => { places++; admit() }
/* Resolves with the ms until every one of them has shown its first picture. */
window.playMany = async grants => {
  const began = performance.now()
  const first = grant => new Promise((resolve, reject) => {
    const video = document.createElement('video')
    video.muted = true
    document.body.append(video)
    video.requestVideoFrameCallback(resolve)
    video.onerror = () => reject(new Error(video.error.message))
    const source = new MediaSource()
    video.src = URL.createObjectURL(source)
    source.onsourceopen = async () => {
      await enter()
      const socket = new WebSocket('ws://' + location.hostname + ':' + grant.port + grant.path)
      socket.binaryType = 'arraybuffer'
      const queue = []
      let buffer
      /* All that waits in one call, and play at once, as the console's player does. */
      const feed = () => {
        if (buffer.updating || queue.length === 0) return
        buffer.appendBuffer(joined(queue.splice(0)))
        if (video.paused) video.play().catch(() => {})
      }
      socket.onopen = () => { leave(); socket.send(JSON.stringify({ ticket: grant.ticket })) }
      socket.onclose = event => reject(new Error('closed ' + event.code))
      socket.onmessage = ({ data }) => {
        if (typeof data !== 'string') { queue.push(data); feed(); return }
        const message = JSON.parse(data)
        if (message.type !== 'init' || buffer) return
        buffer = source.addSourceBuffer('video/mp4; codecs="' + message.codec + '"')
        buffer.onupdateend = feed
      }
    }
  })
  await Promise.all(grants.map(first))
  return performance.now() - began
}
window.state = () => {
  const video = document.getElementById('v')
  const ranges = video.buffered
  return { ...seen, time: video.currentTime, width: video.videoWidth, height: video.videoHeight,
    ahead: ranges.length ? ranges.end(ranges.length - 1) - video.currentTime : 0,
    frames: video.getVideoPlaybackQuality().totalVideoFrames, paused: video.paused, ready: video.readyState }
}
</script>`

/** On loopback; close the server when done. */
export async function servePage(): Promise<{ readonly url: string; readonly server: Server }> {
  const server = createServer((_, response) => {
    response.setHeader('Content-Type', 'text/html')
    response.end(PAGE)
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  return { url: `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}/`, server }
}

export interface PageState {
  readonly errors: readonly string[]
  readonly inits: number
  /** Init segments and fragments. */
  readonly binaries: number
  /** What the worker said beside them. */
  readonly texts: readonly string[]
  /** More than one buffered range means a hole: the picture would stall there. */
  readonly maxRanges: number
  readonly time: number
  readonly width: number
  readonly height: number
  /** Seconds buffered ahead of the picture shown. */
  readonly ahead: number
  readonly frames: number
}
