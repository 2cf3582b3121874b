/**
 * A process that plays many cameras as cheaply as it can, so that a bench measures the gateway and not the cameras: one loop, packetised
 * once; a client costs one copy and one write a frame. RTSP over TCP without log-in; `/camera/N` for any N, `/camera/N/sub` for the
 * smaller loop. Ends with its parent.
 */
import { createServer, type Socket } from 'node:net'
import { readLoop } from '../../../adapters/onvif/simulator/loop.ts'
import {
  type PacketRun,
  type PicturePackets,
  packetise,
  packetiseLoop,
  writeRun
} from '../../../adapters/onvif/simulator/packets.ts'
import { RtspReader, type RtspRequest, rtspAnswer } from '../../../adapters/onvif/simulator/rtsp-message.ts'
import { senderReport } from '../../../adapters/onvif/simulator/sender-report.ts'
import { stampNal } from '../../../adapters/onvif/simulator/stamp.ts'

const FPS = 25
const SLOTS = 10
const SLOT_MS = 1000 / FPS / SLOTS
const REPORT_FRAMES = FPS * 5
/** A client that reads slower loses whole frames, which is counted. */
const LINE_FULL_BYTES = 4 * 1024 * 1024

const play = (file: string | undefined) => {
  const loop = readLoop(file ?? '')
  const pictures = packetiseLoop(loop)
  // Keyframes of different cameras do not come at the same moment.
  const gop = Math.max(
    1,
    pictures.findIndex((picture, at) => at > 0 && picture.key)
  )
  return { loop, pictures, gop }
}
type Played = ReturnType<typeof play>
const [larger, smaller] = [play(process.argv[2]), play(process.argv[3])]
const slots: Set<Client>[] = Array.from({ length: SLOTS }, () => new Set())
let scratch = Buffer.allocUnsafeSlow(1024 * 1024)
let sentFrames = 0
let droppedFrames = 0

interface Client {
  readonly socket: Socket
  readonly camera: number
  readonly ssrc: number
  readonly pictures: readonly PicturePackets[]
  sequence: number
  picture: number
  frame: number
  /** Frames wait for the first keyframe. */
  started: boolean
}

function send(client: Client, wallMs: number): void {
  const { socket, pictures } = client
  const picture = pictures[client.picture]
  client.picture = (client.picture + 1) % pictures.length
  if (!picture || (!client.started && !picture.key)) return
  client.started = true
  if (socket.writableLength > LINE_FULL_BYTES) {
    droppedFrames++
    return
  }
  const timestamp = Math.round(wallMs * 90) % 2 ** 32
  const stamp = packetise([stampNal(wallMs, client.frame, client.camera)], false)
  let at = 0
  for (const run of [picture.head, stamp, picture.slices]) at += put(run, client, timestamp, at)
  if (client.frame++ % REPORT_FRAMES === 0) at += putReport(client, wallMs, timestamp, at)
  socket.write(scratch.subarray(0, at))
  sentFrames++
  // What the kernel did not take at once still points into the buffer.
  if (socket.writableLength > 0) scratch = Buffer.allocUnsafeSlow(scratch.length)
}

function put(run: PacketRun, client: Client, timestamp: number, at: number): number {
  const bytes = writeRun(run, { channel: 0, sequence: client.sequence, timestamp, ssrc: client.ssrc }, scratch, at)
  client.sequence = (client.sequence + run.at.length) & 0xffff
  return bytes
}

function putReport({ ssrc }: Client, wallMs: number, timestamp: number, at: number): number {
  const report = senderReport({ ssrc, wallMs, timestamp, packets: 0, octets: 0 }, 'load')
  scratch[at] = 0x24
  scratch[at + 1] = 1
  scratch.writeUInt16BE(report.length, at + 2)
  return 4 + report.copy(scratch, at + 4)
}

function accept(socket: Socket): void {
  const reader = new RtspReader()
  let client: Client | undefined
  socket.setNoDelay(true)
  socket.on('error', () => socket.destroy())
  socket.on('close', () => {
    for (const slot of slots) if (client) slot.delete(client)
  })
  socket.on('data', chunk => {
    for (const request of reader.push(chunk)) {
      socket.write(answer(request))
      if (request.method !== 'PLAY' || client) continue
      const { pictures, gop } = streamOf(request)
      const camera = Number(/\/camera\/(\d+)/.exec(request.url)?.[1] ?? 0)
      client = {
        socket,
        camera,
        ssrc: camera + 1,
        pictures,
        sequence: camera & 0xffff,
        // A sub stream is opened on demand: it begins with a keyframe, as cameras do it.
        picture: pictures === smaller.pictures ? 0 : (camera * 7) % gop,
        frame: 0,
        started: false
      }
      slots[camera % SLOTS]?.add(client)
    }
    if (reader.broken) socket.destroy()
  })
}

function streamOf(request: RtspRequest): Played {
  return /\/camera\/\d+\/sub/.test(request.url) ? smaller : larger
}

function answer(request: RtspRequest): string {
  const cseq = request.headers.get('cseq') ?? '0'
  const session = { Session: 'bench;timeout=60' }
  switch (request.method) {
    case 'OPTIONS':
      return rtspAnswer(200, cseq, { Public: 'OPTIONS, DESCRIBE, SETUP, PLAY, GET_PARAMETER, TEARDOWN' })
    case 'DESCRIBE':
      return rtspAnswer(
        200,
        cseq,
        { 'Content-Type': 'application/sdp', 'Content-Base': `${request.url}/` },
        sdp(streamOf(request))
      )
    case 'SETUP':
      return rtspAnswer(200, cseq, { ...session, Transport: 'RTP/AVP/TCP;unicast;interleaved=0-1' })
    default:
      return rtspAnswer(200, cseq, session)
  }
}

function sdp({ loop }: Played): string {
  const sprop = [loop.sps, loop.pps].map(nal => nal.toString('base64')).join(',')
  const format = `packetization-mode=1;profile-level-id=${loop.profileLevelId};sprop-parameter-sets=${sprop}`
  const lines = ['v=0', 'o=- 1 1 IN IP4 0.0.0.0', 's=load', 'c=IN IP4 0.0.0.0', 't=0 0', 'a=control:*']
  const video = ['m=video 0 RTP/AVP 96', 'a=rtpmap:96 H264/90000', `a=fmtp:96 ${format}`, 'a=control:trackID=0']
  return [...lines, ...video, ''].join('\r\n')
}

const epochMs = Date.now()
let ticks = 0
function tick(): void {
  // After a pause the late slots follow one another at once; their frames say when they were due.
  for (let due = Math.floor((Date.now() - epochMs) / SLOT_MS); ticks <= due; ticks++) {
    const wallMs = Math.max(epochMs + ticks * SLOT_MS, Date.now() - 1)
    for (const client of slots[ticks % SLOTS] ?? []) send(client, wallMs)
  }
  setTimeout(tick, Math.max(0, epochMs + ticks * SLOT_MS - Date.now()))
}

const server = createServer(accept)
server.listen({ port: 0, host: '127.0.0.1', backlog: 4096 }, () => {
  const address = server.address()
  process.send?.({ port: typeof address === 'object' && address ? address.port : 0 })
  tick()
})
process.on('message', () => process.send?.({ sentFrames, droppedFrames }))
process.on('disconnect', () => process.exit(0))
