/** A camera whose answers a test writes out one by one; what is not written is answered as a plain camera would. */
import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'

export interface Asked {
  readonly method: string
  readonly uri: string
  readonly text: string
}

/** `status` alone is enough; `body` gets its length. */
export interface Answer {
  readonly status: string
  readonly headers?: readonly string[]
  readonly body?: string
}

export interface ScriptedCamera {
  readonly url: string
  readonly port: number
  readonly asked: Asked[]
  readonly sockets: ReadonlySet<Socket>
  close(): void
}

const SDP = 'v=0\r\nm=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\na=control:track1\r\n'

/** Undefined from `answer` means the plain answer; one packet follows each PLAY. */
export async function scriptedCamera(
  answer: (asked: Asked, socket: Socket) => Answer | undefined = () => undefined,
  host = '127.0.0.1'
): Promise<ScriptedCamera> {
  const asked: Asked[] = []
  const sockets = new Set<Socket>()
  const server = createServer(socket => {
    sockets.add(socket)
    socket.on('error', () => socket.destroy())
    socket.on('close', () => sockets.delete(socket))
    socket.on('data', data => {
      for (const text of data.toString('latin1').split('\r\n\r\n')) {
        const [method = '', uri = ''] = text.split(' ')
        if (!/^[A-Z_]+$/.test(method)) continue
        const request = { method, uri, text }
        asked.push(request)
        reply(socket, text, answer(request, socket) ?? plainAnswer(method))
        if (method === 'PLAY') socket.write(interleaved(0, rtpPacket(1)))
      }
    })
  }).listen(0, host)
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const close = (): void => {
    for (const socket of sockets) socket.destroy()
    server.close()
  }
  return { url: `rtsp://${host}:${port}/live`, port, asked, sockets, close }
}

function plainAnswer(method: string): Answer {
  if (method === 'DESCRIBE') return { status: '200 OK', body: SDP }
  const transport = 'Transport: RTP/AVP/TCP;unicast;interleaved=0-1'
  return { status: '200 OK', headers: method === 'SETUP' ? ['Session: 7;timeout=5', transport] : [] }
}

function reply(socket: Socket, text: string, { status, headers = [], body = '' }: Answer): void {
  const lines = [`RTSP/1.0 ${status}`, `CSeq: ${/^CSeq: *(\d+)/im.exec(text)?.[1]}`, ...headers]
  if (body) lines.push(`Content-Length: ${body.length}`)
  socket.write(`${lines.join('\r\n')}\r\n\r\n${body}`)
}

export function interleaved(channel: number, bytes: Buffer): Buffer {
  return Buffer.concat([Buffer.from([0x24, channel, bytes.length >> 8, bytes.length & 255]), bytes])
}

/** The smallest packet of payload type 96, from the source 9. */
export function rtpPacket(sequence: number): Buffer {
  const bytes = Buffer.alloc(13)
  bytes[0] = 0x80
  bytes[1] = 96
  bytes.writeUInt16BE(sequence, 2)
  bytes.writeUInt32BE(9, 8)
  return bytes
}
