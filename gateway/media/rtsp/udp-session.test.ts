/** Sessions whose packets come as datagrams: from GStreamer's server, from the simulated cameras, and from cameras that misbehave. */
import { createSocket, type Socket as UdpSocket } from 'node:dgram'
import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { systemTestClock } from '../../testing/fake-host.ts'
import { until } from '../../testing/wait.ts'
import { startGstCamera } from '../testing/gst-camera.ts'
import { RtspSession, type TransportChoice } from './session.ts'

const SDP = 'v=0\r\nm=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\na=control:track1\r\n'
let stops: (() => unknown)[] = []

afterEach(async () => {
  for (const stop of stops.reverse()) await stop()
  stops = []
})

interface Heard {
  readonly sequences: number[]
  readonly transports: string[]
  readonly faults: string[]
  reports: number
  fault: unknown
}

function play(url: string, transport: TransportChoice): Heard {
  const heard: Heard = { sequences: [], transports: [], faults: [], reports: 0, fault: undefined }
  const abort = new AbortController()
  const session = new RtspSession(
    { url, transport, clock: systemTestClock },
    {
      playing: (_, by) => heard.transports.push(by),
      packet: (_, bytes, start) => heard.sequences.push(bytes.readUInt16BE(start + 2)),
      senderReport: () => heard.reports++,
      firstSeen() {},
      fault: fault => heard.faults.push(fault)
    }
  )
  const running = session.run(abort.signal).catch((error: unknown) => {
    heard.fault = error
  })
  stops.push(async () => {
    abort.abort()
    await running
  })
  return heard
}

interface UdpCamera {
  readonly url: string
  readonly asked: string[]
  readonly rtp: UdpSocket
  /** What came to the camera's own RTP and RTCP ports. */
  readonly opened: string[]
  clientPort(): number
  send(sequence: number, from?: UdpSocket): void
}

interface UdpCameraOptions {
  /** `461` refuses interleaved transport, `both` takes what is asked. */
  readonly tcp?: '461' | 'both'
  /** Stands in the Transport answer behind client_port; default is the true server_port. */
  readonly answer?: string
}

async function udpSocket(): Promise<UdpSocket> {
  const socket = createSocket('udp4')
  socket.bind(0, '127.0.0.1')
  await once(socket, 'listening')
  stops.push(() => socket.close())
  return socket
}

async function udpCamera(options: UdpCameraOptions = {}): Promise<UdpCamera> {
  const asked: string[] = []
  const opened: string[] = []
  const rtp = await udpSocket()
  const rtcp = await udpSocket()
  rtp.on('message', bytes => opened.push(`rtp ${bytes.length}`))
  rtcp.on('message', bytes => opened.push(`rtcp ${bytes[1]}`))
  const ports = `;server_port=${rtp.address().port}-${rtcp.address().port}`
  let clientPort = 0
  const sockets = new Set<Socket>()
  const answer = (socket: Socket, request: string): void => {
    const method = request.split(' ')[0] ?? ''
    const transport = /^Transport: (.*)$/im.exec(request)?.[1] ?? ''
    asked.push(transport ? `${method} ${transport.split(';')[0]}` : method)
    const head = `CSeq: ${/^CSeq: *(\d+)/im.exec(request)?.[1]}\r\nSession: 7`
    const refused = options.tcp === '461' && transport.includes('TCP')
    if (refused) socket.write(`RTSP/1.0 461 Unsupported Transport\r\n${head}\r\n\r\n`)
    else if (method === 'DESCRIBE')
      socket.write(`RTSP/1.0 200 OK\r\n${head}\r\nContent-Length: ${SDP.length}\r\n\r\n${SDP}`)
    else if (transport.includes('TCP')) socket.write(`RTSP/1.0 200 OK\r\n${head}\r\nTransport: ${transport}\r\n\r\n`)
    else {
      clientPort = Number(/client_port=(\d+)/.exec(transport)?.[1] ?? clientPort)
      socket.write(
        `RTSP/1.0 200 OK\r\n${head}\r\nTransport: RTP/AVP;unicast;client_port=1-2${options.answer ?? ports}\r\n\r\n`
      )
    }
    if (method === 'PLAY' && asked.at(-2)?.includes('TCP'))
      socket.write(Buffer.concat([Buffer.from([0x24, 0, 0, 13]), packet(7)]))
  }
  const server = createServer(socket => {
    sockets.add(socket)
    socket.on('error', () => {})
    socket.on('data', data => {
      for (const request of data.toString('latin1').split('\r\n\r\n'))
        if (/^[A-Z]/.test(request)) answer(socket, request)
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  stops.push(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return {
    url: `rtsp://127.0.0.1:${(server.address() as AddressInfo).port}/live`,
    asked,
    rtp,
    opened,
    clientPort: () => clientPort,
    send: (sequence, from = rtp) => from.send(packet(sequence), clientPort, '127.0.0.1')
  }
}

function packet(sequence: number): Buffer {
  const bytes = Buffer.alloc(13)
  bytes[0] = 0x80
  bytes[1] = 96
  bytes.writeUInt16BE(sequence, 2)
  return bytes
}

const playing = (camera: UdpCamera) => until('PLAY', () => camera.asked.includes('PLAY') && camera.clientPort() > 0)

describe('a session by UDP', () => {
  it('plays from GStreamer: in order, with its sender reports', async () => {
    const gst = await startGstCamera()
    stops.push(() => gst.stop())
    const heard = play(gst.url('main'), 'udp')
    await until('200 packets', () => heard.sequences.length > 200)
    await until('a sender report', () => heard.reports > 0)
    const steps = heard.sequences.slice(1).map((sequence, i) => (sequence - (heard.sequences[i] ?? 0)) & 0xffff)
    expect(new Set(steps)).toEqual(new Set([1]))
    expect([heard.transports, heard.faults]).toEqual([['udp'], []])
  })

  it('opens the way with a first packet out, on an even and the next odd port, and puts packets in order', async () => {
    const camera = await udpCamera()
    const heard = play(camera.url, 'udp')
    await until('packets out', () => camera.opened.length >= 2)
    expect(camera.opened.sort()).toEqual(['rtcp 201', 'rtp 12'])
    expect(camera.clientPort() % 2).toBe(0)
    for (const sequence of [1, 3, 2, 4]) camera.send(sequence)
    await until('all packets', () => heard.sequences.length === 4)
    expect(heard.sequences).toEqual([1, 2, 3, 4])
  })

  it('hears nobody but the camera', async () => {
    const camera = await udpCamera()
    const heard = play(camera.url, 'udp')
    await playing(camera)
    camera.send(500, await udpSocket())
    await until('counted', () => heard.faults.includes('udpForeign'))
    camera.send(1)
    await until('the camera’s own', () => heard.sequences.length > 0)
    expect(heard.sequences).toEqual([1])
  })

  it('takes the first port that the camera sends from where the camera names none, and no other after it', async () => {
    const camera = await udpCamera({ answer: '' })
    const heard = play(camera.url, 'udp')
    await playing(camera)
    camera.send(1)
    await until('a packet', () => heard.sequences.length === 1)
    camera.send(2, await udpSocket())
    await until('counted', () => heard.faults.includes('udpForeign'))
    expect(heard.sequences).toEqual([1])
  })

  it('accepts another source that the camera names, but sends nothing there', async () => {
    const camera = await udpCamera({ answer: ';server_port=5004-5005;source=127.0.0.9' })
    const heard = play(camera.url, 'udp')
    await playing(camera)
    camera.send(1)
    await until('counted', () => heard.faults.includes('udpForeign'))
    expect([heard.sequences, camera.opened]).toEqual([[], []])
  })

  it('is chosen by itself where the camera refuses the other way with 461', async () => {
    const camera = await udpCamera({ tcp: '461' })
    const heard = play(camera.url, 'auto')
    await playing(camera)
    camera.send(1)
    await until('a packet', () => heard.sequences.length === 1)
    expect(camera.asked.filter(request => request.startsWith('SETUP'))).toEqual(['SETUP RTP/AVP/TCP', 'SETUP RTP/AVP'])
    expect(heard.transports).toEqual(['udp'])
  })

  it('falls back to the connection when no packet comes within 4 s, and says so where that is refused', async () => {
    const [silent, stubborn] = [await udpCamera({ tcp: 'both' }), await udpCamera({ tcp: '461' })]
    const startMs = performance.now()
    const [heard, refused] = [play(silent.url, 'udp'), play(stubborn.url, 'auto')]
    await until('a packet by TCP', () => heard.sequences.length > 0)
    expect(performance.now() - startMs).toBeGreaterThan(3900)
    expect([heard.transports, heard.sequences]).toEqual([['udp', 'tcp'], [7]])
    expect(silent.asked).toContain('TEARDOWN')
    await until('the fault', () => refused.fault)
    expect(refused.fault).toMatchObject({ kind: 'udpSilent' })
  })
})
